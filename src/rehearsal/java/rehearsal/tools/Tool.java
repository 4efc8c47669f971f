package rehearsal.tools;

import rehearsal.kubernetes.KubernetesProvider;

import java.util.List;

/**
 * The tools that the rehearsal runs for real, in the order in which they are built: the small ones first. Each builds
 * from a folder of its own under {@code src/rehearsal/go}, for their modules' versions conflict.
 */
public enum Tool {
    ETCD("etcd", new Version(3, 7, 3), "etcd", "go.etcd.io/etcd/server/v3", 1, List.of("--version"), List.of()),
    HELM("helm", new Version(3, 22, 0), "helm", "helm.sh/helm/v3/cmd/helm", 1, List.of("version", "--short"), List.of(
            "helm.sh/helm/v3/internal/version.version=v3.22.0",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36")),
    KWOK("kwok", new Version(0, 7, 0), "kwok", "sigs.k8s.io/kwok/cmd/kwok", 2, List.of("--version"), List.of()),
    /** Has no flag that tells its version: see {@link PathLookup}. */
    PULUMI_LANGUAGE_JAVA("pulumi-language-java", new Version(0, 9, 9), "pulumi-language-java",
            "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java", 1, List.of(), List.of(
                    "github.com/pulumi/pulumi-java/pkg/version.Version=v0.9.9")),
    /**
     * The official Kubernetes plugin, from its sources of 2026-01: no later module is served. It is called by the
     * version that the program asks for. Its binary has another name than in a plugin folder, or the engine would take
     * it from the PATH.
     */
    PULUMI_KUBERNETES("pulumi-kubernetes-plugin", new Version(4, 24, 0), "pulumi-kubernetes",
            "rehearsal/pulumi-kubernetes", 4, List.of(), List.of(
                    "main.version=" + KubernetesProvider.VERSION)),
    KUBE_APISERVER("kube-apiserver", Kubernetes.VERSION, "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", 4,
            List.of("--version"), Kubernetes.VARIABLES),
    KUBE_CONTROLLER_MANAGER("kube-controller-manager", Kubernetes.VERSION, "kubernetes",
            "k8s.io/kubernetes/cmd/kube-controller-manager", 2, List.of("--version"), Kubernetes.VARIABLES),
    KUBE_SCHEDULER("kube-scheduler", Kubernetes.VERSION, "kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", 1,
            List.of("--version"), Kubernetes.VARIABLES),
    KUBECTL("kubectl", Kubernetes.VERSION, "kubernetes", "k8s.io/kubernetes/cmd/kubectl", 1,
            List.of("version", "--client"), Kubernetes.VARIABLES),
    PULUMI("pulumi", new Version(3, 274, 1), "pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", 5,
            List.of("version"), List.of("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.274.1")),
    /**
     * Pulumi's CLI as a program of this project's, which stays and runs command after command. It is no tool that a
     * user has.
     */
    PULUMI_RESIDENT("pulumi-resident", new Version(3, 274, 1), "pulumi", "rehearsal/pulumi/resident", 5, List.of(),
            List.of("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.274.1"));

    /** Kubernetes' one version for all its binaries. */
    private static final class Kubernetes {

        static final Version VERSION = new Version(1, 36, 3);
        static final List<String> VARIABLES = List.of(
                "k8s.io/component-base/version.gitVersion=v1.36.3",
                "k8s.io/component-base/version.gitMajor=1",
                "k8s.io/component-base/version.gitMinor=36",
                "k8s.io/client-go/pkg/version.gitVersion=v1.36.3",
                "k8s.io/client-go/pkg/version.gitMajor=1",
                "k8s.io/client-go/pkg/version.gitMinor=36");
    }

    /** A script beside a tool's {@code go.mod} that changes what is built. It runs in a copy of that folder. */
    static final String PREPARE = "prepare";

    private final String binary;
    private final Version version;
    private final String folder;
    private final String goPackage;
    private final int minutes;
    private final List<String> versionArguments;
    private final List<String> variables;

    Tool(String binary, Version version, String folder, String goPackage, int minutes, List<String> versionArguments,
         List<String> variables) {
        this.binary = binary;
        this.version = version;
        this.folder = folder;
        this.goPackage = goPackage;
        this.minutes = minutes;
        this.versionArguments = versionArguments;
        this.variables = variables;
    }

    /** The executable's name. */
    public String binary() {
        return binary;
    }

    /** The pinned version. */
    public Version version() {
        return version;
    }

    /** The folder of its {@code go.mod} and {@code go.sum} under {@code src/rehearsal/go}. */
    String folder() {
        return folder;
    }

    /** The source files of this project's that are built, in {@link #folder}. */
    List<String> sources() {
        return switch (this) {
            case PULUMI_RESIDENT -> List.of("resident/main.go");
            case PULUMI_KUBERNETES -> List.of("main.go", PREPARE);
            default -> List.of();
        };
    }

    /** What {@code go build} builds. */
    String goPackage() {
        return goPackage;
    }

    /** Roughly how long the build takes on two cores with cold caches. */
    int minutes() {
        return minutes;
    }

    /** What to call it with for its version; empty if it tells none. */
    List<String> versionArguments() {
        return versionArguments;
    }

    /** The linker's settings: a build without them would not know its own version. */
    String linkerFlags() {
        var flags = new StringBuilder("-s -w");
        variables.forEach(variable -> flags.append(" -X ").append(variable));
        return flags.toString();
    }
}
