package dev.heddle.testing.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** A thousand seeds find the bug of the plain {@link CounterServer}, and one repeats it. */
class PlantedBugTest {

    @Test
    void seedsFindTheBugAndOneRepeatsItToTheByte() {
        Throwable found = failure();
        String first = CounterBug.trace;
        String note = found.getSuppressed()[0].toString();

        assertThat(found).isInstanceOf(AssertionError.class).hasMessageContaining("visits at the");
        assertThat(note).contains("To replay it: -Dheddle.seed=");

        System.setProperty("heddle.seed", note.replaceAll(".*-Dheddle.seed=", ""));
        try {
            assertThat(failure()).hasMessage(found.getMessage());
            assertThat(CounterBug.trace).isEqualTo(first).contains("partition");
        } finally {
            System.clearProperty("heddle.seed");
        }
    }

    private static Throwable failure() {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(CounterBug.class))
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .map(result -> result.getThrowable().orElseThrow())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No seed has found the bug"));
    }
}
