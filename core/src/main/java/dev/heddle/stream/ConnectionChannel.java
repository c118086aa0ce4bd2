package dev.heddle.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/** A connection as a channel of the JDK. */
final class ConnectionChannel implements ByteChannel {

    private final Connection connection;
    private boolean closed;

    ConnectionChannel(Connection connection) {
        this.connection = connection;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        checkOpen();
        return OnLoop.call(() -> connection.reader().readInto(target));
    }

    @Override
    public int write(ByteBuffer data) throws IOException {
        checkOpen();
        int n = data.remaining();
        return OnLoop.call(
                () -> {
                    connection.write(data);
                    return n;
                });
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed && !connection.isClosing();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            OnLoop.call(
                    () -> {
                        connection.close();
                        return true;
                    });
        }
    }
}
