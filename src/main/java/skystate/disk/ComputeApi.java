package skystate.disk;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.pulumi.exceptions.RunException;
import com.pulumi.gcp.organizations.OrganizationsFunctions;
import com.pulumi.resources.InvokeArgs;
import skystate.engine.PluginVersions;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Asks Google about a disk by Compute Engine's REST API, with the access token that the provider itself uses: about a
 * regional one, for which com.pulumi:gcp 7.0.0 has no function, and about any once the engine has ended. No message and
 * no resource ever has the token.
 */
public final class ComputeApi {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private ComputeApi() {
    }

    /** The access token that the provider uses. */
    public static CompletableFuture<String> token() {
        return OrganizationsFunctions.getClientConfigPlain(InvokeArgs.Empty, PluginVersions.invoke(PluginVersions.GCP))
                .thenApply(config -> config.accessToken());
    }

    /**
     * The disk, unless there is none.
     *
     * @param id       the disk's id
     * @param endpoint where Compute Engine's REST API is, with a slash at its end
     * @param token    by which Google is asked
     * @param request  for the message if Google does not answer
     * @throws RunException if Google doesn't tell
     */
    public static Optional<ExistingDisk> ask(String id, String endpoint, CompletableFuture<String> token,
                                             GoogleRequest request) {
        var bearer = request.answer(token);
        try {
            // A client of its own ends its threads with itself; HTTP/1.1 is what every endpoint speaks that may be set.
            var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
            var answer = client.send(HttpRequest.newBuilder(URI.create(endpoint + id)).timeout(TIMEOUT)
                    .header("Authorization", "Bearer " + bearer).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                return Optional.of(ExistingDisk.of(JsonParser.parseString(answer.body()).getAsJsonObject()));
            }
            var said = said(answer.body());
            // A missing project also reads "not found", and is no word on the disk.
            if (answer.statusCode() == 404 && said.contains("'" + id + "'")) {
                return Optional.empty();
            }
            throw request.unanswered("Error " + answer.statusCode() + ": " + said);
        } catch (IOException failed) {
            throw request.unanswered("no answer from " + endpoint + ": " + failed);
        } catch (IllegalArgumentException malformed) {
            // What the client says of a header that it refuses quotes the header.
            throw request
                    .unanswered("gcp:computeCustomEndpoint is no address, or the provider's access token is malformed");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw request.unanswered("interrupted");
        }
    }

    /** Google's own sentence. */
    private static String said(String body) {
        try {
            return Optional.ofNullable(JsonParser.parseString(body).getAsJsonObject().getAsJsonObject("error"))
                    .map(error -> error.get("message").getAsString()).orElse(body);
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException notGoogles) {
            return body;
        }
    }
}
