package skystate;

import com.pulumi.Log;
import com.pulumi.core.Output;
import com.pulumi.core.internal.Internal;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import com.pulumi.resources.Resource;
import com.pulumi.resources.ResourceOptions;
import com.pulumi.resources.ResourceTransformation;
import com.pulumi.serialization.internal.Serializer;
import skystate.config.ConfigSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds every resource to every {@link Rule} before it is registered, at preview too. A resource that breaks one is not
 * registered, nor is what waits for it. What is only read, and not registered, is not this stack's.
 */
final class RuleCheck implements ResourceTransformation {

    private final Rule.Run run;
    private final List<Rule> rules;
    private final Map<String, Registered> before = new ConcurrentHashMap<>();

    /**
     * A check of one run of the program.
     *
     * @param config the stack's config
     * @param rules  the rules
     */
    RuleCheck(ConfigSource config, List<Rule> rules) {
        this.run = new Rule.Run(config, type -> Optional.ofNullable(before.get(type)));
        this.rules = rules;
    }

    @Override
    public Optional<Result> apply(Args resource) {
        // What a resource depends on is waited for before it is registered, and may come to be nothing.
        var nothing = Output.of(new Serializer(Log.ignore()).serializeAsync("", resource.args(), false)).apply(inputs -> {
            if (isRead(resource.options())) {
                return Output.of(List.<Resource>of());
            }
            var registered = Registered.of(resource.resource().pulumiResourceType(), inputs, resource.options());
            var broken = rules.stream().filter(rule -> rule.isBroken(registered, run)).findFirst();
            before.put(registered.type(), registered);
            return broken.<Output<List<Resource>>>map(rule -> Refusal.of(message(rule, resource.resource()))).orElseGet(() -> Output.of(List.of()));
        });
        return Optional.of(new Result(resource.args(), waitingFor(nothing, resource.options())));
    }

    /** The id of a resource that is read is known from the start; any other's is there, and empty. */
    private static boolean isRead(ResourceOptions options) {
        return options.getId().filter(id -> Internal.of(id).getValueOptional().join().isPresent()).isPresent();
    }

    private static String message(Rule rule, Resource resource) {
        return "The rule " + rule.name() + " is broken: " + rule.keeps() + ". " + resource.pulumiResourceType() + " " + resource.pulumiResourceName()
                + " was not changed, nor what comes after it.\nA change to this program, or to the chart's values in the config, broke it; take it back, and run the same command again.";
    }

    private static ResourceOptions waitingFor(Output<List<Resource>> check, ResourceOptions options) {
        if (options instanceof ComponentResourceOptions component) {
            return ComponentResourceOptions.merge(component, ComponentResourceOptions.builder().dependsOn(check).build());
        }
        return options instanceof CustomResourceOptions custom
                ? CustomResourceOptions.merge(custom, CustomResourceOptions.builder().dependsOn(check).build())
                : options;
    }
}
