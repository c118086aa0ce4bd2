package dev.heddle.process;

import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The children of a loop, none of which may outlive it. */
final class Children implements AutoCloseable {

    private static final LoopLocal<Children> OF_LOOP = new LoopLocal<>(loop -> new Children());

    private final Set<Process> living = new HashSet<>();

    private Children() {}

    static Children of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    void add(Process child) {
        living.add(child);
    }

    void remove(Process child) {
        living.remove(child);
    }

    @Override
    public void close() {
        List.copyOf(living).forEach(Process::destroyForcibly);
        living.clear();
    }
}
