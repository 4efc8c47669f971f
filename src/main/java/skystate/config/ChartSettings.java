package skystate.config;

import com.github.zafarkhaja.semver.Version;

import java.util.Optional;

/**
 * The chart.
 *
 * @param name       name in the repository, or path of a folder
 * @param repository URL of the repository; empty for a folder
 * @param version    pinned version; the newest one if empty, which for skypilot-nightly is a development version
 * @param known      the version if it is known before the install: the pinned one, or that of the folder
 */
public record ChartSettings(String name, Optional<String> repository, Optional<String> version,
                            Optional<Version> known) {

    /** Name and repository; empty for a folder, which has one version only. */
    public Optional<String> origin() {
        return repository.map(url -> name + " from " + url);
    }

    /** Whether Helm may take a development version. Not left out with a pinned one: that would be a change. */
    public boolean devel() {
        return name.endsWith("-nightly");
    }
}
