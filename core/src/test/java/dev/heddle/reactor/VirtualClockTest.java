package dev.heddle.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** The virtual clock and the machine's, without a loop. */
class VirtualClockTest {

    private final VirtualClock clock = Clock.virtual();

    @Test
    void beginsAtZeroAndStandsStill() {
        assertThat(clock.nanoTime()).isZero();
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void jumpsToTheDeadlineIfNothingIsExpected() {
        assertThat(clock.waitUntil(5_000, false)).isZero();
        assertThat(clock.nanoTime()).isEqualTo(5_000);
    }

    @Test
    void waitsWithoutLimitIfSomethingIsExpected() {
        assertThat(clock.waitUntil(5_000, true)).isNegative();
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void dueDeadlineIsNotWaitedForThoughSomethingIsExpected() {
        clock.advance(Duration.ofNanos(5_000));

        assertThat(clock.waitUntil(5_000, true)).isZero();
        assertThat(clock.waitUntil(Long.MIN_VALUE, true)).isZero();
    }

    @Test
    void neverGoesBack() {
        clock.advance(Duration.ofSeconds(10));

        assertThat(clock.waitUntil(5, false)).isZero();
        assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot go back");
        assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void advanceAddsUp() {
        clock.advance(Duration.ofMillis(1));
        clock.advance(Duration.ZERO);
        clock.advance(Duration.ofNanos(1));

        assertThat(clock.nanoTime()).isEqualTo(1_000_001);
        assertThat(clock).hasToString("virtual clock at PT0.001000001S");
    }

    @Test
    void machinesClockCountsFromItsOwnMaking() {
        Clock first = Clock.system();
        long before = first.nanoTime();
        Clock second = Clock.system();
        long ofSecond = second.nanoTime();
        long after = first.nanoTime();

        assertThat(before).isNotNegative();
        assertThat(ofSecond).isBetween(0L, after - before);
    }

    @Test
    void machinesClockWaitsForTheRest() {
        Clock system = Clock.system();
        long deadline = system.nanoTime() + Duration.ofHours(1).toNanos();

        assertThat(system.waitUntil(deadline, false)).isBetween(1L, Duration.ofHours(1).toNanos());
        assertThat(system.waitUntil(deadline, true)).isBetween(1L, Duration.ofHours(1).toNanos());
    }

    @Test
    void machinesClockDoesNotWaitForThePast() {
        Clock system = Clock.system();

        assertThat(system.waitUntil(0, false)).isZero();
        assertThat(system.waitUntil(-1, false)).isZero();
        assertThat(system.waitUntil(Long.MIN_VALUE, false)).isZero();
        assertThat(system.waitUntil(Long.MAX_VALUE, false)).isPositive();
    }

    @Test
    void waitOfAClockThatCountsFromANegativeMomentDoesNotOverflow() {
        Clock negative = () -> Long.MIN_VALUE / 2;

        assertThat(negative.waitUntil(Long.MAX_VALUE, false)).isEqualTo(Long.MAX_VALUE);
        assertThat(negative.waitUntil(Long.MIN_VALUE, false)).isZero();
    }
}
