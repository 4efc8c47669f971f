package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** A server's state goes from a disk to a PostgreSQL, outlives the cluster there, and goes back. */
final class InDatabase implements Scenario {

    private static final String PASSWORD = "word-of-the-database-4b1d";
    private static final String STATE = "written to the database";

    @Override
    public String name() {
        return "database";
    }

    @Override
    public String what() {
        return "from a disk to a PostgreSQL once the state was moved, several servers on it, a fresh cluster finds it "
                + "again, and back to the kept disk";
    }

    @Override
    public boolean needsPostgres() {
        return true;
    }

    @Override
    public boolean playsSkyPilot() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        DevStack.serverRuns(stage, name());
        world.postgres().user("sky", PASSWORD);
        world.postgres().database("skypilot");
        stage.step("A database in the config leaves the state behind, which is refused", () -> {
            toDatabase(stage);
            stage.says(stage.refused("pulumi up --yes"), "has its state in disk, and the config says database");
            stage.holds("the server runs on its disk as before", world.server("first").has(name()));
        });
        stage.step("After a destroy the server starts in the database, and the disk is kept", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "keeps the disk");
            stage.run("pulumi destroy --yes");
            stage.run("pulumi up --yes --skip-preview");
            var server = world.server("first");
            stage.holds("it is in the database",
                    server.disk().endsWith("/skypilot") && server.disk().startsWith("postgresql://"));
            server.write(STATE);
            stage.holds("there is no volume",
                    world.clusters().get("first").client().persistentVolumes().list().getItems().isEmpty());
            stage.holds("no machine holds the disk",
                    world.disk(World.ZONE, DevStack.DISK).orElseThrow().users().isEmpty());
            DevStack.holdsDisk(stage, name());
            DevStack.holdsState(stage, "first", STATE);
        });
        stage.step("Two servers share it", () -> {
            stage.run("pulumi config set --path values.apiService.replicas 2");
            stage.run("pulumi config set --path values.apiService.upgradeStrategy RollingUpdate");
            stage.run("pulumi up --yes --skip-preview");
            var servers = world.clusters().get("first").servers();
            stage.holds("both read the same bytes",
                    servers.size() == 2 && servers.stream().allMatch(server -> server.has(STATE)));
            stage.run("pulumi config rm --path values.apiService.replicas");
        });
        stage.step("The cluster is lost, and a fresh one finds the state again by one up", () -> {
            world.loseCluster("first");
            world.startCluster("first", World.ZONE);
            stage.run("pulumi up --yes --skip-preview");
            DevStack.holdsState(stage, "first", STATE);
        });
        stage.step("Neither the password nor its connection string is readable anywhere", () -> {
            var kept = DevStack.readable(stage);
            stage.holds("it is nowhere", !kept.contains(PASSWORD));
        });
        stage.step("Back to the disk, by the same way", () -> {
            stage.run("pulumi config rm database && pulumi config rm --path values.apiService.upgradeStrategy");
            stage.run("pulumi config set-all --plaintext persistence=disk --plaintext zone=" + World.ZONE);
            stage.says(stage.refused("pulumi preview"), "has its state in database, and the config says disk");
            stage.run("pulumi destroy --yes");
            stage.run("pulumi up --yes --skip-preview");
            stage.holds("the disk is the one of before",
                    world.google().writes().stream().noneMatch(request -> request.method().equals("DELETE")));
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("An up that fails records that the disk may be deleted, and the user thinks better of it", () -> {
            stage.run("pulumi config set deleteDisk " + DevStack.DISK);
            stage.run(InstallFails.NO_SUCH_IMAGE);
            stage.run("pulumi config set installTimeout 30");
            stage.says(stage.refused("pulumi up --yes --skip-preview"), "pulumi config rm deleteDisk && pulumi up");
            stage.says(stage.run("pulumi stack output onDestroy"), "keeps the disk");
            stage.run("pulumi config rm deleteDisk && pulumi config rm installTimeout");
            stage.run(InstallFails.GOOD_IMAGE);
        });
        stage.step("The state moves off it all the same, and the disk is kept", () -> {
            stage.run("pulumi up --yes --skip-preview");
            stage.says(stage.run("pulumi stack output onDestroy"), "keeps the disk");
            stage.run("pulumi destroy --yes");
            toDatabase(stage);
            stage.run("pulumi up --yes --skip-preview");
            DevStack.holdsDisk(stage, name());
            DevStack.holdsState(stage, "first", STATE);
            stage.run("pulumi preview --expect-no-changes");
        });
    }

    private static void toDatabase(Stage stage) throws Exception {
        stage.run("pulumi config rm zone && pulumi config set persistence database");
        stage.run("pulumi config set --path --secret database.connection",
                stage.world().postgres().connection("sky", PASSWORD, "skypilot"));
    }
}
