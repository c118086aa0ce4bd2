package dev.heddle.process;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a standard stream of a child leads.
 *
 * <p>Source: {@code subprocess.PIPE}, {@code DEVNULL}, {@code STDOUT}.
 */
public sealed interface Stdio {

    /** A pipe to this program. */
    Stdio PIPE = Fixed.PIPE;

    /** The same as of this JVM. */
    Stdio INHERIT = Fixed.INHERIT;

    /** Nothing comes, and what is written is dropped. */
    Stdio DEVNULL = Fixed.DEVNULL;

    /** For standard error only: the same as standard output. */
    Stdio STDOUT = Fixed.STDOUT;

    /** A file: read from its begin, or written and then nothing but that. */
    static Stdio file(Path path) {
        return new File(path, false);
    }

    /** A file that is written at its end. Not for standard input. */
    static Stdio append(Path path) {
        return new File(path, true);
    }

    /** What has no parameter. */
    enum Fixed implements Stdio {
        /** See {@link Stdio#PIPE}. */
        PIPE,
        /** See {@link Stdio#INHERIT}. */
        INHERIT,
        /** See {@link Stdio#DEVNULL}. */
        DEVNULL,
        /** See {@link Stdio#STDOUT}. */
        STDOUT
    }

    /**
     * A file.
     *
     * @param path where it is, for this JVM and not for the child's directory
     * @param append whether what is written goes to its end
     */
    record File(Path path, boolean append) implements Stdio {

        /** Checks that there is a path. */
        public File {
            Objects.requireNonNull(path, "path");
        }
    }
}
