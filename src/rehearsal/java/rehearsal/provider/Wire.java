package rehearsal.provider;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Property values as the engine and a provider exchange them, to and from plain Java: null, Boolean, Long, Double,
 * String, List and Map, with {@link Secret} around what is secret and {@link #UNKNOWN} for what a preview can't know.
 */
public final class Wire {

    private static final String SIGNATURE = "4dabf18193072939515e22adb298388d";
    private static final String SECRET = "1b47061264138c4ac30d75fd1eb44270";
    private static final String UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    /** A value that is not known yet: only previews see it. */
    public static final Object UNKNOWN = new Object() {
        @Override
        public String toString() {
            return "(unknown)";
        }
    };

    /** A value that the engine keeps encrypted. Its {@code toString} doesn't tell it. */
    public record Secret(Object value) {
        @Override
        public String toString() {
            return "[secret]";
        }
    }

    private Wire() {
    }

    /** The properties of a message, in their order. */
    public static Map<String, Object> read(Struct struct) {
        var map = new LinkedHashMap<String, Object>();
        struct.getFieldsMap().forEach((key, value) -> map.put(key, read(value)));
        return map;
    }

    /** The message for these properties. */
    public static Struct write(Map<String, ?> properties) {
        var struct = Struct.newBuilder();
        properties.forEach((key, value) -> struct.putFields(key, write(value)));
        return struct.build();
    }

    /** The same value without any {@link Secret} around it or in it. */
    public static Object reveal(Object value) {
        if (value instanceof Secret secret) {
            return reveal(secret.value());
        }
        if (value instanceof List<?> list) {
            var plain = new ArrayList<Object>();
            list.forEach(item -> plain.add(reveal(item)));
            return plain;
        }
        if (value instanceof Map<?, ?> map) {
            return reveal(cast(map));
        }
        return value;
    }

    /** The same properties without any {@link Secret} in them. */
    public static Map<String, Object> reveal(Map<String, ?> properties) {
        var plain = new LinkedHashMap<String, Object>();
        properties.forEach((key, value) -> plain.put(key, reveal(value)));
        return plain;
    }

    /** Whether the value is, or holds, one that is not known yet. */
    public static boolean hasUnknown(Object value) {
        if (value instanceof Secret secret) {
            return hasUnknown(secret.value());
        }
        if (value instanceof List<?> list) {
            return list.stream().anyMatch(Wire::hasUnknown);
        }
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(Wire::hasUnknown);
        }
        return value == UNKNOWN;
    }

    private static Object read(Value value) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> number(value.getNumberValue());
            case STRING_VALUE -> UNKNOWN_TEXT.equals(value.getStringValue()) ? UNKNOWN : value.getStringValue();
            case LIST_VALUE -> {
                var list = new ArrayList<Object>();
                value.getListValue().getValuesList().forEach(item -> list.add(read(item)));
                yield list;
            }
            case STRUCT_VALUE -> {
                var fields = value.getStructValue().getFieldsMap();
                var signature = fields.get(SIGNATURE);
                yield signature != null && SECRET.equals(signature.getStringValue())
                        ? new Secret(read(fields.getOrDefault("value", Value.getDefaultInstance())))
                        : read(value.getStructValue());
            }
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    private static Value write(Object value) {
        var out = Value.newBuilder();
        if (value == null) {
            out.setNullValue(NullValue.NULL_VALUE);
        } else if (value == UNKNOWN) {
            out.setStringValue(UNKNOWN_TEXT);
        } else if (value instanceof Secret secret) {
            out.setStructValue(Struct.newBuilder()
                    .putFields(SIGNATURE, Value.newBuilder().setStringValue(SECRET).build())
                    .putFields("value", write(secret.value())));
        } else if (value instanceof Boolean bool) {
            out.setBoolValue(bool);
        } else if (value instanceof Number number) {
            out.setNumberValue(number.doubleValue());
        } else if (value instanceof Iterable<?> items) {
            var list = ListValue.newBuilder();
            items.forEach(item -> list.addValues(write(item)));
            out.setListValue(list);
        } else if (value instanceof Map<?, ?> map) {
            out.setStructValue(write(cast(map)));
        } else {
            out.setStringValue(value.toString());
        }
        return out.build();
    }

    private static Object number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? (Object) (long) value : (Object) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
