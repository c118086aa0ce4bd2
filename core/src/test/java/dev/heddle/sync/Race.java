package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import dev.heddle.CancelScope;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;

/**
 * A small random program on one primitive: two to five workers do random operations, and at random
 * turns a driver cancels workers or their scopes, moves time on, or uses the primitive itself.
 *
 * <p>Then the driver lets everything settle: time is virtual, so after a long sleep whatever can go
 * on has gone on. Who waits then waits for a reason, which a subclass checks in {@link #settled},
 * takes away in {@link #rescue}, and in the end all workers must have ended.
 *
 * <p>One loop runs many programs, each from a seed of its own, so one that fails can be run again.
 */
abstract class Race {

    /** How many programs a test of a primitive runs. */
    static final int PROGRAMS = Integer.getInteger("heddle.race.programs", 100_000);

    private static final long SEED = Long.getLong("heddle.race.seed", 20260501);
    private static final int MOST_RESCUES = 30;
    private static final double MILLI = 0.001;

    /** Makes a program on a primitive with such queues. */
    @FunctionalInterface
    interface Maker {

        Race make(SplittableRandom random, WaitQueue.Maker queues);
    }

    final SplittableRandom random;
    private final List<Task<?>> workers = new ArrayList<>();
    private final List<CancelScope> scopes = new ArrayList<>();

    Race(SplittableRandom random) {
        this.random = random;
    }

    /** Does one random operation, in a worker. */
    abstract void operate();

    /** Uses the primitive in the driver, at a random moment. */
    void nudge() {}

    /** Checks what must hold after each turn. */
    void check() {}

    /** Checks what must hold when nobody can go on. */
    void settled() {}

    /** Lets somebody go on who waits for a reason. */
    void rescue() {}

    /** Checks what must hold when all workers have ended. */
    void ended() {}

    /** Throws unless {@code holds}. Costs less than AssertJ, which counts here. */
    static void ensure(boolean holds, String rule, Object... facts) {
        if (!holds) {
            throw new AssertionError(rule.formatted(facts));
        }
    }

    // ---------------------------------------------------------------- the programs

    /** Runs programs; throws an {@link AssertionError} that tells the seed if one fails. */
    static void run(int programs, WaitQueue.Maker queues, Maker maker) {
        var errors = new ArrayList<String>();
        try (EventLoop loop =
                EventLoop.builder()
                        .clock(Clock.virtual())
                        .exceptionHandler((where, error) -> errors.add(error.toString()))
                        .build()) {
            loop.runUntilComplete(
                    () -> {
                        for (int i = 0; i < programs; i++) {
                            runOne(SEED + i, queues, maker);
                            ensure(errors.isEmpty(), "errors were reported: %s", errors);
                        }
                    });
        }
    }

    private static void runOne(long seed, WaitQueue.Maker queues, Maker maker) {
        Race race = maker.make(new SplittableRandom(seed), queues);
        try {
            race.drive();
        } catch (Throwable e) {
            throw new AssertionError(
                    "Failed: -Dheddle.race.seed=%d -Dheddle.race.programs=1: %s"
                            .formatted(seed, e.getMessage()),
                    e);
        }
    }

    // ---------------------------------------------------------------- the driver

    private void drive() {
        int count = random.nextInt(2, 6);
        for (int i = 0; i < count; i++) {
            workers.add(createTask(this::work));
        }
        for (int i = random.nextInt(3, 15); i > 0; i--) {
            disturb();
            checkAll();
        }
        for (int i = 0; i < MOST_RESCUES; i++) {
            sleep(1);
            checkAll();
            if (workers.stream().allMatch(Task::done)) {
                break;
            }
            settled();
            rescue();
        }
        for (Task<?> worker : workers) {
            ensure(worker.done(), "%s is stuck", worker);
        }
        ended();
    }

    private void checkAll() {
        for (Task<?> worker : workers) {
            if (worker.done() && !worker.cancelled()) {
                worker.result(); // throws what it has thrown
            }
        }
        check();
    }

    private void disturb() {
        switch (random.nextInt(8)) {
            case 0 -> workers.get(random.nextInt(workers.size())).cancel();
            case 1 -> {
                if (!scopes.isEmpty()) {
                    scopes.get(random.nextInt(scopes.size())).cancel();
                }
            }
            case 2, 3 -> nudge();
            case 4 -> sleep(random.nextInt(1, 4) * MILLI);
            default -> sleep(0);
        }
    }

    // ---------------------------------------------------------------- the workers

    private void work() {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            try {
                limited();
            } catch (CancelledError e) {
                if (random.nextBoolean()) {
                    throw e;
                }
            }
        }
    }

    private void limited() {
        switch (random.nextInt(6)) {
            case 0 -> {
                try {
                    timeout(random.nextInt(4) * MILLI, this::operate);
                } catch (TimeoutException e) {
                    // As good as any other end.
                }
            }
            case 1 -> inScope(new CancelScope());
            case 2 -> inScope(CancelScope.after(random.nextInt(4) * MILLI));
            default -> operate();
        }
    }

    private void inScope(CancelScope scope) {
        scopes.add(scope);
        scope.run(s -> operate());
    }

    /** Lets others run, for a random time; or not. */
    final void pause() {
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> sleep(random.nextInt(1, 4) * MILLI);
            default -> sleep(0);
        }
    }
}
