package rehearsal.kubernetes;

/** A resource's URN, as in {@code urn:pulumi:stack::project::Parent$kubernetes:core/v1:PersistentVolume::name}. */
record Urn(String text) {

    /** The resource's logical name. */
    String name() {
        return text.substring(text.lastIndexOf("::") + 2);
    }

    /** The resource's type without its parents', as in {@code kubernetes:core/v1:PersistentVolume}. */
    String type() {
        var parts = text.split("::", 4);
        return parts[2].substring(parts[2].lastIndexOf('$') + 1);
    }

    boolean isRelease() {
        return type().equals("kubernetes:helm.sh/v3:Release");
    }

    String kind() {
        return type().substring(type().lastIndexOf(':') + 1);
    }

    String apiVersion() {
        var module = type().split(":")[1];
        return module.startsWith("core/") ? module.substring("core/".length()) : module;
    }
}
