package dev.heddle.transport;

import static dev.heddle.transport.OpenSsl.Made.CA;
import static dev.heddle.transport.OpenSsl.Made.LOCALHOST;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;
import dev.heddle.transport.MemoryTransport.Cut;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;

/** Base of the tests of TLS between two protocols in memory, on a virtual clock. */
abstract class TlsFixture extends NetFixture {

    final VirtualClock clock = Clock.virtual();

    /** The loop of these tests. */
    final EventLoop virtual = open(EventLoop.builder().name("virtual").clock(clock));

    final Recorder client = new Recorder(virtual);
    final Recorder server = new Recorder(virtual);
    final Future<@Nullable Void> clientReady = virtual.createFuture();
    final Future<@Nullable Void> serverReady = virtual.createFuture();

    /** The client's transport below TLS; after one of the connects. */
    @Nullable MemoryTransport wire;

    final MemoryTransport wire() {
        return java.util.Objects.requireNonNull(wire);
    }

    static TlsOptions trusting() {
        try {
            return TlsOptions.client().withTrust(CA);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TlsOptions serving() {
        return LOCALHOST.server();
    }

    /** Begins a connection from {@link #client} to {@link #server}. */
    final void begin(TlsOptions clientOptions, TlsOptions serverOptions, Cut cut) {
        begin(client, clientOptions, server, serverOptions, cut);
    }

    final void begin(
            StreamingProtocol one,
            TlsOptions clientOptions,
            StreamingProtocol two,
            TlsOptions serverOptions,
            Cut cut) {
        wire =
                MemoryTransport.connect(
                        virtual,
                        Tls.client(virtual, one, clientOptions, "localhost", 443, clientReady),
                        Tls.server(virtual, two, serverOptions, serverReady),
                        cut);
    }

    /** In a task: makes a connection from {@link #client} to {@link #server}. */
    final void connect(TlsOptions clientOptions, TlsOptions serverOptions) {
        begin(clientOptions, serverOptions, Cut.whole());
        clientReady.await();
        serverReady.await();
    }

    final void connect() {
        connect(trusting(), serving());
    }

    /** In a task: lets both sides come to their ends. */
    final void closeBoth() {
        client.transport().close();
        client.await("lost");
        server.await("lost");
    }

    /** In a task: returns what the future fails with. */
    static Throwable failureOf(Future<?> future) {
        try {
            future.await();
        } catch (Throwable e) {
            return e;
        }
        throw new AssertionError("it has not failed: " + future);
    }

    static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
