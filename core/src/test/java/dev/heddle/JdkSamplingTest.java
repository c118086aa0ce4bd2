package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whoever looks at the stack of a task's thread suspends it for a moment, and then hands its
 * continuation to the scheduler once more. That neither wakes nor loses a task.
 */
class JdkSamplingTest extends LoopFixture {

    private final EventLoop real = open(EventLoop.builder().name("real"));

    /** Samples stacks in a tight loop until it is closed. */
    private static final class Sampler implements AutoCloseable {

        private final AtomicBoolean end = new AtomicBoolean();
        private final AtomicInteger samples = new AtomicInteger();
        private final AtomicInteger frames = new AtomicInteger();
        private final Thread thread;

        Sampler(List<Task<?>> tasks) {
            thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!end.get()) {
                                            tasks.forEach(this::sample);
                                        }
                                    });
        }

        private void sample(Task<?> task) {
            Thread sampled = task.strand.thread();
            if (sampled != null) {
                frames.addAndGet(sampled.getStackTrace().length);
                samples.incrementAndGet();
            }
        }

        @Override
        public void close() throws InterruptedException {
            end.set(true);
            thread.join();
        }
    }

    @Test
    void tasksThatSwitchAreNeitherLostNorResumedTwice() {
        int rounds = 15_000;
        List<Integer> order = new ArrayList<>();

        real.runUntilComplete(
                () -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int t = 0; t < 2; t++) {
                        int number = t;
                        tasks.add(
                                real.createTask(
                                        () -> {
                                            for (int i = 0; i < rounds; i++) {
                                                order.add(number);
                                                sleep(0);
                                            }
                                        }));
                    }
                    try (var sampler = new Sampler(tasks)) {
                        for (Task<?> task : tasks) {
                            task.await();
                        }
                        assertThat(sampler.samples).hasPositiveValue();
                        assertThat(sampler.frames).hasPositiveValue();
                    }
                });

        assertThat(order).hasSize(2 * rounds);
        assertThat(order.stream().mapToInt(i -> i).sum()).isEqualTo(rounds);
    }

    @Test
    void handOverByFuturesLosesNothing() {
        int rounds = 10_000;

        real.runUntilComplete(
                () -> {
                    List<Future<Integer>> box = new ArrayList<>(List.of(real.createFuture()));
                    Task<Long> receiver =
                            real.createTask(
                                    () -> {
                                        long sum = 0;
                                        for (int i = 0; i < rounds; i++) {
                                            sum += box.getFirst().await();
                                            box.set(0, real.createFuture());
                                        }
                                        return sum;
                                    });
                    try (var sampler = new Sampler(List.of(receiver))) {
                        for (int i = 0; i < rounds; i++) {
                            while (box.getFirst().done()) {
                                sleep(0);
                            }
                            box.getFirst().setResult(i);
                        }
                        assertThat(receiver.await()).isEqualTo(rounds * (rounds - 1L) / 2);
                        assertThat(sampler.samples).hasPositiveValue();
                    }
                });
    }

    @Test
    void tasksThatBlockInTheJdkAreNotLostEither() {
        int rounds = 5_000;

        real.runUntilComplete(
                () -> {
                    var queue = new SynchronousQueue<Integer>();
                    Task<Void> producer =
                            real.createTask(
                                    () -> {
                                        for (int i = 0; i < rounds; i++) {
                                            queue.put(i);
                                        }
                                    });
                    Task<Long> consumer =
                            real.createTask(
                                    () -> {
                                        long sum = 0;
                                        for (int i = 0; i < rounds; i++) {
                                            sum += queue.take();
                                        }
                                        return sum;
                                    });
                    try (var sampler = new Sampler(List.of(producer, consumer))) {
                        producer.await();
                        assertThat(consumer.await()).isEqualTo(rounds * (rounds - 1L) / 2);
                        assertThat(sampler.samples).hasPositiveValue();
                    }
                });
    }

    @Test
    void waitingTaskIsNotWokenBySamples() {
        List<String> seen = new ArrayList<>();
        real.runUntilComplete(
                () -> {
                    Future<String> future = real.createFuture();
                    Task<Void> task =
                            real.createTask(
                                    () -> {
                                        seen.add("waits");
                                        seen.add(future.await());
                                    });
                    sleep(0);
                    var sampled = new CountDownLatch(2_000);
                    Thread sampler =
                            Thread.ofPlatform()
                                    .start(
                                            () -> {
                                                for (int i = 0; i < 2_000; i++) {
                                                    assertThat(task.strand.thread().getStackTrace())
                                                            .isNotEmpty();
                                                    sampled.countDown();
                                                }
                                            });
                    while (sampled.getCount() > 0) {
                        sleep(0);
                        assertThat(task.strand.isWaiting()).isTrue();
                    }
                    sampler.join();
                    assertThat(seen).containsExactly("waits");

                    future.setResult("woken");
                    task.await();
                });

        assertThat(seen).containsExactly("waits", "woken");
    }
}
