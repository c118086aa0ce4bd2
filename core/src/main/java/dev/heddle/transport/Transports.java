package dev.heddle.transport;

import dev.heddle.LoopGroup;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes connections and servers of transports and protocols, on the running loop. Each method
 * suspends the calling task until what it makes is there; a cancel closes what was begun.
 *
 * <p>Source: the methods of asyncio's loops with the same names.
 */
public final class Transports {

    private Transports() {}

    // ---------------------------------------------------------------- connections

    /** Same as {@link #createConnection(Supplier, String, int, ConnectOptions)}, by default. */
    public static <P extends StreamingProtocol> Connected<P> createConnection(
            Supplier<P> protocolFactory, String host, int port) throws IOException {
        return createConnection(protocolFactory, host, port, ConnectOptions.DEFAULT);
    }

    /**
     * Connects to {@code host} by TCP, and by TLS on top of it if the options say so.
     *
     * <p>The addresses of a name are tried in turn, the next one a quarter of a second after the
     * last if that has not answered; the first to be connected counts (RFC 8305).
     *
     * @param host a name or an address
     * @throws java.net.UnknownHostException if the name has no address
     * @throws java.net.SocketTimeoutException if the options' time is over
     * @throws IOException if no address can be reached; what was wrong with each is in its message,
     *     and the errors themselves are suppressed ones of it
     */
    public static <P extends StreamingProtocol> Connected<P> createConnection(
            Supplier<P> protocolFactory, String host, int port, ConnectOptions options)
            throws IOException {
        return Connecting.connect(protocolFactory, host, port, options);
    }

    /**
     * Makes a transport of a channel that is connected already, and takes it over.
     *
     * @throws IllegalArgumentException if it is not connected
     */
    public static <P extends StreamingProtocol> Connected<P> createConnection(
            Supplier<P> protocolFactory, SocketChannel channel, ConnectOptions options)
            throws IOException {
        return Connecting.takeOver(protocolFactory, channel, options);
    }

    /** Connects to the UNIX socket at {@code path}. */
    public static <P extends StreamingProtocol> Connected<P> createUnixConnection(
            Supplier<P> protocolFactory, Path path, ConnectOptions options) throws IOException {
        return Connecting.connectUnix(protocolFactory, path, options);
    }

    /** Makes a transport of a channel that was accepted outside of Heddle, and takes it over. */
    public static <P extends StreamingProtocol> Connected<P> connectAcceptedSocket(
            Supplier<P> protocolFactory, SocketChannel channel, ServerOptions options)
            throws IOException {
        return Servers.takeOver(protocolFactory, channel, options);
    }

    /**
     * Puts TLS on a connection that has been used without it so far. No {@code connectionMade} is
     * called. If it fails or is cancelled, the connection is closed.
     *
     * @param transport one of Heddle's; may have TLS already
     * @param protocol who goes on with what TLS has deciphered
     * @param serverSide whether this side has the certificate
     * @param serverHostname on the client's side the name that the certificate must have; null for
     *     none if the options do not verify names
     * @return the transport to use from now on
     */
    public static Transport startTls(
            Transport transport,
            StreamingProtocol protocol,
            TlsOptions options,
            boolean serverSide,
            @Nullable String serverHostname)
            throws IOException {
        return Tls.start(transport, protocol, options, serverSide, serverHostname);
    }

    /**
     * Same as {@link #startTls(Transport, StreamingProtocol, TlsOptions, boolean, String)}, with
     * bytes that were received before and belong to TLS already.
     *
     * @param received is empty after that
     */
    public static Transport startTls(
            Transport transport,
            StreamingProtocol protocol,
            TlsOptions options,
            boolean serverSide,
            @Nullable String serverHostname,
            ByteBuffer received)
            throws IOException {
        return Tls.start(transport, protocol, options, serverSide, serverHostname, received);
    }

    // ---------------------------------------------------------------- servers

    /** Same as {@link #createServer(Supplier, List, int, ServerOptions)} for one host, or all. */
    public static Server createServer(
            Supplier<? extends StreamingProtocol> protocolFactory,
            @Nullable String host,
            int port,
            ServerOptions options)
            throws IOException {
        return Servers.listen(
                protocolFactory, host == null ? List.of() : List.of(host), port, options);
    }

