package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Each task has a context of its own, copied when it is made; each callback has a copy too. */
class ContextTaskTest extends LoopFixture {

    private static final ContextVar<String> VARIABLE = ContextVar.of("variable", "unset");

    private final List<String> log = new ArrayList<>();

    private static TaskOptions in(Context context) {
        return TaskOptions.DEFAULT.withContext(context);
    }

    @Test
    void taskSeesWhatItsCreatorHadSet() {
        run(
                () -> {
                    VARIABLE.set("creator");
                    Task<String> task = createTask(() -> VARIABLE.get());
                    VARIABLE.set("creator, later");

                    assertThat(task.await()).isEqualTo("creator");
                });
    }

    @Test
    void whatATaskSetsDoesNotLeak() {
        run(
                () -> {
                    VARIABLE.set("creator");
                    createTask(() -> VARIABLE.set("child")).await();
                    gather(() -> VARIABLE.set("one"), () -> VARIABLE.set("two"));

                    assertThat(VARIABLE.get()).isEqualTo("creator");
                });

        assertThat(VARIABLE.get()).isEqualTo("unset");
    }

    @Test
    void coroutineThatIsAwaitedSharesTheContext() {
        run(
                () -> {
                    Asyncio.await(() -> VARIABLE.set("awaited"));
                    assertThat(VARIABLE.get()).isEqualTo("awaited");

                    timeout(
                            1,
                            () -> {
                                VARIABLE.set("limited");
                            });
                    assertThat(VARIABLE.get()).isEqualTo("limited");
                });
    }

    @Test
    void valuesSurviveEachKindOfSuspension() {
        Future<Void> future = loop.createFuture();
        run(
                () -> {
                    createTask(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    VARIABLE.set("meddler");
                                    sleep(i % 2);
                                }
                                future.setResult(null);
                            });
                    VARIABLE.set("mine");
                    sleep(0);
                    log.add(VARIABLE.get());
                    sleep(1);
                    log.add(VARIABLE.get());
                    future.await();
                    log.add(VARIABLE.get());
                    Thread.sleep(1);
                    log.add(VARIABLE.get());
                });

        assertThat(log).containsExactly("mine", "mine", "mine", "mine");
    }

    @Test
    void explicitContextIsSharedAndSeesTheChanges() {
        var context = new Context();
        run(
                () -> {
                    VARIABLE.set("creator");
                    Task<String> first =
                            createTask(
                                    () -> {
                                        String before = VARIABLE.get();
                                        VARIABLE.set("first");
                                        return before;
                                    },
                                    in(context));
                    Task<String> second = createTask(() -> VARIABLE.get(), in(context));

                    assertThat(first.await()).isEqualTo("unset");
                    assertThat(second.await()).isEqualTo("first");
                    assertThat(first.getContext()).isSameAs(context);
                    assertThat(VARIABLE.get()).isEqualTo("creator");
                });

        assertThat(context.asMap()).isEqualTo(Map.of(VARIABLE, "first"));
    }

    @Test
    void eagerTaskRunsInItsExplicitContext() {
        var context = new Context();
        run(
                () -> {
                    VARIABLE.set("creator");
                    createTask(() -> VARIABLE.set("child"), in(context).withEagerStart(true));

                    assertThat(VARIABLE.get()).isEqualTo("creator");
                    assertThat(context.run(() -> VARIABLE.get())).isEqualTo("child");
                });
    }

    @Test
    void callbacksDoNotPolluteTheTask() {
        Future<Void> future = loop.createFuture();
        run(
                () -> {
                    VARIABLE.set("task");
                    loop.callSoon(() -> log.add(VARIABLE.get() + VARIABLE.set(" soon")));
                    loop.callLater(1, () -> VARIABLE.set("later"));
                    future.addDoneCallback(f -> VARIABLE.set("done"));
                    future.setResult(null);
                    sleep(2);

                    assertThat(VARIABLE.get()).isEqualTo("task");
                });

        assertThat(log).hasSize(1);
        assertThat(log.getFirst()).startsWith("task");
    }

    @Test
    void callbackInAnExplicitContextChangesIt() {
        var context = new Context();
        run(
                () -> {
                    loop.callSoon(() -> VARIABLE.set("first"), context);
                    loop.callLater(1, () -> log.add(VARIABLE.get()), context);
                    sleep(2);
                });

        assertThat(log).containsExactly("first");
    }

    @Test
    void contextMayBeEnteredInATaskAndSuspendedIn() {
        var context = new Context();
        run(
                () -> {
                    VARIABLE.set("task");
                    Task<Void> other = createTask(() -> sleep(0));
                    context.run(
                            () -> {
                                VARIABLE.set("inside");
                                other.await();
                                return log.add(VARIABLE.get());
                            });
                    log.add(VARIABLE.get());
                });

        assertThat(log).containsExactly("inside", "task");
    }

    @Test
    void exceptionHandlerRunsInTheContextOfTheCallback() {
        loop.setExceptionHandler((l, e) -> log.add(VARIABLE.get()));
        run(
                () -> {
                    VARIABLE.set("of the callback");
                    loop.callSoon(
                            () -> {
                                throw new IllegalStateException();
                            });
                    VARIABLE.set("later");
                    sleep(0);
                });

        assertThat(log).containsExactly("of the callback");
    }

    @Test
    void hundredTasksDoNotDisturbEachOther() {
        var random = new Random(42);
        ContextVar<Integer> counter = ContextVar.of("counter");
        run(
                () -> {
                    counter.set(-1);
                    var tasks = new ArrayList<Coroutine<Boolean>>();
                    for (int t = 0; t < 100; t++) {
                        int own = t * 1000;
                        tasks.add(
                                () -> {
                                    counter.set(own);
                                    for (int i = 0; i < 100; i++) {
                                        sleep(random.nextInt(3));
                                        counter.set(counter.get() + 1);
                                    }
                                    return counter.get() == own + 100;
                                });
                    }

                    assertThat(gather(tasks)).hasSize(100).containsOnly(true);
                    assertThat(counter.get()).isEqualTo(-1);
                });
    }

    @Test
    void threadOffTheLoopHasAContextOfItsOwn() {
        run(
                () -> {
                    VARIABLE.set("task");
                    loop.runInExecutor(null, () -> log.add(VARIABLE.get())).await();
                    assertThat(currentTask().getContext().asMap())
                            .isEqualTo(Map.of(VARIABLE, "task"));
                });

        assertThat(log).containsExactly("unset");
    }

    @Test
    void codeOutsideOfTheLoopGivesItsContextToItsTasks() {
        try (var token = VARIABLE.set("outside")) {
            assertThat(run(() -> VARIABLE.get())).isEqualTo("outside");
            run(() -> VARIABLE.set("inside"));
            assertThat(VARIABLE.get()).isEqualTo("outside");
            assertThat(token.variable()).isSameAs(VARIABLE);
        }
    }
}
