package dev.heddle.debug;

/**
 * The loops that run in a JVM, for tools that are attached to it.
 *
 * <p>A program does nothing for that: the tool has the bean made in it, by {@code
 * createMBean("dev.heddle.debug.Loops", ...)} of its MBean server connection. See {@link Loops}.
 */
public interface LoopsMXBean {

    /** Returns the names of the loops that run. */
    String[] getLoops();

    /** Returns how many tasks are not done, in all loops that answer. */
    int getTaskCount();

    /**
     * Returns how the loops are, as a JSON array of objects with the parts of {@link LoopStatus}.
     */
    String statusJson();

    /** Returns the tasks of all loops as {@link TaskForest#toTree()}. */
    String tree();

    /** Returns the tasks of all loops as {@link TaskForest#toJson()}. */
    String tasksJson();
}
