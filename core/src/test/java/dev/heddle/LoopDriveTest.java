package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A host with a loop of its own drives the parts of a turn. */
class LoopDriveTest extends LoopFixture {

    @Test
    void runningLoopIsVisibleOnlyWhileItIsDriven() {
        var calls = new AtomicInteger();
        loop.callSoon(calls::incrementAndGet);
        List<EventLoop> seen = new ArrayList<>();

        try (var driver = loop.drive()) {
            for (int i = 0; i < 10; i++) {
                seen.add(EventLoop.runningOrNull());
                driver.poll(Duration.ZERO);
                driver.processEvents();
                driver.processReady();
            }
            assertThat(loop.isRunning()).isTrue();
        }

        assertThat(seen).hasSize(10).containsOnly(loop);
        assertThat(calls).hasValue(1);
        assertThat(EventLoop.runningOrNull()).isNull();
        assertThat(loop.isRunning()).isFalse();
    }

    @Test
    void tasksProgressInTheHostsTurns() {
        Task<String> task = loop.createTask(() -> sleep(0, "woven in"));

        turns(1);
        assertThat(task.done()).isFalse();
        turns(1);

        assertThat(task.result()).isEqualTo("woven in");
    }

    @Test
    void idleTimeSaysHowLongTheHostMayWait() {
        try (var driver = loop.drive()) {
            assertThat(driver.idleTime()).isNull();

            TimerHandle timer = loop.callLater(3, () -> {});
            EventLoop real = open(EventLoop.builder());
            timer.cancel();
            assertThat(driver.idleTime()).isNull();

            loop.callSoon(() -> {});
            assertThat(driver.idleTime()).isEqualTo(Duration.ZERO);
            assertThat(real.isRunning()).isFalse();
        }
    }

    @Test
    void idleTimeOfTheMachinesClockEndsAtTheNextTimer() {
        EventLoop real = open(EventLoop.builder());
        try (var driver = real.drive()) {
            real.callLater(3600, () -> {});
            real.callLater(60, () -> {});

            assertThat(driver.idleTime()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
        }
    }

    @Test
    void hostThatWaitsElsewhereRunsALoopToItsEnd() {
        EventLoop real = open(EventLoop.builder());
        var toHost = new LinkedBlockingQueue<String>();
        Task<String> task =
                real.createTask(() -> real.runInExecutor(null, () -> "from a thread").await());
        task.addDoneCallback(t -> toHost.add("task is done"));

        try (var driver = real.drive()) {
            while (toHost.isEmpty()) {
                driver.poll(null);
                driver.processEvents();
                driver.processReady();
            }
        }

        assertThat(toHost).containsExactly("task is done");
        assertThat(task.result()).isEqualTo("from a thread");
    }

    @Test
    void pollWithoutLimitJumpsAVirtualClockToTheNextTimer() {
        List<Double> seen = new ArrayList<>();
        loop.callLater(5, () -> seen.add(loop.time()));

        try (var driver = loop.drive()) {
            driver.poll(null);
            driver.processEvents();
            driver.processReady();
        }

        assertThat(seen).containsExactly(5.0);
    }

    @Test
    void negativeLimitDoesNotWait() {
        try (var driver = loop.drive()) {
            driver.poll(Duration.ofMillis(-1));
        }

        assertThat(loop.isRunning()).isFalse();
    }

    @Test
    void closingADriverAgainHasNoEffectOnWhatRunsThen() {
        LoopDriver old = loop.drive();
        old.close();

        loop.callSoon(
                () -> {
                    old.close();
                    assertThat(EventLoop.runningOrNull()).isSameAs(loop);
                    assertThat(loop.isRunning()).isTrue();
                });
        turns(1);

        assertThat(takeErrors()).isEmpty();
    }

    @Test
    void virtualThreadCannotDrive() throws InterruptedException {
        List<Throwable> errors = new ArrayList<>();
        Thread.startVirtualThread(
                        () -> {
                            try (var driver = loop.drive()) {
                                driver.poll(Duration.ZERO);
                            } catch (IllegalStateException e) {
                                errors.add(e);
                            }
                        })
                .join();

        assertThat(errors).singleElement().asString().contains("virtual thread cannot drive");
    }

    @Test
    void closedLoopCannotBeDriven() {
        loop.close();

        assertThatThrownBy(loop::drive)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
