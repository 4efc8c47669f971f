package skystate;

import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.sql.SqlFunctions;
import com.pulumi.gcp.sql.inputs.GetDatabaseInstancePlainArgs;
import com.pulumi.gcp.sql.outputs.GetDatabaseInstanceResult;
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
        var found = ask(settings);
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

    /** The instance, unless there is none: the provider then tells an error, or answers nothing. */
    private static Optional<GetDatabaseInstanceResult> ask(CloudSql settings) {
        return new GoogleQuestion("Cloud SQL instance " + settings.id(), "gcloud sql instances describe " + settings.name() + " --project " + settings.project())
                .find(settings.name() + " not found", SqlFunctions.getDatabaseInstancePlain(GetDatabaseInstancePlainArgs.builder()
                        .project(settings.project()).name(settings.name()).build()))
                .filter(instance -> instance.selfLink() != null && !instance.selfLink().isEmpty());
    }

    private static Stream<String> labels(GetDatabaseInstanceResult instance) {
        return Optional.ofNullable(instance.settings()).orElse(List.of()).stream()
                .flatMap(settings -> Optional.ofNullable(settings.userLabels()).stream())
                .flatMap(labels -> Optional.ofNullable(labels.get(Owner.LABEL)).stream());
    }
}
