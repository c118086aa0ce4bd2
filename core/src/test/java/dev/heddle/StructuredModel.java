package dev.heddle;

import dev.heddle.StructuredProgram.Block;
import dev.heddle.StructuredProgram.Child;
import dev.heddle.StructuredProgram.Group;
import dev.heddle.StructuredProgram.Limit;
import dev.heddle.StructuredProgram.Scope;
import dev.heddle.StructuredProgram.Wait;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a {@link StructuredProgram} must do: the rules of who catches what, written down a second
 * time, as a simulation that goes from event to event and has no tasks.
 */
final class StructuredModel {

    /** A cancel on its way out. */
    private static final class Cancel extends Exception {}

    /** What an event means for a wait of the main task. */
    private enum Effect {
        NONE,
        SCOPE_CANCELLED,
        CANCEL_REQUESTED
    }

    private static final long NEVER = Long.MAX_VALUE;

    /** A block that was entered and not left yet. */
    private abstract class Frame {

        final int requestsBefore = due ? 0 : requests;
        final boolean dueBefore = due;

        /** Returns when something happens in it by itself. */
        abstract long next();

        abstract Effect happen();
    }

    private final class ScopeFrame extends Frame {

        final ScopeFrame parent = scope;
        final boolean shield;
        final long deadline;
        boolean cancelled;

        ScopeFrame(Scope block) {
            shield = block.shield();
            deadline = block.deadline() == null ? NEVER : now + block.deadline();
            cancelled = deadline <= now;
        }

        @Override
        long next() {
            return cancelled ? NEVER : deadline;
        }

        @Override
        Effect happen() {
            cancelled = true;
            for (Frame frame : frames) {
                if (frame instanceof GroupFrame group && group.inCancelledScope()) {
                    group.cancelByScope();
                }
            }
            return inCancelledScope() ? Effect.SCOPE_CANCELLED : Effect.NONE;
        }

        boolean inEffect() {
            return cancelled || isCancelledFromOutside();
        }

        boolean isCancelledFromOutside() {
            return !shield && parent != null && parent.inEffect();
        }
    }

    private final class LimitFrame extends Frame {

        final long deadline;
        boolean expired;

        LimitFrame(Limit block) {
            deadline = now + block.deadline();
        }

        @Override
        long next() {
            return expired ? NEVER : deadline;
        }

        @Override
        Effect happen() {
            expired = true;
            requests++;
            return Effect.CANCEL_REQUESTED;
        }
    }

    private final class GroupFrame extends Frame {

        final ScopeFrame around = scope;
        final List<ChildState> children = new ArrayList<>();
        int errors;
        boolean bodyRuns = true;
        boolean aborting;
        boolean tasksCancelled;
        boolean bodyCancelled;

        GroupFrame(Group block) {
            block.children().forEach(child -> children.add(new ChildState(child, now)));
            if (inCancelledScope()) {
                cancelByScope();
            }
        }

        @Override
        long next() {
            return children.stream().mapToLong(child -> child.end).min().orElse(NEVER);
        }

        @Override
        Effect happen() {
            ChildState ended =
                    children.stream().filter(child -> child.end == now).findFirst().orElseThrow();
            children.remove(ended);
            if (!ended.plan.fails() || ended.cancelledAt != NEVER) {
                return Effect.NONE;
            }
            errors++;
            if (aborting) {
                return Effect.NONE;
            }
            abort();
            if (!tasksCancelled || !bodyRuns) {
                return Effect.NONE;
            }
            bodyCancelled = true;
            requests++;
            return Effect.CANCEL_REQUESTED;
        }

        boolean inCancelledScope() {
            return around != null && around.inEffect();
        }

        int requestsFromOutside() {
            return requests - requestsBefore - (bodyCancelled ? 1 : 0);
        }

        void abort() {
            aborting = true;
            if (!inCancelledScope()) {
                cancelTasks();
            }
        }

        void cancelByScope() {
            children.forEach(child -> child.cancelByScope(now));
            children.removeIf(child -> child.end == now);
        }

        void cancelTasks() {
            if (!tasksCancelled) {
                tasksCancelled = true;
                children.forEach(child -> child.cancel(now));
                children.removeIf(child -> child.end == now);
            }
        }
    }

    private static final class ChildState {

        final Child plan;
        long end;
        long cancelledAt = NEVER;

        ChildState(Child plan, long begin) {
            this.plan = plan;
            this.end = begin + plan.time();
        }

        void cancelByScope(long now) {
            if (cancelledAt == NEVER) {
                cancelledAt = now;
                end = now + plan.cleanUp();
            }
        }

        void cancel(long now) {
            if (cancelledAt == NEVER) {
                cancelByScope(now);
            } else if (cancelledAt < now) { // else the two are one
                end = now;
            }
        }
    }

    private final Deque<Frame> frames = new ArrayDeque<>(); // the innermost last
    private final Deque<Long> cancels;
    private ScopeFrame scope; // the innermost
    private long now;
    private int requests;
    private boolean due;

    final List<String> log = new ArrayList<>();

