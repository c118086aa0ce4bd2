package dev.heddle.stream;

import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.TlsOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.Charset;

/**
 * A connection: a {@link StreamReader} and a {@link StreamWriter}, and what one needs of them most.
 *
 * {@snippet :
 * var buffer = new byte[8192];
 * for (int n; (n = connection.read(buffer)) > 0; ) {
 *     connection.write(buffer, 0, n);
 * }
 * }
 *
 * <p>States: open → closing → closed. Each side may end its sending before that, see {@link
 * #writeEof}.
 *
 * <p>One task may read and another one write at the same time. All methods are for the tasks of one
 * loop; what suspends, suspends the calling task.
 */
public final class Connection implements AutoCloseable {

    private final StreamReaderProtocol protocol;
    private final StreamReader reader;
    private final StreamWriter writer;

    Connection(StreamReaderProtocol protocol, StreamReader reader, StreamWriter writer) {
        this.protocol = protocol;
        this.reader = reader;
        this.writer = writer;
    }

    /** Returns the reading side. */
    public StreamReader reader() {
        return reader;
    }

    /** Returns the writing side. */
    public StreamWriter writer() {
        return writer;
    }

    // ---------------------------------------------------------------- reading

    /** Same as {@link StreamReader#read(byte[])}. */
    public int read(byte[] target) throws IOException {
        return reader.read(target, 0, target.length);
    }

    /** Same as {@link StreamReader#read(byte[], int, int)}. */
    public int read(byte[] target, int offset, int length) throws IOException {
        return reader.read(target, offset, length);
    }

    /** Same as {@link StreamReader#read(int)}. */
    public byte[] read(int n) throws IOException {
        return reader.read(n);
    }

    /** Same as {@link StreamReader#readExactly(int)}. */
    public byte[] readExactly(int n) throws IOException {
        return reader.readExactly(n);
    }

    /** Same as {@link StreamReader#readUntil}. */
    public byte[] readUntil(byte[]... separators) throws IOException {
        return reader.readUntil(separators);
    }

    /** Same as {@link StreamReader#readLine()}. */
    public byte[] readLine() throws IOException {
        return reader.readLine();
    }

    /** Same as {@link StreamReader#readLine(Charset)}. */
    public @Nullable String readLine(Charset charset) throws IOException {
        return reader.readLine(charset);
    }

    // ---------------------------------------------------------------- writing

    /** Same as {@link StreamWriter#write(byte[])}. */
    public void write(byte[] data) throws IOException {
        writer.write(data, 0, data.length);
    }

    /** Same as {@link StreamWriter#write(byte[], int, int)}. */
    public void write(byte[] data, int offset, int length) throws IOException {
        writer.write(data, offset, length);
    }

    /** Same as {@link StreamWriter#write(ByteBuffer)}. */
    public void write(ByteBuffer data) throws IOException {
        writer.write(data);
    }

    /** Same as {@link StreamWriter#write(String)}. */
    public void write(String text) throws IOException {
        writer.write(text);
    }

    /** Same as {@link StreamWriter#writeEof}. */
    public void writeEof() {
        writer.writeEof();
    }

    // ---------------------------------------------------------------- what it is

    /** Returns the address of the peer; null if it has none. */
    public @Nullable SocketAddress peername() {
        return getExtraInfo(ExtraInfo.PEERNAME);
    }

    /** Returns the address of this side; null if it has none. */
    public @Nullable SocketAddress sockname() {
        return getExtraInfo(ExtraInfo.SOCKNAME);
    }

    /** Returns what {@code key} stands for, or null if this connection has no such thing. */
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        return writer.getExtraInfo(key);
    }

    /** Same as {@link StreamWriter#startTls}. */
    public void startTls(TlsOptions options, @Nullable String serverHostname) throws IOException {
        writer.startTls(options, serverHostname);
    }

    /**
     * Returns this as a channel of the JDK, whose reads and writes suspend the task. It is never
     * non-blocking, and not interruptible: to end a wait, cancel the task. Closing it closes the
     * connection.
     */
    public ByteChannel asByteChannel() {
        return new ConnectionChannel(this);
    }

    // ---------------------------------------------------------------- the end

    /**
     * Keeps the connection open when the server's handler returns: whoever has it now closes it. No
     * effect on other connections.
     */
    public void detach() {
        protocol.detach();
    }

    boolean isLossItself(Throwable e) {
        return protocol.isLossItself(e);
    }

    boolean isDetached() {
        return protocol.isDetached();
    }

    /** Tells whether it is closing or closed. */
    public boolean isClosing() {
        return writer.isClosing();
    }

    /**
     * Closes: sends what was written, and suspends the calling task until the connection is closed.
     * It never waits for longer than the {@linkplain StreamOptions#closeTimeout close time-out},
     * after which the connection is aborted. If the task is cancelled meanwhile, it is aborted at
     * once. In a callback, which cannot wait, it closes as {@link StreamWriter#close}. Idempotent.
     *
     * @throws IOException if something that was written before could not be sent; an error that
     *     harms nobody any more is not thrown
     */
    @Override
    public void close() throws IOException {
        protocol.closeAndWait();
    }

    /** Closes at once, and drops what is not sent yet. Does not wait. Idempotent. */
    public void abort() {
        writer.abort();
    }

    @Override
    public String toString() {
        return "Connection(" + protocol.describe() + ")";
    }
}
