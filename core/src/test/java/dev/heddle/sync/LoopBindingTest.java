package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.Supplier;
import java.util.stream.Stream;

/** A primitive belongs to one loop, and to its thread. */
class LoopBindingTest extends SyncFixture {

    private final EventLoop other = open(EventLoop.builder().name("other").clock(Clock.virtual()));

    /** A primitive on which {@link #use} waits. */
    record Primitive(String name, Runnable use, Runnable touch) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Supplier<Primitive>> primitives() {
        return Stream.of(
                () -> {
                    var lock = new Lock();
                    return new Primitive("Lock", lock::acquire, lock::release);
                },
                () -> {
                    var event = new Event();
                    return new Primitive("Event", event::await, event::set);
                },
                () -> {
                    var condition = new Condition();
                    return new Primitive(
                            "Condition",
                            () -> condition.with(condition::await),
                            condition::signalAll);
                },
                () -> {
                    var semaphore = new Semaphore(0);
                    return new Primitive("Semaphore", semaphore::acquire, semaphore::release);
                },
                () -> {
                    var barrier = new Barrier(2);
                    return new Primitive("Barrier", barrier::await, barrier::reset);
                },
                () -> {
                    var queue = new Queue<Integer>();
                    return new Primitive("Queue", queue::get, () -> queue.putNowait(1));
                },
                () -> {
                    var limiter = new CapacityLimiter(0);
                    return new Primitive(
                            "CapacityLimiter", limiter::acquire, () -> limiter.totalTokens(1));
                },
                () -> {
                    var channel = MemoryChannel.<Integer>open(0);
                    return new Primitive(
                            "MemoryChannel",
                            channel.receiver()::receive,
                            () -> channel.sender().close());
                });
    }

    /** Lets a task wait on the primitive, and gives up. */
    private static void waitInVain(Primitive primitive) {
        if (primitive.name().equals("Lock")) {
            primitive.use().run(); // so that the next one waits
        }
        Task<Void> waiter = createTask(() -> primitive.use().run());
        sleep(1);
        assertThat(waiter.done()).isFalse();
        waiter.cancel();
        sleep(1);
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void waitInAnotherLoopIsAnErrorThatNamesBoth(Supplier<Primitive> maker) {
        Primitive primitive = maker.get();
        run(() -> waitInVain(primitive));

        other.runUntilComplete(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> primitive.use().run())
                                .withMessageContaining(primitive.name())
                                .withMessageContaining("is bound to a different event loop")
                                .withMessageContaining("EventLoop(test, stopped)")
                                .withMessageContaining("EventLoop(other, running)"));
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void useByAnotherThreadWhileTheLoopRunsIsAnError(Supplier<Primitive> maker) {
        Primitive primitive = maker.get();
        run(
                () -> {
                    waitInVain(primitive);

                    onOtherThread(
                            () ->
                                    assertThatIllegalStateException()
                                            .isThrownBy(() -> primitive.touch().run())
                                            .withMessageContaining("other")
                                            .withMessageContaining("callSoonThreadsafe"));
                });
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void waitInACallbackIsAnError(Supplier<Primitive> maker) {
        Primitive primitive = maker.get();
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> primitive.use().run())
                                .withMessageContaining("outside of a task")
                                .withMessageContaining("createTask"));
        loop.callSoon(loop::stop);
        loop.runForever();

        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void waitWithoutALoopIsAnError(Supplier<Primitive> maker) {
        Primitive primitive = maker.get();

        assertThatIllegalStateException()
                .isThrownBy(() -> primitive.use().run())
                .withMessageContaining("no running event loop");
    }

    @Test
    void whatNobodyHasWaitedOnMayBeUsedInOneLoopAfterTheOther() {
        var lock = new Lock();
        run(() -> lock.with(() -> {}));

        other.runUntilComplete(
                () -> {
                    lock.acquire();
                    Task<Void> waiter = createTask(() -> lock.with(() -> {}));
                    sleep(1);
                    lock.release();
                    waiter.await();
                });
    }

    @Test
    void boundOneMayBeUsedInAnotherLoopAsLongAsNobodyWaits() {
        var lock = new Lock();
        run(
                () -> {
                    lock.acquire();
                    Task<Void> waiter = createTask(() -> lock.with(() -> {}));
                    sleep(1);
                    lock.release();
                    waiter.await();
                });

        other.runUntilComplete(() -> assertThatNoException().isThrownBy(() -> lock.with(() -> {})));
    }

    @Test
    void useInAnotherLoopWhileTheOwnOneRunsIsAnError() {
        var lock = new Lock();
        run(
                () -> {
                    lock.acquire();
                    onOtherThread(
                            () ->
                                    other.runUntilComplete(
                                            () ->
                                                    assertThatIllegalStateException()
                                                            .isThrownBy(lock::acquire)
                                                            .withMessageContaining(
                                                                    "different event loop")));
                    lock.release();
                });
    }

    @Test
    void whatDoesNotWaitMayBeUsedBeforeTheLoopRuns() {
        var queue = new Queue<Integer>();
        queue.putNowait(1);

        assertThat(run(() -> queue.get())).isOne();
        queue.putNowait(2);
        assertThat(run(() -> queue.get())).isEqualTo(2);
    }
}
