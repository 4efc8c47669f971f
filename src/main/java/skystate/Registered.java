package skystate;

import com.pulumi.core.internal.Constants;
import com.pulumi.resources.ResourceOptions;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A resource as it is about to be registered.
 *
 * @param type     its type
 * @param inputs   its inputs as the engine gets them, with {@link Secret} around what is secret
 * @param retained whether destroy and replacement leave it as it is
 * @param ignored  the inputs whose changes are ignored
 */
record Registered(String type, Map<?, ?> inputs, boolean retained, List<String> ignored) {

    /** A secret among the inputs. */
    record Secret(Object value) {

        /** Without the value. */
        @Override
        public String toString() {
            return "secret";
        }
    }

    /** Reads what the SDK's serializer makes of the inputs. */
    static Registered of(String type, Object serialized, ResourceOptions options) {
        return new Registered(type, marked(serialized) instanceof Map<?, ?> inputs ? inputs : Map.of(), options.isRetainOnDelete(), options.getIgnoreChanges());
    }

    /** Whether the input at a path is this text; what only a real resource can tell is taken to be. */
    boolean is(String expected, String... path) {
        return List.of(expected, Constants.UnknownValue).contains(text(path));
    }

    /** The input at a path, secret or not, as text; empty if there is none. */
    String text(String... path) {
        Object value = inputs;
        for (var key : path) {
            value = revealed(value) instanceof Map<?, ?> map ? map.get(key) : null;
        }
        // JSON makes a fraction of every number.
        return revealed(value) == null ? "" : revealed(value).toString().replaceFirst("[.]0$", "");
    }

    /** Whether an input is there, and isn't secret. Of what only a real resource can tell there is nothing to hide yet, and the SDK doesn't say whether it will be. */
    boolean isPlain(String key) {
        return inputs.get(key) != null && !(inputs.get(key) instanceof Secret) && !Constants.UnknownValue.equals(inputs.get(key));
    }

    /** All that is readable of the inputs. */
    String plain() {
        return inputs.toString();
    }

    private static Object revealed(Object value) {
        return value instanceof Secret secret ? secret.value() : value;
    }

    private static Object marked(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Registered::marked).toList();
        }
        if (value instanceof Map<?, ?> map && Constants.SpecialSecretSig.equals(map.get(Constants.SpecialSigKey))) {
            return new Secret(marked(map.get(Constants.SecretValueName)));
        }
        if (value instanceof Map<?, ?> map) {
            var read = new LinkedHashMap<Object, Object>();
            map.forEach((key, inner) -> read.put(key, marked(inner)));
            return read;
        }
        return value;
    }
}
