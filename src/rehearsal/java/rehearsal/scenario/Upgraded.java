package rehearsal.scenario;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Stacks of earlier versions of the program, as `pulumi stack export --show-secrets` told them after an up by that
 * version, are gone on with by today's. What is in a state is made again by its recorded inputs, so that the state
 * tells the truth.
 */
final class Upgraded implements Scenario {

    /**
     * A version whose stack was recorded.
     *
     * @param commit the one that it was recorded at
     * @param what   how its stack differs from today's
     */
    private record Version(String commit, String what) {
    }

    private static final List<Version> VERSIONS = List.of(
            new Version("fa68217",
                    "the last whose destroy deletes the namespace, and whose outputs don't tell the context"));

    private static final Pattern SALT = Pattern.compile("encryptionsalt: (\\S+)");

    @Override
    public String name() {
        return "upgraded";
    }

    @Override
    public String what() {
        return "stacks of earlier versions of the program: today's goes on with disk, volume and state";
    }

    @Override
    public void play(Stage stage) throws Exception {
        for (var version : VERSIONS) {
            play(stage, version);
        }
    }

    private static void play(Stage stage, Version version) throws Exception {
        var world = stage.world();
        var state = "users of " + version.commit();
        stage.step("A stack of version " + version.commit() + " (" + version.what() + "), with a server that runs",
                () -> {
                    world.startCluster("first", World.ZONE);
                    DevStack.init(stage, "dev", "first", World.ZONE);
                    var recorded = recorded(stage, version);
                    for (var resource : recorded.getAsJsonObject("deployment").getAsJsonArray("resources")) {
                        make(stage, resource.getAsJsonObject());
                    }
                    // The release is replaced with its volume, which it knows by the uid.
                    stage.run("pulumi stack import", recorded.toString().replace("@VOLUME@", volume(world)));
                    world.server("first").write(state);
                    world.google().forgetRequests();
                });
        var volume = volume(world);
        stage.step("Today's program replaces and deletes nothing of it, in the preview", () -> {
            var planned = stage.run("pulumi preview --json 2>/dev/null");
            var operations = JsonParser.parseString(planned).getAsJsonObject().getAsJsonArray("steps").asList().stream()
                    .map(step -> step.getAsJsonObject().get("op").getAsString() + " "
                            + step.getAsJsonObject().get("urn").getAsString())
                    .toList();
            stage.holds("the disk is among what it looks at",
                    operations.stream().anyMatch(step -> step.endsWith("gcp:compute/disk:Disk::disk")));
            var lost = operations.stream().filter(Upgraded::loses).toList();
            stage.holds("nothing is deleted or replaced, but perhaps the login's Secret, whose salt was another" + lost,
                    lost.stream().allMatch(step -> step.endsWith("kubernetes:core/v1:Secret::server-auth")));
        });
        stage.step("One up goes on with the same disk, volume and bytes", () -> {
            stage.run("pulumi up --yes --skip-preview");
            stage.holds("the disk was neither made anew nor deleted",
                    world.google().writes().stream().map(Object::toString)
                            .noneMatch(write -> write.endsWith("/disks") || write.startsWith("DELETE")));
            stage.holds("the volume is the same", volume(world).equals(volume));
            DevStack.holdsState(stage, "first", state);
            stage.holds("the password gets in", world.server("first").admits("skypilot", DevStack.PASSWORD));
            DevStack.holdsSnapshots(stage);
        });
        stage.step("Destroy keeps the disk, which nobody needs any more", () -> {
            stage.run("pulumi destroy --yes");
            DevStack.holdsDisk(stage, state);
            stage.run("pulumi stack rm dev --yes");
            world.loseCluster("first");
            world.google().console().deleteDisk(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK));
            world.google().console().deletePolicy(DevStack.SCHEDULE);
        });
    }

    private static boolean loses(String step) {
        return step.startsWith("delete") || step.startsWith("replace") || step.startsWith("create-replacement")
                || step.startsWith("discard");
    }

    private static String volume(World world) {
        return world.clusters().get("first").client().persistentVolumes().withName("sky-api-server-pv").get()
                .getMetadata().getUid();
    }

    /** The recorded stack, in this world: its addresses, and the salt of this stack's passphrase. */
    private static JsonObject recorded(Stage stage, Version version) throws IOException {
        var world = stage.world();
        var salt = SALT.matcher(stage.run("cat Pulumi.dev.yaml"));
        stage.holds("the stack has a salt", salt.find());
        try (var file = Upgraded.class.getResourceAsStream("upgraded/" + version.commit() + ".json")) {
            var text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (var place : Map
                    .of("COMPUTE", world.google().endpoint(), "TOKEN", world.google().token(), "CHART",
                            world.chart().toString(), "HOME", world.home().toString(), "SALT", salt.group(1))
                    .entrySet()) {
                text = text.replace("@" + place.getKey() + "@", place.getValue());
            }
            return JsonParser.parseString(text).getAsJsonObject();
        }
    }

    /** Makes what a state's resource stands for. */
    private static void make(Stage stage, JsonObject resource) throws IOException {
        var type = resource.get("type").getAsString();
        if (!resource.has("inputs") || type.startsWith("pulumi:")) {
            return;
        }
        var inputs = revealed(resource.get("inputs")).getAsJsonObject();
        if (type.equals("gcp:compute/disk:Disk")) {
            stage.world().google().console().insertDisk(World.PROJECT, World.ZONE, disk(inputs));
        } else if (type.equals("gcp:compute/resourcePolicy:ResourcePolicy")) {
            stage.world().google().console().insertPolicy(World.PROJECT, DevStack.SCHEDULE.region(), policy(inputs));
        } else if (type.equals("gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment")) {
            stage.world().google().console().attachPolicy(new DiskName(World.PROJECT, World.ZONE, DevStack.DISK),
                    DevStack.SCHEDULE);
        } else if (type.equals("kubernetes:helm.sh/v3:Release")) {
            var values =
                    Files.writeString(stage.world().home().resolve("values.json"), inputs.get("values").toString());
            stage.run("helm install %s %s --namespace %s --values %s".formatted(inputs.get("name").getAsString(),
                    inputs.get("chart").getAsString(),
                    inputs.get("namespace").getAsString(), values));
        } else {
            stage.run(
                    "kubectl apply --server-side --field-manager "
                            + resource.getAsJsonObject("outputs").get("__fieldManager").getAsString() + " --filename -",
                    inputs.toString());
        }
    }

    /** The disk as the provider asked Google for it (facts: G1). */
    private static JsonObject disk(JsonObject inputs) {
        var body = new JsonObject();
        body.add("name", inputs.get("name"));
        body.add("description", inputs.get("description"));
        body.add("sizeGb", inputs.get("size"));
        body.addProperty("type", "projects/" + World.PROJECT + "/zones/" + World.ZONE + "/diskTypes/"
                + inputs.get("type").getAsString());
        var labels = inputs.getAsJsonObject("labels").deepCopy();
        labels.addProperty("goog-pulumi-provisioned", "true");
        body.add("labels", labels);
        return body;
    }

    /** The snapshot schedule as the provider asked Google for it. */
    private static JsonObject policy(JsonObject inputs) {
        var body = new JsonObject();
        List.of("name", "description", "snapshotSchedulePolicy").forEach(field -> body.add(field, inputs.get(field)));
        return body;
    }

    /** The value without the engine's marks of secrets, of which a recorded state has the plain text. */
    private static JsonElement revealed(JsonElement value) {
        if (value instanceof JsonArray array) {
            var items = new JsonArray();
            array.forEach(item -> items.add(revealed(item)));
            return items;
        }
        if (!(value instanceof JsonObject object)) {
            return value;
        }
        if (object.has("plaintext") && object.has("4dabf18193072939515e22adb298388d")) {
            return revealed(JsonParser.parseString(object.get("plaintext").getAsString()));
        }
        var entries = new JsonObject();
        object.entrySet().stream().filter(entry -> !entry.getKey().equals("__defaults"))
                .forEach(entry -> entries.add(entry.getKey(), revealed(entry.getValue())));
        return entries;
    }
}
