package skystate.engine;

import com.pulumi.deployment.InvokeOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.ResourceTransformation;

import java.util.Optional;

/**
 * The versions of the provider plugins that this stack runs with. An SDK asks for the plugin of its own version, and
 * the newest Java SDKs that can be had are of 2023: so each resource, provider and invoke asks for one of these
 * instead.
 */
public final class PluginVersions implements ResourceTransformation {

    /** The Kubernetes plugin. The SDK's own, 4.0.0, crashes where the machine is busy: a data race in its discovery. */
    public static final String KUBERNETES = "4.32.0";
    /** The Google Cloud plugin. */
    public static final String GCP = "9.35.0";

    @Override
    public Optional<Result> apply(Args resource) {
        var type = resource.resource().pulumiResourceType().replaceFirst("^pulumi:providers:", "");
        var version = type.startsWith("kubernetes") ? KUBERNETES : GCP;
        // The engine's own types, as a StackReference, and components have no plugin.
        return type.startsWith("pulumi:") || !(resource.options() instanceof CustomResourceOptions custom)
                ? Optional.empty()
                : Optional.of(new Result(resource.args(),
                        CustomResourceOptions.merge(custom, CustomResourceOptions.builder().version(version).build())));
    }

    /** Options of an invoke that the plugin of this version answers. */
    public static InvokeOptions invoke(String version) {
        return new InvokeOptions(null, null, version);
    }
}
