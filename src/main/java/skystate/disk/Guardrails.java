package skystate.disk;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.compute.DiskArgs;
import com.pulumi.gcp.compute.DiskResourcePolicyAttachmentArgs;
import com.pulumi.gcp.compute.RegionDiskArgs;
import com.pulumi.gcp.compute.RegionDiskResourcePolicyAttachmentArgs;
import com.pulumi.gcp.compute.ResourcePolicyArgs;
import com.pulumi.resources.ResourceTransformation;

import java.util.Optional;

/**
 * Refuses, in every run, options under which the engine could delete or replace the disk, whatever a later version of
 * this program says of it. What is only read has no args, and belongs to others.
 *
 * @param deletable whether the config names the disk as one that destroy deletes
 */
public record Guardrails(boolean deletable) implements ResourceTransformation {

    @Override
    public Optional<Result> apply(Args resource) {
        var args = resource.args();
        var options = resource.options();
        var retained = deletable || options.isRetainOnDelete();
        if (args instanceof DiskArgs || args instanceof RegionDiskArgs) {
            var fixed = args instanceof DiskArgs ? StateDisk.FIXED : StateDisk.REGIONAL_FIXED;
            require(retained, "disk-kept", "destroy keeps the disk, unless deleteDisk names it", resource);
            require(options.getIgnoreChanges().containsAll(fixed), "disk-never-replaced",
                    "no change replaces the disk (facts: G2)", resource);
        }
        if (args instanceof ResourcePolicyArgs || args instanceof DiskResourcePolicyAttachmentArgs
                || args instanceof RegionDiskResourcePolicyAttachmentArgs) {
            require(retained, "snapshots-go-on", "destroy keeps the disk's snapshot schedule with the disk", resource);
        }
        return Optional.empty();
    }

    private static void require(boolean holds, String rule, String keeps, Args resource) {
        if (!holds) {
            throw new RunException("The rule " + rule + " is broken: " + keeps + ". "
                    + resource.resource().pulumiResourceType() + " " + resource.resource().pulumiResourceName()
                    + " was not changed.\nA change to this program broke the rule. Undo it, and run the command"
                    + " again.");
        }
    }
}
