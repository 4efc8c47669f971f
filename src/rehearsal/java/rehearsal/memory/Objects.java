package rehearsal.memory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The objects of a cluster, with what the API server does to each by itself: names and versions, finalizers, field
 * managers, and the refusals that a stack meets. Whoever uses it holds its lock.
 */
final class Objects {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    private final Map<Kind, Map<String, ObjectNode>> kept = new EnumMap<>(Kind.class);
    private long version;

    /** By name, or {@code namespace/name}. */
    Optional<ObjectNode> find(Kind kind, String namespace, String name) {
        return Optional.ofNullable(of(kind).get(key(kind, namespace, name)));
    }

    ObjectNode get(Kind kind, String namespace, String name) {
        return find(kind, namespace, name).orElseThrow(() -> Refused.notFound(kind, name));
    }

    /** All of a kind, the oldest first: a copy of the list. */
    List<ObjectNode> all(Kind kind) {
        return new ArrayList<>(of(kind).values());
    }

    /** All of a kind in a namespace. */
    List<ObjectNode> in(Kind kind, String namespace) {
        return all(kind).stream().filter(object -> namespace(object).equals(namespace)).toList();
    }

    /** What a POST does. @param manager who sends it */
    ObjectNode create(Kind kind, String namespace, ObjectNode given, String manager, boolean dryRun) {
        var object = given.deepCopy();
        var name = name(object);
        if (find(kind, namespace, name).isPresent()) {
            throw new Refused(409, "AlreadyExists", kind.plural, kind.plural + " \"" + name + "\" already exists");
        }
        if (kind.namespaced) {
            var space = get(Kind.NAMESPACE, "", namespace);
            if (deleting(space)) {
                throw new Refused(403, "Forbidden", kind.plural,
                        kind.plural + " \"" + name + "\" is forbidden: unable to create new content in namespace "
                                + namespace + " because it is being terminated");
            }
        }
        manage(object, manager, UPDATE, fields(object));
        return admit(kind, namespace, object, dryRun);
    }

    /** What a server-side apply does. */
    ObjectNode apply(Kind kind, String namespace, String name, ObjectNode given, String manager, boolean force,
                     boolean dryRun) {
        var found = find(kind, namespace, name);
        if (found.isEmpty()) {
            if (kind.namespaced) {
                get(Kind.NAMESPACE, "", namespace);
            }
            var object = given.deepCopy();
            manage(object, manager, APPLY, fields(object));
            return admit(kind, namespace, object, dryRun);
        }
        var live = found.get();
        var object = live.deepCopy();
        var sent = fields(given);
        if (!force) {
            refuseConflicts(live, given, sent, manager);
        }
        var before = managed(live, manager, APPLY);
        before.ifPresent(owned -> drop(object, owned, sent, others(live, manager)));
        merge(object, given);
        manage(object, manager, APPLY, sent);
        return change(kind, live, object, dryRun);
    }

    /** What a JSON merge patch does. */
    ObjectNode merge(Kind kind, String namespace, String name, ObjectNode patch, String manager) {
        var live = get(kind, namespace, name);
        var object = live.deepCopy();
        patched(object, patch);
        manage(object, manager, UPDATE, fields(patch));
        return change(kind, live, object, false);
    }

    /** What a JSON patch does. */
    ObjectNode patch(Kind kind, String namespace, String name, ArrayNode operations) {
        var live = get(kind, namespace, name);
        return change(kind, live, (ObjectNode) JsonPatch.apply(operations, live), false);
    }

    /** What a DELETE does: an object that has finalizers waits for those who put them there. */
    ObjectNode delete(Kind kind, String namespace, String name) {
        var live = get(kind, namespace, name);
        if (live.at("/metadata/finalizers").isEmpty()) {
            of(kind).remove(key(kind, namespace, name));
        } else if (!deleting(live)) {
            ((ObjectNode) live.get("metadata")).put("deletionTimestamp", now());
            touch(live);
        }
        return live;
    }

    /** Removes a finalizer, and with the last one an object that is being deleted. */
    void release(Kind kind, ObjectNode live, String finalizer) {
        var finalizers = (ArrayNode) live.at("/metadata/finalizers");
        for (var i = finalizers.size() - 1; i >= 0; i--) {
            if (finalizers.get(i).asText().equals(finalizer)) {
                finalizers.remove(i);
            }
        }
        touch(live);
        if (finalizers.isEmpty() && deleting(live)) {
            remove(kind, live);
        }
    }

    void remove(Kind kind, ObjectNode live) {
        of(kind).remove(key(kind, namespace(live), name(live)));
    }

    /** After a controller has changed an object in place. */
    void touch(ObjectNode live) {
        ((ObjectNode) live.get("metadata")).put("resourceVersion", Long.toString(++version));
    }

