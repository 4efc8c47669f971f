package rehearsal.provider;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the engine started one provider instance. An official plugin is a process of its own and reads these from its
 * surroundings; here many instances share a JVM, so each gets its own.
 *
 * @param engine      address of the engine's gRPC server, empty if it gave none
 * @param directory   the working directory: relative paths in resource inputs start here
 * @param environment the environment variables of the {@code pulumi} command that the user ran
 */
public record Launch(String engine, Path directory, Map<String, String> environment) {
}
