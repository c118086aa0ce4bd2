package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Makes servers; see {@link Transports} for what each method promises. */
final class Servers {

    /** Of a path, in bytes: macOS takes 103, Linux 107, others less. */
    private static final int LONG_PATH = 92;

    private Servers() {}

    static Server listen(
            Supplier<? extends StreamingProtocol> protocolFactory,
            List<String> hosts,
            int port,
            ServerOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        EventLoop loop = Asyncio.getRunningLoop();
        List<ServerSocketChannel> channels = Binding.bind(loop, hosts, port, options);
        return Server.of(loop, protocolFactory, channels, null, options);
    }

    static Server withoutAddress(
            Supplier<? extends StreamingProtocol> protocolFactory, ServerOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        EventLoop loop = Asyncio.getRunningLoop();
        return Server.of(loop, protocolFactory, List.of(), null, options);
    }

    static Server listenUnix(
            Supplier<? extends StreamingProtocol> protocolFactory, Path path, ServerOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        EventLoop loop = Asyncio.getRunningLoop();
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        UnixPath.removeStale(loop, path);
        ServerSocketChannel channel = loop.network().openServerSocket(StandardProtocolFamily.UNIX);
        UnixPath ours = null;
        try {
            channel.bind(address, options.backlog());
            if (options.cleanupSocket()) {
                ours = UnixPath.of(path);
            }
        } catch (IOException e) {
            channel.close();
            throw cannotListen(path, e);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
        return Server.of(loop, protocolFactory, List.of(channel), ours, options);
    }

    private static BindException cannotListen(Path path, IOException cause) {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        String hint =
                length < LONG_PATH ? "" : " (%d bytes; the limit is near 100)".formatted(length);
        var error =
                new BindException(
                        "Cannot listen at %s: %s%s".formatted(path, cause.getMessage(), hint));
        error.initCause(cause);
        return error;
    }

    static Server takeOver(
            Supplier<? extends StreamingProtocol> protocolFactory,
            ServerSocketChannel channel,
            ServerOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        EventLoop loop = Asyncio.getRunningLoop();
        return Server.of(loop, protocolFactory, List.of(channel), null, options);
    }

    static <P extends StreamingProtocol> Connected<P> takeOver(
            Supplier<P> protocolFactory, SocketChannel channel, ServerOptions options)
            throws IOException {
        EventLoop loop = Asyncio.getRunningLoop();
        Future<@Nullable Void> ready = loop.createFuture();
        TlsOptions tls = options.tls();
        P protocol;
        StreamingProtocol lowest;
        try {
            protocol = Objects.requireNonNull(protocolFactory.get(), "protocolFactory's result");
            lowest = tls == null ? protocol : Tls.server(loop, protocol, tls, ready);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
        // Closes the channel if it fails, unless that belongs to somebody else.
        SelectorTransport lower =
                SelectorTransport.open(
                        loop, channel, lowest, options.tcp(), null, tls == null ? ready : null);
        Transport transport = tls == null ? lower : Tls.transportOf(lowest);
        options.applyWriteLimits(transport);
        try {
            ready.await();
        } catch (Throwable e) {
            lower.abort();
            throw e;
        }
        return new Connected<>(transport, protocol);
    }
}
