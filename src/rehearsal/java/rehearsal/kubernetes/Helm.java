package rehearsal.kubernetes;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Helm for one cluster. Options are those of its CLI: see {@link ReleaseInputs}. */
interface Helm extends AutoCloseable {

    /** Helm's own words, without the CLI's prefixes: what the provider, which has Helm as a library, would report. */
    final class Failed extends RuntimeException {

        Failed(String message) {
            super(message);
        }

        boolean notFound() {
            return getMessage().contains("release: not found");
        }
    }

    /** What the chart renders to with these options, without asking the cluster. */
    String template(String name, String namespace, List<String> chart, Map<String, Object> values) throws IOException;

    /** Loads the chart, and returns its version. */
    String version(List<String> chart) throws IOException;

    void install(String name, String namespace, List<String> chart, Map<String, Object> values) throws IOException;

    void upgrade(String name, String namespace, List<String> chart, Map<String, Object> values) throws IOException;

    /** @return what Helm said, as in which objects it kept */
    String uninstall(String name, String namespace, List<String> options) throws IOException;

    /** What Helm says of the release's last revision, whatever its status; empty if there is none. */
    Optional<Map<String, Object>> metadata(String name, String namespace) throws IOException;

    /** The release's manifest, as rendered. */
    String manifest(String name, String namespace) throws IOException;

    /** The values that the user gave, of the release's last revision. */
    Map<String, Object> values(String name, String namespace) throws IOException;

    /** Asks what runs to stop, as Ctrl-C does: Helm then marks its release failed. */
    void cancel();

    /** Ends what runs, as the end of the provider's process would, and removes what it kept beside it. */
    @Override
    void close() throws IOException;
}
