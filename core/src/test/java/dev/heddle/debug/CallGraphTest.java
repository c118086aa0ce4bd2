package dev.heddle.debug;

import static dev.heddle.Asyncio.asCompleted;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAsync;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.AsyncGenerator;
import dev.heddle.Asyncio;
import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.TaskOptions;
import dev.heddle.VoidCoroutine;
import dev.heddle.debug.sample.Sample;
import dev.heddle.sync.Lock;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Which waits make a link, and what a captured graph holds. */
class CallGraphTest extends DebugFixture {

    private static Task<Void> named(String name, VoidCoroutine coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT.withName(name));
    }

    private static List<String> awaiters(Future<?> future) {
        return names(CallGraph.capture(future).awaitedBy());
    }

    private static List<String> names(List<FutureCallGraph> graphs) {
        return graphs.stream().map(g -> ((Task<?>) g.future()).getName()).toList();
    }

    private static List<String> methods(FutureCallGraph graph) {
        return graph.callStack().stream().map(StackTraceElement::getMethodName).toList();
    }

    /** Runs {@code waiting} in a task for a leaf task, and returns who then waits for the leaf. */
    private List<String> awaitersOfALeaf(WaitFor waiting) {
        var found = new ArrayList<String>();
        run(
                () -> {
                    Task<Void> leaf = named("leaf", () -> sleep(10));
                    Task<Void> root = named("root", () -> waiting.on(leaf));
                    sleep(1);
                    found.addAll(awaiters(leaf));
                    sleep(20);
                    assertThat(root.done()).isTrue();
                    root.result();
                });
        return found;
    }

    @FunctionalInterface
    private interface WaitFor {

        void on(Task<Void> leaf) throws Exception;
    }

    // ---------------------------------------------------------------- links

    @Test
    void awaitLinks() {
        assertThat(awaitersOfALeaf(Task::await)).containsExactly("root");
    }

    @Test
    void gatherLinks() {
        assertThat(awaitersOfALeaf(leaf -> gather(List.of(leaf)))).containsExactly("root");
    }

    @Test
    void gatherWithinAGatherLinks() {
        assertThat(awaitersOfALeaf(leaf -> gather(List.of(gatherAsync(leaf)))))
                .containsExactly("root");
    }

    @Test
    void waitLinks() {
        assertThat(awaitersOfALeaf(leaf -> Asyncio.wait(List.of(leaf)))).containsExactly("root");
    }

    @Test
    void shieldLinks() {
        assertThat(awaitersOfALeaf(leaf -> shield(leaf))).containsExactly("root");
    }

    @Test
    void asCompletedLinks() {
        assertThat(awaitersOfALeaf(leaf -> asCompleted(List.of(leaf)).futures().forEach(f -> {})))
                .containsExactly("root");
    }

    @Test
    void futureGetLinks() {
        assertThat(awaitersOfALeaf(leaf -> leaf.get())).containsExactly("root");
    }

    @Test
    void timeoutsAddNoLinkOfTheirOwn() {
        assertThat(awaitersOfALeaf(leaf -> timeout(100, () -> leaf.await())))
                .containsExactly("root");
        assertThat(awaitersOfALeaf(leaf -> waitFor(leaf, 100))).containsExactly("root");
    }

    @Test
    void waitThatWasGivenUpLinksNoLonger() {
        assertThat(
                        awaitersOfALeaf(
                                leaf -> {
                                    try {
                                        timeout(0.5, () -> gather(List.of(leaf)));
                                    } catch (TimeoutException e) {
                                        sleep(1);
                                    }
                                }))
                .isEmpty();
    }

    @Test
    void taskGroupLinksItsTasksToItsHost() {
        run(
                () -> {
                    var leaf = new ArrayList<Task<Void>>();
                    Task<Void> root =
                            named(
                                    "root",
                                    () ->
                                            taskGroup(
                                                    group -> {
                                                        leaf.add(group.createTask(() -> sleep(10)));
                                                        group.createTask(() -> sleep(20));
                                                    }));
                    sleep(1);

                    assertThat(awaiters(leaf.getFirst())).containsExactly("root");
                    root.await();
                });
    }

    @Test
    void startInATaskGroupLinksTheServiceToWhoeverStartsIt() {
        run(
                () -> {
                    Task<Void> root =
                            named(
                                    "root",
                                    () ->
                                            taskGroup(
                                                    group -> {
                                                        group.<String>start(
                                                                status -> {
                                                                    sleep(10);
                                                                    status.started("up");
                                                                });
                                                    }));
                    sleep(1);
                    Task<?> service = loop.allTasks().getLast();

                    assertThat(awaiters(service)).containsExactly("root");
                    root.await();
                });
    }

    @Test
    void lockLinksItsHolderToThoseThatWaitForIt() {
        run(
                () -> {
                    var lock = new Lock();
                    Task<Void> holder = named("holder", () -> lock.with(() -> sleep(10)));
                    sleep(0);
                    Task<Void> waiter = named("waiter", () -> lock.with(() -> {}));
                    sleep(1);

                    assertThat(awaiters(holder)).containsExactly("waiter");
                    waiter.await();
                });
    }

    @Test
    void asyncGeneratorLinksItsBodyToWhoeverAsksForAValue() {
        run(
                () -> {
                    AsyncGenerator<String, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        sleep(10);
                                        y.yield("value");
                                    });
                    Task<Void> root = named("root", () -> generator.forEach(v -> {}));
                    sleep(1);
                    Task<?> body = loop.allTasks().getLast();

                    assertThat(awaiters(body)).containsExactly("root");
                    root.await();
                });
    }

    @Test
    void awaitersOfAPlainFutureAreKnown() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    named("one", () -> future.await());
                    named("two", () -> gather(List.of(future)));
                    sleep(1);

                    FutureCallGraph graph = CallGraph.capture(future);

                    assertThat(names(graph.awaitedBy())).containsExactly("one", "two");
                    assertThat(graph.callStack()).isEmpty();
                    future.setResult("done");
                    sleep(1);
                });
    }

    // ---------------------------------------------------------------- stacks

    @Test
    void stackOfTheRunningTaskBeginsAtItsCaller() {
        run(
                () -> {
                    StackTraceElement here = new Throwable().getStackTrace()[0];

                    FutureCallGraph graph = CallGraph.capture();

                    assertThat(graph).isNotNull();
                    assertThat(graph.future()).isSameAs(loop.currentTask());
                    StackTraceElement first = graph.callStack().getFirst();
                    assertThat(first.getMethodName()).isEqualTo(here.getMethodName());
                    assertThat(first.getLineNumber()).isEqualTo(here.getLineNumber() + 2);
                });
    }

    @Test
    void depthLeavesOutTheInnermostFramesOfTheCaller() {
        run(
                () -> {
                    List<StackTraceElement> whole = captureInACall(0);

                    List<StackTraceElement> without = captureInACall(1);

                    assertThat(whole.getFirst().getMethodName()).isEqualTo("captureInACall");
                    assertThat(without.getFirst().getMethodName()).startsWith("lambda");
                    assertThat(without).hasSize(whole.size() - 1);
                });
    }

    private static List<StackTraceElement> captureInACall(int depth) {
        FutureCallGraph graph = CallGraph.capture(depth, CallGraph.ALL);
        return graph == null ? List.of() : graph.callStack();
    }

    @Test
    void limitKeepsTheInnermostOrTheOutermostFramesOrNone() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    Task<Void> task = createTask(() -> Sample.outer(future));
                    sleep(1);

                    List<StackTraceElement> all = CallGraph.capture(task).callStack();

                    int size = all.size();
                    assertThat(size).isGreaterThan(3);
                    assertThat(CallGraph.capture(task, 0, 2).callStack())
                            .isEqualTo(all.subList(0, 2));
                    assertThat(CallGraph.capture(task, 0, -2).callStack())
                            .isEqualTo(all.subList(size - 2, size));
                    assertThat(CallGraph.capture(task, 0, 0).callStack()).isEmpty();
                    assertThat(CallGraph.capture(task, 0, Integer.MIN_VALUE).callStack())
                            .isEqualTo(all);
                    future.setResult("done");
                    task.await();
                });
    }

    @Test
    void stackGoesThroughAGenerator() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    Task<Void> task = createTask(() -> Sample.useGenerator(future));
                    sleep(1);

                    assertThat(methods(CallGraph.capture(task)))
                            .containsSubsequence("await", "body", "useGenerator");
                    future.setResult("done");
                    task.await();
                });
    }

    @Test
    void taskThatHasNotStartedHasNoStack() {
        run(
                () -> {
                    Task<Void> task = createTask(() -> sleep(1));

                    assertThat(CallGraph.capture(task).callStack()).isEmpty();
                    task.await();
                });
    }

    // ---------------------------------------------------------------- shapes

    @Test
    void taskThatIsReachedInTwoWaysIsOneObject() {
        run(
                () -> {
                    Task<Void> leaf = named("leaf", () -> sleep(10));
                    Task<Void> left = named("left", () -> leaf.await());
                    Task<Void> right = named("right", () -> leaf.await());
                    Task<Void> root = named("root", () -> gather(List.of(left, right)));
                    sleep(1);

                    FutureCallGraph graph = CallGraph.capture(leaf);

                    assertThat(names(graph.awaitedBy())).containsExactly("left", "right");
                    List<FutureCallGraph> roots =
                            graph.awaitedBy().stream().map(g -> g.awaitedBy().getFirst()).toList();
                    assertThat(roots.get(0)).isSameAs(roots.get(1));
                    assertThat(CallGraph.format(graph)).containsOnlyOnce("(see above)");
                    root.await();
                });
    }

    @Test
    void circleEnds() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<Void>>();
                    tasks.add(named("A", () -> tasks.get(1).await()));
                    tasks.add(named("B", () -> tasks.get(0).await()));
                    sleep(1);

                    FutureCallGraph a = CallGraph.capture(tasks.get(0));

                    FutureCallGraph b = a.awaitedBy().getFirst();
                    FutureCallGraph again = b.awaitedBy().getFirst();
                    assertThat(names(List.of(a, b, again))).containsExactly("A", "B", "A");
                    assertThat(again.awaitedBy()).isEmpty();
                    cancel(tasks.get(0), tasks.get(1));
                });
    }

    @Test
    void longChainIsCutRatherThanOverflowTheStack() {
        run(
                () -> {
                    Task<Void> leaf = named("leaf", () -> sleep(10));
                    Task<Void> last = leaf;
                    for (int i = 0; i < 3000; i++) {
                        Task<Void> awaited = last;
                        last = createTask(() -> awaited.await());
                    }
                    sleep(1);

                    int length = 0;
                    for (FutureCallGraph g = CallGraph.capture(leaf, 0, 0);
                            !g.awaitedBy().isEmpty();
                            g = g.awaitedBy().getFirst()) {
                        length++;
                    }

                    assertThat(length).isBetween(400, 3000);
                    last.await();
                });
    }

    // ---------------------------------------------------------------- text and misuse

    @Test
    void textShowsTheStackAndWhoWaits() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    Task<Void> task = named("reader", () -> Sample.outer(future));
                    Task<Void> root = named("root", () -> task.await());
                    sleep(1);

                    var out = new ByteArrayOutputStream();
                    CallGraph.printCallGraph(task, new PrintStream(out, true));

                    String text = out.toString(StandardCharsets.UTF_8);
                    assertThat(text)
                            .startsWith("* Task(reader, pending, waiting for Future(pending))\n")
                            .contains("  + Call stack:\n  |   at dev.heddle.")
                            .contains("  |   at dev.heddle.debug.sample.Sample.outer(Sample.java:")
                            .contains(
                                    "  + Awaited by:\n"
                                            + "    * Task(root, pending, waiting for reader)\n"
                                            + "      + Call stack:\n"
                                            + "      |   at ");
                    future.setResult("done");
                    root.await();
                });
    }

    @Test
    void callbackHasNoGraph() {
        run(
                () -> {
                    var found = new ArrayList<Boolean>();
                    loop.callSoon(() -> found.add(CallGraph.capture() == null));
                    sleep(1);

                    assertThat(found).containsExactly(true);
                });
    }

    @Test
    void captureWithoutALoopIsRefused() {
        assertThatThrownBy(CallGraph::capture).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void captureFromAnotherThreadThanTheLoopsIsRefused() throws Exception {
        Future<String> future = loop.createFuture();

        whileRunning(
                loop,
                () ->
                        assertThatThrownBy(() -> CallGraph.capture(future))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("callSoonThreadsafe"));
    }

    @Test
    void negativeDepthIsRefused() {
        assertThatThrownBy(() -> CallGraph.capture(loop.createFuture(), -1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("depth");
    }
}
