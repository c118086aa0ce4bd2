package dev.heddle;

/**
 * Is asked by a loop that has nothing ready, before it waits or its clock jumps: how a test finds
 * the moment in which all tasks are blocked, or finds out that they will be so for ever. See {@link
 * LoopProbe#onIdle}.
 */
@FunctionalInterface
public interface IdleWatch {

    /**
     * Decides how the loop goes on. Runs on the loop's thread between two turns, and must not wait;
     * it may make callbacks and tasks ready. What it throws ends the run of the loop.
     *
     * @param nextDeadline when the next timer is due, in nanoseconds of the loop's clock; {@link
     *     Long#MAX_VALUE} if none is
     * @param outside whether something may arrive from outside of the loop: I/O, a job of an
     *     executor, a task blocked in a call of the JDK
     * @return negative to let it wait, or its clock jump, as it would have; 0 to have it look for
     *     I/O, run what is ready then and ask again; else the nanoseconds of real time for which it
     *     is to wait for the outside at most, while its clock does not jump
     */
    long onIdle(long nextDeadline, boolean outside);
}
