package skystate.config;

import java.util.Locale;

/** Where the disk comes from. */
public enum DiskSource {
    /** This stack creates the disk. */
    CREATE,
    /** The disk exists, and this stack owns it from now on. */
    ADOPT,
    /** The disk exists. This stack doesn't own it, so it never labels, resizes or deletes it. */
    REFERENCE,
    /** This stack creates the disk from a snapshot. */
    RESTORE;

    /** Its name in the config and in outputs. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
