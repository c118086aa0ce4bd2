package dev.heddle.stream;

import java.io.IOException;
import java.io.OutputStream;

/** A writer as a stream of the JDK. */
final class WriterOutputStream extends OutputStream {

    private final StreamWriter writer;

    WriterOutputStream(StreamWriter writer) {
        this.writer = writer;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        OnLoop.call(
                () -> {
                    writer.write(data, offset, length);
                    return true;
                });
    }

    @Override
    public void close() throws IOException {
        OnLoop.call(
                () -> {
                    if (!writer.isClosing() && writer.canWriteEof()) {
                        writer.writeEof();
                    }
                    return true;
                });
    }
}
