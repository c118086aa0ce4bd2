package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A generator runs on any thread, one at a time, and its body may block that thread. */
@Timeout(60)
class ThreadTest {

    enum Kind {
        PLATFORM,
        VIRTUAL;

        /** Runs something on a new thread of this kind and returns its result. */
        <T> T call(Callable<T> callable) throws Exception {
            var task = new FutureTask<>(callable);
            (this == PLATFORM ? Thread.ofPlatform() : Thread.ofVirtual()).start(task);
            return task.get();
        }
    }

    private static Generator<Integer, Object, Void> counting(int depth) {
        if (depth > 0) {
            return Generator.produce(y -> y.yieldFrom(counting(depth - 1)));
        }
        return Generator.produce(
                y -> {
                    for (int i = 0; ; i++) {
                        y.yield(i);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aGeneratorRunsOnAnyKindOfThread(Kind kind) throws Exception {
        Generator<Integer, Object, Void> generator = counting(3);

        List<Integer> seen = kind.call(() -> generator.stream().limit(5).toList());

        assertThat(seen).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void itMayBeStartedOnOneThreadAndContinuedOnOthers() throws Exception {
        Generator<Integer, Object, Void> generator = counting(3);
        var seen = new ArrayList<Integer>();

        for (int i = 0; i < 50; i++) {
            seen.add(Kind.PLATFORM.call(generator::next));
            seen.add(generator.next());
            seen.add(Kind.VIRTUAL.call(generator::next));
        }
        Kind.VIRTUAL.call(generator::closeAndGet);

        assertThat(seen).hasSize(150).isSorted().doesNotHaveDuplicates();
        assertThat(generator.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aCompiledBodyMayChangeThreadsToo() throws Exception {
        // In compiled code Thread.currentThread() is a constant, also across a yield. Nothing in
        // yield may depend on it.
        Generator<Integer, Object, Void> generator = counting(1);
        for (int i = 0; i < 300_000; i++) {
            generator.next();
        }

        for (int i = 0; i < 20; i++) {
            Kind kind = Kind.values()[i % 2];
            assertThat(kind.call(() -> generator.stream().skip(50_000).findFirst())).isPresent();
        }
    }

    @Test
    void aBodyMaySleepInAVirtualThread() throws Exception {
        Generator<String, Object, Void> generator =
                Generator.produce(
                        y -> {
                            for (int i = 0; i < 3; i++) {
                                Thread.sleep(1);
                                y.yield("slept on " + Thread.currentThread().isVirtual());
                            }
                        });

        assertThat(Kind.VIRTUAL.call(() -> generator.stream().distinct().toList()))
                .containsExactly("slept on true");
    }

    @Test
    void aBodyMayParkItsVirtualThreadWhileOthersRun() throws Exception {
        // More threads than there are carriers, all parked inside a generator inside a generator.
        int threads = 50;
        var parked = new CountDownLatch(threads);
        var results = new LinkedTransferQueue<Integer>();
        var virtual = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++) {
            Generator<Integer, Object, Void> inner =
                    Generator.produce(
                            y -> {
                                y.yield(1);
                                parked.countDown();
                                LockSupport.park();
                                y.yield(2);
                            });
            Generator<Integer, Object, Void> outer =
                    Generator.produce(
                            y -> {
                                for (int i : inner) {
                                    y.yield(10 * i);
                                }
                            });
            virtual.add(Thread.ofVirtual().start(() -> outer.forEach(results::add)));
        }
        parked.await();
        assertThat(results).hasSize(threads);

        virtual.forEach(LockSupport::unpark);
        for (Thread thread : virtual) {
            thread.join();
        }

        assertThat(results).hasSize(2 * threads);
        assertThat(results.stream().mapToInt(i -> i).sum()).isEqualTo(30 * threads);
    }

    @Test
    void aBodyMayWaitForLocksAndQueuesInAVirtualThread() throws Exception {
        var lock = new ReentrantLock();
        var monitor = new Object();
        var queue = new SynchronousQueue<String>();
        Generator<String, Object, Void> generator =
                Generator.produce(
                        y -> {
                            lock.lock();
                            try {
                                y.yield("lock");
                            } finally {
                                lock.unlock();
                            }
                            synchronized (monitor) {
                                y.yield("monitor");
                            }
                            y.yield(queue.take());
                        });
        var results = new LinkedTransferQueue<String>();
        Thread consumer;
        lock.lock();
        try {
            consumer = Thread.ofVirtual().start(() -> generator.forEach(results::add));
            while (!lock.hasQueuedThread(consumer)) {
                Thread.onSpinWait();
            }
            assertThat(results).isEmpty();
        } finally {
            lock.unlock();
        }
        queue.put("queue");
        consumer.join();

        assertThat(results).containsExactly("lock", "monitor", "queue");
    }

    @Test
    void aSecondThreadAtTheSameTimeIsRefused() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        Generator<Integer, Object, Void> inner =
                Generator.produce(
                        y -> {
                            entered.countDown();
                            leave.await();
                            y.yield(1);
                        });
        Generator<Integer, Object, Void> outer = Generator.produce(y -> y.yieldFrom(inner));
        var first = new FutureTask<>(outer::next);
        Thread.ofPlatform().start(first);
        entered.await();

        assertThatThrownBy(outer::next).hasMessageContaining("generator already executing");
        assertThatThrownBy(outer::close).hasMessageContaining("generator already executing");
        assertThatThrownBy(inner::next).hasMessageContaining("generator already executing");
        assertThat(outer.state()).isEqualTo(State.RUNNING);
        assertThat(inner.state()).isEqualTo(State.RUNNING);

        leave.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(outer.hasNext()).isFalse();
    }

    @Test
    void twoThreadsThatFightForItNeverSeeAValueTwiceNorLoseOne() throws Exception {
        Generator<Integer, Object, Void> generator = counting(2);
        var seen = new LinkedTransferQueue<Integer>();
        Callable<Integer> grab =
                () -> {
                    int refused = 0;
                    for (int got = 0; got < 20_000; ) {
                        try {
                            seen.add(generator.next());
                            got++;
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("generator already executing");
                            refused++;
                        }
                    }
                    return refused;
                };
        var other = new FutureTask<>(grab);
        Thread.ofPlatform().start(other);
        grab.call();
        other.get();

        assertThat(seen.stream().sorted().toList())
                .isEqualTo(java.util.stream.IntStream.range(0, 40_000).boxed().toList());
    }

    // ---- Where a yield is impossible

    private static final AtomicReference<Yielder<Integer, Object>> pinnedYielder =
            new AtomicReference<>();
    private static final AtomicReference<Throwable> pinned = new AtomicReference<>();

    private static class YieldsInItsInitializer {
        static {
            pinned.set(catchThrowable(() -> pinnedYielder.get().yield(0)));
        }

        static int value() {
            return 1;
        }
    }

    private static class DelegatesInItsInitializer {
        static {
            pinned.set(catchThrowable(() -> pinnedYielder.get().yieldFrom(counting(0))));
        }

        static int value() {
            return 2;
        }
    }

    @Test
    void inAClassInitializerItSaysSoAndTheGeneratorGoesOn() {
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            pinnedYielder.set(y);
                            y.yield(YieldsInItsInitializer.value());
                            y.yield(DelegatesInItsInitializer.value());
                        });

        for (int i = 1; i <= 2; i++) {
            assertThat(generator.next()).isEqualTo(i);
            assertThat(generator.delegate()).isNull();
            assertThat(pinned.getAndSet(null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot yield here")
                    .hasMessageContaining("class initializer");
        }
        assertThat(generator.hasNext()).isFalse();
    }

    private static void assertRefused(Throwable e) {
        assertThat(e)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("used outside the generator's body");
    }

    /** A generator that gives its yielder away, then yields 1, 2, 3. */
    private static Generator<Integer, Object, Void> leaking(
            AtomicReference<Yielder<Integer, Object>> leak, Runnable inBody) {
        return Generator.produce(
                y -> {
                    leak.set(y);
                    y.yield(1);
                    inBody.run();
                    y.yield(2);
                    y.yield(3);
                });
    }

    @Test
    void aYielderIsUselessBetweenAndAfterItsBody() {
        var leak = new AtomicReference<Yielder<Integer, Object>>();
        var generator = leaking(leak, () -> {});
        generator.next();

        assertRefused(catchThrowable(() -> leak.get().yield(9)));
        assertRefused(catchThrowable(() -> leak.get().yieldFrom(counting(0))));
        assertRefused(catchThrowable(() -> leak.get().yieldFrom(List.of(9))));

        assertThat(generator.next()).isEqualTo(2);
        generator.close();
        assertRefused(catchThrowable(() -> leak.get().yield(9)));
    }

    @Test
    void aYielderIsUselessInAnotherGenerator() {
        var leak = new AtomicReference<Yielder<Integer, Object>>();
        var seen = new ArrayList<Object>();
        Generator<Integer, Object, String> other =
                Generator.of(
                        y -> {
                            assertRefused(catchThrowable(() -> leak.get().yield(9)));
                            assertRefused(catchThrowable(() -> leak.get().yieldFrom(counting(0))));
                            y.yield(77);
                            return "end";
                        });
        var generator =
                leaking(
                        leak,
                        () -> {
                            seen.add(other.next());
                            seen.add(other.hasNext());
                        });

        assertThat(generator.stream()).containsExactly(1, 2, 3);
        assertThat(seen).containsExactly(77, false);
        assertThat(other.closeAndGet()).isEqualTo("end");
    }

    @Test
    void theYielderOfAnOuterGeneratorIsUselessWhileItDelegates() {
        var leak = new AtomicReference<Yielder<Integer, Object>>();
        Generator<Integer, Object, Void> inner =
                Generator.produce(
                        y -> {
                            assertRefused(catchThrowable(() -> leak.get().yield(9)));
                            y.yield(5);
                        });
        Generator<Integer, Object, Void> outer =
                Generator.produce(
                        y -> {
                            leak.set(y);
                            y.yieldFrom(inner);
                        });

        assertThat(outer.stream()).containsExactly(5);
    }

    @ParameterizedTest
    @EnumSource
    void aYielderIsUselessOnAnotherThreadWhileTheBodyExecutes(Kind kind) {
        var leak = new AtomicReference<Yielder<Integer, Object>>();
        var generator =
                leaking(
                        leak,
                        () -> {
                            try {
                                assertRefused(
                                        kind.call(() -> catchThrowable(() -> leak.get().yield(9))));
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });

        assertThat(generator.stream()).containsExactly(1, 2, 3);
    }
}
