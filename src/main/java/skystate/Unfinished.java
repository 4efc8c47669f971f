package skystate;

import skystate.config.Settings;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A run that has begun to register resources, and what it takes to say what still stands if it fails.
 *
 * @param settings what the stack is made from
 * @param token    by which Google is asked; empty if the state is on none of its disks
 */
record Unfinished(Settings settings, Optional<CompletableFuture<String>> token) {
}