    /**
     * Listens for TCP connections, and makes a protocol for each.
     *
     * @param hosts names or addresses of this machine; none, or an empty one, for all of its
     *     addresses
     * @param port 0 for one that is free, the same on all addresses
     * @throws java.net.BindException naming the address that cannot be had; then none is
     */
    public static Server createServer(
            Supplier<? extends StreamingProtocol> protocolFactory,
            List<String> hosts,
            int port,
            ServerOptions options)
            throws IOException {
        return Servers.listen(protocolFactory, hosts, port, options);
    }

    /**
     * Makes a server without an address of its own, which gets its connections from others of its
     * {@link ServerGroup}.
     */
    public static Server createServer(
            Supplier<? extends StreamingProtocol> protocolFactory, ServerOptions options)
            throws IOException {
        return Servers.withoutAddress(protocolFactory, options);
    }

    /**
     * Listens in each loop of {@code group}, at the same addresses, and makes a protocol for each
     * connection in the loop that has got it; see {@link ServerGroup}.
     */
    public static ServerGroup<Server> createServers(
            LoopGroup group,
            Supplier<? extends StreamingProtocol> protocolFactory,
            List<String> hosts,
            int port,
            ServerOptions options)
            throws IOException {
        return ServerGroup.start(
                group,
                port,
                true,
                new ServerGroup.Starter<>() {
                    @Override
                    public Server listen(int port, boolean reusePort) throws IOException {
                        return createServer(
                                protocolFactory,
                                hosts,
                                port,
                                reusePort ? options.withReusePort(true) : options);
                    }

                    @Override
                    public Server withoutAddress() throws IOException {
                        return createServer(protocolFactory, options);
                    }
                });
    }

    /** Serves a channel that is bound already, and takes it over. */
    public static Server createServer(
            Supplier<? extends StreamingProtocol> protocolFactory,
            ServerSocketChannel channel,
            ServerOptions options)
            throws IOException {
        return Servers.takeOver(protocolFactory, channel, options);
    }

    /** Listens at the UNIX socket {@code path}; replaces a socket there that nobody serves. */
    public static Server createUnixServer(
            Supplier<? extends StreamingProtocol> protocolFactory, Path path, ServerOptions options)
            throws IOException {
        return Servers.listenUnix(protocolFactory, path, options);
    }

    // ---------------------------------------------------------------- datagrams and pipes

    /** Makes a UDP endpoint. */
    public static <P extends DatagramProtocol> Endpoint<P> createDatagramEndpoint(
            Supplier<P> protocolFactory, DatagramOptions options) throws IOException {
        return Datagrams.create(protocolFactory, options);
    }

    /** Reads from a pipe, and takes its end over. */
    public static <P extends StreamingProtocol> P connectReadPipe(
            Supplier<P> protocolFactory, Pipe.SourceChannel pipe) throws IOException {
        return Pipes.connectRead(protocolFactory, pipe);
    }

    /** Writes to a pipe, and takes its end over; the protocol gets {@code connectionMade}. */
    public static <P extends StreamingProtocol> P connectWritePipe(
            Supplier<P> protocolFactory, Pipe.SinkChannel pipe) throws IOException {
        return Pipes.connectWrite(protocolFactory, pipe);
    }

    // ---------------------------------------------------------------- files

    /**
     * Sends a part of a file, in the kernel where that is possible and else by reading it in an
     * executor. Suspends the calling task until all is handed to the system. Nothing else can be
     * written meanwhile. The file's position ends up behind what was sent, also if it fails.
     *
     * @param offset where to begin, in bytes
     * @param count how many bytes at most; null for all up to the end
     * @return how many bytes were sent
     * @throws IllegalStateException if the transport is closing, or a file is being sent
     * @throws IOException if the connection is lost, or the file cannot be read
     */
    public static long sendfile(
            Transport transport, FileChannel file, long offset, @Nullable Long count)
            throws IOException {
        return SendFile.send(transport, file, offset, count, true);
    }

    /**
     * Same as {@link #sendfile(Transport, FileChannel, long, Long)}, but fails if the kernel cannot
     * do it and {@code fallback} is false.
     *
     * @throws SendfileNotAvailableException in that case, as with TLS
     */
    public static long sendfile(
            Transport transport,
            FileChannel file,
            long offset,
            @Nullable Long count,
            boolean fallback)
            throws IOException {
        return SendFile.send(transport, file, offset, count, fallback);
    }
}
