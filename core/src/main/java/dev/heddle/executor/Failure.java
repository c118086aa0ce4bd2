package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * An error on its way back: the error itself if it can be serialised, and its stack trace as text
 * in any case.
 */
final class Failure {

    private Failure() {}

    /** Returns the bytes of an error; in the worker. */
    static byte[] write(Throwable error, int maxBytes) {
        byte[] text = stackTrace(error).getBytes(StandardCharsets.UTF_8);
        byte[] object;
        String lost = "";
        try {
            object = Transfer.ofOutcome(error, "The error");
            if (object.length + text.length > maxBytes / 2) {
                lost = PoolJob.tooLong("it", object.length, maxBytes / 2);
                object = new byte[0];
            }
        } catch (JobTransferException e) {
            lost = String.valueOf(e.getMessage());
            object = new byte[0];
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            int length = Math.min(text.length, maxBytes / 4);
            out.writeInt(length);
            out.write(text, 0, length);
            byte[] why = lost.getBytes(StandardCharsets.UTF_8);
            out.writeInt(why.length);
            out.write(why);
            out.write(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not in memory
        }
        return bytes.toByteArray();
    }

    private static String stackTrace(Throwable error) {
        var text = new StringWriter();
        try {
            error.printStackTrace(new PrintWriter(text));
        } catch (RuntimeException e) {
            text.append(error.getClass().getName()).append(", whose text throws ").append(e + "");
        }
        return text.toString();
    }

    /**
     * Returns the error that bytes stand for; in the pool.
     *
     * @param worker where it was thrown
     */
    static Throwable read(byte[] bytes, @Nullable ClassLoader loader, String worker) {
        String text;
        String lost;
        byte[] object;
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            lost = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            object = in.readAllBytes();
        } catch (IOException e) {
            return new JobTransferException("The error of a job cannot be read: " + e, e);
        }
        Throwable error = null;
        if (object.length > 0) {
            try {
                error = (Throwable) Transfer.read(object, loader);
            } catch (Exception | LinkageError e) {
                lost = e.toString();
            }
        }
        if (error == null) {
            String first = text.lines().findFirst().orElse("");
            error =
                    new JobTransferException(
                            "The job failed with %s, and that error could not be sent: %s"
                                    .formatted(first, lost),
                            null);
        }
        error.addSuppressed(new RemoteStackTrace(worker, text));
        return error;
    }
}
