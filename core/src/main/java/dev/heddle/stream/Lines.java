package dev.heddle.stream;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The lines that a reader has yet to read, as text without line ends, up to the end of the stream.
 *
 * {@snippet :
 * for (String line : connection.reader().lines()) {
 *     ...
 * }
 * }
 *
 * <p>What walks over them reads from the reader: the task is suspended until there is a line, and a
 * second walk goes on where the first has stopped. An error is thrown as the object it is, also an
 * {@link IOException}.
 */
public final class Lines implements Iterable<String> {

    private final StreamReader reader;
    private final Charset charset;

    Lines(StreamReader reader, Charset charset) {
        this.reader = reader;
        this.charset = Objects.requireNonNull(charset, "charset");
    }

    @Override
    public Iterator<String> iterator() {
        return new Iterator<>() {

            private @Nullable String next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    try {
                        next = reader.readLine(charset);
                    } catch (IOException e) {
                        throw Sneaky.sneakyThrow(e);
                    }
                }
                return next != null;
            }

            @Override
            public String next() {
                String line = hasNext() ? next : null;
                if (line == null) {
                    throw new NoSuchElementException("The stream has no further line");
                }
                next = null;
                return line;
            }
        };
    }

    /** Returns them as a sequential stream; it must be used by the task, and not made parallel. */
    public Stream<String> stream() {
        return StreamSupport.stream(spliterator(), false);
    }
}
