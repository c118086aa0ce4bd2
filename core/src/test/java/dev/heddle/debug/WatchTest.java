package dev.heddle.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.LoopDriver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** When a step is reported; the test's thread is both the loop's and the watchdog's. */
class WatchTest extends DebugFixture {

    private final Runnable callback = () -> {};
    private final List<Duration> reports = new ArrayList<>();
    private final Watch watch =
            new Watch(loop, Duration.ofSeconds(1), stuck -> reports.add(stuck.lasting()));

    private LoopDriver driver;

    @BeforeEach
    void enterTheLoop() {
        driver = loop.drive();
    }

    @AfterEach
    void leaveTheLoop() {
        driver.close();
    }

    private void lookAt(double seconds) {
        watch.look(Math.round(seconds * 1e9));
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void stepIsReportedAfterTheLimitAndAtDoublingTimes() {
        watch.install();
        watch.beforeCallback(callback);
        for (double t = 10; t < 19; t += 0.5) {
            lookAt(t);
        }

        assertThat(reports).containsExactly(seconds(1), seconds(2), seconds(4), seconds(8));
    }

    @Test
    void lateLookSkipsTheTimesThatItMissed() {
        watch.install();
        watch.beforeCallback(callback);
        lookAt(0);
        lookAt(5);
        lookAt(7);
        lookAt(8);

        assertThat(reports).containsExactly(seconds(5), seconds(8));
    }

    @Test
    void manyShortStepsAreNoLongOne() {
        watch.install();
        for (double t = 0; t < 10; t += 0.5) {
            watch.beforeCallback(callback);
            lookAt(t);
            watch.afterCallback(callback);
        }

        assertThat(reports).isEmpty();
    }

    @Test
    void loopThatWaitsIsNotReported() {
        watch.install();
        watch.beforeCallback(callback);
        watch.afterCallback(callback);
        lookAt(0);
        lookAt(5);

        assertThat(reports).isEmpty();
    }

    @Test
    void callbackGoesOnWhenAStepWithinItHasEnded() {
        watch.install();
        watch.beforeCallback(callback);
        watch.beforeCallback(callback);
        watch.afterCallback(callback);
        lookAt(0);
        lookAt(1);

        assertThat(reports).containsExactly(seconds(1));
    }

    @Test
    void loopThatNeverGetsRoundToBeingWatchedIsReported() {
        lookAt(0);
        lookAt(1);

        assertThat(reports).containsExactly(seconds(1));
    }

    @Test
    void loopThatDoesNotRunIsNotReported() {
        watch.install();
        watch.beforeCallback(callback);
        lookAt(0);
        driver.close();
        lookAt(1);

        assertThat(reports).isEmpty();
    }

    @Test
    void watchThatIsClosedReportsNothing() {
        watch.install();
        watch.beforeCallback(callback);
        lookAt(0);
        watch.close();
        lookAt(1);

        assertThat(reports).isEmpty();
        assertThat(watch.isOver()).isTrue();
    }

    @Test
    void limitBelowAMillisecondIsRefused() {
        assertThatThrownBy(() -> Watchdog.watch(loop, Duration.ofNanos(999_999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit");
    }
}
