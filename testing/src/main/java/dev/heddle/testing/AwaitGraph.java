package dev.heddle.testing;

import dev.heddle.EventLoop;
import dev.heddle.LoopProbe;
import dev.heddle.Task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who waits for what in a loop, as text. */
final class AwaitGraph {

    private static final int MOST_SHOWN = 50;

    private final EventLoop loop;
    private final LoopProbe probe;

    private AwaitGraph(EventLoop loop) {
        this.loop = loop;
        this.probe = LoopProbe.of(loop);
    }

    /** Returns a paragraph a task, and a line a circle of tasks that wait for each other. */
    static String of(EventLoop loop) {
        return new AwaitGraph(loop).text();
    }

    private String text() {
        var text = new StringBuilder();
        Map<Task<?>, List<Task<?>>> behind = new LinkedHashMap<>();
        List<LoopProbe.TaskState> states = probe.tasks();
        for (LoopProbe.TaskState state : states) {
            if (behind.size() < MOST_SHOWN) {
                text.append("\n    ").append(line(state));
            }
            behind.put(state.task(), probe.tasksBehind(state));
        }
        if (states.size() > MOST_SHOWN) {
            text.append("\n    and %d more tasks".formatted(states.size() - MOST_SHOWN));
        }
        for (List<Task<?>> circle : circles(behind)) {
            List<String> names = new ArrayList<>();
            circle.forEach(task -> names.add(task.getName()));
            names.add(names.getFirst());
            text.append("\n    circle: ").append(String.join(" -> ", names));
        }
        return text.toString();
    }

    /** Returns what a task does, where, and where it was made if that is known. */
    String line(LoopProbe.TaskState state) {
        Task<?> task = state.task();
        Object awaited = state.awaited();
        String what =
                state.blocked()
                        ? "is blocked in a call of the JDK"
                        : awaited == null
                                ? "is ready to run"
                                : "waits for "
                                        + (awaited instanceof Task<?> t
                                                ? "task " + t.getName()
                                                : awaited);
        Throwable made = probe.creationStack(task);
        return "task %s %s%s%s"
                .formatted(
                        task.getName(),
                        what,
                        Frames.at(task.getStack()),
                        made == null
                                ? ""
                                : "\n        made"
                                        + Frames.at(made.getStackTrace())
                                                .strip()
                                                .indent(1)
                                                .stripTrailing());
    }

    static String describe(EventLoop loop, LoopProbe.TaskState state) {
        return new AwaitGraph(loop).line(state);
    }

    /** Finds each circle once: follows the edges from each task until one comes again. */
    private static List<List<Task<?>>> circles(Map<Task<?>, List<Task<?>>> edges) {
        List<List<Task<?>>> found = new ArrayList<>();
        Set<Task<?>> finished = new LinkedHashSet<>();
        for (Task<?> start : edges.keySet()) {
            follow(start, edges, new ArrayList<>(), finished, found);
        }
        return found;
    }

    private static void follow(
            Task<?> task,
            Map<Task<?>, List<Task<?>>> edges,
            List<Task<?>> path,
            Set<Task<?>> finished,
            List<List<Task<?>>> found) {
        int before = path.indexOf(task);
        if (before >= 0) {
            found.add(List.copyOf(path.subList(before, path.size())));
            return;
        }
        if (finished.contains(task) || path.size() > 1000) { // deep chains are no circles
            return;
        }
        path.add(task);
        for (Task<?> next : edges.getOrDefault(task, List.of())) {
            follow(next, edges, path, finished, found);
        }
        path.removeLast();
        finished.add(task);
    }

    @Override
    public String toString() {
        return "AwaitGraph(" + loop + ")";
    }
}
