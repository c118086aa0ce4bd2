package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.sync.Lock;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

class LimitsTest {

    // ---------------------------------------------------------------- deadlocks

    @HeddleTest
    static class Deadlocks {

        @Test
        void locksInOtherOrder() {
            var one = new Lock();
            var two = new Lock();
            var a = createTask(() -> takeBoth(one, two), "anna");
            var b = createTask(() -> takeBoth(two, one), "bert");
            gather(a, b);
        }

        private void takeBoth(Lock first, Lock second) {
            first.with(
                    () -> {
                        sleep(1);
                        second.with(() -> {});
                    });
        }

        @Test
        void circle() {
            Future<Task<?>> other = createFuture();
            var anna = createTask(() -> other.await().await(), "anna");
            var bert = createTask(() -> anna.await(), "bert");
            other.setResult(bert);
            anna.await();
        }

        @Test
        void futureThatNobodyCompletes() {
            sleep(5);
            createFuture().await();
        }
    }

    @Test
    void deadlockTellsWhoWaitsForWhatAndWhere() {
        Throwable failure = Samples.failureOf(Deadlocks.class, "locksInOtherOrder");

        assertThat(failure)
                .isInstanceOf(DeadlockError.class)
                .hasMessageContaining("Deadlock at 1.000000000 s")
                .hasMessageContaining("task anna waits for Lock(locked by bert, 1 waiting)")
                .hasMessageContaining("task bert waits for Lock(locked by anna, 1 waiting)")
                .hasMessageContaining("takeBoth$0(LimitsTest.java:")
                .hasMessageContaining("circle: anna -> bert -> anna");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void circleOfTasksIsNamed() {
        assertThat(Samples.failureOf(Deadlocks.class, "circle"))
                .isInstanceOf(DeadlockError.class)
                .hasMessageContaining("task circle waits for task anna")
                .hasMessageContaining("circle: anna -> bert -> anna");
    }

    @Test
    void futureThatNobodyCompletesIsADeadlock() {
        assertThat(Samples.failureOf(Deadlocks.class, "futureThatNobodyCompletes"))
                .isInstanceOf(DeadlockError.class)
                .hasMessageContaining("Deadlock at 5.000000000 s")
                .hasMessageContaining("waits for Future(pending");
    }

    @HeddleTest
    static class NoDeadlock {

        @Test
        void jobInAThread() {
            var latch = new CountDownLatch(1);
            getRunningLoop().callSoon(latch::countDown);
            toThread(
                    () -> {
                        try {
                            latch.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
        }

        @Test
        @Loop(deadlocks = false)
        void threadThatTheLoopDoesNotKnow() {
            Future<String> future = createFuture();
            var loop = getRunningLoop();
            Thread.ofPlatform()
                    .start(() -> loop.callSoonThreadsafe(() -> future.setResult("came")));
            assertThat(future.await()).isEqualTo("came");
        }
    }

    @Test
    void whatComesFromOutsideIsWaitedFor() {
        Samples.run(NoDeadlock.class).assertStatistics(s -> s.succeeded(2).failed(0));
    }

    // ---------------------------------------------------------------- limits

    @HeddleTest
    static class Slow {

        @Test
        @TimeLimit(virtual = "1h")
        void takesAnHour() {
            sleep(3600);
        }

        @Test
        @TimeLimit(virtual = "1h")
        void takesMore() {
            sleep(3600);
            sleep(0.001);
        }

        @Test
        @TimeLimit(virtual = "none")
        void takesAYear() {
            sleep(Duration.ofDays(365));
        }

        @Test
        @TimeLimit(real = "100ms")
        @Loop(clock = Loop.Time.REAL)
        void waitsForEver() {
            createFuture().await();
        }

        @Test
        @TimeLimit(real = "100ms", virtual = "none")
        void spins() {
            while (true) {
                sleep(0);
            }
        }

        @Test
        @TimeLimit(real = "soon")
        void badLimit() {}
    }

    @Test
    void virtualLimitIsExact() {
        Samples.run(Slow.class, "takesAnHour").assertStatistics(s -> s.succeeded(1));
        assertThat(Samples.failureOf(Slow.class, "takesMore"))
                .isInstanceOf(TimeLimitError.class)
                .hasMessageContaining("more than PT1H of virtual time")
                .hasMessageContaining("task takesMore waits for sleep until 3600.001");
    }

    @Test
    void limitCanBeTurnedOff() {
        Samples.run(Slow.class, "takesAYear").assertStatistics(s -> s.succeeded(1));
    }

    @Test
    void realLimitEndsATestThatWaits() {
        assertThat(Samples.failureOf(Slow.class, "waitsForEver"))
                .isInstanceOf(TimeLimitError.class)
                .hasMessageContaining("more than PT0.1S of real time")
                .hasMessageContaining("task waitsForEver waits for Future(pending");
    }

    @Test
    void realLimitEndsATestThatIsAlwaysReady() {
        assertThat(Samples.failureOf(Slow.class, "spins"))
                .isInstanceOf(TimeLimitError.class)
                .hasMessageContaining("of real time");
    }

    @Test
    void limitThatIsNoTimeIsRefused() {
        assertThat(Samples.failureOf(Slow.class, "badLimit"))
                .hasMessageContaining("\"soon\" is not a time");
    }

    @HeddleTest
    static class Lasting {

        @Test
        @TimeLimit(real = "1ms")
        void takesLonger() {
            long end = System.nanoTime() + 30_000_000;
            while (System.getProperty("heddle.limit") == null || System.nanoTime() < end) {
                sleep(0);
            }
        }
    }

    @Test
    void propertyTakesTheRealLimitOff() {
        System.setProperty("heddle.limit", "none");
        try {
            Samples.run(Lasting.class).assertStatistics(s -> s.succeeded(1));
        } finally {
            System.clearProperty("heddle.limit");
        }
        Samples.run(Lasting.class).assertStatistics(s -> s.failed(1));
    }

    @Test
    void unitsOfTime() {
        assertThat(TestOptions.time("20ms")).isEqualTo(Duration.ofMillis(20));
        assertThat(TestOptions.time("3 m")).isEqualTo(Duration.ofMinutes(3));
        assertThat(TestOptions.time("2d")).isEqualTo(Duration.ofDays(2));
        assertThat(TestOptions.time("none")).isNull();
        assertThatThrownBy(() -> TestOptions.time("-1s"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
