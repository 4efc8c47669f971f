package skystate;

import com.pulumi.core.Output;
import com.pulumi.gcp.sql.Database;
import com.pulumi.gcp.sql.DatabaseArgs;
import com.pulumi.gcp.sql.DatabaseInstance;
import com.pulumi.gcp.sql.DatabaseInstanceArgs;
import com.pulumi.gcp.sql.User;
import com.pulumi.gcp.sql.UserArgs;
import com.pulumi.gcp.sql.inputs.DatabaseInstanceSettingsArgs;
import com.pulumi.gcp.sql.inputs.DatabaseInstanceSettingsBackupConfigurationArgs;
import com.pulumi.gcp.sql.inputs.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs;
import com.pulumi.gcp.sql.inputs.DatabaseInstanceSettingsIpConfigurationArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import skystate.config.Database.CloudSql;

import java.util.List;
import java.util.Map;

/**
 * The Cloud SQL for PostgreSQL instance that holds the API server's state: at a private address alone, with daily backups and
 * point-in-time recovery.
 *
 * <p>No change of config or of this program replaces it: what the provider replaces it for is ignored once it exists, and it
 * stays on destroy, protected from deletion, unless the user named it as deletable. Its database and user are never deleted by
 * themselves.
 *
 * <p>Inputs: {@link Args}. Outputs: {@link #address}.
 */
final class StateInstance extends ComponentResource {

    /** What {@code gcp} replaces an instance for, or takes for a change though Google made it: the size grows by itself. */
    static final List<String> FIXED = List.of("name", "region", "project", "databaseVersion", "encryptionKeyName", "masterInstanceName", "restoreBackupContext",
            "settings.diskType", "settings.diskSize");
    private static final String VERSION = "POSTGRES_16";
    private static final int DAYS_OF_LOG = 7;
    private static final int BACKUPS = 14;

    /**
     * What the instance is made from.
     *
     * @param settings the instance's settings
     * @param labels   labels that tell a person in the console, and this program, whose it is
     * @param deleted  whether {@code pulumi destroy} deletes the instance
     */
    record Args(CloudSql settings, Map<String, String> labels, boolean deleted) {
    }

    private final Output<String> address;
    private final Output<String> connection;

    StateInstance(String name, Args args, ComponentResourceOptions options) {
        super("skystate:index:StateInstance", name, options);
        var settings = args.settings();
        var kept = !args.deleted();
        var instance = new DatabaseInstance(name, DatabaseInstanceArgs.builder()
                .project(settings.project())
                .region(settings.region())
                .name(settings.name())
                .databaseVersion(VERSION)
                .deletionProtection(kept)
                .settings(DatabaseInstanceSettingsArgs.builder()
                        .tier(settings.tier())
                        .edition("ENTERPRISE")
                        .availabilityType(settings.regional() ? "REGIONAL" : "ZONAL")
                        .diskAutoresize(true)
                        .deletionProtectionEnabled(kept)
                        .ipConfiguration(DatabaseInstanceSettingsIpConfigurationArgs.builder()
                                .ipv4Enabled(false).privateNetwork(settings.network()).build())
                        .backupConfiguration(DatabaseInstanceSettingsBackupConfigurationArgs.builder()
                                .enabled(true).pointInTimeRecoveryEnabled(true).transactionLogRetentionDays(DAYS_OF_LOG)
                                .backupRetentionSettings(DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs.builder()
                                        .retainedBackups(BACKUPS).build())
                                .build())
                        .userLabels(args.labels())
                        .build())
                .build(), CustomResourceOptions.builder().parent(this).ignoreChanges(FIXED).retainOnDelete(kept).build());
        var sameInstance = instance.name().apply(actual -> actual.equals(settings.name()) ? Output.of(actual) : Refusal.of(
                "The config names another Cloud SQL instance than this stack has, " + actual + "; nothing was changed.\n"
                        + "  pulumi config set --path database.cloudSql.name " + actual));
        var retained = CustomResourceOptions.builder().parent(this).retainOnDelete(true).build();
        var database = new Database(name, DatabaseArgs.builder()
                .project(settings.project()).instance(sameInstance).name(CloudSql.USER).build(), retained);
        var user = new User(name, UserArgs.builder()
                .project(settings.project()).instance(sameInstance).name(CloudSql.USER).password(settings.password()).build(), retained);
        this.address = Output.tuple(instance.privateIpAddress(), database.id(), user.id()).applyValue(known -> known.t1);
        this.connection = settings.connection(address);
        registerOutputs(Map.of("address", address));
    }

    /** The instance's private address, once database and user are there. */
    Output<String> address() {
        return address;
    }

    /** The connection string, a secret. */
    Output<String> connection() {
        return connection;
    }
}
