package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.LoopProbe;
import dev.heddle.LoopProbe.TaskState;
import dev.heddle.Task;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tasks of a loop wait for a future, at the moment; used on the loop's thread. */
final class Awaiters {

    /** A chain of awaiters is not followed further. */
    private static final int DEEPEST = 500;

    private final Map<Future<?>, Set<Task<?>>> awaiters = new IdentityHashMap<>();
    private final Map<Future<?>, FutureCallGraph> graphs = new IdentityHashMap<>();
    private final Set<Future<?>> onPath =
            java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    private final int depth;
    private final int limit;

    Awaiters(EventLoop loop, int depth, int limit) {
        if (depth < 0) {
            throw new IllegalArgumentException(
                    "depth is %d, and must not be negative".formatted(depth));
        }
        this.depth = depth;
        this.limit = limit;
        LoopProbe probe = LoopProbe.of(loop);
        for (TaskState state : probe.tasks()) {
            for (Future<?> future : probe.futuresBehind(state)) {
                add(future, state.task());
            }
            for (Task<?> task : probe.tasksBehind(state)) {
                add(task, state.task());
            }
        }
    }

    private void add(Future<?> future, Task<?> awaiter) {
        awaiters.computeIfAbsent(future, f -> new LinkedHashSet<>()).add(awaiter);
    }

    FutureCallGraph graphOf(Future<?> future) {
        FutureCallGraph known = graphs.get(future);
        if (known != null) {
            return known;
        }
        if (onPath.size() >= DEEPEST || !onPath.add(future)) {
            return new FutureCallGraph(future, List.of(), List.of()); // closes a circle
        }
        var awaitedBy = new ArrayList<FutureCallGraph>();
        for (Task<?> awaiter : awaiters.getOrDefault(future, Set.of())) {
            awaitedBy.add(graphOf(awaiter));
        }
        onPath.remove(future);
        var graph = new FutureCallGraph(future, stackOf(future), awaitedBy);
        graphs.put(future, graph);
        return graph;
    }

    private List<StackTraceElement> stackOf(Future<?> future) {
        if (!(future instanceof Task<?> task) || task.done() || limit == 0) {
            return List.of();
        }
        List<StackTraceElement> stack = CallGraph.withoutOwnFrames(List.of(task.getStack()));
        if (task == task.getLoop().currentTask()) {
            stack = stack.subList(Math.min(depth, stack.size()), stack.size());
        }
        return Frames.limited(stack, limit);
    }
}
