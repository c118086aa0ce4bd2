package dev.heddle.transport;

import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/**
 * Sends a part of a file by the kernel. It has the transport's writing side for itself meanwhile,
 * once the write buffer is empty.
 *
 * <p>A page of the file that is not in memory makes the loop wait for the disk.
 */
final class KernelSend {

    /** Most bytes of one call: others have their turn after it. */
    private static final long MOST_BYTES = 1024 * 1024;

    private final SelectorTransport transport;
    private final SocketChannel socket;
    private final FileChannel file;
    private final long offset;
    private final long end;
    private final Future<@Nullable Void> over;
    private long position;

    KernelSend(
            SelectorTransport transport,
            SocketChannel socket,
            FileChannel file,
            long offset,
            long end) {
        this.transport = transport;
        this.socket = socket;
        this.file = file;
        this.offset = offset;
        this.end = end;
        this.position = offset;
        this.over = transport.getLoop().createFuture();
    }

    /** Suspends the calling task until all is sent; returns how many bytes that was. */
    long run() throws IOException {
        boolean wasReading = transport.isReading();
        transport.pauseReading();
        transport.beginFile(this);
        try {
            over.await();
            return position - offset;
        } finally {
            transport.endFile();
            if (wasReading) {
                transport.resumeReading();
            }
            SendFile.moveTo(file, position);
        }
    }

    /** There is room, and the write buffer is empty. */
    void writable() {
        if (over.done()) {
            return; // cancelled, or at its end: the task is about to run
        }
        try {
            long sent = file.transferTo(position, Math.min(end - position, MOST_BYTES), socket);
            position += sent;
            if (position == end || (sent == 0 && position >= file.size())) {
                over.setResult(null);
            }
        } catch (Throwable e) {
            over.setException(e);
        }
    }

    /** The connection is lost. */
    void lost(@Nullable Throwable error) {
        if (!over.done()) {
            over.setException(
                    error == null
                            ? new SocketException("The connection was closed during sendfile")
                            : error);
        }
    }
}
