package dev.heddle.process;

import java.nio.charset.StandardCharsets;

/**
 * What a child has written, and how it has ended.
 *
 * <p>Source: what {@code Process.communicate} returns; {@code subprocess.CompletedProcess}.
 */
public final class Output {

    private final byte[] stdout;
    private final byte[] stderr;
    private final int returncode;

    Output(byte[] stdout, byte[] stderr, int returncode) {
        this.stdout = stdout;
        this.stderr = stderr;
        this.returncode = returncode;
    }

    /** Returns its standard output, not a copy; empty if that was not a pipe. */
    public byte[] stdout() {
        return stdout;
    }

    /** Returns its standard error, not a copy; empty if that was not a pipe. */
    public byte[] stderr() {
        return stderr;
    }

    /** Returns its standard output as text in UTF-8; what is malformed is replaced. */
    public String stdoutText() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /** Returns its standard error as text in UTF-8; what is malformed is replaced. */
    public String stderrText() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /** Returns how it has ended; see {@link SubprocessTransport#getReturncode}. */
    public int returncode() {
        return returncode;
    }

    @Override
    public String toString() {
        return "Output(%d bytes of output, %d of errors, returncode %d)"
                .formatted(stdout.length, stderr.length, returncode);
    }
}
