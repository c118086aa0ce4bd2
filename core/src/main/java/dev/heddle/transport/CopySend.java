package dev.heddle.transport;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Sends a part of a file by reading it in an executor and writing it to a transport, no faster than
 * that takes it. Meanwhile it stands in for the transport's protocol, so that it hears when there
 * is room, and nothing is read.
 *
 * <p>Source: {@code asyncio.base_events._SendfileFallbackProtocol}.
 */
final class CopySend implements Protocol {

    private static final int PIECE = 256 * 1024;

    private final EventLoop loop;
    private final Transport transport;
    private final StreamingProtocol protocol; // whose place this takes
    private final FileChannel file;
    private final long offset;
    private final long end;
    private long position;

    private @Nullable Future<@Nullable Void> room; // while the task waits
    private boolean lost;
    private @Nullable Throwable error;

    /** What the protocol believes about the write buffer; null while nothing has been heard. */
    private @Nullable Boolean pausedBefore;

    private boolean paused;

    CopySend(Transport transport, FileChannel file, long offset, long end) {
        this.loop = transport.getLoop();
        this.transport = transport;
        this.protocol = transport.getProtocol();
        this.file = file;
        this.offset = offset;
        this.end = end;
        this.position = offset;
    }

    /** Suspends the calling task until all is sent; returns how many bytes that was. */
    long run() throws IOException {
        boolean wasReading = transport.isReading();
        WriteBufferLimits limits = transport.getWriteBufferLimits();
        transport.pauseReading();
        transport.setProtocol(this);
        transport.setWriteBufferLimits(WriteBufferLimits.ZERO); // so that it tells when all is sent
        try {
            copy();
            return position - offset;
        } finally {
            transport.setWriteBufferLimits(limits);
            transport.setProtocol(protocol);
            if (wasReading) {
                transport.resumeReading();
            }
            catchUp();
            SendFile.moveTo(file, position);
        }
    }

    private void copy() throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, end - offset));
        while (position < end) {
            long from = position;
            piece.clear().limit((int) Math.min(piece.capacity(), end - from));
            // While the piece before is sent. Not by toThread: its interrupt would close the file.
            int n = loop.runInExecutor(null, () -> file.read(piece, from)).await();
            if (n <= 0) {
                break;
            }
            awaitAllSent();
            transport.write(piece.flip());
            position += n;
        }
        awaitAllSent();
    }

    private void awaitAllSent() throws IOException {
        while (true) {
            if (lost || transport.isClosing()) {
                throw lostError();
            }
            if (transport.getWriteBufferSize() == 0) {
                return;
            }
            Future<@Nullable Void> waiter = loop.createFuture();
            room = waiter;
            try {
                waiter.await();
            } finally {
                room = null;
            }
        }
    }

    private IOException lostError() {
        return error instanceof IOException e
                ? e
                : (IOException)
                        new SocketException("The connection was closed during sendfile")
                                .initCause(error);
    }

    private void wake() {
        Future<@Nullable Void> waiter = room;
        if (waiter != null && !waiter.done()) {
            waiter.setResult(null);
        }
    }

    // ---------------------------------------------------------------- as a protocol

    @Override
    public void dataReceived(ByteBuffer data) {
        throw new IllegalStateException("Reading was resumed while a file is being sent");
    }

    @Override
    public boolean eofReceived() {
        throw new IllegalStateException("Reading was resumed while a file is being sent");
    }

    @Override
    public void pauseWriting() {
        heard(false, true);
    }

    @Override
    public void resumeWriting() {
        heard(true, false);
        wake();
    }

    private void heard(boolean before, boolean now) {
        if (pausedBefore == null) {
            pausedBefore = before;
        }
        paused = now;
    }

    @Override
    public void connectionLost(@Nullable Throwable e) throws Exception {
        lost = true;
        error = e;
        wake();
        protocol.connectionLost(e);
    }

    /** Tells the protocol what it has missed. */
    private void catchUp() {
        if (lost || pausedBefore == null || pausedBefore == paused) {
            return;
        }
        try {
            if (paused) {
                protocol.pauseWriting();
            } else {
                protocol.resumeWriting();
            }
        } catch (Exception e) {
            loop.callExceptionHandler(
                    ErrorContext.of("The protocol failed when sendfile had ended", e));
        }
    }
}
