package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Each task is a thread of its own: it has its own thread-locals, identity and name. */
class JdkThreadLocalTest extends LoopFixture {

    private static final ThreadLocal<String> LOCAL = new ThreadLocal<>();
    private static final InheritableThreadLocal<String> INHERITABLE =
            new InheritableThreadLocal<>();

    private final List<Object> seen = new ArrayList<>();

    @AfterEach
    void remove() {
        LOCAL.remove();
        INHERITABLE.remove();
    }

    @Test
    void threadLocalsArePerTask() {
        LOCAL.set("loop's thread");
        run(
                () -> {
                    List<Task<Void>> tasks = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        String own = "task " + i;
                        tasks.add(
                                loop.createTask(
                                        () -> {
                                            assertThat(LOCAL.get()).isNull();
                                            LOCAL.set(own);
                                            sleep(0);
                                            assertThat(LOCAL.get()).isEqualTo(own);
                                            Thread.sleep(1);
                                            assertThat(LOCAL.get()).isEqualTo(own);
                                        }));
                    }
                    loop.callSoon(() -> seen.add(LOCAL.get()));
                    for (Task<Void> task : tasks) {
                        task.await();
                    }
                    assertThat(LOCAL.get()).isNull();
                });

        assertThat(seen).containsExactly("loop's thread");
        assertThat(LOCAL.get()).isEqualTo("loop's thread");
    }

    @Test
    void inheritableOnesAreNotInherited() {
        INHERITABLE.set("main");

        run(
                () -> {
                    assertThat(INHERITABLE.get()).isNull();
                    INHERITABLE.set("parent");
                    assertThat(loop.createTask(INHERITABLE::get).await()).isNull();
                });
    }

    @Test
    void taskIsOneVirtualThreadFromBeginningToEnd() {
        run(
                () -> {
                    Thread own = Thread.currentThread();
                    assertThat(own.isVirtual()).isTrue();
                    sleep(1);
                    assertThat(Thread.currentThread()).isSameAs(own);
                    Thread.sleep(1);
                    assertThat(Thread.currentThread()).isSameAs(own);
                    loop.runInExecutor(null, () -> 1).await();
                    assertThat(Thread.currentThread()).isSameAs(own);
                    assertThat(loop.createTask(Thread::currentThread).await()).isNotSameAs(own);
                });
    }

    @Test
    void threadOfATaskEndsWithIt() {
        Thread thread = run(Thread::currentThread);

        turns(1);

        assertThat(thread.getState()).isEqualTo(Thread.State.TERMINATED);
    }

    @Test
    void threadIsMadeAtTheFirstStep() {
        Task<Void> task = loop.createTask(() -> sleep(0));
        assertThat(task.strand.thread()).isNull();
        turns(1);
        assertThat(task.strand.thread()).isNotNull();
        loop.runUntilComplete(task);

        Task<Void> cancelled = loop.createTask(() -> sleep(0));
        cancelled.cancel();
        turns(1);

        assertThat(cancelled.cancelled()).isTrue();
        assertThat(cancelled.strand.thread()).isNull();
    }

    @Test
    void scopedValuesOfATaskSurviveItsWaits() {
        ScopedValue<String> scoped = ScopedValue.newInstance();
        run(
                () -> {
                    List<Task<Void>> tasks = new ArrayList<>();
                    for (String value : List.of("a", "b")) {
                        tasks.add(
                                loop.createTask(
                                        () ->
                                                ScopedValue.where(scoped, value)
                                                        .run(
                                                                () -> {
                                                                    sleep(0);
                                                                    seen.add(scoped.get());
                                                                    sleep(1);
                                                                    seen.add(scoped.get());
                                                                })));
                    }
                    for (Task<Void> task : tasks) {
                        task.await();
                    }
                    assertThat(scoped.isBound()).isFalse();
                });

        assertThat(seen).containsExactly("a", "b", "a", "b");
    }
}
