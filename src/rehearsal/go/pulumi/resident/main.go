// The pulumi command, resident: runs one command line after another in one process, each as a process of its own would, in its own folder, with its
// own environment and output. Starting the CLI costs more than most of what it does.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"github.com/pulumi/pulumi/pkg/v3/backend"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/cancel"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/cmd"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/config"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/operations"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/stack"
	"github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/state"
	workspace "github.com/pulumi/pulumi/pkg/v3/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/spf13/cobra"
)

// A line of the standard input: a command.
type command struct {
	// Args are its words, "pulumi" left out.
	Args []string
	// Folder is where it is typed.
	Folder string
	// Environment is all of its environment.
	Environment map[string]string
	// Input and Output are the files that are its standard input, and standard output and error.
	Input, Output string
}

func main() {
	// Its own standard output says how each command ended, and its input says which is next: neither is a command's.
	answers := os.NewFile(duplicate(1), "answers")
	commands := bufio.NewScanner(os.NewFile(duplicate(0), "commands"))
	commands.Buffer(nil, 1<<20)
	for commands.Scan() {
		var next command
		if err := json.Unmarshal(commands.Bytes(), &next); err != nil {
			panic(err)
		}
		fmt.Fprintln(answers, run(next))
	}
}

func run(next command) int {
	os.Clearenv()
	for name, value := range next.Environment {
		must(os.Setenv(name, value))
	}
	must(os.Chdir(next.Folder))
	redirect(next.Input, os.O_RDONLY, 0)
	redirect(next.Output, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 1, 2)
	pulumi := root()
	pulumi.SetArgs(next.Args)
	err := pulumi.Execute()
	if err == nil {
		return 0
	}
	cmd.DisplayErrorMessage(pulumi.Context(), err, os.Stderr)
	return cmd.ExitCodeFor(err)
}

// As the CLI's own, which is in its main package, makes it; with the commands that a life has.
func root() *cobra.Command {
	root := &cobra.Command{Use: "pulumi", SilenceErrors: true, SilenceUsage: true, PersistentPreRunE: func(*cobra.Command, []string) error {
		return cmdutil.SetGlobalColorization(string(colors.Never))
	}}
	root.PersistentFlags().BoolVarP(&cmdutil.FullyQualifyStackNames, "fully-qualify-stack-names", "Q", false, "")
	root.PersistentFlags().BoolVar(&backend.DisableIntegrityChecking, "disable-integrity-checking", false, "")
	root.PersistentFlags().BoolVar(&cmdutil.DisableInteractive, "non-interactive", true, "")
	root.PersistentFlags().String("color", "never", "")
	root.AddCommand(config.NewConfigCmd(workspace.Instance), stack.NewStackCmd(), state.NewStateCmd(), operations.NewRefreshCmd(), operations.NewUpCmd(),
		operations.NewDestroyCmd(), operations.NewPreviewCmd(), cancel.NewCancelCmd(workspace.Instance))
	return root
}

func redirect(file string, mode int, to ...int) {
	opened, err := os.OpenFile(file, mode, 0o600)
	must(err)
	defer opened.Close()
	for _, descriptor := range to {
		must(syscall.Dup2(int(opened.Fd()), descriptor))
	}
}

func duplicate(descriptor int) uintptr {
	copied, err := syscall.Dup(descriptor)
	must(err)
	syscall.CloseOnExec(copied)
	return uintptr(copied)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
