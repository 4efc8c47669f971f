package rehearsal.scenario;

import rehearsal.google.DiskName;
import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

import java.util.regex.Pattern;

/**
 * Two clusters whose contexts have one name, each in a kubeconfig of its own, as those that k3s and kubeadm write.
 * KUBECONFIG is the first cluster's; the stack is for the second. Whatever the program prints is typed as it is
 * printed.
 */
final class TwoKubeconfigs implements Scenario {

    private static final DiskName DISK = new DiskName(World.PROJECT, World.ZONE, "pvc-1");
    /** The file that the program says to write contents of a kubeconfig to. */
    private static final String WRITTEN = "sky-api-server.kubeconfig";
    private static final Pattern IN_LOGIN = Pattern.compile("\\$\\((.+?)\\) && sky api login");

    @Override
    public String name() {
        return "two-kubeconfigs";
    }

    @Override
    public String what() {
        return "two clusters with a context of one name: every printed command acts on the stack's, never on the other";
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        stage.step("A server by Helm in each of two clusters, by the same names; a stack for the second's disk", () -> {
            world.startCluster("first", World.ZONE);
            ByHand.serverByHelm(stage, "first", "pvc-0", "theirs");
            var hand = new ByHand(stage, "first");
            hand.volume("sky-api-server-pv", hand.disk("pvc-2"), "Delete", "skypilot/nobodys");
            world.startCluster("second", World.ZONE);
            ByHand.serverByHelm(stage, "second", DISK.name(), name());
            kubeconfig(stage, "first", "../a.yaml");
            kubeconfig(stage, "second", "b.yaml");
            DevStack.init(stage, "dev", "second", World.ZONE);
            stage.run("pulumi config set-all --plaintext disk=adopt --plaintext diskName=" + DISK.name()
                    + " --plaintext kubeconfig=b.yaml --plaintext context=default");
        });
        var before = deployment(world, "first");
        stage.step("What keeps the disk is done in the second", () -> {
            type(stage, stage.refused(with("pulumi preview")), 1);
            stage.holds("the second's volume is kept",
                    ByHand.volume(world, "second", "pvc-dyn-1").equals("Bound Retain"));
            untouched(stage, before);
        });
        stage.step("What stops the server that Helm installed stops the second's", () -> {
            type(stage, stage.refused(with("pulumi preview")), 2);
            stage.holds("Helm's server is gone from the second", deployment(world, "second").isEmpty());
            untouched(stage, before);
        });
        stage.step("A server that doesn't get ready is looked at in the second", () -> {
            stage.run(InstallFails.NO_SUCH_IMAGE);
            stage.run("pulumi config set installTimeout 30");
            stage.refused(with("pulumi up --yes --skip-preview"));
            var said = stage.refused(with("pulumi up --yes --skip-preview"));
            stage.says(said, "The release skypilot is failed");
            var look = ByHand.commands(said).stream().filter(command -> command.endsWith("describe pod")).findFirst();
            stage.says(stage.run(with(look.orElseThrow())), "gke-second-");
            stage.run(InstallFails.GOOD_IMAGE);
            untouched(stage, before);
        });
        stage.step("The server's address is asked of the second", () -> {
            stage.run(with("pulumi up --yes --skip-preview"));
            stage.holds("the server reads the same bytes", world.server("second").read().contains(name()));
            stage.run(new ByHand(stage, "second").kubectl() + " --namespace skypilot create service loadbalancer"
                    + " skypilot-ingress-nginx-controller --tcp=80");
            var login = IN_LOGIN.matcher(stage.run(with("pulumi stack output login")));
            stage.holds("the output login asks for it", login.find());
            // The first has no such Service.
            stage.run(with(login.group(1)));
            untouched(stage, before);
        });
        stage.step("With contents in place of a file, and no context, the message has how to write them to one", () -> {
            stage.run("pulumi config set --secret kubeconfig < b.yaml");
            stage.run("pulumi config rm context");
            stage.run(new ByHand(stage, "second").kubectl() + " patch pv sky-api-server-pv " + ByHand.DELETE);
            type(stage, stage.refused(with("pulumi preview")), 2);
            stage.holds("the stack's volume is kept",
                    ByHand.volume(world, "second", "sky-api-server-pv").equals("Bound Retain"));
            untouched(stage, before);
            stage.run("rm " + WRITTEN);
            stage.run(with("pulumi preview"));
        });
    }

    /** Types every command of a message as it is printed. @param least how many there are at least */
    private static void type(Stage stage, String said, int least) {
        var commands = ByHand.commands(said).stream().filter(command -> !command.startsWith("pulumi ")).toList();
        stage.holds("it names what to type", commands.size() >= least);
        commands.forEach(command -> stage.run(with(command)));
    }

    private static void untouched(Stage stage, String before) {
        var world = stage.world();
        stage.holds("the first has what it had", deployment(world, "first").equals(before)
                && world.server("first").starts().size() == 1
                && ByHand.volume(world, "first", "pvc-dyn-1").equals("Bound Delete")
                && ByHand.volume(world, "first", "sky-api-server-pv").endsWith(" Delete"));
    }

    /** A command where KUBECONFIG is the first cluster's. */
    private static String with(String command) {
        return "export KUBECONFIG=$PWD/../a.yaml; " + command;
    }

    private static void kubeconfig(Stage stage, String cluster, String file) {
        var context = World.context(cluster, World.ZONE);
        stage.run("umask 077; kubectl config view --raw --minify --flatten --context " + context + " > " + file
                + " && kubectl --kubeconfig " + file + " config rename-context " + context + " default");
    }

    /** Which Deployment a cluster has; empty if none. */
    private static String deployment(World world, String cluster) {
        var deployment = world.clusters().get(cluster).client().apps().deployments()
                .inNamespace("skypilot").withName("skypilot-api-server").get();
        return deployment == null ? "" : deployment.getMetadata().getUid();
    }
}
