package rehearsal.cluster;

import rehearsal.NeedsTools;
import rehearsal.google.Google;

import java.io.IOException;
import java.nio.file.Path;

/** A cluster of its own for a class of tests, and the Google that has its machines. */
public record TestCluster(Google google, Cluster cluster) implements AutoCloseable {

    /** Starts them in a folder. */
    public static TestCluster start(Path home, ClusterSpec spec) throws IOException {
        var tools = NeedsTools.get();
        var google = Google.start(home.resolve("google"), "p");
        try {
            return new TestCluster(google, Cluster.start(tools, google, home.resolve("cluster"), spec));
        } catch (RuntimeException failed) {
            google.close();
            throw failed;
        }
    }

    @Override
    public void close() {
        cluster.close();
        google.close();
    }
}
