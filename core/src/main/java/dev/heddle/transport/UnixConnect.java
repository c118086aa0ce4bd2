package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.ToThreadOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Connects to UNIX sockets, and says what is wrong with a path. */
final class UnixConnect {

    /**
     * How long to wait while the server's queue is full: the system does not tell when it is not.
     */
    private static final Duration RETRY = Duration.ofMillis(10);

    /** The shortest limit of a system; Linux takes 108 bytes, less one. */
    private static final int LONGEST_PATH = 103;

    private UnixConnect() {}

    static SocketChannel run(EventLoop loop, Path path, TcpOptions options) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        while (true) {
            try {
                return ConnectAttempt.run(
                        loop, StandardProtocolFamily.UNIX, address, null, options);
            } catch (SocketException e) {
                if (!isBusy(e)) {
                    throw explained(path, e);
                }
            }
            Asyncio.sleep(RETRY);
        }
    }

    /** EAGAIN: a connect that blocks would wait. */
    private static boolean isBusy(SocketException e) {
        return e.getClass() == SocketException.class
                && "Resource temporarily unavailable".equals(e.getMessage());
    }

    private static IOException explained(Path path, SocketException e) {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        String state;
        try {
            state =
                    Asyncio.toThread(
                            () -> stateOf(path), ToThreadOptions.DEFAULT.withAbandonOnCancel(true));
        } catch (RuntimeException noThread) { // the program ends
            return ConnectErrors.named("connect to " + path, e);
        }
        IOException better;
        if (length > LONGEST_PATH && String.valueOf(e.getMessage()).contains("too long")) {
            better =
                    new SocketException(
                            ("connect to %s: the path of a UNIX socket has about 100 bytes at most,"
                                            + " and this one has %d")
                                    .formatted(path, length));
        } else if (state == null) {
            better = new NoSuchFileException(path.toString(), null, "there is no such UNIX socket");
        } else if (e instanceof ConnectException) {
            better = new ConnectException("connect to %s: %s".formatted(path, state));
        } else {
            return ConnectErrors.named("connect to " + path, e);
        }
        better.initCause(e);
        return better;
    }

    /** Returns why a file there refuses; null if there is none. */
    private static @Nullable String stateOf(Path path) {
        if (Files.notExists(path)) {
            return null;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            return "it is not a socket";
        }
        return "nobody listens there (Connection refused)";
    }
}
