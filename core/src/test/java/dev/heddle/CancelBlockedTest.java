package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/** A task that is blocked in a call of the JDK is cancelled by an interrupt. */
class CancelBlockedTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    /** Starts {@code blocking}, cancels it when it is blocked, and waits until it is done. */
    private <T> Task<T> cancelledWhenBlocked(Coroutine<T> blocking) {
        return run(
                () -> {
                    Task<T> task = createTask(blocking);
                    while (!task.strand.isBlocked()) {
                        sleep(0);
                    }
                    assertThat(task.cancel("enough")).isTrue();
                    Asyncio.wait(List.of(task));
                    return task;
                });
    }

    private static void assertCancelled(Task<?> task) {
        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("enough");
    }

    @Test
    void threadSleepEnds() {
        Task<Object> task =
                cancelledWhenBlocked(
                        () -> {
                            Thread.sleep(1_000_000);
                            return log.add("slept");
                        });

        assertCancelled(task);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(log).isEmpty();
    }

    @Test
    void lockThatCanBeInterruptedEnds() throws Exception {
        var lock = new ReentrantLock();
        lock.lock();

        assertCancelled(
                cancelledWhenBlocked(
                        () -> {
                            lock.lockInterruptibly();
                            return log.add("locked");
                        }));

        assertThat(log).isEmpty();
        assertThat(lock.hasQueuedThreads()).isFalse();
    }

    @Test
    void queueEnds() {
        assertCancelled(cancelledWhenBlocked(() -> new LinkedBlockingQueue<>().take()));
    }

    @Test
    void readOfAChannelEnds() throws Exception {
        Pipe pipe = Pipe.open();

        try (var source = pipe.source();
                var sink = pipe.sink()) {
            assertCancelled(cancelledWhenBlocked(() -> source.read(ByteBuffer.allocate(1))));
            assertThat(source.isOpen()).isFalse();
            assertThat(sink.isOpen()).isTrue();
        }
    }

    @Test
    void readOfASocketEnds() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(server.getInetAddress(), server.getLocalPort());
                var peer = server.accept()) {
            assertCancelled(cancelledWhenBlocked(() -> socket.getInputStream().read()));
            assertThat(peer.isClosed()).isFalse();
        }
    }

    @Test
    void finallyBlocksRunAndMayWaitInBothWays() {
        Task<Object> task =
                cancelledWhenBlocked(
                        () -> {
                            try {
                                Thread.sleep(1_000_000);
                            } finally {
                                sleep(0);
                                Thread.sleep(1);
                                log.add("cleaned up");
                            }
                            return null;
                        });

        assertThat(log).isEmpty(); // its first wait is where the cancel comes out
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void interruptThatIsSwallowedComesAsACancelAtTheNextWait() {
        Task<Object> task =
                cancelledWhenBlocked(
                        () -> {
                            try {
                                Thread.sleep(1_000_000);
                            } catch (InterruptedException e) {
                                log.add("swallowed");
                            }
                            return sleep(100, log.add("before the next wait"));
                        });

        assertThat(log).containsExactly("swallowed", "before the next wait");
        assertCancelled(task);
    }

    @Test
    void interruptThatIsSwallowedForGoodStillEndsTheTaskCancelled() {
        Task<Object> task =
                cancelledWhenBlocked(
                        () -> {
                            try {
                                Thread.sleep(1_000_000);
                            } catch (InterruptedException e) {
                                log.add("swallowed");
                            }
                            return 42;
                        });

        assertThat(log).containsExactly("swallowed");
        assertCancelled(task);
    }

    @Test
    void interruptMayBeRefusedLikeACancel() {
        Task<Integer> task =
                cancelledWhenBlocked(
                        () -> {
                            try {
                                Thread.sleep(1_000_000);
                            } catch (InterruptedException e) {
                                Asyncio.currentTask().uncancel();
                            }
                            return sleep(0, 42);
                        });

        assertThat(task.result()).isEqualTo(42);
        assertThat(task.cancelling()).isZero();
    }

    @Test
    void otherErrorThanTheInterruptWins() {
        Task<Object> task =
                cancelledWhenBlocked(
                        () -> {
                            try {
                                return new LinkedBlockingQueue<>().take();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException("own error", e);
                            }
                        });

        assertThat(task.cancelled()).isFalse();
        assertThat(task.exception()).hasMessage("own error");
    }

    @Test
    void interruptFromElsewhereIsNoCancel() {
        Task<Object> task =
                run(
                        () -> {
                            Task<Object> blocked =
                                    createTask(() -> new LinkedBlockingQueue<>().take());
                            while (!blocked.strand.isBlocked()) {
                                sleep(0);
                            }
                            blocked.strand.thread().interrupt();
                            Asyncio.wait(List.of(blocked));
                            return blocked;
                        });

        assertThat(task.cancelled()).isFalse();
        assertThat(task.exception()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void interruptFromElsewhereDoesNotEndAnAwait() {
        Future<String> future = loop.createFuture();
        Task<String> task = loop.createTask(() -> future.await());
        turns(1);

        task.strand.thread().interrupt();
        turns(3);
        assertThat(task.done()).isFalse();
        future.setResult("later");
        turns(1);

        assertThat(task.result()).isEqualTo("later");
    }
}
