package dev.heddle.stream;

import dev.heddle.LoopGroup;
import dev.heddle.transport.ServerGroup;
import dev.heddle.transport.Transports;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Connects and serves in direct style, on the running loop.
 *
 * {@snippet :
 * try (Connection connection = Streams.openConnection("localhost", 8888)) {
 *     connection.write("hello\n");
 *     String answer = connection.readLine(UTF_8);
 * }
 * }
 *
 * <p>A server runs its handler as a task of its own for each connection:
 *
 * <ul>
 *   <li>If the handler returns, the connection is closed as by {@link Connection#close}, unless it
 *       has called {@link Connection#detach}. (asyncio leaves it open, and so leaks it.)
 *   <li>If the handler throws, the error goes to the loop's exception handler, "Unhandled exception
 *       in client_connected_cb", and the connection is aborted. The error with which the peer has
 *       broken this very connection is reported in debug mode only.
 *   <li>If the task is cancelled, the connection is closed without a word.
 * </ul>
 *
 * <p>Source: {@code asyncio.open_connection}, {@code asyncio.start_server}.
 */
public final class Streams {

    private Streams() {}

    // ---------------------------------------------------------------- clients

    /** Same as {@link #openConnection(String, int, StreamOptions)}, by default. */
    public static Connection openConnection(String host, int port) throws IOException {
        return openConnection(host, port, StreamOptions.DEFAULT);
    }

    /**
     * Connects to {@code host}; suspends the calling task until that is done. See {@link
     * Transports#createConnection} for how, and for the errors.
     */
    public static Connection openConnection(String host, int port, StreamOptions options)
            throws IOException {
        return Transports.createConnection(
                        () -> new StreamReaderProtocol(options), host, port, options.connect())
                .protocol()
                .connection();
    }

    /** Same as {@link #openUnixConnection(Path, StreamOptions)}, by default. */
    public static Connection openUnixConnection(Path path) throws IOException {
        return openUnixConnection(path, StreamOptions.DEFAULT);
    }

    /** Connects to the UNIX socket at {@code path}; suspends the calling task meanwhile. */
    public static Connection openUnixConnection(Path path, StreamOptions options)
            throws IOException {
        return Transports.createUnixConnection(
                        () -> new StreamReaderProtocol(options), path, options.connect())
                .protocol()
                .connection();
    }

    // ---------------------------------------------------------------- servers

    /** Same as {@link #startServer(ConnectionHandler, String, int, StreamOptions)}, by default. */
    public static StreamServer startServer(
            ConnectionHandler handler, @Nullable String host, int port) throws IOException {
        return startServer(handler, host, port, StreamOptions.DEFAULT);
    }

    /**
     * Listens for TCP connections, and runs {@code handler} for each.
     *
     * @param host a name or an address of this machine; null for all of its addresses
     * @param port 0 for one that is free
     * @throws java.net.BindException naming the address that cannot be had
     */
    public static StreamServer startServer(
            ConnectionHandler handler, @Nullable String host, int port, StreamOptions options)
            throws IOException {
        return startServer(handler, host == null ? List.of() : List.of(host), port, options);
    }

    /** Same as {@link #startServer(ConnectionHandler, String, int, StreamOptions)}. */
    public static StreamServer startServer(
            ConnectionHandler handler, List<String> hosts, int port, StreamOptions options)
            throws IOException {
        var clients = new Clients(Objects.requireNonNull(handler, "handler"), options);
        return new StreamServer(
                Transports.createServer(clients::protocol, hosts, port, options.server()), clients);
    }

    /** Same as {@link #startServer(StreamHandler, String, int, StreamOptions)}, by default. */
    public static StreamServer startServer(StreamHandler handler, @Nullable String host, int port)
            throws IOException {
        return startServer(handler, host, port, StreamOptions.DEFAULT);
    }

    /** Same as {@link #startServer(ConnectionHandler, String, int, StreamOptions)}. */
    public static StreamServer startServer(
            StreamHandler handler, @Nullable String host, int port, StreamOptions options)
            throws IOException {
        return startServer(asConnectionHandler(handler), host, port, options);
    }

    /** Same as {@link #startUnixServer(ConnectionHandler, Path, StreamOptions)}, by default. */
    public static StreamServer startUnixServer(ConnectionHandler handler, Path path)
            throws IOException {
        return startUnixServer(handler, path, StreamOptions.DEFAULT);
    }

    /** Listens at the UNIX socket {@code path}, and runs {@code handler} for each connection. */
    public static StreamServer startUnixServer(
            ConnectionHandler handler, Path path, StreamOptions options) throws IOException {
        var clients = new Clients(Objects.requireNonNull(handler, "handler"), options);
        return new StreamServer(
                Transports.createUnixServer(clients::protocol, path, options.server()), clients);
    }

    /** Same as {@link #startUnixServer(StreamHandler, Path, StreamOptions)}, by default. */
    public static StreamServer startUnixServer(StreamHandler handler, Path path)
            throws IOException {
        return startUnixServer(handler, path, StreamOptions.DEFAULT);
    }

    /** Same as {@link #startUnixServer(ConnectionHandler, Path, StreamOptions)}. */
    public static StreamServer startUnixServer(
            StreamHandler handler, Path path, StreamOptions options) throws IOException {
        return startUnixServer(asConnectionHandler(handler), path, options);
    }

    /** Same as {@link #startServers(LoopGroup, ConnectionHandler, List, int, StreamOptions)}. */
    public static ServerGroup<StreamServer> startServers(
            LoopGroup group, ConnectionHandler handler, @Nullable String host, int port)
            throws IOException {
        return startServers(
                group,
                handler,
                host == null ? List.of() : List.of(host),
                port,
                StreamOptions.DEFAULT);
    }

    /**
     * Listens in each loop of {@code group}, at the same addresses, and runs {@code handler} for
     * each connection in the loop that has got it; see {@link ServerGroup}. Suspends the calling
     * task until all listen.
     */
    public static ServerGroup<StreamServer> startServers(
            LoopGroup group,
            ConnectionHandler handler,
            List<String> hosts,
            int port,
            StreamOptions options)
            throws IOException {
        return ServerGroup.start(
                group,
                port,
                true,
                new ServerGroup.Starter<>() {
                    @Override
                    public StreamServer listen(int port, boolean reusePort) throws IOException {
                        return startServer(
                                handler,
                                hosts,
                                port,
                                reusePort
                                        ? options.withServer(options.server().withReusePort(true))
                                        : options);
                    }

                    @Override
                    public StreamServer withoutAddress() throws IOException {
                        return startServerWithoutAddress(handler, options);
                    }
                });
    }

    /**
     * Makes a server without an address of its own, which gets its connections from others of its
     * {@link ServerGroup}.
     */
    static StreamServer startServerWithoutAddress(ConnectionHandler handler, StreamOptions options)
            throws IOException {
        var clients = new Clients(Objects.requireNonNull(handler, "handler"), options);
        return new StreamServer(
                Transports.createServer(clients::protocol, options.server()), clients);
    }

    private static ConnectionHandler asConnectionHandler(StreamHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return connection -> handler.handle(connection.reader(), connection.writer());
    }
}
