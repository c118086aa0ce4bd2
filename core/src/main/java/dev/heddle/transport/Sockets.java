package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Operations on the JDK's channels, for tasks of the running loop: each is tried at once, and
 * suspends the calling task while the channel is not ready.
 *
 * <p>The channels stay the user's, who opens and closes them, and must be in non-blocking mode
 * ({@link IllegalArgumentException}). They must not belong to a transport. One task may read and
 * one may write at a time; a second one gets an {@link IllegalStateException}.
 *
 * <p>A cancelled operation has done nothing, unless its method says what it may have done; the same
 * one may begin again at once. Close a channel only when no task waits for it: the system does not
 * tell the loop of it.
 *
 * <p>For most programs a transport or a stream is the better choice.
 *
 * <p>Source: {@code loop.sock_recv} and its like.
 */
public final class Sockets {

    /**
     * A datagram that was received.
     *
     * @param data what is in it; may be empty
     * @param sender where it comes from
     */
    @SuppressWarnings("ArrayRecordComponent") // it is handed over, as the array of recv is
    public record Datagram(byte[] data, InetSocketAddress sender) {}

    private Sockets() {}

    // ---------------------------------------------------------------- receiving

    /**
     * Receives at most {@code max} bytes, and waits for at least one.
     *
     * @return the bytes; none at the end of the stream
     * @throws IllegalArgumentException if {@code max} is not positive
     */
    public static <C extends SelectableChannel & ReadableByteChannel> byte[] recv(
            C channel, int max) throws IOException {
        checkMax(max);
        var buffer = ByteBuffer.allocate(max);
        recvInto(channel, buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /**
     * Receives into {@code buffer}, at its position, and waits for at least one byte, if there is
     * room.
     *
     * @return how many bytes; -1 at the end of the stream
     */
    public static <C extends SelectableChannel & ReadableByteChannel> int recvInto(
            C channel, ByteBuffer buffer) throws IOException {
        Objects.requireNonNull(buffer, "buffer");
        try (var operation = ChannelOperation.reading(channel, "recv")) {
            while (true) {
                int n = channel.read(buffer);
                if (n != 0 || !buffer.hasRemaining()) {
                    return n;
                }
                operation.awaitReady();
            }
        }
    }

    /**
     * Receives a datagram. What is longer than {@code max} bytes is cut off.
     *
     * @throws IllegalArgumentException if {@code max} is not positive
     */
    public static Datagram recvFrom(DatagramChannel channel, int max) throws IOException {
        checkMax(max);
        var buffer = ByteBuffer.allocate(max);
        InetSocketAddress sender = recvFromInto(channel, buffer);
        return new Datagram(Arrays.copyOf(buffer.array(), buffer.position()), sender);
    }

    /**
     * Receives a datagram into {@code buffer}, at its position. What finds no room is cut off.
     *
     * @return where it comes from
     */
    public static InetSocketAddress recvFromInto(DatagramChannel channel, ByteBuffer buffer)
            throws IOException {
        Objects.requireNonNull(buffer, "buffer");
        try (var operation = ChannelOperation.reading(channel, "recvFrom")) {
            while (true) {
                SocketAddress sender = channel.receive(buffer);
                if (sender != null) {
                    return (InetSocketAddress) sender;
                }
                operation.awaitReady();
            }
        }
    }

    private static void checkMax(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1 byte, and is " + max);
        }
    }

    // ---------------------------------------------------------------- sending

    /**
     * Sends all that remains of {@code data}. If it fails or is cancelled, the buffer's position
     * tells how much was sent.
     */
    public static <C extends SelectableChannel & WritableByteChannel> void sendAll(
            C channel, ByteBuffer data) throws IOException {
        Objects.requireNonNull(data, "data");
        try (var operation = ChannelOperation.writing(channel, "sendAll")) {
            while (data.hasRemaining()) {
                if (channel.write(data) == 0) {
                    operation.awaitReady();
                }
            }
        }
    }

    /**
     * Sends {@code data} as one datagram; an empty one is not tried twice.
     *
     * @param address a name in it is looked up
     * @return how many bytes it has
     */
    public static int sendTo(DatagramChannel channel, ByteBuffer data, InetSocketAddress address)
            throws IOException {
        Objects.requireNonNull(data, "data");
        EventLoop loop = Asyncio.getRunningLoop();
        try (var operation = ChannelOperation.writing(channel, "sendTo")) {
            InetSocketAddress to = Names.resolve(loop, address).getFirst();
            int size = data.remaining();
            if (size == 0 && channel.isConnected()) {
                throw new IOException(SelectorDatagramTransport.EMPTY_ON_CONNECTED);
            }
            while (channel.send(data, to) == 0 && size > 0) {
                operation.awaitReady();
            }
            return size;
        }
    }

    /**
     * Sends a part of a file, in the kernel where that is possible. If it fails or is cancelled,
     * the file's position tells how much was sent.
     *
     * @param offset where to begin, in bytes
     * @param count how many bytes at most; null for all up to the end
     * @return how many bytes were sent; the file's position is behind them
     * @throws IllegalArgumentException if {@code offset} is negative, or {@code count} not positive
     */
    public static <C extends SelectableChannel & WritableByteChannel> long sendfile(
            C channel, FileChannel file, long offset, @Nullable Long count) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative, and is " + offset);
        }
        if (count != null && count < 1) {
            throw new IllegalArgumentException(
                    "count must be positive, or null for all, and is " + count);
        }
        long end = count == null || offset + count < 0 ? Long.MAX_VALUE : offset + count;
        long at = offset;
        try (var operation = ChannelOperation.writing(channel, "sendfile")) {
            while (at < end) {
                long n = file.transferTo(at, end - at, channel);
                at += n;
                if (n == 0) {
                    if (at >= file.size()) {
                        break;
                    }
                    operation.awaitReady();
                }
            }
        } finally {
            if (file.isOpen()) {
                file.position(at);
            }
        }
        return at - offset;
    }

    // ---------------------------------------------------------------- connecting

    /**
     * Connects. If it fails or is cancelled, the channel is of no more use: close it.
     *
     * @param address a name in it is looked up, and the first address counts that the channel can
     *     have
     * @throws java.net.ConnectException naming the address
     */
    public static void connect(SocketChannel channel, SocketAddress address) throws IOException {
        Objects.requireNonNull(address, "address");
        EventLoop loop = Asyncio.getRunningLoop();
        try (var operation = ChannelOperation.writing(channel, "connect")) {
            List<? extends SocketAddress> addresses =
                    address instanceof InetSocketAddress a
                            ? Names.resolve(loop, a)
                            : List.of(address);
            SocketAddress to = null;
            try {
                boolean connected = false;
                for (int i = 0; to == null; i++) {
                    try {
                        connected = channel.connect(addresses.get(i));
                        to = addresses.get(i);
                    } catch (UnsupportedAddressTypeException e) {
                        if (i == addresses.size() - 1) {
                            throw e;
                        }
                    }
                }
                while (!connected) {
                    operation.awaitReady();
                    connected = channel.finishConnect();
                }
            } catch (IOException e) {
                throw ConnectErrors.named("connect to " + (to == null ? address : to), e);
            }
        }
    }

    /** Accepts a connection, which is returned in non-blocking mode. */
    public static SocketChannel accept(ServerSocketChannel channel) throws IOException {
        try (var operation = ChannelOperation.reading(channel, "accept")) {
            while (true) {
                SocketChannel connection = channel.accept();
                if (connection != null) {
                    connection.configureBlocking(false);
                    return connection;
                }
                operation.awaitReady();
            }
        }
    }
}
