package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.nio.file.Files;
import java.util.stream.Stream;

/** The clouds' keys, which the guide's recovery makes by hand as its first step, come back with the server. */
final class CloudCredentials implements Scenario {

    private static final String GCP = """
            {"type": "service_account", "project_id": "sky-work", "client_email": \
            "sky@sky-work.iam.gserviceaccount.com",
             "private_key": "-----BEGIN PRIVATE KEY-----\\nkey of gcp 7f3a\\n-----END PRIVATE KEY-----\\n"}""";
    private static final String AWS = "key-of-aws-41c9";
    private static final String RUNPOD = "key-of-runpod-90d2";
    private static final String NEXT_RUNPOD = "next-key-of-runpod-5e17";

    @Override
    public String name() {
        return "credentials";
    }

    @Override
    public String what() {
        return "keys of clouds, from config secrets and a file: the server has them, also once they change, and on a "
                + "fresh cluster by one up";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        var file = world.home().resolve("gcp-key.json");
        stage.step("A key file that is cut off is refused at preview, and not shown", () -> {
            world.startCluster("first", World.ZONE);
            DevStack.init(stage, "dev", "first", World.ZONE);
            Files.writeString(file, GCP.substring(0, GCP.length() - 20));
            stage.run("pulumi config set --path credentials.gcp.keyFile " + file);
            stage.says(stage.refused("pulumi preview"),
                    "credentials.gcp.keyFile: it must be a service account's JSON key");
        });
        stage.step("With the whole file, and secrets in the config, the server has its keys", () -> {
            Files.writeString(file, GCP);
            stage.run("pulumi config set --path credentials.aws.accessKeyId AKIAREHEARSAL0000007");
            stage.run("pulumi config set --path --secret credentials.aws.secretAccessKey", AWS);
            stage.run("pulumi config set --path --secret credentials.runpod.apiKey", RUNPOD);
            stage.run("pulumi up --yes");
            world.server("first").write(name());
            holdsKeys(stage, "first", RUNPOD);
            stage.run("pulumi preview --expect-no-changes");
        });
        stage.step("Another key reaches the server by an up", () -> {
            stage.run("pulumi config set --path --secret credentials.runpod.apiKey", NEXT_RUNPOD);
            stage.run("pulumi up --yes");
            holdsKeys(stage, "first", NEXT_RUNPOD);
            stage.holds("it no longer has the one before", !world.server("first").hasKey(RUNPOD));
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("The cluster is lost, and one up of a new stack brings server, keys and state back", () -> {
            world.loseCluster("first");
            world.startCluster("second", World.ZONE);
            DevStack.initRecovery(stage, "second");
            stage.run("pulumi up --yes");
            holdsKeys(stage, "second", NEXT_RUNPOD);
            DevStack.holdsState(stage, "second", name());
        });
        stage.step("No key is readable in the state, the outputs, the config or anything that was printed", () -> {
            var kept = DevStack.readable(stage);
            stage.holds("GCP's key is nowhere", !kept.contains("key of gcp 7f3a"));
            stage.holds("nor are those of AWS and RunPod",
                    Stream.of(AWS, RUNPOD, NEXT_RUNPOD).noneMatch(kept::contains));
        });
    }

    private static void holdsKeys(Stage stage, String cluster, String runpod) {
        var server = stage.world().server(cluster);
        stage.holds("the server has the file's key of GCP", server.hasKey(GCP));
        stage.holds("it has the config's keys of AWS and RunPod", server.hasKey(AWS) && server.hasKey(runpod));
    }
}
