package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** callLater and callAt, and the handles that they return. */
class TimerTest extends LoopFixture {

    private final List<Object> seen = new ArrayList<>();

    private Runnable noteTime() {
        return () -> seen.add(loop.time());
    }

    @Test
    void callLaterRunsAfterTheDelay() {
        loop.callLater(1.5, noteTime());
        loop.callLater(Duration.ofMillis(250), noteTime());

        run(() -> sleep(10));

        assertThat(seen).containsExactly(0.25, 1.5);
    }

    @Test
    void callAtRunsAtTheTime() {
        run(() -> sleep(2));

        loop.callAt(5, noteTime());
        loop.callAt(1, noteTime()); // is over

        run(() -> sleep(10));

        assertThat(seen).containsExactly(2.0, 5.0);
    }

    @Test
    void whenTellsTheDeadline() {
        run(() -> sleep(2));

        assertThat(loop.callLater(1.5, () -> {}).when()).isEqualTo(3.5);
        assertThat(loop.callAt(7, () -> {}).when()).isEqualTo(7);
        assertThat(loop.callLater(Duration.ofMillis(-500), () -> {}).when()).isEqualTo(1.5);
    }

    @Test
    void cancelledTimerDoesNotRunAndSaysSo() {
        TimerHandle timer = loop.callLater(1, noteTime());
        assertThat(timer.cancelled()).isFalse();

        timer.cancel();
        timer.cancel();

        run(() -> sleep(2));
        assertThat(timer.cancelled()).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void timerCanBeCancelledInTheTurnInWhichItIsDue() {
        List<TimerHandle> second = new ArrayList<>();
        loop.callAt(1, () -> second.getFirst().cancel());
        second.add(loop.callAt(1, noteTime()));

        run(() -> sleep(2));

        assertThat(seen).isEmpty();
        assertThat(second.getFirst().cancelled()).isTrue();
    }

    @Test
    void cancelAfterItRanDisturbsNobody() {
        TimerHandle timer = loop.callLater(1, noteTime());
        run(() -> sleep(2));

        timer.cancel();
        loop.callLater(1, noteTime());

        run(() -> sleep(2));
        assertThat(seen).containsExactly(1.0, 3.0);
    }

    @Test
    void moreThanHalfOfMoreThanAHundredCancelledTimersAreForgotten() {
        List<TimerHandle> timers = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            timers.add(loop.callLater(1 + i, noteTime()));
        }

        timers.subList(50, 125).forEach(Handle::cancel);
        assertThat(loop.turn.timers.size()).isEqualTo(150);
        timers.get(125).cancel();

        assertThat(loop.turn.timers.size()).isEqualTo(74);
    }

    @Test
    void sleepsThatWereCancelledAreForgottenToo() {
        List<Task<Void>> sleepers = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            sleepers.add(loop.createTask(() -> sleep(1000)));
        }
        turns(1);
        assertThat(loop.turn.timers.size()).isEqualTo(150);

        sleepers.forEach(Task::cancel);
        turns(1);

        assertThat(loop.turn.timers.size()).isLessThanOrEqualTo(100);
        assertThat(sleepers).allMatch(Future::cancelled);
    }

    @Test
    void timeMustBeANumber() {
        assertThatThrownBy(() -> loop.callLater(Double.NaN, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callLater");
        assertThatThrownBy(() -> loop.callAt(Double.NaN, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callAt");
    }

    @Test
    void callbackMustBeGiven() {
        assertThatThrownBy(() -> loop.callLater(1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callAt(1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callLater(1, () -> {}, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callAt(1, () -> {}, null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void extremeTimesSaturate() {
        run(() -> sleep(1));
        List<Object> order = new ArrayList<>();
        loop.callLater(Double.POSITIVE_INFINITY, () -> order.add("never"));
        loop.callLater(Duration.ofSeconds(Long.MAX_VALUE), () -> order.add("never either"));
        loop.callLater(Double.NEGATIVE_INFINITY, () -> order.add("always over"));
        loop.callAt(-1e300, () -> order.add("over for ever"));
        loop.callLater(Duration.ofSeconds(Long.MIN_VALUE), () -> order.add("over"));

        turns(1);

        assertThat(order).containsExactlyInAnyOrder("always over", "over for ever", "over");
    }

    @Test
    void textShowsTheDeadlineAndWhetherItIsCancelled() {
        TimerHandle timer = loop.callAt(12.5, () -> {});
        assertThat(timer).hasToString("TimerHandle(when=12.5, " + actionOf(timer) + ")");

        timer.cancel();

        assertThat(timer).hasToString("TimerHandle(when=12.5, cancelled)");
    }

    private static String actionOf(TimerHandle timer) {
        String text = timer.toString();
        assertThat(text).contains(TimerTest.class.getSimpleName()); // of the lambda
        return text.substring(text.indexOf(", ") + 2, text.length() - 1);
    }

    @Test
    void delayMayBeADurationAlsoWithAContext() {
        ContextVar<Integer> number = ContextVar.of("number", 0);
        var context = new Context();
        context.run(() -> number.set(5));
        var seen = new ArrayList<Integer>();

        loop.callLater(Duration.ofHours(1), () -> seen.add(number.get()), context);
        run(() -> sleep(3601));

        assertThat(seen).containsExactly(5);
    }
}
