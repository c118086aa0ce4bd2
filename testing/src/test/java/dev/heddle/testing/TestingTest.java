package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.testing.Testing.assertCheckpoints;
import static dev.heddle.testing.Testing.assertNoCheckpoints;
import static dev.heddle.testing.Testing.waitAllTasksBlocked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.sync.Queue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;

@HeddleTest
class TestingTest {

    // ---------------------------------------------------------------- waitAllTasksBlocked

    @Test
    void waitAllTasksBlockedComesBeforeTheClockJumps(EventLoop loop) {
        var log = new ArrayList<String>();
        var task =
                createTask(
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                sleep(0);
                            }
                            log.add("blocked");
                            sleep(60);
                        });

        waitAllTasksBlocked();

        assertThat(log).containsExactly("blocked");
        assertThat(loop.time()).isZero();
        task.await();
        assertThat(loop.time()).isEqualTo(60);
    }

    @Test
    void severalWaitTogetherAndOneThatIsCancelledIsForgotten() {
        var log = new ArrayList<String>();
        var cancelled = createTask(() -> waitAllTasksBlocked());
        sleep(0);
        cancelled.cancel();
        gather(
                () -> {
                    waitAllTasksBlocked();
                    log.add("a");
                },
                () -> {
                    waitAllTasksBlocked();
                    log.add("b");
                });

        assertThat(log).containsExactlyInAnyOrder("a", "b");
        assertThat(cancelled.cancelled()).isTrue();
    }

    @Test
    @Loop(clock = Loop.Time.REAL)
    void whatCanBeReadAlreadyIsReadBefore() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            sink.write(ByteBuffer.allocate(3));
            var log = new ArrayList<Integer>();
            EventLoop loop = getRunningLoop();
            loop.addReader(source, () -> read(source, log));

            waitAllTasksBlocked();

            loop.removeReader(source);
            assertThat(log).containsExactly(3);
        }
    }

    private static void read(Pipe.SourceChannel source, List<Integer> log) {
        try {
            log.add(source.read(ByteBuffer.allocate(10)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---------------------------------------------------------------- checkpoints

    @Test
    void bodyThatSuspendsAndNoticesCancelHasCheckpoints() {
        assertCheckpoints(() -> sleep(0));
        assertThat(
                        assertCheckpoints(
                                () -> {
                                    sleep(1);
                                    return "result";
                                }))
                .isEqualTo("result");
    }

    @Test
    void bodyThatDoesNotSuspendHasNone() {
        var queue = new Queue<String>();
        queue.putNowait("there");

        assertThat(assertNoCheckpoints(() -> queue.get())).isEqualTo("there");
        assertThatThrownBy(() -> assertCheckpoints(() -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("should have suspended");
        assertThatThrownBy(() -> assertNoCheckpoints(() -> sleep(0)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("should not have suspended");
    }

    @Test
    void bodyThatSwallowsACancelIsFound() {
        assertThatThrownBy(
                        () ->
                                assertCheckpoints(
                                        () -> {
                                            try {
                                                sleep(0);
                                            } catch (CancelledError e) {
                                                // swallowed
                                            }
                                        }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("CancelledError");
    }

    // ---------------------------------------------------------------- sequencer

    @Test
    void sequencerRunsBlocksInTheOrderOfTheirNumbers() {
        var log = new ArrayList<String>();
        var order = new Sequencer();
        gather(
                () -> {
                    order.step(1, () -> log.add("b1"));
                    order.step(4, () -> log.add("b2"));
                },
                () -> {
                    order.step(
                            0,
                            () -> {
                                sleep(5);
                                log.add("a1");
                            });
                    order.step(3, () -> log.add("a2"));
                },
                () -> order.step(2, () -> log.add("c")));

        assertThat(log).containsExactly("a1", "b1", "c", "a2", "b2");
    }

    @Test
    void sequenceIsBrokenByACancelledOrFailingBlock() {
        var order = new Sequencer();
        var waiting = createTask(() -> order.step(2, () -> {}));
        var cancelled = createTask(() -> order.step(1, () -> {}));
        sleep(1);

        cancelled.cancel();

        assertThatThrownBy(waiting::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("broken");
        assertThatThrownBy(() -> order.step(0, () -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sequencerRefusesANumberTwice() {
        var order = new Sequencer();
        order.step(0, () -> {});

        assertThatThrownBy(() -> order.step(0, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two blocks with number 0");
        assertThatThrownBy(() -> order.step(-1, () -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void awaitGraphNamesTasks() {
        Future<Void> never = createFuture();
        var task = createTask(() -> never.await(), "worker");
        waitAllTasksBlocked();

        assertThat(Testing.awaitGraph())
                .contains("task awaitGraphNamesTasks is ready to run")
                .contains("task worker waits for Future(pending");
        never.setResult(null);
        task.await();
    }
}
