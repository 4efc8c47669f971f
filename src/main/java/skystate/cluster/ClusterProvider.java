package skystate.cluster;

import com.pulumi.kubernetes.Provider;
import com.pulumi.kubernetes.ProviderArgs;
import com.pulumi.resources.CustomResourceOptions;
import skystate.config.ClusterSettings;

/** The Kubernetes provider of the cluster that the config names. */
public final class ClusterProvider {

    private ClusterProvider() {
    }

    /** Registers the provider. */
    public static Provider of(ClusterSettings cluster) {
        var args = ProviderArgs.builder();
        cluster.kubeconfigOutput().ifPresent(args::kubeconfig);
        cluster.context().ifPresent(args::context);
        // In another context nothing of this stack is there, and the provider would see no change (facts: 1).
        // The new provider is created first: otherwise a run that is cut off couldn't be continued.
        // The SDK stores PULUMI_K8S_DELETE_UNREACHABLE in the state, and it is meant for one run.
        return new Provider("cluster", args.build(),
                CustomResourceOptions.builder().replaceOnChanges("context").ignoreChanges("deleteUnreachable").build());
    }
}
