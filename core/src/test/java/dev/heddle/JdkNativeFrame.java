package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A frame of the JVM on the stack of a task, as below a native method that calls back. */
final class JdkNativeFrame {

    private JdkNativeFrame() {}

    /** Refers to a class that is not loaded yet. */
    public static final class Referrer implements Runnable {
        @Override
        public void run() {
            new Referent();
        }
    }

    public static final class Referent {}

    /** A class loader that the JVM itself calls, to find what one of its classes refers to. */
    private static final class Loader extends ClassLoader {

        private final Runnable body;

        Loader(Runnable body) {
            super(JdkNativeFrame.class.getClassLoader());
            this.body = body;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Referrer.class.getName())) {
                return define(name);
            }
            if (name.equals(Referrer.class.getName().replace("Referrer", "Referent"))) {
                body.run();
                return define(name);
            }
            return super.loadClass(name, resolve);
        }

        private Class<?> define(String name) {
            String file = "/" + name.replace('.', '/') + ".class";
            try (var in = JdkNativeFrame.class.getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Runs {@code body} in a class loader that the JVM calls. */
    static void runAbove(Runnable body) {
        var ran = new boolean[1];
        var loader =
                new Loader(
                        () -> {
                            body.run();
                            ran[0] = true;
                        });
        try {
            Class<?> referrer = loader.loadClass(Referrer.class.getName());
            ((Runnable) referrer.getConstructor().newInstance()).run();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        assertThat(ran[0]).isTrue();
    }
}
