package dev.heddle.debug;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.LoopGroup;
import dev.heddle.Task;
import dev.heddle.TaskOptions;
import dev.heddle.VoidCoroutine;
import dev.heddle.debug.sample.Sample;
import dev.heddle.sync.Lock;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** All tasks of a loop: as a tree, as JSON, from other threads, and with circles. */
class TaskForestTest extends DebugFixture {

    private static Task<Void> named(String name, VoidCoroutine coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT.withName(name));
    }

    private static TaskInfo task(TaskForest forest, String name) {
        return forest.tasks().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    /** Takes the line numbers out, which change with the sample. */
    private static String withoutLines(String tree) {
        return tree.replaceAll("\\.java:\\d+", ".java");
    }

    // ---------------------------------------------------------------- trees

    @Test
    void treeShowsCallsFromOutsideInAndTheTasksBelow() {
        run(
                () -> {
                    Task<Void> main = named("main", Sample::twoNaps);
                    sleep(1);
                    List<Task<?>> all = loop.allTasks();
                    all.get(2).setName("first");
                    all.get(3).setName("second");

                    TaskForest forest = CallGraph.ofLoop(loop);

                    assertThat(withoutLines(forest.toTree()))
                            .endsWith(
                                    """
                                    └── (T) main waits for gather of 2 (pending)
                                        └──  Sample.twoNaps Sample.java
                                            ├── (T) first waits for sleep until 3600.0
                                            │   └──  Sample.nap Sample.java
                                            └── (T) second waits for sleep until 3600.0
                                                └──  Sample.nap Sample.java
                                    """);
                    assertThat(forest.roots()).extracting(TaskInfo::name).contains("main");
                    main.await();
                });
    }

    @Test
    void taskThatSeveralAwaitIsShownOnceInFull() {
        run(
                () -> {
                    Task<Void> leaf = named("leaf", () -> sleep(10));
                    named("one", () -> leaf.await());
                    named("two", () -> leaf.await());
                    sleep(1);

                    String tree = CallGraph.ofLoop(loop).toTree();

                    assertThat(tree)
                            .containsOnlyOnce("(T) leaf waits for")
                            .containsOnlyOnce("(T) leaf (see above)");
                    sleep(20);
                });
    }

    @Test
    void statesTellWhoRunsWhoIsReadyAndWhoIsBlocked() {
        run(
                () -> {
                    var queue = new LinkedBlockingQueue<String>();
                    named("blocked", () -> queue.take());
                    named("waiting", () -> sleep(10));
                    sleep(0); // the clock does not jump while a task is blocked
                    named("ready", () -> {});

                    TaskForest forest = CallGraph.ofLoop(loop);

                    assertThat(task(forest, "blocked").describe())
                            .isEqualTo(
                                    "is blocked in java.util.concurrent.LinkedBlockingQueue.take");
                    assertThat(task(forest, "waiting").describe())
                            .isEqualTo("waits for sleep until 10.0");
                    assertThat(task(forest, "ready").describe()).isEqualTo("is ready to run");
                    assertThat(forest.tasks().getFirst().state()).isEqualTo(TaskInfo.State.RUNNING);
                    queue.put("go on");
                    sleep(20);
                });
    }

    // ---------------------------------------------------------------- circles

    @Test
    void circleOfTasksIsNamed() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<Void>>();
                    tasks.add(named("A", () -> tasks.get(1).await()));
                    tasks.add(named("B", () -> gather(List.of(tasks.get(2)))));
                    tasks.add(named("C", () -> tasks.get(0).await()));
                    sleep(1);

                    TaskForest forest = CallGraph.ofLoop(loop);

                    assertThat(forest.describeCircles())
                            .containsExactly("A waits for B waits for C waits for A");
                    assertThat(forest.toTree())
                            .contains("(T) A (see above)\n")
                            .endsWith("circle: A waits for B waits for C waits for A\n");
                    cancel(tasks.get(0), tasks.get(1), tasks.get(2));
                });
    }

    @Test
    void circleOfLocksIsNamed() {
        run(
                () -> {
                    var first = new Lock();
                    var second = new Lock();
                    Task<Void> a = named("A", () -> takeBoth(first, second));
                    Task<Void> b = named("B", () -> takeBoth(second, first));
                    sleep(2);

                    assertThat(CallGraph.ofLoop(loop).describeCircles())
                            .containsExactly("A waits for B waits for A");
                    cancel(a, b);
                });
    }

    private static void takeBoth(Lock first, Lock second) {
        first.with(
                () -> {
                    sleep(1);
                    second.with(() -> {});
                });
    }

    @Test
    void noCircleIsFoundWhereThereIsNone() {
        run(
                () -> {
                    Task<Void> leaf = named("leaf", () -> sleep(10));
                    Task<Void> left = named("left", () -> leaf.await());
                    Task<Void> right = named("right", () -> gather(List.of(leaf, left)));
                    sleep(1);

                    assertThat(CallGraph.ofLoop(loop).circles()).isEmpty();
                    right.await();
                });
    }

    @Test
    void chainOfAnyLengthIsFollowed() {
        var tasks = new ArrayList<TaskInfo>();
        int length = 100_000;
        for (int i = 0; i < length; i++) {
            tasks.add(info(i, "T" + i, (i + 1) % length));
        }

        var forest = new TaskForest(List.of(), tasks);

        assertThat(forest.circles()).singleElement().asList().hasSize(length);
        assertThat(forest.toTree()).contains("(and so on)");
    }

    private static TaskInfo info(long id, String name, long... awaits) {
        List<Long> ids = java.util.Arrays.stream(awaits).boxed().toList();
        return new TaskInfo(id, "loop", name, TaskInfo.State.WAITING, "something", ids, List.of());
    }

    // ---------------------------------------------------------------- JSON

    @Test
    void jsonHoldsEverythingAndEscapesTexts() {
        var frame = new StackTraceElement("app.Main", "run", null, -1);
        var a =
                new TaskInfo(
                        1,
                        "l",
                        "say \"hi\"\\\n\t\u0001\uD800é",
                        TaskInfo.State.WAITING,
                        "b",
                        List.of(2L),
                        List.of(frame));
        var b = new TaskInfo(2, "l", "b", TaskInfo.State.READY, null, List.of(), List.of());

        String json =
                new TaskForest(List.of(new LoopInfo("l", true, List.of())), List.of(a, b)).toJson();

        assertThat(json)
                .isEqualTo(
                        "{\"loops\":[{\"name\":\"l\",\"answered\":true,\"stack\":[]}],\"tasks\":["
                                + "{\"id\":1,\"loop\":\"l\","
                                + "\"name\":\"say \\\"hi\\\"\\\\\\n\\t\\u0001\\ud800é\","
                                + "\"state\":\"waiting\",\"waitsFor\":\"b\",\"awaits\":[2],"
                                + "\"awaitedBy\":[],\"stack\":[{\"class\":\"app.Main\","
                                + "\"method\":\"run\",\"file\":null,\"line\":-1}]},"
                                + "{\"id\":2,\"loop\":\"l\",\"name\":\"b\",\"state\":\"ready\","
                                + "\"waitsFor\":null,\"awaits\":[],\"awaitedBy\":[1],\"stack\":[]}"
                                + "],\"circles\":[]}");
    }

    @Test
    void jsonNamesCirclesByTheirIds() {
        var forest = new TaskForest(List.of(), List.of(info(1, "A", 2), info(2, "B", 1)));

        assertThat(forest.toJson()).endsWith("\"circles\":[[1,2]]}");
    }

    // ---------------------------------------------------------------- from other threads

    @Test
    void anotherThreadGetsItFromTheLoopItself() throws Exception {
        EventLoop other = open(EventLoop.builder().name("other"));
        Task<Void> napping = other.createTask(Sample::nap);

        whileRunning(
                other,
                () -> {
                    TaskForest forest = CallGraph.ofLoop(other, Duration.ofSeconds(50));

                    assertThat(forest.loops())
                            .containsExactly(new LoopInfo("other", true, List.of()));
                    assertThat(forest.tasks())
                            .singleElement()
                            .extracting(TaskInfo::name)
                            .isEqualTo(napping.getName());
                    other.callSoonThreadsafe(napping::cancel);
                });
    }

    @Test
    void loopThatHangsIsLookedAtFromOutside() throws Exception {
        EventLoop other = open(EventLoop.builder().name("other"));
        Task<Void> napping = other.createTask(Sample::nap);
        var hanging = new CountDownLatch(1);
        var release = new CountDownLatch(1);

        whileRunning(
                other,
                () -> {
                    other.callSoonThreadsafe(() -> hang(hanging, release));
                    hanging.await();

                    TaskForest forest = CallGraph.ofLoop(other, Duration.ofMillis(1));

                    LoopInfo info = forest.loops().getFirst();
                    assertThat(info.answered()).isFalse();
                    assertThat(info.stack())
                            .extracting(StackTraceElement::getMethodName)
                            .contains("hang");
                    assertThat(forest.tasks())
                            .singleElement()
                            .extracting(TaskInfo::waitsFor)
                            .asString()
                            .startsWith("sleep until");
                    assertThat(forest.toTree())
                            .startsWith("Loop other does not answer. It hangs\n");
                    release.countDown();
                    other.callSoonThreadsafe(napping::cancel);
                });
    }

    private static void hang(CountDownLatch hanging, CountDownLatch release) {
        hanging.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void callOfAnotherLoopLinksItsTaskToTheCaller() throws Exception {
        EventLoop one = open(EventLoop.builder().name("one"));
        EventLoop two = open(EventLoop.builder().name("two"));
        Future<String> release = two.createFuture();
        var waiting = new CountDownLatch(1);

        whileRunning(
                one,
                () ->
                        whileRunning(
                                two,
                                () -> {
                                    var call =
                                            one.runCoroutineThreadsafe(
                                                    () ->
                                                            LoopGroup.call(
                                                                    two,
                                                                    () -> {
                                                                        waiting.countDown();
                                                                        return release.await();
                                                                    }));
                                    waiting.await();

                                    TaskForest forest = CallGraph.ofRunningLoops();

                                    TaskInfo caller =
                                            forest.tasks().stream()
                                                    .filter(t -> t.loop().equals("one"))
                                                    .findFirst()
                                                    .orElseThrow();
                                    assertThat(forest.awaitedBy(caller))
                                            .singleElement()
                                            .extracting(TaskInfo::loop)
                                            .isEqualTo("two");
                                    two.callSoonThreadsafe(() -> release.setResult("done"));
                                    assertThat(call.get()).isEqualTo("done");
                                }));
    }

    @Test
    void loopThatDoesNotRunIsLookedAtDirectly() {
        Task<Void> task = loop.createTask(Sample::nap);

        assertThat(CallGraph.ofLoop(loop).tasks()).hasSize(1);
        task.cancel();
        run(() -> sleep(1));
    }

    @Test
    void closedLoopHasNoTasks() {
        EventLoop other = open(EventLoop.builder());
        other.close();

        assertThat(CallGraph.ofLoop(other).tasks()).isEmpty();
    }

    @Test
    void runningLoopsAreFound() throws Exception {
        EventLoop other = open(EventLoop.builder().name("found by name"));

        whileRunning(
                other,
                () ->
                        assertThat(CallGraph.ofRunningLoops().loops())
                                .extracting(LoopInfo::name)
                                .contains("found by name"));
        assertThat(CallGraph.ofRunningLoops().loops())
                .extracting(LoopInfo::name)
                .doesNotContain("found by name");
    }
}