    StructuredModel(StructuredProgram program) {
        cancels = new ArrayDeque<>(program.cancels.stream().sorted().toList());
        boolean cancelled;
        try {
            runAll(program.blocksOfMain);
            cancelled = due; // a task that ends with a cancel not delivered ends cancelled
        } catch (Cancel e) {
            cancelled = true;
        }
        note("main", 0, cancelled ? "cancelled" : "ended");
        log.add("requests: " + requests);
    }

    private void note(String kind, int id, String outcome) {
        log.add("%s %d %s at %d".formatted(kind, id, outcome, now));
    }

    // ---------------------------------------------------------------- waiting

    private boolean inCancelledScope() {
        return scope != null && scope.inEffect();
    }

    private void takeBackRequest() {
        due &= --requests > 0;
    }

    private void sleep(long time) throws Cancel {
        boolean interrupted = due || inCancelledScope();
        for (Frame frame : frames) {
            if (frame instanceof LimitFrame limit && limit.next() <= now) {
                limit.happen(); // it was over when it was entered
                interrupted = true;
            }
        }
        long end = now + time;
        while (!interrupted && nextEvent() < end) {
            interrupted = happen() != Effect.NONE;
        }
        if (interrupted) {
            due = false;
            throw new Cancel();
        }
        now = end;
    }

    private long nextEvent() {
        long next = cancels.isEmpty() ? NEVER : cancels.getFirst();
        for (Frame frame : frames) {
            next = Math.min(next, frame.next());
        }
        return next;
    }

    private Effect happen() {
        now = nextEvent();
        if (!cancels.isEmpty() && cancels.getFirst() == now) {
            cancels.removeFirst();
            requests++;
            return Effect.CANCEL_REQUESTED;
        }
        return frames.stream()
                .filter(frame -> frame.next() == now)
                .findFirst()
                .orElseThrow()
                .happen();
    }

    // ---------------------------------------------------------------- blocks

    private void runAll(List<Block> body) throws Cancel {
        for (Block block : body) {
            switch (block) {
                case Wait wait -> sleep(wait.time());
                case Scope b -> runScope(b);
                case Limit b -> runLimit(b);
                case Group b -> runGroup(b);
            }
        }
    }

    /** Runs the body of a block; returns whether a cancel comes out of it. */
    private boolean isCancelled(Frame frame, List<Block> body) {
        frames.addLast(frame);
        try {
            runAll(body);
            return false;
        } catch (Cancel e) {
            return true;
        }
    }

    private void runScope(Scope block) throws Cancel {
        var frame = new ScopeFrame(block);
        scope = frame;
        boolean cancelled = isCancelled(frame, block.body());
        frames.removeLast();
        scope = frame.parent;
        boolean ours =
                frame.cancelled
                        && !frame.isCancelledFromOutside()
                        && requests <= frame.requestsBefore;
        if (cancelled && !ours) {
            throw new Cancel();
        }
        note("scope", block.id(), cancelled ? "caught" : "ended");
    }

    private void runLimit(Limit block) throws Cancel {
        var frame = new LimitFrame(block);
        boolean cancelled = isCancelled(frame, block.body());
        frames.removeLast();
        boolean ours = false;
        if (frame.expired) {
            takeBackRequest();
            ours = requests <= frame.requestsBefore && !inCancelledScope();
            due &= !ours || frame.dueBefore;
        }
        if (cancelled && !ours) {
            throw new Cancel();
        }
        note("limit", block.id(), cancelled ? "timed out" : "ended");
    }

    private void runGroup(Group block) throws Cancel {
        var group = new GroupFrame(block);
        boolean cancelled = isCancelled(group, block.body());
        group.bodyRuns = false;
        if (cancelled) {
            group.abort();
        }
        cancelled = awaitTasks(group, cancelled);
        frames.removeLast();
        if (group.bodyCancelled) {
            takeBackRequest();
            if (requests <= group.requestsBefore) {
                due &= group.dueBefore;
                cancelled &= inCancelledScope();
            }
        }
        if (group.errors > 0) {
            due |= requests > group.requestsBefore;
            note("group", block.id(), "failed " + group.errors + " times");
        } else if (cancelled) {
            throw new Cancel();
        } else {
            note("group", block.id(), "ended");
        }
    }

    /** Waits for the tasks of a group; returns whether a cancel is to come out of it. */
    private boolean awaitTasks(GroupFrame group, boolean bodyWasCancelled) {
        boolean cancelled = bodyWasCancelled;
        int seen = group.requestsFromOutside();
        boolean asked = bodyWasCancelled && seen > 0;
        if (asked) {
            group.cancelTasks();
        }
        while (!group.children.isEmpty()) {
            boolean interrupted = due || (!group.aborting && inCancelledScope());
            if (!interrupted) {
                Effect effect = happen();
                interrupted =
                        effect == Effect.CANCEL_REQUESTED
                                || (effect == Effect.SCOPE_CANCELLED && !group.aborting);
            }
            if (interrupted) {
                due = false;
                boolean asks = group.requestsFromOutside() > seen;
                cancelled |= (asks && !asked) || !group.aborting;
                group.abort();
                if (asks) {
                    asked = true;
                    group.cancelTasks();
                }
            }
        }
        return cancelled;
    }
}
