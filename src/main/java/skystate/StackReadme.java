package skystate;

import skystate.config.Settings;

/**
 * The stack's page in Pulumi's console, which shows the output {@code readme} as Markdown. Its values are filled in here and
 * not by the console's placeholders, so that {@code pulumi stack output readme} tells the same in a terminal. No secret is in it.
 */
final class StackReadme {

    private StackReadme() {
    }

    /**
     * The page.
     *
     * @param stack     name of the stack
     * @param settings  what the stack is made from
     * @param disk      what becomes of the disk, and its snapshots: {@link #disk}; empty if the state is on none
     * @param login     the line that logs in
     */
    static String text(String stack, Settings settings, String disk, String login) {
        var server = settings.server();
        return """
                # SkyPilot API server

                `%s` keeps its state on %s. It runs as the release `%s` in the namespace `%s` of `%s`.

                ## Log in

                With your password put in:
                ```
                %s
                ```
                %s
                ## The cluster is lost

                %s
                ```
                What else can happen, and what to do then: docs/runbook.md in the program's folder.
                """.formatted(stack, settings.state().named().replaceFirst("^The", "the"), server.release(), server.namespace(),
                settings.cluster().context().orElse("the kubeconfig's current context"), login, disk, recovery(stack, settings));
    }

    /** The part on a disk. */
    static String disk(Settings.Disk disk, ScheduleLookup.Found schedule, String onDestroy) {
        var snapshots = schedule.from(disk).map(path -> schedule.isOurs(disk) && disk.snapshotDays() > 0
                ? "Each day from " + schedule.time() + " UTC a snapshot is taken, and kept for " + disk.snapshotDays() + " days."
                : "Snapshots are taken by the schedule `" + DiskLookup.shortName(path) + "`, which this stack does not own.").orElse("No snapshots are taken.");
        return """

                ## The disk

                %d GiB, %s. %s
                %s

                ```
                %s
                ```
                One that is listed comes back on a disk of another name, in place of a state that is damaged:
                ```
                pulumi destroy
                pulumi config set-all --plaintext disk=restore --plaintext snapshot=NAME --plaintext diskName=ANOTHER_NAME
                pulumi up
                ```
                """.formatted(disk.sizeGib(), disk.type().word(), snapshots, onDestroy, Settings.Disk.listSnapshots(disk.project(), disk.name()));
    }

    private static String recovery(String stack, Settings settings) {
        return "On a fresh one, in a stack of its own. What else this stack's config has set with `--secret` is to be set anew too:\n```\npulumi stack init recovery\npulumi config set-all --json \"$(pulumi stack output recoveryConfig --stack " + stack + ")\"\n"
                        + "pulumi config set context CONTEXT\n"
                        + (settings.server().login().mode() == Settings.Login.Mode.PROXY ? "" : "pulumi config set --secret authPassword\n") + "pulumi up";
    }
}
