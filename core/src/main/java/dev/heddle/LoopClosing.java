package dev.heddle;

import dev.heddle.reactor.Clock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the loops of a {@link LoopGroup}, on a thread for that.
 *
 * <p>All loops are drained before the first one closes, so that what ends in one may still call
 * into the others. What refuses to end is forced: first its tasks are unwound, and in the end its
 * thread is interrupted.
 */
final class LoopClosing {

    /** What a loop without tasks gets in any case to close its generators and its executor. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private static final Duration TO_UNWIND = Duration.ofSeconds(2);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
    private static final long BETWEEN_STOPS = Duration.ofMillis(20).toNanos();

    private final List<LoopMember> members;
    private final Clock clock = Clock.system();
    private final long deadline;

    private LoopClosing(List<LoopMember> members, Duration timeout) {
        this.members = members;
        // Half of for ever is long enough, and does not overflow.
        this.deadline = clock.nanoTime() + Math.min(EventLoop.nanos(timeout), Long.MAX_VALUE / 2);
    }

    /**
     * Closes the loops and waits for their threads.
     *
     * @throws IllegalStateException if a thread cannot be ended
     */
    static void run(LoopGroup group, List<LoopMember> members, Duration timeout)
            throws InterruptedException {
        var closing = new LoopClosing(members, timeout);
        List<LoopMember> left = closing.force(closing.closeInTime());
        if (!left.isEmpty()) {
            throw closing.notEnded(group, left);
        }
        for (LoopMember member : members) {
            member.thread.join(); // it has nothing left to do
        }
    }

    /** Returns the members that have not ended in time. */
    private List<LoopMember> closeInTime() throws InterruptedException {
        members.forEach(LoopMember::drain);
        List<LoopMember> overdue = new ArrayList<>();
        for (LoopMember member : members) {
            if (!member.awaitDrained(deadline - clock.nanoTime())) {
                overdue.add(member);
            }
        }
        for (LoopMember member : members) {
            if (!overdue.contains(member)) {
                member.stop();
            }
        }
        long end = Math.max(deadline, clock.nanoTime() + LEAST.toNanos());
        for (LoopMember member : members) {
            if (!overdue.contains(member) && !member.awaitEnded(end - clock.nanoTime())) {
                overdue.add(member);
            }
        }
        return overdue;
    }

    /** Returns the members that end by no means. */
    private List<LoopMember> force(List<LoopMember> overdue) throws InterruptedException {
        List<LoopMember> left = force(overdue, TO_UNWIND);
        left.forEach(member -> member.thread.interrupt());
        return force(left, AFTER_INTERRUPT);
    }

    private List<LoopMember> force(List<LoopMember> overdue, Duration time)
            throws InterruptedException {
        List<LoopMember> left = new ArrayList<>(overdue);
        long end = clock.nanoTime() + time.toNanos();
        while (!left.isEmpty() && clock.nanoTime() < end) {
            left.forEach(LoopMember::force);
            for (LoopMember member : List.copyOf(left)) {
                if (member.awaitEnded(BETWEEN_STOPS)) {
                    left.remove(member);
                }
            }
        }
        return left;
    }

    private IllegalStateException notEnded(LoopGroup group, List<LoopMember> left) {
        var error =
                new IllegalStateException(
                        "%d of the loops of %s cannot be ended: something blocks %s"
                                .formatted(
                                        left.size(),
                                        group,
                                        left.stream().map(m -> m.thread.getName()).toList()));
        for (LoopMember member : left) {
            var where = new IllegalStateException("where " + member.thread.getName() + " is");
            where.setStackTrace(member.thread.getStackTrace());
            error.addSuppressed(where);
        }
        return error;
    }
}
