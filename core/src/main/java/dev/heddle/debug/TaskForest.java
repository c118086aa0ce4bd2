package dev.heddle.debug;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pending tasks of one loop or several at some moment, and who waited for whom: a forest as a
 * rule, but a task may be awaited by several, and tasks that wait for each other make a circle.
 *
 * <p>Immutable; for any thread. From {@link CallGraph#ofLoop}.
 */
public final class TaskForest {

    private final List<LoopInfo> loops;
    private final Map<Long, TaskInfo> tasks = new LinkedHashMap<>();
    private final Map<Long, List<TaskInfo>> awaiters = new HashMap<>();

    TaskForest(List<LoopInfo> loops, Collection<TaskInfo> tasks) {
        this.loops = List.copyOf(loops);
        tasks.forEach(task -> this.tasks.put(task.id(), task));
        for (TaskInfo task : tasks) {
            for (long awaited : task.awaits()) {
                awaiters.computeIfAbsent(awaited, id -> new ArrayList<>()).add(task);
            }
        }
    }

    /** Returns the forest of a loop of which nothing is known but the name. */
    static TaskForest unknown(String loop) {
        return new TaskForest(List.of(new LoopInfo(loop, false, List.of())), List.of());
    }

    /** Puts forests together; a task may wait for one of another loop. */
    static TaskForest union(List<TaskForest> forests) {
        var loops = new ArrayList<LoopInfo>();
        var tasks = new ArrayList<TaskInfo>();
        for (TaskForest forest : forests) {
            loops.addAll(forest.loops);
            tasks.addAll(forest.tasks.values());
        }
        return new TaskForest(loops, tasks);
    }

    /** Returns the loops. */
    public List<LoopInfo> loops() {
        return loops;
    }

    /** Returns the tasks, in the order in which they were made in their loop. */
    public List<TaskInfo> tasks() {
        return List.copyOf(tasks.values());
    }

    /** Returns the tasks for which {@code task} waits; those of loops that are not here are not. */
    public List<TaskInfo> awaitedBy(TaskInfo task) {
        var found = new ArrayList<TaskInfo>();
        for (long id : task.awaits()) {
            TaskInfo awaited = tasks.get(id);
            if (awaited != null) {
                found.add(awaited);
            }
        }
        return found;
    }

    /** Returns the tasks that wait for {@code task}. */
    public List<TaskInfo> awaitersOf(TaskInfo task) {
        return List.copyOf(awaiters.getOrDefault(task.id(), List.of()));
    }

    /** Returns the tasks for which nobody waits. */
    public List<TaskInfo> roots() {
        return tasks.values().stream().filter(task -> !awaiters.containsKey(task.id())).toList();
    }

    /**
     * Returns the circles: each a list of tasks of which each one waits for the next, and the last
     * one for the first. Of circles that share tasks not each one need be told.
     */
    public List<List<TaskInfo>> circles() {
        var circles = new ArrayList<List<TaskInfo>>();
        Set<Long> finished = new HashSet<>();
        for (TaskInfo start : tasks.values()) {
            if (!finished.contains(start.id())) {
                follow(start, finished, circles);
            }
        }
        return circles;
    }

    /** A task on the way, and which of those that it awaits have been followed. */
    private static final class Place {

        final TaskInfo task;
        final List<TaskInfo> awaited;
        int followed;

        Place(TaskInfo task, List<TaskInfo> awaited) {
            this.task = task;
            this.awaited = awaited;
        }

        @Nullable TaskInfo next() {
            return followed < awaited.size() ? awaited.get(followed++) : null;
        }
    }

    /** Not a recursion: chains may be as long as there are tasks. */
    private void follow(TaskInfo start, Set<Long> finished, List<List<TaskInfo>> circles) {
        var path = new ArrayList<Place>();
        Map<Long, Integer> onPath = new HashMap<>();
        path.add(new Place(start, awaitedBy(start)));
        onPath.put(start.id(), 0);
        while (!path.isEmpty()) {
            Place place = path.getLast();
            TaskInfo next = place.next();
            if (next == null) {
                path.removeLast();
                onPath.remove(place.task.id());
                finished.add(place.task.id());
                continue;
            }
            Integer before = onPath.get(next.id());
            if (before != null) {
                circles.add(path.subList(before, path.size()).stream().map(p -> p.task).toList());
            } else if (!finished.contains(next.id())) {
                onPath.put(next.id(), path.size());
                path.add(new Place(next, awaitedBy(next)));
            }
        }
    }

    /** Returns a sentence a circle: {@code A waits for B waits for A}. */
    public List<String> describeCircles() {
        var texts = new ArrayList<String>();
        for (List<TaskInfo> circle : circles()) {
            var text = new StringBuilder();
            for (TaskInfo task : circle) {
                text.append(task.name()).append(" waits for ");
            }
            texts.add(text.append(circle.getFirst().name()).toString());
        }
        return texts;
    }

    /** Returns a tree a root, as {@code asyncio pstree} prints it, and the circles. */
    public String toTree() {
        return new TreeText(this).text();
    }

    /**
     * Returns everything as JSON: an object with {@code loops}, {@code tasks} and {@code circles},
     * the last as lists of ids.
     */
    public String toJson() {
        return ForestJson.of(this);
    }

    @Override
    public String toString() {
        return toTree();
    }
}
