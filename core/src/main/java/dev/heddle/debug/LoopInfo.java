package dev.heddle.debug;

import java.util.List;

/**
 * What was known of a loop when its tasks were looked at.
 *
 * @param name the loop's name
 * @param answered whether it was looked at from inside, between two steps; else it did not answer,
 *     and what is said of its tasks was read from outside while they may have changed
 * @param stack where its thread was if it did not answer, innermost call first; else empty
 */
public record LoopInfo(String name, boolean answered, List<StackTraceElement> stack) {

    /** Makes one. */
    public LoopInfo {
        stack = List.copyOf(stack);
    }
}
