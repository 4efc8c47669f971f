package rehearsal.kubernetes;

import java.util.Map;

/**
 * Which object is meant.
 *
 * @param apiVersion as in {@code v1} or {@code apps/v1}
 * @param namespace  empty for objects without one
 */
record Ref(String apiVersion, String kind, String namespace, String name) {

    static Ref of(Map<String, ?> object) {
        return new Ref(apiVersion(Tree.text(object, "apiVersion")), Tree.text(object, "kind"),
                Tree.text(object, "metadata", "namespace"), Tree.text(object, "metadata", "name"));
    }

    /** The kind that a resource's URN names, and the object that its id names. */
    static Ref of(Urn urn, String id) {
        var slash = id.indexOf('/');
        return new Ref(urn.apiVersion(), urn.kind(), slash < 0 ? "" : id.substring(0, slash), id.substring(slash + 1));
    }

    /** The resource's id: {@code namespace/name}, or the name alone. */
    String id() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    String namespaceOrDefault() {
        return namespace.isEmpty() ? "default" : namespace;
    }

    /** The SDK writes the core group out at times. */
    private static String apiVersion(String given) {
        return given.startsWith("core/") ? given.substring("core/".length()) : given;
    }
}
