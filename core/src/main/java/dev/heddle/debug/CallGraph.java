package dev.heddle.debug;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.LoopProbe;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Who waits for whom, and where.
 *
 * <p>{@link #capture()}, {@link #format(Future)} and {@link #printCallGraph()} go from one task
 * outwards, to those that wait for it; they are used where its loop runs. {@link #ofLoop} looks at
 * all tasks of a loop, and may be called by any thread.
 *
 * <p>A wait is known if it is for a task or future, by {@code await}, {@code gather}, {@code wait},
 * {@code shield}, {@code asCompleted}, a {@link dev.heddle.TaskGroup}, an {@link
 * dev.heddle.AsyncGenerator} or a call of another loop; or for a {@link dev.heddle.sync.Lock},
 * which its holder has. {@code timeout} and {@code waitFor} add no link, as they run in the task
 * itself.
 *
 * <p>Nothing is recorded for that: the links are read from what waits.
 *
 * <p>Source: {@code asyncio.capture_call_graph}, {@code format_call_graph}, {@code
 * print_call_graph}; {@code python -m asyncio pstree}.
 */
public final class CallGraph {

    /** As a limit: all frames. */
    public static final int ALL = Integer.MAX_VALUE;

    /** How long a loop has to answer before it is looked at from outside. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** Whose frames are not those of the caller. */
    private static final Set<String> OWN =
            Set.of(CallGraph.class.getName(), Awaiters.class.getName(), Snapshot.class.getName());

    private CallGraph() {}

    // ---------------------------------------------------------------- of one future

    /**
     * Returns the graph of the running task, or null in a callback.
     *
     * @throws IllegalStateException if no loop runs here
     */
    public static @Nullable FutureCallGraph capture() {
        return capture(0, ALL);
    }

    /**
     * Returns the graph of the running task, or null in a callback.
     *
     * @param depth how many frames of the caller are left out at the innermost end
     * @param limit how many frames a stack has at most: a positive number keeps the innermost ones,
     *     a negative one the outermost, 0 none, {@link #ALL} all
     * @throws IllegalStateException if no loop runs here
     */
    public static @Nullable FutureCallGraph capture(int depth, int limit) {
        EventLoop loop = Asyncio.getRunningLoop();
        Task<?> task = loop.currentTask();
        return task == null ? null : new Awaiters(loop, depth, limit).graphOf(task);
    }

    /**
     * Returns the graph of a future or task.
     *
     * @throws IllegalStateException if its loop runs on another thread
     */
    public static FutureCallGraph capture(Future<?> future) {
        return capture(future, 0, ALL);
    }

    /**
     * Returns the graph of a future or task; the rest as for {@link #capture(int, int)}.
     *
     * @param depth counts only if {@code future} is the running task
     * @throws IllegalStateException if its loop runs on another thread
     */
    public static FutureCallGraph capture(Future<?> future, int depth, int limit) {
        Objects.requireNonNull(future, "future");
        return new Awaiters(future.getLoop(), depth, limit).graphOf(future);
    }

    /** Returns a graph as text. */
    public static String format(FutureCallGraph graph) {
        var text = new StringBuilder();
        append(graph, "", text, new IdentityHashMap<>());
        return text.toString();
    }

    /** Returns the graph of a future or task as text. */
    public static String format(Future<?> future) {
        return format(capture(future));
    }

    /**
     * Prints the graph of the running task to standard error; nothing in a callback. Called {@code
     * print_call_graph} in asyncio.
     *
     * @throws IllegalStateException if no loop runs here
     */
    public static void printCallGraph() {
        FutureCallGraph graph = capture();
        if (graph != null) {
            System.err.print(format(graph));
        }
    }

    /** Prints the graph of a future or task. */
    public static void printCallGraph(Future<?> future, PrintStream out) {
        out.print(format(future));
    }

    private static void append(
            FutureCallGraph graph,
            String indent,
            StringBuilder text,
            Map<FutureCallGraph, Boolean> shown) {
        text.append(indent).append("* ").append(graph.future());
        boolean first = shown.put(graph, true) == null;
        text.append(first ? "\n" : " (see above)\n");
        if (!first) {
            return;
        }
        if (!graph.callStack().isEmpty()) {
            text.append(indent).append("  + Call stack:\n");
            for (StackTraceElement frame : graph.callStack()) {
                text.append(indent).append("  |   at ").append(frame).append('\n');
            }
        }
        if (!graph.awaitedBy().isEmpty()) {
            text.append(indent).append("  + Awaited by:\n");
            for (FutureCallGraph awaiter : graph.awaitedBy()) {
                append(awaiter, indent + "    ", text, shown);
            }
        }
    }

    // ---------------------------------------------------------------- of a loop

    /**
     * Returns the pending tasks of a loop. By any thread: another than the loop's asks the loop,
     * and waits for at most half a second; a loop that does not answer is looked at from outside,
     * see {@link LoopInfo#answered}.
     */
    public static TaskForest ofLoop(EventLoop loop) {
        return ofLoop(loop, PATIENCE);
    }

    /** Same as {@link #ofLoop(EventLoop)}, with another time to wait for the loop's answer. */
    public static TaskForest ofLoop(EventLoop loop, Duration patience) {
        return Snapshot.of(
                Objects.requireNonNull(loop, "loop"), Objects.requireNonNull(patience, "patience"));
    }

    /**
     * Returns the pending tasks of all loops that run in this JVM. Each loop is looked at by
     * itself, one after the other.
     */
    public static TaskForest ofRunningLoops() {
        var forests = new ArrayList<TaskForest>();
        for (EventLoop loop : LoopProbe.runningLoops()) {
            try {
                forests.add(ofLoop(loop));
            } catch (RuntimeException e) {
                // It has stopped meanwhile, and maybe runs again: no reason to lose the others.
                forests.add(TaskForest.unknown(LoopProbe.of(loop).name()));
            }
        }
        return TaskForest.union(forests);
    }

    /** Returns a stack without the calls of this package at its innermost end. */
    static List<StackTraceElement> withoutOwnFrames(List<StackTraceElement> stack) {
        int from = 0;
        while (from < stack.size() && OWN.contains(stack.get(from).getClassName())) {
            from++;
        }
        return stack.subList(from, stack.size());
    }
}