    /** Books fields of a live object as a controller's. @param path of the field, as in {@code spec/capacity} */
    void own(ObjectNode live, String controller, String path) {
        var fields = JSON.createObjectNode();
        var at = fields;
        for (var part : path.split("/")) {
            at = at.putObject("f:" + part);
        }
        var all = managed(live, controller, UPDATE).map(JsonNode::deepCopy).map(ObjectNode.class::cast)
                .orElseGet(JSON::createObjectNode);
        merge(all, fields);
        manage(live, controller, UPDATE, all);
        touch(live);
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static String namespace(JsonNode object) {
        return object.at("/metadata/namespace").asText();
    }

    static String uid(JsonNode object) {
        return object.at("/metadata/uid").asText();
    }

    static boolean deleting(JsonNode object) {
        return object.at("/metadata").has("deletionTimestamp");
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private ObjectNode admit(Kind kind, String namespace, ObjectNode object, boolean dryRun) {
        object.put("apiVersion", kind.apiVersion).put("kind", kind.kind);
        var metadata = (ObjectNode) object.get("metadata");
        metadata.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", now()).put("resourceVersion",
                Long.toString(++version));
        if (kind.namespaced) {
            metadata.put("namespace", namespace);
        }
        switch (kind) {
            case SECRET -> encode(object);
            case CLAIM -> {
                metadata.putArray("finalizers").add("kubernetes.io/pvc-protection");
                object.putObject("status").put("phase", "Pending");
            }
            case VOLUME -> {
                metadata.putArray("finalizers").add("kubernetes.io/pv-protection");
                object.putObject("status").put("phase", "Pending");
            }
            case NAMESPACE -> {
                metadata.putArray("finalizers").add("kubernetes");
                object.putObject("status").put("phase", "Active");
            }
            default -> {
            }
        }
        if (!dryRun) {
            of(kind).put(key(kind, namespace, name(object)), object);
        }
        return object;
    }

    private ObjectNode change(Kind kind, ObjectNode live, ObjectNode object, boolean dryRun) {
        if (kind == Kind.SECRET) {
            encode(object);
        }
        if (kind == Kind.CLAIM) {
            admitClaim(live, object);
        }
        if (kind == Kind.VOLUME && !live.at("/spec/csi").equals(object.at("/spec/csi"))) {
            throw new Refused(422, "Invalid", kind.plural, "PersistentVolume \"" + name(live)
                    + "\" is invalid: spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is "
                    + "immutable after creation");
        }
        if (!dryRun && !object.equals(live)) {
            touch(object);
            of(kind).put(key(kind, namespace(object), name(object)), object);
        }
        return object;
    }

    /** A claim's request can grow, where its class allows it; nothing else of its spec can change. */
    private void admitClaim(ObjectNode live, ObjectNode object) {
        var before = live.at("/spec").deepCopy();
        var after = object.at("/spec").deepCopy();
        for (var spec : List.of(before, after)) {
            if (spec instanceof ObjectNode map) {
                map.remove("resources");
            }
        }
        if (!before.equals(after)) {
            throw new Refused(422, "Invalid", Kind.CLAIM.plural, "PersistentVolumeClaim \"" + name(live)
                    + "\" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and"
                    + " volumeAttributesClassName for bound claims");
        }
        var had = Quantity.gib(live.at("/spec/resources/requests/storage").asText());
        var wants = Quantity.gib(object.at("/spec/resources/requests/storage").asText());
        if (wants < had) {
            throw new Refused(422, "Invalid", Kind.CLAIM.plural,
                    "PersistentVolumeClaim \"" + name(live) + "\" is invalid: spec.resources.requests.storage:"
                            + " Forbidden: field can not be less than status.capacity");
        }
        if (wants > had && !find(Kind.STORAGE_CLASS, "", live.at("/spec/storageClassName").asText())
                .map(its -> its.path("allowVolumeExpansion").asBoolean()).orElse(false)) {
            throw new Refused(403, "Forbidden", Kind.CLAIM.plural,
                    "persistentvolumeclaims \"" + name(live) + "\" is forbidden: only dynamically provisioned pvc"
                            + " can be resized and the storageclass that provisions the pvc must support resize");
        }
    }

    private static void encode(ObjectNode secret) {
        if (secret.remove("stringData") instanceof ObjectNode plain) {
            var data = secret.withObjectProperty("data");
            plain.properties().forEach(entry -> data.put(entry.getKey(),
                    java.util.Base64.getEncoder().encodeToString(
                            entry.getValue().asText().getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        }
    }

    /** Who owns what, in the form of managedFields: maps by key, all else whole. */
    private static ObjectNode fields(ObjectNode given) {
        var fields = JSON.createObjectNode();
        given.properties().forEach(entry -> {
            if (List.of("apiVersion", "kind", "status").contains(entry.getKey())) {
                return;
            }
            fields.set("f:" + entry.getKey(),
                    entry.getValue() instanceof ObjectNode map ? fieldsOf(map) : JSON.createObjectNode());
        });
        if (fields.get("f:metadata") instanceof ObjectNode metadata) {
            metadata.retain("f:labels", "f:annotations");
        }
        return fields;
    }

    private static ObjectNode fieldsOf(ObjectNode map) {
        var fields = JSON.createObjectNode();
        map.properties().forEach(entry -> fields.set("f:" + entry.getKey(),
                entry.getValue() instanceof ObjectNode inner ? fieldsOf(inner) : JSON.createObjectNode()));
        return fields;
    }

    private static void manage(ObjectNode object, String manager, String operation, ObjectNode fields) {
        var metadata = object.withObjectProperty("metadata");
        var entries =
                metadata.get("managedFields") instanceof ArrayNode list ? list : metadata.putArray("managedFields");
        for (var i = entries.size() - 1; i >= 0; i--) {
            var entry = (ObjectNode) entries.get(i);
            if (entry.path("manager").asText().equals(manager) && entry.path("operation").asText().equals(operation)) {
                if (operation.equals(UPDATE)) {
                    merge((ObjectNode) entry.get("fieldsV1"), fields);
                } else {
                    entry.set("fieldsV1", fields);
                }
                return;
            }
        }
        entries.addObject().put("manager", manager).put("operation", operation).put("time", now()).set("fieldsV1",
                fields);
    }

    private static Optional<ObjectNode> managed(ObjectNode object, String manager, String operation) {
        for (var entry : object.at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager) && entry.path("operation").asText().equals(operation)) {
                return Optional.of((ObjectNode) entry.get("fieldsV1"));
            }
        }
        return Optional.empty();
    }

    private static List<ObjectNode> others(ObjectNode object, String manager) {
        var others = new ArrayList<ObjectNode>();
        for (var entry : object.at("/metadata/managedFields")) {
            if (!entry.path("manager").asText().equals(manager)) {
                others.add((ObjectNode) entry.get("fieldsV1"));
            }
        }
        return others;
    }

    private static void refuseConflicts(ObjectNode live, ObjectNode given, ObjectNode sent, String manager) {
        var leaves = new LinkedHashMap<String, Boolean>();
        leaves("", sent, leaves);
        for (var entry : live.at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)) {
                continue;
            }
            for (var path : leaves.keySet()) {
                var value = path.replace("/f:", "/");
                if (owns(entry.get("fieldsV1"), path) && !live.at(value).equals(given.at(value))) {
                    throw new Refused(409, "Conflict", "",
                            "Apply failed with 1 conflict: conflict with \"" + entry.path("manager").asText() + "\": "
                                    + value.replace('/', '.'));
                }
            }
        }
    }

