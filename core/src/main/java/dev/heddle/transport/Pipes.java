package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Makes transports of pipes; see {@link Transports#connectReadPipe}.
 *
 * <p>The JDK does not tell the writer of a pipe that its reader is gone until it writes, or while
 * it waits for room.
 */
final class Pipes {

    private Pipes() {}

    static <P extends StreamingProtocol> P connectRead(
            Supplier<P> protocolFactory, Pipe.SourceChannel pipe) throws IOException {
        return connect(protocolFactory, pipe);
    }

    static <P extends StreamingProtocol> P connectWrite(
            Supplier<P> protocolFactory, Pipe.SinkChannel pipe) throws IOException {
        return connect(protocolFactory, pipe);
    }

    private static <P extends StreamingProtocol> P connect(
            Supplier<P> protocolFactory, SelectableChannel pipe) throws IOException {
        EventLoop loop = Asyncio.getRunningLoop();
        P protocol;
        try {
            protocol = Objects.requireNonNull(protocolFactory.get(), "protocol");
        } catch (Throwable e) {
            pipe.close();
            throw e;
        }
        Future<@Nullable Void> made = loop.createFuture();
        SelectorTransport transport = SelectorTransport.openPipe(loop, pipe, protocol, made);
        try {
            made.await();
        } catch (Throwable e) {
            transport.abort();
            throw e;
        }
        return protocol;
    }
}
