package rehearsal.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The JDK's HTTP server on a free port of loopback. It keeps no JVM from its end. */
public final class Loopback implements AutoCloseable {

    static {
        // It writes an answer in two parts, of which the second would wait until the client acknowledges the first,
        // some 40 ms. Read once, with
        // the JVM's first server: so all of them are started here.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private Loopback(HttpServer server, String name, HttpHandler handler) {
        this.server = server;
        this.threads = Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", handler);
        server.start();
    }

    /**
     * Starts one.
     *
     * @param name    of its threads
     * @param handler answers whatever is asked, several requests at a time
     */
    public static Loopback serve(String name, HttpHandler handler) throws IOException {
        return serve(name, anyPort(), handler);
    }

    /** The same at an address and port of choice. */
    public static Loopback serve(String name, InetSocketAddress address, HttpHandler handler) throws IOException {
        return new Loopback(HttpServer.create(address, 0), name, handler);
    }

    /** The same by TLS. @param context has its certificate */
    public static Loopback serve(String name, SSLContext context, HttpHandler handler) throws IOException {
        var server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new Loopback(server, name, handler);
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Ends its threads too: waits up to two seconds for those that still answer. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            threads.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * An address of loopback that nobody else has, so that several listen at one port; the only one where the system
     * has no more.
     */
    public static String ownAddress() {
        var random = ThreadLocalRandom.current();
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "127.0.0.1"
                : "127." + random.nextInt(1, 255) + "." + random.nextInt(255) + "." + random.nextInt(1, 255);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
