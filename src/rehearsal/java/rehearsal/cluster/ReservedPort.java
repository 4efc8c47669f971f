package rehearsal.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;

/**
 * A loopback port that stays ours from the moment it is chosen: a bound socket that never listens. The server that is
 * meant to have the port binds it too, with its own option to share a port ({@code SO_REUSEPORT}); nobody else can, so
 * two rehearsals never meet.
 */
final class ReservedPort implements AutoCloseable {

    private final Socket socket;

    private ReservedPort(Socket socket) {
        this.socket = socket;
    }

    static ReservedPort reserve() throws IOException {
        var socket = new Socket();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
        return new ReservedPort(socket);
    }

    int number() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException unclosable) {
            throw new UncheckedIOException(unclosable);
        }
    }
}
