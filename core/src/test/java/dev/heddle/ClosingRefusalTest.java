package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Tasks that do not let themselves be ended cannot keep a loop from closing. */
class ClosingRefusalTest extends LoopFixture {

    private final List<String> seen = new ArrayList<>();

    @Test
    void taskThatRefusesForEverCannotHangTheClose() {
        var refusals = new AtomicInteger();
        Task<Void> refuser =
                loop.createTask(
                        () -> {
                            while (true) {
                                try {
                                    sleep(1000);
                                } catch (CancelledError e) {
                                    refusals.incrementAndGet();
                                }
                            }
                        });
        Task<Void> next =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } finally {
                                seen.add("next");
                            }
                        });
        turns(1);

        loop.close();

        assertThat(takeErrors())
                .extracting(ErrorContext::task)
                .containsExactly((Task<?>) refuser, next);
        assertThat(seen).containsExactly("next");
        assertThat(refusals.get()).isBetween(1, 1000);
        assertThat(next.cancelled()).isTrue();
    }

    @Test
    void taskThatRefusesByYieldingForEverCannotHangTheClose() {
        Task<Void> refuser =
                loop.createTask(
                        () -> {
                            while (true) {
                                try {
                                    sleep(0);
                                } catch (CancelledError e) {
                                    seen.add("refused");
                                }
                            }
                        });
        turns(1);

        loop.close();

        assertThat(takeError().task()).isSameAs(refuser);
        assertThat(seen).hasSizeLessThan(1000);
    }

    @Test
    void taskMadeWhileUnwindingNeverRunsAndIsReported() {
        List<Task<?>> made = new ArrayList<>();
        var ran = new AtomicBoolean();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } finally {
                                made.add(loop.createTask(() -> ran.getAndSet(true)));
                            }
                        });
        turns(1);

        loop.close();

        assertThat(takeErrors())
                .extracting(ErrorContext::task)
                .containsExactly(task, (Task<?>) made.getFirst());
        assertThat(made.getFirst().cancelled()).isTrue();
        assertThat(ran).isFalse();
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void tasksThatMakeEachOtherForEverCannotHangTheClose() {
        var made = new AtomicInteger();
        loop.createTask(() -> multiply(made));
        turns(1);

        loop.close();

        assertThat(takeErrors()).isNotEmpty();
        assertThat(made.get()).isBetween(1, 10_000);
    }

    private void multiply(AtomicInteger made) {
        try {
            sleep(1000);
        } finally {
            made.incrementAndGet();
            loop.createTask(
                    () -> multiply(made), TaskOptions.DEFAULT.withEagerStart(true).withName("m"));
        }
    }
}
