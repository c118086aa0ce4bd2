package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicBoolean;

/** A loop cannot be run where one runs already. */
class LoopNestingTest extends LoopFixture {

    private final AtomicBoolean started = new AtomicBoolean();
    private final EventLoop other = open(EventLoop.builder().name("other"));

    private void inCallback(ThrowingCallable body) {
        run(
                () -> {
                    Future<Void> done = loop.createFuture();
                    loop.callSoon(
                            () -> {
                                try {
                                    body.call();
                                    done.setResult(null);
                                } catch (Throwable e) {
                                    done.setException(e);
                                }
                            });
                    done.await();
                });
    }

    @Test
    void runningTheSameLoopInATaskIsAnErrorAndStartsNothing() {
        run(
                () -> {
                    assertThatThrownBy(() -> loop.runUntilComplete(() -> started.set(true)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running");
                    assertThatThrownBy(loop::runForever).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(loop::drive).isInstanceOf(IllegalStateException.class);
                    assertThat(loop.allTasks()).containsExactly(loop.currentTask());
                });

        assertThat(started).isFalse();
    }

    @Test
    void runningTheSameLoopInACallbackIsAnErrorAndStartsNothing() {
        inCallback(
                () -> {
                    assertThatThrownBy(() -> loop.runUntilComplete(() -> started.set(true)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running");
                    assertThatThrownBy(loop::runForever)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running");
                    assertThatThrownBy(loop::drive)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running");
                });

        assertThat(started).isFalse();
    }

    @Test
    void runningAnotherLoopInACallbackIsAnErrorAndStartsNothing() {
        inCallback(
                () -> {
                    assertThatThrownBy(() -> other.runUntilComplete(() -> started.set(true)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("while")
                            .hasMessageContaining("is running");
                    assertThatThrownBy(other::runForever).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(other::drive).isInstanceOf(IllegalStateException.class);
                });

        assertThat(other.isRunning()).isFalse();
        assertThat(other.allTasks()).isEmpty();
        assertThat(started).isFalse();
    }

    @Test
    void runningAnotherLoopInATaskIsAnErrorAndStartsNothing() {
        run(
                () -> {
                    assertThatThrownBy(() -> other.runUntilComplete(() -> started.set(true)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("await");
                    assertThatThrownBy(other::runForever).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(other::drive).isInstanceOf(IllegalStateException.class);
                });

        assertThat(other.isRunning()).isFalse();
        assertThat(other.allTasks()).isEmpty();
        assertThat(started).isFalse();
    }

    @Test
    void runInATaskOrCallbackIsAnErrorAndOpensNoLoop() {
        var opened = new AtomicBoolean();
        ThrowingCallable nested =
                () ->
                        Asyncio.run(
                                () -> true,
                                null,
                                () -> {
                                    opened.set(true);
                                    return EventLoop.create();
                                });

        run(
                () -> {
                    assertThatThrownBy(nested)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("cannot be called from a running event loop");
                });
        inCallback(() -> assertThatThrownBy(nested).isInstanceOf(IllegalStateException.class));

        assertThat(opened).isFalse();
    }

    @Test
    void anotherThreadMayRunAnotherLoopMeanwhile() {
        String result = run(() -> onOtherThread(() -> other.runUntilComplete(() -> "both")));

        assertThat(result).isEqualTo("both");
    }

    @Test
    void anotherThreadCannotRunTheSameLoopMeanwhile() {
        run(
                () ->
                        onOtherThread(
                                () -> {
                                    assertThatThrownBy(loop::runForever)
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("already running");
                                    assertThatThrownBy(loop::drive)
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("already running");
                                }));
    }
}
