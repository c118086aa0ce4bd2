package dev.heddle.debug;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A forest of tasks as text. Below a task stand its calls, outermost first, and below the innermost
 * one the tasks for which it waits there.
 *
 * <pre>
 * └── (T) main waits for gather of 2 (pending)
 *     └──  Factorial.main Factorial.java:18
 *         ├── (T) Task-2 waits for sleep until 1.0
 *         │   └──  Factorial.factorial Factorial.java:8
 *         └── (T) Task-3 is ready to run
 * </pre>
 */
final class TreeText {

    /** Below that, a chain of tasks is told to go on, and not followed. */
    private static final int DEEPEST = 100;

    private final TaskForest forest;
    private final Set<Long> shown = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    TreeText(TaskForest forest) {
        this.forest = forest;
    }

    String text() {
        for (LoopInfo loop : forest.loops()) {
            if (!loop.answered()) {
                stuck(loop);
            }
        }
        for (TaskInfo root : forest.roots()) {
            task(root, "", true, 0);
        }
        for (TaskInfo task : forest.tasks()) { // those in circles have no root, or are too deep
            if (!shown.contains(task.id())) {
                task(task, "", true, 0);
            }
        }
        for (String circle : forest.describeCircles()) {
            text.append("circle: ").append(circle).append('\n');
        }
        return text.toString();
    }

    private void stuck(LoopInfo loop) {
        text.append("Loop ").append(loop.name()).append(" does not answer");
        text.append(loop.stack().isEmpty() ? "\n" : ". It hangs\n");
        for (StackTraceElement frame : loop.stack()) {
            text.append("    at ").append(frame).append('\n');
        }
    }

    private void task(TaskInfo task, String indent, boolean last, int depth) {
        text.append(indent).append(last ? "└── (T) " : "├── (T) ").append(task.name());
        if (!shown.add(task.id())) {
            text.append(" (see above)\n");
            return;
        }
        text.append(' ').append(task.describe());
        List<TaskInfo> awaited = forest.awaitedBy(task);
        if (depth >= DEEPEST && !awaited.isEmpty()) {
            text.append(" (and so on)\n");
            return;
        }
        text.append('\n');
        String deeper = indent + (last ? "    " : "│   ");
        for (StackTraceElement frame : Frames.ofProgram(task.stack()).reversed()) {
            text.append(deeper).append("└──  ").append(Frames.brief(frame)).append('\n');
            deeper += "    ";
        }
        for (int i = 0; i < awaited.size(); i++) {
            task(awaited.get(i), deeper, i == awaited.size() - 1, depth + 1);
        }
    }
}
