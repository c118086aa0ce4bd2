package dev.heddle.transport;

import dev.heddle.ChannelOwner;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.OwnedChannel;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * One address at which a {@link Server} listens.
 *
 * <p>When the system has no descriptor or memory left for a connection, that is reported, and the
 * address rests for a second: the connection stays where it is, and so would be ready all the time.
 */
final class Listener implements ChannelOwner {

    private static final Duration REST = Duration.ofSeconds(1);

    /**
     * What the system says when it has nothing left, in English. Other errors, which belong to one
     * connection, are skipped; but many in a row are taken for this, too.
     */
    private static final List<String> EXHAUSTED =
            List.of("Too many open files", "No buffer space", "Cannot allocate memory");

    /** At one event. */
    private static final int MOST_ACCEPTS = 100;

    private static final int MOST_ERRORS_IN_A_ROW = 10;

    private final Server server;
    private final EventLoop loop;
    private final ServerSocketChannel channel;
    private final SocketAddress address;
    private final @Nullable UnixPath path;
    private final OwnedChannel owned;
    private @Nullable TimerHandle rest;
    private int errorsInARow;

    Listener(Server server, ServerSocketChannel channel, @Nullable UnixPath path)
            throws IOException {
        this.server = server;
        this.loop = server.loop;
        this.channel = channel;
        this.path = path;
        channel.configureBlocking(false);
        SocketAddress local = channel.getLocalAddress();
        if (local == null) {
            throw new IllegalArgumentException("The channel is not bound: " + channel);
        }
        this.address = local;
        this.owned = loop.ownChannel(channel, this);
    }

    ServerSocketChannel channel() {
        return channel;
    }

    SocketAddress address() {
        return address;
    }

    /** Accepts or not, as the server's state demands. */
    void update() {
        owned.reads(server.wantsConnections() && rest == null);
    }

    @Override
    public void readable() {
        // Others want their turn, too.
        for (int n = 0; n <= MOST_ACCEPTS && owned.reads(); n++) {
            SocketChannel connection;
            try {
                connection = channel.accept();
            } catch (IOException e) {
                if (!refused(e)) {
                    return;
                }
                continue;
            }
            if (connection == null) {
                return;
            }
            errorsInARow = 0;
            server.accepted(connection);
        }
    }

    @Override
    public void writable() {}

    /** Returns whether to go on with the next connection. */
    private boolean refused(IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean exhausted = EXHAUSTED.stream().anyMatch(message::contains);
        if (!exhausted && ++errorsInARow < MOST_ERRORS_IN_A_ROW) {
            return true;
        }
        errorsInARow = 0;
        loop.callExceptionHandler(
                ErrorContext.of(
                        "Cannot accept connections at %s; trying again in %s"
                                .formatted(address, REST),
                        e));
        rest =
                loop.callLater(
                        REST,
                        () -> {
                            rest = null;
                            update();
                        });
        update();
        return false;
    }

    void close() {
        TimerHandle timer = rest;
        if (timer != null) {
            timer.cancel();
            rest = null;
        }
        try {
            if (path != null) {
                path.removeIfOurs();
            }
        } finally {
            owned.close();
        }
    }

    @Override
    public void loopClosed() {
        server.loopClosed();
    }

    @Override
    public String toString() {
        return "Listener(" + address + ")";
    }
}
