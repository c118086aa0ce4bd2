package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;
import java.util.Map;

/** What a loop knows of the group that it is in, and of the tasks that other loops wait for. */
final class LoopMembership {

    private static final LoopLocal<LoopMembership> OF_LOOP =
            new LoopLocal<>(loop -> new LoopMembership());

    /** The group, or null for a loop by itself. */
    @Nullable LoopGroup group;

    /** The tasks here that run for a call, each with the call. */
    final Map<Task<?>, LoopCall<?>> called = new IdentityHashMap<>();

    private LoopMembership() {}

    /** Returns that of {@code loop}; by its thread, or before it runs. */
    static LoopMembership of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }
}
