package rehearsal.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a run of the program and an address of the engine's. The SDK leaves its connections open, for its
 * process ends; here that goes on, and the engine would wait a second for each of them to be closed. Closed, it closes
 * all that came by it.
 */
final class Relay implements AutoCloseable {

    private final ServerSocket door;
    private final InetSocketAddress to;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param address {@code host:port}, as the engine gives it */
    Relay(String address) {
        var colon = address.lastIndexOf(':');
        to = new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        try {
            door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        aside(this::accept);
    }

    /** Where the program finds it. */
    String address() {
        return door.getInetAddress().getHostAddress() + ":" + door.getLocalPort();
    }

    @Override
    public void close() {
        try {
            door.close();
            for (var socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept() {
        try {
            while (!door.isClosed()) {
                var near = door.accept();
                var far = new Socket();
                open.add(near);
                open.add(far);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                far.connect(to);
                aside(() -> copy(near, far));
                aside(() -> copy(far, near));
            }
        } catch (IOException closed) {
            close();
        }
    }

    private void copy(Socket from, Socket into) {
        try (from; into) {
            from.getInputStream().transferTo(into.getOutputStream());
        } catch (IOException closed) {
            // Whoever else reads or writes learns it by its own socket.
        } finally {
            open.remove(from);
            open.remove(into);
        }
    }

    private static void aside(Runnable work) {
        var thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }
}
