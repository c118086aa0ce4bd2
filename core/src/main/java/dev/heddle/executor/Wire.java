package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * The messages between a pool and a worker, over a socket that only these two have: a length, a
 * kind, and that many bytes.
 *
 * <pre>
 * pool                                     worker
 *   INITIALIZE (runnable) or nothing ─►
 *                                    ◄─    READY or FAILED
 *   CALL (callable) or RUN (runnable) ─►
 *                                    ◄─    STARTED
 *                                    ◄─    RESULT (object) or FAILED (error); or FAILED_BADLY,
 *                                          and the worker is not to be used any more
 *   end of the stream                 ─►   exits
 * </pre>
 *
 * <p>It is a socket of its own, a UNIX domain socket, since the standard streams belong to the
 * jobs: they print, and so does the JVM itself when it is in trouble.
 */
final class Wire implements Closeable {

    enum Kind {
        INITIALIZE,
        READY,
        CALL,
        RUN,
        STARTED,
        RESULT,
        FAILED,
        FAILED_BADLY
    }

    /** A message, as it was received. */
    static final class Message {

        private final Kind kind;
        private final byte[] body;

        Message(Kind kind, byte[] body) {
            this.kind = kind;
            this.body = body;
        }

        Kind kind() {
            return kind;
        }

        byte[] body() {
            return body;
        }
    }

    private static final byte[] NOTHING = {};

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final int maxBytes;

    /**
     * Makes one.
     *
     * @param maxBytes of the body of a message
     */
    Wire(SocketChannel channel, int maxBytes) {
        this.channel = channel;
        this.in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
        this.out =
                new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
        this.maxBytes = maxBytes;
    }

    void send(Kind kind) throws IOException {
        send(kind, NOTHING);
    }

    void send(Kind kind, byte[] body) throws IOException {
        Thread.interrupted(); // what a job has left behind would close the channel
        out.writeInt(body.length);
        out.writeUTF(kind.name());
        out.write(body);
        out.flush();
    }

    /** Waits for the next message; null at the end of the stream. */
    @Nullable Message receive() throws IOException {
        Thread.interrupted();
        int length;
        try {
            length = in.readInt();
        } catch (EOFException e) {
            return null;
        }
        String kind = in.readUTF();
        if (length < 0 || length > maxBytes) {
            throw new IOException("Not a message: " + kind + ", " + length + " bytes");
        }
        return new Message(Kind.valueOf(kind), in.readNBytes(length));
    }

    /** Returns whether a body of so many bytes can be sent. */
    boolean fits(byte[] body) {
        return body.length <= maxBytes;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more in either case.
        }
    }
}
