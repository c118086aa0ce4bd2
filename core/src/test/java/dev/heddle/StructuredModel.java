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
 * time, as a simulation from event to event and without any tasks.
 */
final class StructuredModel {

    /** A cancel on its way out. */
    private static final class Cancel extends Exception {}

    private static final long NEVER = Long.MAX_VALUE;

    /** A block that was entered and not left yet; the rest depends on its kind. */
    private abstract static class Frame {

        final int requestsBefore;
        final boolean dueBefore;

        Frame(int requests, boolean due) {
            requestsBefore = due ? 0 : requests;
            dueBefore = due;
        }

        /** When something happens in it by itself. */
        abstract long next();
    }

    private final class ScopeFrame extends Frame {

        final ScopeFrame parent = scope;
        final boolean shield;
        final long deadline;
        boolean cancelled;

        ScopeFrame(boolean shield, long deadline) {
            super(requests, due);
            this.shield = shield;
            this.deadline = deadline;
        }

        @Override
        long next() {
            return cancelled ? NEVER : deadline;
        }

        boolean inEffect() {
            return cancelled || (!shield && parent != null && parent.inEffect());
        }
    }

    private final class LimitFrame extends Frame {

        final long deadline;
        boolean expired;

        LimitFrame(long deadline) {
            super(requests, due);
            this.deadline = deadline;
        }

        @Override
        long next() {
            return expired ? NEVER : deadline;
        }
    }

    private final class GroupFrame extends Frame {

        final ScopeFrame around = scope;
        final List<ChildState> children = new ArrayList<>();
        int errors;
        boolean aborting;
        boolean bodyCancelled;

        GroupFrame() {
            super(requests, due);
        }

        @Override
        long next() {
            return children.stream().mapToLong(c -> c.end).min().orElse(NEVER);
        }

        boolean inCancelledScope() {
            return around != null && around.inEffect();
        }

        int requestsFromOutside() {
            return requests - requestsBefore - (bodyCancelled ? 1 : 0);
        }

        void cancelChildren(boolean byScope) {
            for (ChildState child : List.copyOf(children)) {
                if (child.cleaning ? !byScope : child.plan.cleanUp() == 0) {
                    children.remove(child);
                } else if (!child.cleaning) {
                    child.cleaning = true;
                    child.end = now + child.plan.cleanUp();
                }
            }
        }

        void abort() {
            if (!aborting) {
                aborting = true;
                cancelChildren(inCancelledScope());
            }
        }
    }

    private static final class ChildState {

        final Child plan;
        long end;
        boolean cleaning;

        ChildState(Child plan, long end) {
            this.plan = plan;
            this.end = end;
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
        String outcome = "ended";
        try {
            runAll(program.blocksOfMain);
        } catch (Cancel e) {
            outcome = "cancelled";
        }
        note("main", 0, outcome);
        log.add("requests: " + requests);
    }

    private void note(String kind, int id, String outcome) {
        log.add("%s %d %s at %d".formatted(kind, id, outcome, now));
    }

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

    // ---------------------------------------------------------------- events

    private boolean inCancelledScope() {
        return scope != null && scope.inEffect();
    }

    private void sleep(long time) throws Cancel {
        // What was due when it was entered takes effect at the first wait.
        boolean interrupted = due || inCancelledScope();
        for (Frame frame : frames) {
            if (frame.next() <= now) {
                interrupted |= happen(frame);
            }
        }
        long end = now + time;
        while (!interrupted && nextEvent() < end) {
            interrupted = happen();
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

    /** Lets the next event happen; returns whether it ends a wait of the main task. */
    private boolean happen() {
        now = nextEvent();
        if (!cancels.isEmpty() && cancels.getFirst() == now) {
            cancels.removeFirst();
            requests++;
            return true;
        }
        for (Frame frame : frames) {
            if (frame.next() == now) {
                return happen(frame);
            }
        }
        throw new AssertionError("no event");
    }

    private boolean happen(Frame frame) {
        return switch (frame) {
            case LimitFrame limit -> {
                limit.expired = true;
                requests++;
                yield true;
            }
            case ScopeFrame s -> {
                s.cancelled = true;
                cancelChildrenInCancelledScopes();
                yield inCancelledScope();
            }
            case GroupFrame group -> endChild(group);
            default -> throw new AssertionError(frame);
        };
    }

    private void cancelChildrenInCancelledScopes() {
        for (Frame frame : frames) {
            if (frame instanceof GroupFrame group && group.inCancelledScope()) {
                group.cancelChildren(true);
            }
        }
    }

    private boolean endChild(GroupFrame group) {
        ChildState ended =
                group.children.stream().filter(c -> c.end == now).findFirst().orElseThrow();
        group.children.remove(ended);
        if (!ended.plan.fails() || ended.cleaning) {
            return false;
        }
        group.errors++;
        if (group.aborting) {
            return false;
        }
        group.abort();
        boolean inBody = frames.contains(group) && group.bodyRuns;
        if (group.inCancelledScope() || !inBody) {
            return false;
        }
        group.bodyCancelled = true;
        requests++;
        return true;
    }
}
