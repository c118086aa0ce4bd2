package dev.heddle.stream;

import java.io.IOException;
import java.io.InputStream;

/** A reader as a stream of the JDK. */
final class ReaderInputStream extends InputStream {

    private final StreamReader reader;

    ReaderInputStream(StreamReader reader) {
        this.reader = reader;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] data, int offset, int length) throws IOException {
        return OnLoop.call(() -> reader.read(data, offset, length));
    }

    @Override
    public int available() {
        return reader.buffered();
    }
}