    private static boolean owns(JsonNode fields, String path) {
        var at = fields;
        for (var part : path.substring(1).split("/")) {
            at = at.path(part.replace("~1", "/").replace("~0", "~"));
        }
        return !at.isMissingNode();
    }

    private static void leaves(String path, ObjectNode fields, Map<String, Boolean> leaves) {
        fields.properties().forEach(entry -> {
            // A key with a slash in it, as labels have, is written as JSON pointers write it.
            var inner = path + "/" + "f:" + entry.getKey().substring(2).replace("~", "~0").replace("/", "~1");
            if (entry.getValue().isEmpty()) {
                leaves.put(inner, true);
            } else {
                leaves(inner, (ObjectNode) entry.getValue(), leaves);
            }
        });
    }

    /** What a manager no longer sends goes, unless somebody else owns it too. */
    private static void drop(ObjectNode object, ObjectNode owned, ObjectNode sent, List<ObjectNode> others) {
        owned.properties().forEach(entry -> {
            var key = entry.getKey();
            var name = key.substring(2);
            var left = others.stream().map(other -> other.get(key)).filter(java.util.Objects::nonNull)
                    .map(ObjectNode.class::cast).toList();
            if (!sent.has(key)) {
                if (left.isEmpty()) {
                    object.remove(name);
                }
            } else
                if (object.get(name) instanceof ObjectNode inner && entry.getValue() instanceof ObjectNode ownedInner) {
                    drop(inner, ownedInner, (ObjectNode) sent.get(key), left);
                }
        });
    }

    /** Puts a tree over another: maps key by key, all else whole. */
    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(entry -> {
            if (into.get(entry.getKey()) instanceof ObjectNode inner && entry.getValue() instanceof ObjectNode map) {
                merge(inner, map);
            } else {
                into.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
    }

    /** RFC 7396. */
    private static void patched(ObjectNode into, ObjectNode patch) {
        patch.properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                into.remove(entry.getKey());
            } else if (entry.getValue() instanceof ObjectNode map) {
                patched(into.get(entry.getKey()) instanceof ObjectNode inner ? inner : into.putObject(entry.getKey()),
                        map);
            } else {
                into.set(entry.getKey(), entry.getValue().deepCopy());
            }
        });
    }

    private Map<String, ObjectNode> of(Kind kind) {
        return kept.computeIfAbsent(kind, none -> new LinkedHashMap<>());
    }

    private static String key(Kind kind, String namespace, String name) {
        return kind.namespaced ? namespace + "/" + name : name;
    }
}
