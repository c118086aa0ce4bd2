package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Runs a main class in a fresh JVM, for what depends on its flags or on what came first in it. */
final class JdkFork {

    static final String OPENS = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    static final String EXPORTS = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";

    private static final int SECONDS = 50;

    /** How a JVM ended, and what it printed to both of its streams. */
    record Outcome(int exitCode, String output) {}

    private JdkFork() {}

    static Outcome run(List<String> flags, Map<String, String> environment, Class<?> main)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("heddle-fork", ".txt");
        try {
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(flags);
            command.addAll(List.of("-Xshare:auto", "-cp", classPath(main), main.getName()));
            var builder = new ProcessBuilder(command);
            builder.environment().remove("JDK_JAVA_OPTIONS");
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            Process process = builder.start();
            try {
                assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                        .as("%s ends within %s s; so far: %s", main, SECONDS, lazily(output))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private static Object lazily(Path output) {
        return new Object() {
            @Override
            public String toString() {
                try {
                    return Files.readString(output);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Returns where the classes of Heddle and of the test are, however this JVM was started. */
    private static String classPath(Class<?> main) {
        Set<String> roots = new LinkedHashSet<>();
        var failure = new AtomicReference<String>();
        for (Class<?> type : List.of(EventLoop.class, main)) {
            String file = type.getName().replace('.', '/') + ".class";
            URL url = type.getResource("/" + file);
            if (url != null && url.getProtocol().equals("file")) {
                String path = Path.of(URI.create(url.toString())).toString();
                roots.add(path.substring(0, path.length() - file.length()));
            } else if (url != null && url.getProtocol().equals("jar")) {
                String inJar = url.getPath();
                roots.add(Path.of(URI.create(inJar.substring(0, inJar.indexOf('!')))).toString());
            } else {
                failure.set(type + " is at " + url);
            }
        }
        assertThat(failure).hasValue(null);
        return String.join(System.getProperty("path.separator"), roots);
    }
}
