package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.LoopProbe;
import dev.heddle.LoopProbe.TaskState;
import dev.heddle.Suspension;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the tasks of one loop: from inside, between two steps, if that can be had; else from
 * outside, while they may change.
 */
final class Snapshot {

    /** Of more tasks no stacks are taken: that would stop the loop for too long. */
    private static final int MOST_STACKS = 10_000;

    private static final int LONGEST_TEXT = 200;

    private final EventLoop loop;
    private final LoopProbe probe;

    private Snapshot(EventLoop loop) {
        this.loop = loop;
        this.probe = LoopProbe.of(loop);
    }

    /**
     * Looks at a loop.
     *
     * @param patience how long the loop has to answer
     */
    static TaskForest of(EventLoop loop, Duration patience) {
        var snapshot = new Snapshot(loop);
        TaskForest answer = Question.ask(loop, patience, snapshot::fromInside);
        return answer == null ? snapshot.fromOutside() : answer;
    }

    private TaskForest fromInside() {
        return forest(new LoopInfo(probe.name(), true, List.of()), probe.tasks(), true);
    }

    private TaskForest fromOutside() {
        Thread thread = probe.thread();
        Task<?> running = probe.currentTask();
        Thread hanging = running == null ? thread : probe.threadOf(running);
        List<StackTraceElement> where =
                hanging == null ? List.of() : List.of(hanging.getStackTrace());
        List<TaskState> tasks;
        try {
            tasks = probe.tasksFromOutside();
        } catch (RuntimeException changedMeanwhile) {
            tasks = List.of();
        }
        return forest(new LoopInfo(probe.name(), false, where), tasks, false);
    }

    private TaskForest forest(LoopInfo info, List<TaskState> states, boolean inside) {
        Task<?> running = probe.currentTask();
        var tasks = new ArrayList<TaskInfo>(states.size());
        for (TaskState state : states) {
            try {
                boolean withStack = tasks.size() < MOST_STACKS;
                tasks.add(info(state, state.task() == running, withStack));
            } catch (RuntimeException e) {
                if (inside) {
                    throw e;
                } // else it has changed while it was read: do without it
            }
        }
        return new TaskForest(List.of(info), tasks);
    }

    private TaskInfo info(TaskState state, boolean running, boolean withStack) {
        Task<?> task = state.task();
        List<StackTraceElement> stack = withStack ? stackOf(task) : List.of();
        TaskInfo.State doing =
                running
                        ? TaskInfo.State.RUNNING
                        : state.blocked()
                                ? TaskInfo.State.BLOCKED
                                : isReady(state.awaited())
                                        ? TaskInfo.State.READY
                                        : TaskInfo.State.WAITING;
        String waitsFor =
                switch (doing) {
                    case RUNNING, READY -> null;
                    case BLOCKED -> Frames.jdkCall(stack);
                    case WAITING -> text(state.awaited());
                };
        return new TaskInfo(
                LoopProbe.numberOf(task),
                probe.name(),
                task.getName(),
                doing,
                waitsFor,
                doing == TaskInfo.State.WAITING
                        ? probe.tasksBehind(state).stream().map(LoopProbe::numberOf).toList()
                        : List.of(),
                stack);
    }

    private static List<StackTraceElement> stackOf(Task<?> task) {
        return CallGraph.withoutOwnFrames(List.of(task.getStack()));
    }

    private static boolean isReady(@Nullable Object awaited) {
        return switch (awaited) {
            case null -> true;
            case Future<?> future -> future.done();
            case Suspension suspension -> suspension.isWoken();
            default -> false;
        };
    }

    /** Returns a text of what a task waits for; one that is broken must not break the snapshot. */
    private static String text(@Nullable Object awaited) {
        String text;
        try {
            text = awaited instanceof Task<?> task ? task.getName() : String.valueOf(awaited);
        } catch (RuntimeException e) {
            text = awaited == null ? "nothing" : awaited.getClass().getName();
        }
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 3) + "...";
    }

    @Override
    public String toString() {
        return "Snapshot(" + loop + ")";
    }
}
