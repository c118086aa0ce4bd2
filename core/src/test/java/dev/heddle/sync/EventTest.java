package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeoutException;

/** Who waits for an event goes on when it is set. */
class EventTest extends SyncFixture {

    private final Event event = new Event();

    private Task<Void> waiting(String name) {
        return createTask(
                () -> {
                    event.await();
                    log.add(name);
                },
                name);
    }

    @Test
    void allWhoWaitGoOnInOrderAfterOneWhoFindsItSet() {
        run(
                () -> {
                    waiting("first");
                    waiting("second");
                    sleep(0);
                    waiting("late");

                    event.set();
                    settle();

                    assertThat(log).containsExactly("late", "first", "second");
                });
    }

    @Test
    void whoWaitsGoesOnAlsoIfItIsClearedAtOnce() {
        run(
                () -> {
                    Task<Void> waiter = waiting("waiter");
                    sleep(0);

                    event.set();
                    event.clear();
                    settle();

                    assertThat(waiter.done()).isTrue();
                    assertThat(event.isSet()).isFalse();
                });
    }

    @Test
    void whoComesAfterItIsClearedWaits() {
        run(
                () -> {
                    event.set();
                    event.clear();
                    Task<Void> waiter = waiting("waiter");
                    settle();
                    assertThat(waiter.done()).isFalse();

                    event.set();
                    settle();

                    assertThat(waiter.done()).isTrue();
                });
    }

    @Test
    void setEventIsAwaitedWithoutSuspending() {
        event.set(); // before any loop runs
        event.set();
        run(
                () -> {
                    loop.callSoon(() -> log.add("the next turn"));

                    assertThat(event.await()).isTrue();

                    assertThat(log).isEmpty();
                });
    }

    @Test
    void cancelledWaiterIsForgotten() {
        run(
                () -> {
                    Task<Void> first = waiting("first");
                    waiting("second");
                    sleep(0);

                    first.cancel();
                    settle();
                    assertThat(event.statistics()).isEqualTo(new Event.Statistics(1));

                    event.set();
                    settle();
                    assertThat(log).containsExactly("second");
                });
    }

    @Test
    void waiterCancelledAfterTheSetIsCancelledAndDisturbsNobody() {
        run(
                () -> {
                    Task<Void> first = waiting("first");
                    waiting("second");
                    sleep(0);

                    event.set();
                    first.cancel();
                    settle();

                    assertThat(first.cancelled()).isTrue();
                    assertThat(log).containsExactly("second");
                });
    }

    @Test
    void isAwaitableItself() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(event, 2));
                    loop.callLater(1, event::set);

                    assertThat(gather(event, event)).containsExactly(true, true);
                    assertThat(loop.time()).isEqualTo(3);
                });
    }

    @Test
    void textTellsItsState() {
        run(
                () -> {
                    Task<Void> waiter = waiting("waiter");
                    sleep(0);
                    assertThat(event).hasToString("Event(cleared, 1 waiting)");

                    event.set();
                    waiter.await();
                    assertThat(event).hasToString("Event(set, 0 waiting)");
                });
    }
}
