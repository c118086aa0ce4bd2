package dev.heddle;

import static dev.heddle.Asyncio.asCompleted;
import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shieldAsync;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * A small program of a few tasks that wait in all ways and cancel each other, all decided by a
 * seed.
 *
 * <p>Only root tasks are cancelled by the program, and only they may refuse; nothing else cancels a
 * future. So it is known of each root whether it may, and whether it must, end cancelled.
 */
final class RandomProgram {

    /** What a task may do next. */
    enum Step {
        SLEEP,
        AWAIT,
        AWAIT_TASK,
        GATHER,
        SHIELD,
        TIMEOUT,
        WAIT_FOR,
        WAIT,
        AS_COMPLETED,
        CLEAN_UP,
        CANCEL,
        COMPLETE,
        FAIL
    }

    /** An error of the program's own. */
    static final class OwnError extends Exception {}

    /** A task that may be cancelled, and what was done to it. */
    static final class Root {
        Task<Integer> task;
        boolean refuses;
        int requests;
        int refused;
    }

    private static final Step[] STEPS = Step.values();
    private static final int DEEPEST = 3;
    private static final int LONGEST_LIFE = 1000;

    final List<Root> roots = new ArrayList<>();

    /** Errors that came out of a shield, and those that were raised below one. */
    final Set<OwnError> received = new HashSet<>();

    final Set<OwnError> raisedInShields = new HashSet<>();
    final Map<Step, Integer> counts = new EnumMap<>(Step.class);
    int timeouts;

    private final Random random;
    private final EventLoop loop;
    private final List<Future<Integer>> open = new ArrayList<>();
    private final List<Task<?>> others = new ArrayList<>();
    private final List<Task<?>> shielded = new ArrayList<>();

    RandomProgram(long seed, EventLoop loop) {
        this.random = new Random(seed);
        this.loop = loop;
    }

    /** Runs the program; returns when all its tasks are done. */
    void main() {
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            var root = new Root();
            root.refuses = random.nextInt(4) == 0;
            roots.add(root);
            root.task = start(() -> live(root));
        }
        for (int i = random.nextInt(10); i > 0; i--) {
            sleep(someTime());
            act(random.nextBoolean() ? Step.CANCEL : Step.COMPLETE);
        }
        for (int i = 0; anyPending(); i++) {
            assertThat(i).as("the tasks end").isLessThan(LONGEST_LIFE);
            while (!open.isEmpty()) {
                act(Step.COMPLETE);
            }
            sleep(0.5);
        }
        for (Task<?> task : others) {
            if (!task.cancelled()) {
                task.exception(); // what nobody waits for is not the matter here
            }
        }
    }

    private boolean anyPending() {
        return !roots.stream().allMatch(r -> r.task.done())
                || !others.stream().allMatch(Future::done)
                || !shielded.stream().allMatch(Future::done);
    }

    private int live(Root root) throws Exception {
        while (true) {
            try {
                return steps(0);
            } catch (CancelledError e) {
                if (!root.refuses) {
                    throw e;
                }
                root.refused++;
                if (random.nextBoolean()) {
                    assertThat(root.task.uncancel()).isEqualTo(--root.requests);
                }
            }
        }
    }

    private int steps(int depth) throws Exception {
        int sum = 0;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            sum += step(depth);
        }
        return sum;
    }

    private int step(int depth) throws Exception {
        Step step = depth < DEEPEST ? STEPS[random.nextInt(STEPS.length)] : Step.SLEEP;
        counts.merge(step, 1, Integer::sum);
        double begin = loop.time();
        return switch (step) {
            case SLEEP -> {
                double time = someTime();
                sleep(time);
                assertThat(loop.time()).as("a sleep is exact").isEqualTo(begin + time);
                yield 1;
            }
            case AWAIT -> someFuture().await();
            case AWAIT_TASK -> start(() -> steps(depth + 1)).await();
            case GATHER -> sum(gather(severalTasks(depth)));
            case SHIELD -> shielded(depth);
            case TIMEOUT -> limited(depth, begin, false);
            case WAIT_FOR -> limited(depth, begin, true);
            case WAIT ->
                    Asyncio.wait(severalTasks(depth), someDuration(), someWish()).done().size();
            case AS_COMPLETED -> countCompleted(severalTasks(depth));
            case CLEAN_UP -> {
                try {
                    yield steps(depth + 1);
                } finally {
                    sleep(someTime());
                }
            }
            case FAIL -> {
                if (random.nextInt(3) == 0) {
                    throw new OwnError();
                }
                yield 0;
            }
            case CANCEL, COMPLETE -> act(step);
        };
    }

    private int act(Step step) {
        if (step == Step.CANCEL) {
            Root victim = roots.get(random.nextInt(roots.size()));
            if (victim.task != null && victim.task.cancel("by the program")) {
                victim.requests++;
            }
        } else if (!open.isEmpty()) {
            Future<Integer> future = open.remove(random.nextInt(open.size()));
            if (!future.done()) {
                future.setResult(1);
            }
        }
        return 0;
    }

    private int shielded(int depth) throws Exception {
        Task<Integer> inner =
                startOnly(
                        () -> {
                            try {
                                return steps(depth + 1);
                            } catch (OwnError e) {
                                var own = new OwnError();
                                raisedInShields.add(own);
                                throw own;
                            }
                        });
        shielded.add(inner);
        try {
            return await(shieldAsync(inner), OwnError.class);
        } catch (OwnError e) {
            received.add(e);
            return 0;
        }
    }

    private int limited(int depth, double begin, boolean asWaitFor) throws Exception {
        double limit = someTime();
        try {
            int result =
                    asWaitFor
                            ? waitFor(start(() -> steps(depth + 1)), limit)
                            : timeout(limit, () -> steps(depth + 1));
            assertThat(loop.time()).as("in time").isLessThanOrEqualTo(begin + limit);
            return result;
        } catch (TimeoutException e) {
            assertThat(loop.time()).as("not early").isGreaterThanOrEqualTo(begin + limit);
            timeouts++;
            return 0;
        }
    }

    private int countCompleted(List<Task<Integer>> tasks) {
        int done = 0;
        try {
            for (Future<Integer> each : asCompleted(tasks, someDuration()).futures()) {
                done += each.done() ? 1 : 0;
            }
        } catch (Exception e) {
            assertThat(e).isInstanceOf(TimeoutException.class);
            timeouts++;
        }
        return done;
    }

    private Task<Integer> start(Coroutine<Integer> body) {
        Task<Integer> task = startOnly(body);
        others.add(task);
        return task;
    }

    private Task<Integer> startOnly(Coroutine<Integer> body) {
        return createTask(body, TaskOptions.DEFAULT.withEagerStart(random.nextInt(3) == 0));
    }

    private List<Task<Integer>> severalTasks(int depth) {
        return IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(i -> start(() -> steps(depth + 1)))
                .toList();
    }

    private Future<Integer> someFuture() {
        Future<Integer> future = loop.createFuture();
        open.add(future);
        return future;
    }

    /** Few different times, so that many things fall together. */
    private double someTime() {
        return random.nextInt(5) * 0.5;
    }

    private Duration someDuration() {
        return random.nextBoolean() ? null : Duration.ofMillis(random.nextInt(5) * 500);
    }

    private ReturnWhen someWish() {
        return ReturnWhen.values()[random.nextInt(3)];
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }
}
