package rehearsal.cluster;

import com.sun.net.httpserver.HttpExchange;
import rehearsal.http.Loopback;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Stands in for load balancer and ingress-nginx before SkyPilot's own server: an address of loopback with HTTP's own
 * port. It asks for the password where the ingress is to, and passes on the rest with the client's address in a header,
 * as a proxy does.
 */
public final class Front implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Those of a connection; the client makes its own. */
    private static final Set<String> OF_ITS_CONNECTION =
            Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "keep-alive");

    /** The header by which a proxy says for whom it asks, and one who is on no network. */
    static final String FORWARDED_FOR = "X-Forwarded-For";
    static final String CLIENT = "203.0.113.7";

    private final URI server;
    private final Supplier<Optional<String>> users;
    private final String address;
    private final Loopback listener;

    private Front(URI server, Supplier<Optional<String>> users) throws IOException {
        this.server = server;
        this.users = users;
        this.address = Loopback.ownAddress();
        this.listener = Loopback.serve("front", new InetSocketAddress(address, 80), this::pass);
    }

    /**
     * Opens one, or says why it can't: an {@link IOException}, where this user may not have that port.
     *
     * @param users the users whom the ingress lets in, a {@code user:hash} each line; empty if it asks nobody
     */
    static Front before(URI server, Supplier<Optional<String>> users) throws IOException {
        return new Front(server, users);
    }

    /** Its IP address, as the load balancer's Service would name it. */
    public String address() {
        return address;
    }

    @Override
    public void close() {
        listener.close();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (users.get().filter(lines -> !letsIn(lines, exchange)).isPresent()) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"SkyPilot API Server\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            var request = HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(),
                            HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!OF_ITS_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            request.header(FORWARDED_FOR, CLIENT);
            var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers().map().forEach((name, values) -> {
                if (!OF_ITS_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean letsIn(String lines, HttpExchange exchange) {
        var header = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
        if (!header.startsWith("Basic ")) {
            return false;
        }
        var login = new String(Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.UTF_8)
                .split(":", 2);
        return login.length == 2 && Logins.match(lines, login[0], login[1]);
    }
}
