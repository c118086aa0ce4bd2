package dev.heddle.testing;

import dev.heddle.testing.net.SimulatedNetwork;
import dev.heddle.testing.net.TraceDiagram;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says, as a suppressed error of what has failed, how to replay it, and where the trace of the
 * network is. It has no stack.
 */
final class FailureNote extends Exception {

    private static final long serialVersionUID = 1;
    private static final String TRACE_PROPERTY = "heddle.trace";

    private final String text;

    private FailureNote(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    /** Adds one to the first failure of a test, if the seed has had a part in it. */
    static void add(Throwable failure, TestLoop loop, ExtensionContext context) {
        if (!loop.usesSeed() || failure instanceof TestAbortedException || !loop.takeNote()) {
            return;
        }
        String test =
                context.getTestClass().map(Class::getName).orElse("?")
                        + context.getTestMethod().map(method -> "#" + method.getName()).orElse("");
        String property = "-D%s=%d".formatted(SeedRun.SEED_PROPERTY, loop.seed());
        String note =
                "With seed %d. To replay it: %s, as in: mvn test -Dtest='%s' %s"
                        .formatted(loop.seed(), property, test, property);
        String directory = System.getProperty(TRACE_PROPERTY);
        SimulatedNetwork network = loop.networkOrNull();
        if (network != null && directory != null) {
            note += writeTrace(network, directory, test.replace('#', '.'), loop.seed());
        }
        failure.addSuppressed(new FailureNote(note));
        System.err.println(test + " failed. " + note);
    }

    private static String writeTrace(
            SimulatedNetwork network, String directory, String test, long seed) {
        Path base = Path.of(directory).resolve("%s-seed-%d".formatted(test, seed));
        Path text = base.resolveSibling(base.getFileName() + ".txt");
        Path drawing = base.resolveSibling(base.getFileName() + ".html");
        try {
            Files.createDirectories(Path.of(directory));
            Files.writeString(text, network.traceText());
            TraceDiagram.of(test + ", seed " + seed, network.trace()).writeTo(drawing);
            return "\nThe trace of the network: %s, drawn: %s".formatted(text, drawing);
        } catch (IOException e) {
            return "\nThe trace of the network could not be written: " + e;
        }
    }

    @Override
    public @Nullable String getMessage() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
