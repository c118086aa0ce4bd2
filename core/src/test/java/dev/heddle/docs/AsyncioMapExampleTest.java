package dev.heddle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The lines of Java in {@code docs/asyncio-map.md} compile, and run to their end in a loop. */
class AsyncioMapExampleTest {

    private static final String PREAMBLE =
            """
            import static dev.heddle.Asyncio.*;

            import dev.heddle.*;
            import dev.heddle.sync.*;
            import dev.heddle.sync.Queue;
            import java.io.IOException;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.List;
            import java.util.concurrent.TimeoutException;

            public class Examples {
                String url = "one";
                List<String> urls = List.of("one", "two", "three");
                int balance;
                Path path = Path.of(System.getProperty("java.home"), "release");
                Lock lock = new Lock();
                Queue<String> queue = new Queue<>();
                ContextVar<String> user = ContextVar.of("user");
                EventLoop loop = EventLoop.runningOrNull();
                Task<String> task = loop == null ? null : createTask(() -> fetch(url));
                List<Task<String>> tasks = task == null ? List.of() : List.of(task);

                public Examples() {
                    queue.putNowait("an item");
                }

                static void main() {
                    sleep(1);
                }

                static String fetch(String url) {
                    sleep(0.01 * url.length());
                    return "the page of " + url;
                }

                static void hello() {}
            """;

    @TempDir Path target;

    private final List<AsyncioMap.Row> rows = AsyncioMap.read().rows(AsyncioMap.EXAMPLE);
    private final List<String> lines =
            rows.stream().map(row -> String.join(" ", row.code("in Java"))).toList();

    @BeforeEach
    void thereAreExamples() {
        assertThat(lines).hasSizeBetween(12, 24).doesNotContain("");
    }

    private String source() {
        var source = new StringBuilder(PREAMBLE);
        for (int i = 0; i < lines.size(); i++) {
            source.append(
                    "    public void example%d() throws Exception { %s }%n"
                            .formatted(i, lines.get(i)));
        }
        return source.append("}\n").toString();
    }

    /** Compiles into {@link #target}; returns the errors, each with its line. */
    private List<String> compile(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        var file =
                new SimpleJavaFileObject(
                        URI.create("string:///Examples.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-cp", Members.classes().toString(), "-d", target.toString());

        compiler.getTask(null, null, diagnostics, options, null, List.of(file)).call();

        List<String> sourceLines = source.lines().toList();
        return diagnostics.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> d + "\n" + sourceLines.get((int) Math.max(0, d.getLineNumber() - 1)))
                .toList();
    }

    @Test
    void aLineThatDoesNotCompileIsFound() {
        assertThat(compile(PREAMBLE + "void wrong() { gatther(); }\n}\n"))
                .singleElement()
                .asString()
                .contains("gatther");
    }

    @TestFactory
    Stream<DynamicTest> linesCompileAndRun() throws IOException, ReflectiveOperationException {
        assertThat(compile(source())).isEmpty();
        var loader =
                new URLClassLoader(new URL[] {target.toUri().toURL()}, getClass().getClassLoader());
        Constructor<?> examples = loader.loadClass("Examples").getConstructor();

        return IntStream.range(0, lines.size())
                .mapToObj(i -> DynamicTest.dynamicTest(lines.get(i), () -> run(examples, i)))
                .onClose(() -> close(loader));
    }

    private static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** In virtual time, and without leaving an error that nobody has seen. */
    private void run(Constructor<?> examples, int i) {
        if (lines.get(i).startsWith("run(")) {
            call(examples, i);
            return;
        }
        var errors = new ArrayList<String>();
        boolean[] ended = {false};
        Asyncio.run(
                () -> {
                    call(examples, i);
                    ended[0] = true;
                    return null;
                },
                null,
                () ->
                        EventLoop.builder()
                                .clock(Clock.virtual())
                                .exceptionHandler((loop, e) -> errors.add(e.describe()))
                                .build());
        assertThat(errors).isEmpty();
        assertThat(ended[0]).isTrue();
    }

    private static void call(Constructor<?> examples, int i) {
        try {
            Object instance = examples.newInstance();
            instance.getClass().getMethod("example" + i).invoke(instance);
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
