package dev.heddle.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import java.util.List;

/** Runs test classes that are made to fail, and tells what came of it. */
final class Samples {

    private Samples() {}

    static Events run(Class<?> sample) {
        return results(sample).testEvents();
    }

    static EngineExecutionResults results(Class<?> sample) {
        return EngineTestKit.engine("junit-jupiter").selectors(selectClass(sample)).execute();
    }

    static Events run(Class<?> sample, String method, Class<?>... parameters) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(sample, method, parameters))
                .execute()
                .testEvents();
    }

    /** Returns what made the only failing test of a class fail. */
    static Throwable failureOf(Class<?> sample) {
        return failure(run(sample));
    }

    static Throwable failureOf(Class<?> sample, String method) {
        return failure(run(sample, method));
    }

    private static Throwable failure(Events tests) {
        List<Throwable> failures = failures(tests);
        if (failures.size() != 1) {
            throw new AssertionError("Not one failure, but " + failures);
        }
        return failures.getFirst();
    }

    static List<Throwable> failures(Events tests) {
        return tests.failed().stream()
                .map(
                        event ->
                                event.getRequiredPayload(
                                                org.junit.platform.engine.TestExecutionResult.class)
                                        .getThrowable()
                                        .orElseThrow())
                .toList();
    }
}
