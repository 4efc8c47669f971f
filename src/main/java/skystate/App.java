package skystate;

import com.pulumi.Pulumi;
import skystate.config.ConfigSource;

/** Where Pulumi starts the program. */
public final class App {

    private App() {
    }

    public static void main(String[] args) {
        Pulumi.run(context -> ServerStack.declare(
                context, ConfigSource.fromEnvironment(context.projectName(), System.getenv())));
    }
}
