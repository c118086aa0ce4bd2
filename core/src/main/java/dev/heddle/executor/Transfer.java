package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;

/**
 * Objects as bytes, by Java's serialisation, with errors that say what to do.
 *
 * <p>There is no filter for what is read: both ends are the same program, and what comes from the
 * other one is as trusted as what could be called there. A stranger cannot get in between; see
 * {@link WorkerProcess}.
 */
final class Transfer {

    private Transfer() {}

    /**
     * Returns the bytes of a job for a worker.
     *
     * @throws JobTransferException if it cannot be sent
     */
    static byte[] ofJob(Object job) {
        return write(job, "The job", true);
    }

    /**
     * Returns the bytes of a result or an error.
     *
     * @param what it is, for the message
     * @throws JobTransferException if it cannot be sent
     */
    static byte[] ofOutcome(@Nullable Object outcome, String what) {
        return write(outcome, what, false);
    }

    private static byte[] write(@Nullable Object object, String what, boolean toWorker) {
        var bytes = new ByteArrayOutputStream();
        try (var out = toWorker ? new ToWorker(bytes) : new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (NotSerializableException e) {
            throw new JobTransferException(
                    notSerializable(what, object, String.valueOf(e.getMessage())), e);
        } catch (IOException e) {
            throw new JobTransferException(what + " cannot be sent: " + e, e);
        } catch (RuntimeException | StackOverflowError e) { // out of a writeObject or writeReplace
            throw e instanceof JobTransferException transfer
                    ? transfer
                    : new JobTransferException(what + " cannot be serialised: " + e, e);
        }
        return bytes.toByteArray();
    }

    private static String notSerializable(String what, @Nullable Object object, String culprit) {
        boolean itself = object != null && culprit.equals(object.getClass().getName());
        String is = itself ? " is" : " holds";
        if (culprit.contains("$$Lambda")) {
            return what
                    + is
                    + " a lambda that is not serialisable, "
                    + culprit
                    + ". ProcessPoolExecutor.submit makes it so by itself; elsewhere cast it:"
                    + " (Callable<Integer> & Serializable) () -> ...";
        }
        return what
                + is
                + " an object of class "
                + culprit
                + ", which is not Serializable."
                + (itself
                        ? ""
                        : " A lambda holds every variable that it uses, and `this` if it uses a"
                                + " field or a method of its object.");
    }

    /**
     * Returns the object that bytes stand for.
     *
     * @param loader finds the classes
     */
    static @Nullable Object read(byte[] bytes, @Nullable ClassLoader loader)
            throws IOException, ClassNotFoundException {
        try (var in = new From(bytes, loader)) {
            return in.readObject();
        }
    }

    /** Refuses classes that no worker can load. */
    private static final class ToWorker extends ObjectOutputStream {

        ToWorker(OutputStream out) throws IOException {
            super(out);
        }

        @Override
        protected void annotateClass(Class<?> type) {
            check(type);
        }

        private static void check(Class<?> mayBeArray) {
            Class<?> type = mayBeArray;
            while (type.isArray()) {
                type = type.getComponentType();
            }
            ClassLoader loader = type.getClassLoader();
            ClassLoader system = ClassLoader.getSystemClassLoader();
            if (loader == null || loader == system || loader == system.getParent()) {
                return;
            }
            if (system.getResource(type.getName().replace('.', '/') + ".class") == null) {
                throw new JobTransferException(unknownToWorkers(type, loader), null);
            }
        }

        private static String unknownToWorkers(Class<?> type, ClassLoader loader) {
            boolean source = loader.getClass().getName().startsWith("com.sun.tools.javac.launcher");
            return "The job needs class %s, and no worker can load it: %s. Put the job into a class"
                            .formatted(
                                    type.getName(),
                                    source
                                            ? "the program was started as a source file, and its"
                                                    + " classes exist only in this JVM's memory"
                                            : "it is not on the class path, but of " + loader)
                    + " that is compiled and on the class path.";
        }
    }

    private static final class From extends ObjectInputStream {

        private final @Nullable ClassLoader loader;

        From(byte[] bytes, @Nullable ClassLoader loader) throws IOException {
            super(new ByteArrayInputStream(bytes));
            this.loader = loader;
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass type)
                throws IOException, ClassNotFoundException {
            try {
                return Class.forName(type.getName(), false, loader);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(type); // primitive types
            }
        }
    }
}
