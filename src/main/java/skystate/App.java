package skystate;

import com.pulumi.Pulumi;
import skystate.config.ConfigSource;

import java.util.logging.Logger;

/** Where Pulumi starts the program. */
public final class App {

    private static final Logger SDK = Logger.getLogger("com.pulumi");

    private App() {
    }

    public static void main(String[] args) {
        // The SDK's own logger repeats on standard error what it has told the engine.
        SDK.setUseParentHandlers(false);
        Pulumi.run(context -> ServerStack.declare(
                context, ConfigSource.fromEnvironment(context.projectName(), System.getenv())));
    }
}
