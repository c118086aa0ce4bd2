package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/**
 * Sends files; see {@link Transports#sendfile} for what it promises.
 *
 * <p>The kernel copies from a file to a socket only if both are the JDK's own. Everything else, TLS
 * above all, is read in an executor and written piece by piece.
 */
final class SendFile {

    private SendFile() {}

    static long send(
            Transport transport,
            FileChannel file,
            long offset,
            @Nullable Long count,
            boolean fallback)
            throws IOException {
        LoopThread.check(transport.getLoop(), "sendfile");
        check(transport, offset, count);
        long end =
                count == null || count > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + count;
        if (transport instanceof SelectorTransport plain
                && plain.channel() instanceof SocketChannel socket
                && isOfJdk(socket)
                && isOfJdk(file)) {
            return new KernelSend(plain, socket, file, offset, end).run();
        }
        if (!fallback) {
            throw new SendfileNotAvailableException(
                    "The system cannot send %s on %s by itself; allow the fallback"
                            .formatted(file, transport));
        }
        return new CopySend(transport, file, offset, end).run();
    }

    private static void check(Transport transport, long offset, @Nullable Long count) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must be at least 0, and is " + offset);
        }
        if (count != null && count < 1) {
            throw new IllegalArgumentException(
                    "count must be at least 1, or null for all, and is " + count);
        }
        if (transport.isClosing()) {
            throw new IllegalStateException("sendfile: the transport is closing: " + transport);
        }
        if (transport instanceof SelectorTransport plain) {
            plain.checkMayWrite("sendfile");
        }
    }

    /** Tells whether {@code channel} is one that the JDK hands to the system as it is. */
    private static boolean isOfJdk(Object channel) {
        return channel.getClass().getModule() == Object.class.getModule();
    }

    /** Sets the file's position, unless the file was closed meanwhile. */
    static void moveTo(FileChannel file, long position) {
        try {
            file.position(position);
        } catch (IOException e) {
            // Who waits has got that error, or a better one.
        }
    }
}
