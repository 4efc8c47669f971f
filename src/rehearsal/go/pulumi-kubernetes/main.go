// The official Kubernetes plugin. Its schema and its mapping for Terraform stay empty: a Java program never asks for them.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// Set by the linker: the version that the program asks for.
var version string

func main() {
	provider.Serve("kubernetes", version, []byte("{}"), []byte("{}"))
}
