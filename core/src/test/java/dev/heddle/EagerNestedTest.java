package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Eager starts within eager starts, from callbacks, with factories and cancels. */
class EagerNestedTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void eager() {
        loop.setTaskFactory(TaskFactory.EAGER);
    }

    @Test
    void childrenOfChildrenRunDepthFirst() {
        eager();

        run(() -> nest("root", 2));

        assertThat(log)
                .containsExactly(
                        "> root",
                        "> root.0",
                        "> root.0.0",
                        "< root.0.0",
                        "> root.0.1",
                        "< root.0.1",
                        "< root.0",
                        "> root.1",
                        "> root.1.0",
                        "< root.1.0",
                        "> root.1.1",
                        "< root.1.1",
                        "< root.1",
                        "< root");
    }

    private void nest(String name, int depth) {
        log.add("> " + name);
        for (int i = 0; i < 2 && depth > 0; i++) {
            String child = name + "." + i;
            createTask(() -> nest(child, depth - 1));
        }
        log.add("< " + name);
    }

    @Test
    void grandchildThatSuspendsLetsTheChildGoOnFirst() {
        eager();

        run(
                () -> {
                    Task<Void> child =
                            createTask(
                                    () -> {
                                        Task<Void> grandchild =
                                                createTask(
                                                        () -> {
                                                            log.add("grandchild");
                                                            sleep(0);
                                                            log.add("grandchild end");
                                                        });
                                        log.add("child");
                                        grandchild.await();
                                        log.add("child end");
                                    });
                    log.add("root");
                    child.await();
                });

        assertThat(log)
                .containsExactly("grandchild", "child", "root", "grandchild end", "child end");
    }

    @Test
    void callbackStartsATaskEagerly() {
        eager();
        loop.callSoon(
                () -> {
                    Task<Integer> task = loop.createTask(() -> 42);
                    log.add("done: " + task.done());
                    loop.createTask(
                            () -> {
                                log.add("body");
                                createTask(() -> log.add("child in " + currentTask().getName()));
                                sleep(0);
                                log.add("body end");
                            });
                    log.add("callback end, current task " + loop.currentTask());
                });

        turns(1);

        assertThat(log)
                .hasSize(4)
                .startsWith("done: true", "body")
                .endsWith("callback end, current task null");
        assertThat(log.get(2)).startsWith("child in Task-");
        turns(1);
        assertThat(log).endsWith("body end");
    }

    @Test
    void callbackKeepsItsContext() {
        eager();
        ContextVar<String> variable = ContextVar.of("variable");
        loop.callSoon(
                () -> {
                    variable.set("callback");
                    loop.createTask(() -> variable.set("child"));
                    log.add(variable.get());
                });

        turns(1);

        assertThat(log).containsExactly("callback");
    }

    @Test
    void chainOfAThousandEagerStartsIsNoRecursion() {
        eager();

        int depth = run(() -> chain(1000));

        assertThat(depth).isEqualTo(1000);
    }

    private static int chain(int left) {
        return left == 0 ? 0 : 1 + createTask(() -> chain(left - 1)).await();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 6", "2, 31", "3, 156", "4, 781"})
    void treeOfEagerTasksNeedsNoTurn(int depth, int tasks) {
        var made = new AtomicInteger();
        var before = new AtomicInteger();
        eager();
        loop.callSoon(
                () -> {
                    Task<Integer> root = loop.createTask(() -> tree(depth, made));
                    before.set(root.done() ? root.result() : -1);
                    assertThat(loop.turn.nothingReady()).isTrue();
                });

        turns(1);

        assertThat(before).hasValue(tasks);
        assertThat(made).hasValue(tasks);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 4", "2, 7", "3, 10", "4, 13"})
    void treeOfLazyTasksNeedsThreeTurnsALevel(int depth, int turns) {
        Task<Integer> root = loop.createTask(() -> tree(depth, new AtomicInteger()));

        turns(turns - 1);
        assertThat(root.done()).isFalse();
        turns(1);

        assertThat(root.done()).isTrue();
    }

    /** Makes five times as many tasks a level, and returns how many there are at and below it. */
    private static int tree(int depth, AtomicInteger made) {
        made.incrementAndGet();
        if (depth == 0) {
            return 1;
        }
        List<Integer> below =
                gather(
                        IntStream.range(0, 5)
                                .<Coroutine<Integer>>mapToObj(i -> () -> tree(depth - 1, made))
                                .toList());
        return 1 + below.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void childCancelsItsParentFromTheEagerPart() {
        eager();
        Task<String> parent =
                loop.createTask(
                        () -> {
                            Task<?> self = currentTask();
                            createTask(() -> self.cancel("from the child"));
                            log.add("createTask returns");
                            return sleep(100, "never");
                        });

        turns(2);

        assertThat(log).containsExactly("createTask returns");
        assertThat(parent.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(parent::result)
                .withMessage("from the child");
    }

    @Test
    void childCancelsItselfInTheEagerPart() {
        eager();

        run(
                () -> {
                    Task<Boolean> returning = createTask(() -> currentTask().cancel());
                    assertThat(returning.cancelled()).isTrue();
                    Task<Void> waiting =
                            createTask(
                                    () -> {
                                        currentTask().cancel();
                                        sleep(100);
                                    });
                    assertThat(waiting.done()).isFalse();
                    sleep(0);
                    assertThat(waiting.cancelled()).isTrue();
                });
    }

    @Test
    void eagerTaskIsCancelledWhereItWaits() {
        eager();

        run(
                () -> {
                    Task<Void> task = createTask(() -> sleep(100));
                    task.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(loop.time()).isZero();
                });
    }

    @Test
    void factoryMayMakeTasksOfItsOwn() {
        class Counted<T> extends Task<T> {
            Counted(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                super(loop, coroutine, options);
                log.add("made " + options.eagerStart());
            }
        }
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T extends @Nullable Object> Task<T> create(
                            EventLoop where, Coroutine<T> coroutine, TaskOptions options) {
                        return new Counted<>(where, coroutine, options.withEagerStart(true));
                    }
                });

        run(
                () -> {
                    Task<Integer> task = createTask(() -> 42);

                    assertThat(task).isInstanceOf(Counted.class);
                    assertThat(task.result()).isEqualTo(42);
                });

        assertThat(log).containsExactly("made true", "made true");
    }
}
