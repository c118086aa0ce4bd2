package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.Asyncio.timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/**
 * A random program of scopes, timeouts and groups in each other, and what happens when it runs.
 *
 * <p>All times are nanoseconds, so odd that no two events fall together. A program goes on behind a
 * block that has timed out or failed, and lets cancels pass.
 */
final class StructuredProgram {

    /** What a program consists of. */
    sealed interface Block permits Wait, Scope, Limit, Group {}

    /** Sleeps. */
    record Wait(long time) implements Block {}

    /** A scope; the deadline counts from its entry, and may be negative. */
    record Scope(int id, Long deadline, boolean shield, List<Block> body) implements Block {}

    /** A timeout; the deadline counts from its entry, and may be negative. */
    record Limit(int id, long deadline, List<Block> body) implements Block {}

    /** A group with tasks. */
    record Group(int id, List<Child> children, List<Block> body) implements Block {}

    /** A task that sleeps, may fail then, and if it is cancelled sleeps on in a shield. */
    record Child(long time, boolean fails, long cleanUp) {}

    private static final long LONGEST = 10_000_000_000L;

    private final Random random;
    private int blocks;

    final List<Block> blocksOfMain;

    /** When somebody cancels the main task. */
    final List<Long> cancels;

    final List<String> log = new ArrayList<>();

    StructuredProgram(long seed) {
        random = new Random(seed);
        blocksOfMain = body(4);
        cancels = random.ints(random.nextInt(3)).mapToObj(i -> time()).toList();
    }

    // ---------------------------------------------------------------- making one

    private long time() {
        return 1 + (long) (random.nextDouble() * LONGEST);
    }

    private long deadline() {
        return random.nextInt(8) == 0 ? -time() : time();
    }

    /** Each body begins with a wait, so that the tasks of a group have begun when it goes on. */
    private List<Block> body(int depth) {
        var body = new ArrayList<Block>();
        body.add(new Wait(time() / 4));
        for (int i = random.nextInt(3); depth > 0 && i >= 0; i--) {
            body.add(block(depth - 1));
        }
        return body;
    }

    private Block block(int depth) {
        int id = ++blocks;
        return switch (random.nextInt(4)) {
            case 0 -> new Wait(time());
            case 1 ->
                    new Scope(
                            id,
                            random.nextInt(4) == 0 ? null : deadline(),
                            random.nextInt(3) == 0,
                            body(depth));
            case 2 -> new Limit(id, deadline(), body(depth));
            default -> new Group(id, children(), body(depth));
        };
    }

    private List<Child> children() {
        return random.ints(random.nextInt(4))
                .mapToObj(
                        i ->
                                new Child(
                                        time(),
                                        random.nextInt(3) == 0,
                                        random.nextBoolean() ? time() : 0))
                .toList();
    }

    // ---------------------------------------------------------------- running it

    private static double seconds(long nanos) {
        return nanos / EventLoop.NANOS_PER_SECOND;
    }

    /** Runs the program in a loop on a virtual clock, and waits until all of it has ended. */
    void run(EventLoop loop) {
        long begin = loop.clock().nanoTime();
        loop.runUntilComplete(
                () -> {
                    Task<?> main = createTask(() -> runAll(blocksOfMain, begin));
                    cancels.forEach(time -> loop.callLater(seconds(time), () -> main.cancel()));
                    Asyncio.wait(List.of(main));
                    note("main", 0, main.cancelled() ? "cancelled" : "ended", begin);
                    log.add("requests: " + main.cancelling());
                    sleep(seconds(LONGEST)); // until the last cancel has come, to no effect
                });
    }

    private void note(String kind, int id, String outcome, long begin) {
        long now = Asyncio.getRunningLoop().clock().nanoTime();
        log.add("%s %d %s at %d".formatted(kind, id, outcome, now - begin));
    }

    private void runAll(List<Block> body, long begin) throws Exception {
        for (Block block : body) {
            switch (block) {
                case Wait wait -> sleep(seconds(wait.time));
                case Scope scope -> runScope(scope, begin);
                case Limit limit -> runLimit(limit, begin);
                case Group group -> runGroup(group, begin);
            }
        }
    }

    private void runScope(Scope block, long begin) {
        CancelScope scope =
                block.deadline == null
                        ? new CancelScope()
                        : CancelScope.after(seconds(block.deadline));
        scope.shield(block.shield).run(s -> runAll(block.body, begin));
        note("scope", block.id, scope.cancelledCaught() ? "caught" : "ended", begin);
    }

    private void runLimit(Limit block, long begin) throws Exception {
        String outcome = "ended";
        try {
            timeout(seconds(block.deadline), () -> runAll(block.body, begin));
        } catch (TimeoutException e) {
            outcome = "timed out";
        }
        note("limit", block.id, outcome, begin);
    }

    private void runGroup(Group block, long begin) {
        String outcome = "ended";
        try {
            taskGroup(
                    group -> {
                        block.children.forEach(child -> group.createTask(() -> runChild(child)));
                        runAll(block.body, begin);
                    });
        } catch (ExceptionGroup e) {
            outcome = "failed " + e.leaves().size() + " times";
        }
        note("group", block.id, outcome, begin);
    }

    private static void runChild(Child child) {
        try {
            sleep(seconds(child.time));
        } catch (CancelledError e) {
            if (child.cleanUp > 0) {
                new CancelScope().shield(true).run(s -> sleep(seconds(child.cleanUp)));
            }
            throw e;
        }
        if (child.fails) {
            throw new IllegalStateException("a task of a group fails");
        }
    }
}
