package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.sql.SqlFunctions;
import com.pulumi.gcp.sql.inputs.GetDatabaseInstancePlainArgs;
import com.pulumi.gcp.sql.outputs.GetDatabaseInstanceResult;
import com.pulumi.gcp.sql.outputs.GetDatabaseInstanceSetting;
import skystate.config.Database.CloudSql;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at the Cloud SQL instance as Google has it, at preview too and before anything is registered. */
final class InstanceLookup {

    private InstanceLookup() {
    }

    /**
     * Refuses an instance of another's, and one that is gone.
     *
     * @throws RunException that says what to do
     */
    static void refuseUnlessFit(CloudSql settings, Owner owner, LastUp last) {
        var found = ask(settings.id());
        var had = last.place().equals(Optional.of(settings.word()));
        if (found.isEmpty() && had) {
            throw new RunException("This stack's Cloud SQL instance " + settings.id() + " is gone: it was deleted behind the stack's back. Nothing was changed.\n"
                    + "Its backups may be there still: restore one to another instance, and run the server on that by database.connection; see docs/state.md, \"An instance of Cloud SQL\".\n"
                    + "  gcloud sql backups list --instance - --project " + settings.project());
        }
        found.filter(instance -> !had && labels(instance).noneMatch(owner::is)).ifPresent(instance -> {
            throw new RunException("There is a Cloud SQL instance " + settings.id() + " already, and this stack did not make it; nothing was changed.\n"
                    + "To run the server on it, without owning it:\n  pulumi config rm --path database.cloudSql && pulumi config rm databasePassword\n"
                    + "  pulumi config set --path --secret database.connection    # " + CloudSql.connection(String.valueOf(instance.privateIpAddress()), "PASSWORD")
                    + "\nTo make another instance:\n  pulumi config set --path database.cloudSql.name ANOTHER_NAME");
        });
    }

    /**
     * Refuses to leave an instance behind that Google would let be deleted: an up had {@code database.cloudSql.delete}, and if it failed no output tells.
     *
     * @param id {@code projects/P/instances/I}
     */
    static void refuseUnprotected(String id) {
        ask(id).filter(instance -> instance.settings().stream().noneMatch(GetDatabaseInstanceSetting::deletionProtectionEnabled)).ifPresent(instance -> {
            throw new RunException("The state moves, and the Cloud SQL instance " + id + " that it was in would be deleted with its place in this stack, since it is not protected:"
                    + " an up had database.cloudSql.delete. Nothing was changed.\nTo have it kept, set persistence back for one up without that:\n"
                    + "  pulumi config set persistence database && pulumi config rm --path database.cloudSql.delete && pulumi up");
        });
    }

    /** The instance, unless there is none: the provider then tells an error, or answers nothing. */
    private static Optional<GetDatabaseInstanceResult> ask(String id) {
        var part = id.split("/");
        return new GoogleQuestion("Cloud SQL instance " + id, "gcloud sql instances describe " + part[3] + " --project " + part[1])
                .find(part[3] + " not found", SqlFunctions.getDatabaseInstancePlain(GetDatabaseInstancePlainArgs.builder()
                        .project(part[1]).name(part[3]).build()))
                .filter(instance -> instance.selfLink() != null && !instance.selfLink().isEmpty());
    }

    private static Stream<String> labels(GetDatabaseInstanceResult instance) {
        return Optional.ofNullable(instance.settings()).orElse(List.of()).stream()
                .flatMap(settings -> Optional.ofNullable(settings.userLabels()).stream())
                .flatMap(labels -> Optional.ofNullable(labels.get(Owner.LABEL)).stream());
    }
}
