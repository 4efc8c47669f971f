package rehearsal.scenario;

import rehearsal.world.Scenario;
import rehearsal.world.Stage;
import rehearsal.world.World;

/** The stack makes an instance of Cloud SQL for the state, which outlives the cluster and goes only once it is named. */
final class InCloudSql implements Scenario {

    private static final String NAME = "sky-api-server";
    private static final String PASSWORD = "word of/the instance 9e2c";

    @Override
    public String name() {
        return "cloud-sql";
    }

    @Override
    public String what() {
        return "a Cloud SQL instance made by the stack: private and protected, found again from a fresh cluster, deleted only once it is named";
    }

    @Override
    public boolean needsPostgres() {
        return true;
    }

    @Override
    public void play(Stage stage) throws Exception {
        var world = stage.world();
        world.startCluster("first", World.ZONE);
        world.serveSql();
        stage.step("A stack with an instance of its own", () -> {
            DevStack.init(stage, "dev", "first", World.ZONE);
            stage.run("pulumi config rm zone && pulumi config set persistence database");
            stage.run("pulumi config set --path database.cloudSql.region us-east5");
            stage.run("pulumi config set --path database.cloudSql.network projects/" + World.PROJECT + "/global/networks/default");
            stage.run("pulumi config set --secret databasePassword", PASSWORD);
            stage.run("pulumi up --yes");
            world.server("first").write(name());
            var settings = world.google().sqlInstance(World.PROJECT, NAME).orElseThrow().getAsJsonObject("settings");
            stage.holds("it has no public address, and is protected from deletion", !settings.getAsJsonObject("ipConfiguration").get("ipv4Enabled").getAsBoolean()
                    && settings.get("deletionProtectionEnabled").getAsBoolean());
            DevStack.holdsState(stage, "first", name());
        });
        stage.step("The cluster is lost, and a fresh one finds the state again by one up", () -> {
            world.loseCluster("first");
            world.startCluster("first", World.ZONE);
            world.google().forgetRequests();
            stage.run("pulumi up --yes --skip-preview");
            DevStack.holdsState(stage, "first", name());
            stage.holds("nothing was changed at Google but the cluster's machines", world.google().writes().stream().allMatch(request -> request.path().contains("/zones/")));
        });
        stage.step("The password is readable nowhere", () -> {
            var kept = DevStack.readable(stage);
            stage.holds("neither as it is, nor as the connection string has it", !kept.contains(PASSWORD) && !kept.contains("word%20of"));
        });
        stage.step("Destroy deletes it once it is named, and an up has recorded that", () -> {
            stage.says(stage.run("pulumi stack output onDestroy"), "keeps the Cloud SQL instance " + NAME);
            stage.run("pulumi config set --path database.cloudSql.delete " + NAME);
            stage.run("pulumi up --yes --skip-preview");
            stage.holds("it is there", world.google().sqlInstance(World.PROJECT, NAME).isPresent());
            stage.run("pulumi destroy --yes --skip-preview");
            stage.holds("it is gone", world.google().sqlInstance(World.PROJECT, NAME).isEmpty());
        });
    }
}
