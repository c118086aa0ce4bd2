package dev.heddle;

import static dev.heddle.Asyncio.asCompleted;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;

/** As awaitables: whichever is awaited first gives what is done first. */
class AsCompletedTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    private static Coroutine<String> after(double seconds, String result) {
        return () -> sleep(seconds, result);
    }

    private static List<Coroutine<String>> three() {
        return List.of(after(3, "c"), after(1, "a"), after(2, "b"));
    }

    @Test
    void resultsComeInTheOrderOfTheirEnds() {
        run(
                () -> {
                    for (Awaitable<String> next : asCompleted(three())) {
                        log.add(next.await() + " at " + loop.time());
                    }
                });

        assertThat(log).isEqualTo(List.of("a at 1.0", "b at 2.0", "c at 3.0"));
    }

    @Test
    void awaitablesMayBeAwaitedInAnyOrder() {
        run(
                () -> {
                    var all = new ArrayList<Awaitable<String>>();
                    asCompleted(three()).forEach(all::add);

                    assertThat(all.get(2).await()).isEqualTo("a");
                    assertThat(all.get(0).await()).isEqualTo("b");
                    assertThat(all.get(1).await()).isEqualTo("c");
                });
    }

    @Test
    void awaitablesMayBeHandedToOtherTasks() {
        run(
                () -> {
                    var all = new ArrayList<Awaitable<String>>();
                    asCompleted(three()).forEach(all::add);

                    assertThat(gather(all)).containsExactly("a", "b", "c");
                    assertThat(loop.time()).isEqualTo(3);
                });
    }

    @Test
    void resultsThatAreThereAlreadyComeInTheOrderOfTheArguments() {
        Future<String> first = loop.createFuture();
        Future<String> second = loop.createFuture();
        second.setResult("second");
        first.setResult("first");

        run(
                () -> {
                    for (Awaitable<String> next : asCompleted(List.of(first, second))) {
                        log.add(next.await());
                    }
                });

        assertThat(log).isEqualTo(List.of("first", "second"));
    }

    @Test
    void errorsComeOutOfTheAwaitInTheirTurn() {
        var error = new IOException("disk");
        Coroutine<String> failing =
                () -> {
                    sleep(1.5);
                    throw error;
                };
        run(
                () -> {
                    for (Awaitable<String> next :
                            asCompleted(List.of(after(2, "b"), failing, after(1, "a")))) {
                        try {
                            log.add(next.await());
                        } catch (IOException e) {
                            log.add(e);
                        }
                    }
                });

        assertThat(log).isEqualTo(List.of("a", error, "b"));
    }

    @Test
    void cancelledOneIsACancelledError() {
        run(
                () -> {
                    Task<String> task = createTask(after(9, "never"));
                    loop.callLater(1, () -> task.cancel("that one"));

                    for (Awaitable<String> next : asCompleted(List.of(task))) {
                        assertThatExceptionOfType(CancelledError.class)
                                .isThrownBy(next::await)
                                .withMessage("that one");
                    }
                });
    }

    @Test
    void futureGivenTwiceComesOnce() {
        run(
                () -> {
                    Task<String> a = createTask(after(1, "a"));
                    for (Awaitable<String> next : asCompleted(List.of(a, a, after(2, "b"), a))) {
                        log.add(next.await());
                    }
                });

        assertThat(log).isEqualTo(List.of("a", "b"));
    }

    @Test
    void coroutineGivenTwiceComesTwice() {
        Coroutine<String> a = after(1, "a");
        run(
                () -> {
                    for (Awaitable<String> next : asCompleted(List.of(a, a))) {
                        log.add(next.await());
                    }
                });

        assertThat(log).isEqualTo(List.of("a", "a"));
    }

    @Test
    void nothingGivesNothing() {
        run(() -> assertThat(asCompleted(List.<Coroutine<String>>of()).iterator()).isExhausted());
    }

    @Test
    void iterationGoesOnWhereItWasBroken() {
        run(
                () -> {
                    AsCompleted<String> all = asCompleted(three());
                    for (Awaitable<String> next : all) {
                        log.add(next.await());
                        break;
                    }
                    log.add("break");
                    for (Awaitable<String> next : all) {
                        log.add(next.await());
                    }
                    assertThat(all.iterator().hasNext()).isFalse();
                });

        assertThat(log).isEqualTo(List.of("a", "break", "b", "c"));
    }

    @Test
    void iteratorEndsAfterTheLast() {
        run(
                () -> {
                    Iterator<Awaitable<String>> next = asCompleted(three()).iterator();
                    for (int i = 0; i < 3; i++) {
                        next.next().await();
                    }

                    assertThat(next.hasNext()).isFalse();
                    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(next::next);
                });
    }

    @Test
    void timeoutComesOutOfTheAwaitsThatAreLeft() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<String>>();
                    three().forEach(c -> tasks.add(createTask(c)));
                    for (Awaitable<String> next : asCompleted(tasks, Duration.ofMillis(1500))) {
                        try {
                            log.add(next.await());
                        } catch (TimeoutException e) {
                            log.add("timeout at " + loop.time());
                        }
                    }
                    gather(tasks); // they were not cancelled
                });

        assertThat(log).isEqualTo(List.of("a", "timeout at 1.5", "timeout at 1.5"));
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void timeoutThatIsNotUsedIsCancelled() {
        run(
                () -> {
                    for (Awaitable<String> next : asCompleted(three(), Duration.ofHours(1))) {
                        next.await();
                    }
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void timeoutOfZeroGivesWhatIsDone() {
        Future<String> done = loop.createFuture();
        done.setResult("there");
        Future<String> pending = loop.createFuture();

        run(
                () -> {
                    for (Awaitable<String> next :
                            asCompleted(List.of(pending, done), Duration.ZERO)) {
                        try {
                            log.add(next.await());
                        } catch (TimeoutException e) {
                            log.add("timeout");
                        }
                    }
                });

        assertThat(log).isEqualTo(List.of("there", "timeout"));
    }

    @Test
    void waiterThatIsCancelledWhenItsResultComesPassesItOn() {
        Future<String> first = loop.createFuture();
        Future<String> second = loop.createFuture();
        run(
                () -> {
                    Iterator<Awaitable<String>> next =
                            asCompleted(List.of(first, second)).iterator();
                    Awaitable<String> one = next.next();
                    Awaitable<String> two = next.next();
                    Task<String> cancelled = createTask(one::await);
                    Task<String> patient = createTask(two::await);
                    sleep(0);
                    first.addDoneCallback(f -> cancelled.cancel()); // after it was woken

                    first.setResult("first");

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(cancelled::await);
                    assertThat(patient.await()).isEqualTo("first");
                    second.setResult("second");
                    assertThat(one.await()).isEqualTo("second");
                });
    }

    @Test
    void itNeedsARunningLoop() {
        assertThatIllegalStateException().isThrownBy(() -> asCompleted(three()));
    }
}
