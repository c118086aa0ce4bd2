package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.LoopProbe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The loops that run in this JVM, as a managed bean; register it as {@link #NAME}.
 *
 * <p>It has a public constructor so that a tool can have it made in another JVM:
 *
 * {@snippet :
 * connection.createMBean("dev.heddle.debug.Loops", new ObjectName(Loops.NAME));
 * }
 */
public final class Loops implements LoopsMXBean {

    /** The name for the bean. */
    public static final String NAME = "dev.heddle:type=Loops";

    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** Makes the bean; it holds nothing. */
    public Loops() {}

    private static List<LoopStatus> statuses() {
        var statuses = new ArrayList<LoopStatus>();
        for (EventLoop loop : LoopProbe.runningLoops()) {
            try {
                statuses.add(LoopStatus.of(loop, PATIENCE));
            } catch (RuntimeException e) {
                // It has stopped meanwhile, and maybe runs again: no reason to lose the others.
                statuses.add(LoopStatus.unknown(LoopProbe.of(loop).name(), PATIENCE));
            }
        }
        return statuses;
    }

    @Override
    public String[] getLoops() {
        return LoopProbe.runningLoops().stream()
                .map(loop -> LoopProbe.of(loop).name())
                .sorted()
                .toArray(String[]::new);
    }

    @Override
    public int getTaskCount() {
        int count = 0;
        for (EventLoop loop : LoopProbe.runningLoops()) {
            Integer tasks = Question.ask(loop, PATIENCE, LoopProbe.of(loop)::taskCount);
            count += tasks == null ? 0 : tasks;
        }
        return count;
    }

    @Override
    public String statusJson() {
        return ForestJson.of(statuses());
    }

    @Override
    public String tree() {
        return CallGraph.ofRunningLoops().toTree();
    }

    @Override
    public String tasksJson() {
        return CallGraph.ofRunningLoops().toJson();
    }
}
