package dev.heddle.stream;

import dev.heddle.transport.BufferedProtocol;
import dev.heddle.transport.ReadTransport;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Stands in for the protocol of a stream while a task waits for bytes in a direct buffer, so that
 * the transport reads right into that: no copy. It leaves with the first byte.
 */
final class DirectRead implements BufferedProtocol {

    private final StreamReaderProtocol protocol;
    private final ReadTransport transport;
    private final Runnable whenRead;
    private @Nullable ByteBuffer target; // while it stands in

    DirectRead(StreamReaderProtocol protocol, ReadTransport transport, Runnable whenRead) {
        this.protocol = protocol;
        this.transport = transport;
        this.whenRead = whenRead;
    }

    ReadTransport transport() {
        return transport;
    }

    void begin(ByteBuffer buffer) {
        target = buffer;
        transport.setProtocol(this);
    }

    /** Leaves. Idempotent. */
    void end() {
        target = null;
        if (transport.getProtocol() == this) {
            transport.setProtocol(protocol);
        }
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
        return Objects.requireNonNull(target);
    }

    @Override
    public void bufferUpdated(int n) {
        end();
        whenRead.run();
    }

    @Override
    public void connectionMade(Transport made) {
        protocol.connectionMade(made);
    }

    @Override
    public boolean eofReceived() {
        end();
        return protocol.eofReceived();
    }

    @Override
    public void pauseWriting() {
        protocol.pauseWriting();
    }

    @Override
    public void resumeWriting() {
        protocol.resumeWriting();
    }

    @Override
    public void connectionLost(@Nullable Throwable error) {
        end();
        protocol.connectionLost(error);
    }
}
