package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * PEP 380's promise: to move a block of a generator into a generator of its own changes nothing.
 *
 * <p>Random programs run under random callers in three ways: flat; cut at random places into
 * generators that yield from one another, which is what {@link Chain} runs; and cut at the same
 * places with a {@link Delegate} in between that merely forwards, which is the text of PEP 380,
 * generator on top of generator. All must write the same log.
 */
class RefactoringTest {

    private static final int PROGRAMS = 1_000;

    /** How a block that was cut out is run. */
    private interface Cut {
        Object run(Yielder<Object, Object> y, Generator<Object, Object, Object> block);
    }

    private static final Cut byChain = (y, block) -> y.yieldFrom(block);
    private static final Cut byDelegate = (y, block) -> y.yieldFrom(new Forwarding(block));

    /** Hides from the engine that the delegate is a generator. */
    private record Forwarding(Generator<Object, Object, Object> to)
            implements Delegate<Object, Object, Object> {
        @Override
        public Object next() {
            return to.next();
        }

        @Override
        public Object send(Object value) {
            return to.send(value);
        }

        @Override
        public Object throwInto(Throwable exception) {
            return to.throwInto(exception);
        }

        @Override
        public void close() {
            to.close();
        }
    }

    private static class Oops extends Exception {
        Oops(String message) {
            super(message);
        }
    }

    /** A piece of a generator's body; returns null to go on or a result to return. */
    private interface Code {
        Object run(Yielder<Object, Object> y, List<Object> log, Cut cut) throws Exception;
    }

    /**
     * Writes a program.
     *
     * @param wild whether it may swallow GeneratorExit and yield while it is being closed. There,
     *     by PEP 380 itself, a block of its own differs from one in place: it is abandoned.
     */
    private static Code program(Random random, int depth, boolean wild) {
        int id = random.nextInt(1000);
        int kind = random.nextInt(depth == 0 ? 4 : 10);
        return switch (kind) {
            case 0, 1, 2 ->
                    (y, log, cut) -> {
                        Object got = y.yield("value " + id);
                        log.add("got " + got);
                        return null;
                    };
            case 3 ->
                    switch (random.nextInt(4)) {
                        case 0 ->
                                (y, log, cut) -> {
                                    throw new Oops("own " + id);
                                };
                        case 1 -> (y, log, cut) -> "result " + id;
                        default ->
                                (y, log, cut) -> {
                                    log.add("at " + id);
                                    return null;
                                };
                    };
            case 4, 5 -> {
                Code[] parts = new Code[1 + random.nextInt(4)];
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = program(random, depth - 1, wild);
                }
                yield (y, log, cut) -> {
                    for (Code part : parts) {
                        Object result = part.run(y, log, cut);
                        if (result != null) {
                            return result;
                        }
                    }
                    return null;
                };
            }
            case 6 -> {
                Code block = program(random, depth - 1, wild);
                Code handler = program(random, depth - 1, wild);
                boolean exits = wild && random.nextInt(3) == 0;
                yield (y, log, cut) -> {
                    try {
                        return block.run(y, log, cut);
                    } catch (Exception e) {
                        log.add("caught " + text(e));
                    } catch (GeneratorExit e) {
                        log.add("exit " + id);
                        if (!exits) {
                            throw e;
                        }
                    }
                    return handler.run(y, log, cut);
                };
            }
            case 7 -> {
                Code block = program(random, depth - 1, wild);
                Code cleanUp = program(random, wild ? depth - 1 : 0, wild);
                yield (y, log, cut) -> {
                    try {
                        return block.run(y, log, cut);
                    } finally {
                        log.add("finally " + id);
                        if (wild) {
                            cleanUp.run(y, log, cut);
                        }
                    }
                };
            }
            default -> {
                Code block = program(random, depth - 1, wild);
                yield (y, log, cut) -> {
                    Object result =
                            cut == null
                                    ? block.run(y, log, null)
                                    : cut.run(y, Generator.of(z -> block.run(z, log, cut)));
                    log.add("block " + id + " returned " + result);
                    return null;
                };
            }
        };
    }

    private static String text(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return e.getClass().getSimpleName() + " " + message.lines().findFirst().orElse("");
    }

    /** Drives a generator as the seed says and writes down all that can be seen. */
    private static List<Object> drive(Code program, Cut cut, long seed, boolean wild) {
        var log = new ArrayList<Object>();
        var random = new Random(seed);
        Generator<Object, Object, Object> generator = Generator.of(y -> program.run(y, log, cut));
        for (int step = 0; step < 25; step++) {
            call(generator, random, log, wild);
            log.add(generator.state());
        }
        return log;
    }

    private static void call(
            Generator<Object, Object, Object> generator,
            Random random,
            List<Object> log,
            boolean wild) {
        int choice = random.nextInt(100);
        int number = random.nextInt(1000);
        try {
            if (choice < 35) {
                log.add("next: " + generator.next());
            } else if (choice < 60) {
                log.add("send: " + generator.send("sent " + number));
            } else if (choice < 75) {
                log.add("throw: " + generator.throwInto(new Oops("thrown " + number)));
            } else if (choice < 85) {
                log.add("hasNext: " + generator.hasNext());
            } else if (choice < 88) {
                log.add("close: " + generator.closeAndGet());
            } else if (choice < 91) {
                log.add("exit: " + generator.throwInto(new GeneratorExit()));
            } else if (choice < 94 && wild) {
                log.add("stop: " + generator.throwInto(new StopIteration("thrown " + number)));
            } else {
                log.add("next: " + generator.send(null));
            }
        } catch (Throwable e) {
            log.add("raised " + text(e));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aBlockInAGeneratorOfItsOwnIsTheSameAsInPlace(long seed) {
        for (int i = 0; i < PROGRAMS; i++) {
            long run = seed * PROGRAMS + i;
            Code program = program(new Random(run), 6, false);

            List<Object> flat = drive(program, null, run, false);

            assertThat(drive(program, byChain, run, false))
                    .as("chain, run %d", run)
                    .isEqualTo(flat);
            assertThat(drive(program, byDelegate, run, false))
                    .as("delegate, run %d", run)
                    .isEqualTo(flat);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theChainDoesWhatTheTextOfPep380Does(long seed) {
        for (int i = 0; i < PROGRAMS; i++) {
            long run = seed * PROGRAMS + i;
            Code program = program(new Random(run), 7, true);

            List<Object> byTheText = drive(program, byDelegate, run, true);

            assertThat(drive(program, byChain, run, true)).as("run %d", run).isEqualTo(byTheText);
        }
    }

    /**
     * Generators that yield from each other across, each also driven by itself and by the others'
     * bodies: shared delegates, circles, finished and executing ones.
     */
    private static List<Object> tangle(long seed, Cut cut) {
        var log = new ArrayList<Object>();
        var pool = new ArrayList<Generator<Object, Object, Object>>();
        var script = new Random(seed);
        for (int i = 0; i < 5; i++) {
            int id = i;
            long bodySeed = script.nextLong();
            pool.add(Generator.of(y -> wander(y, id, new Random(bodySeed), pool, log, cut)));
        }
        for (int step = 0; step < 40; step++) {
            int who = script.nextInt(pool.size());
            log.add("drive " + who);
            call(pool.get(who), script, log, true);
            pool.forEach(g -> log.add(g.state()));
        }
        return log;
    }

    private static Object wander(
            Yielder<Object, Object> y,
            int id,
            Random random,
            List<Generator<Object, Object, Object>> pool,
            List<Object> log,
            Cut cut)
            throws Exception {
        for (int i = 0; i < 12; i++) {
            int other = random.nextInt(pool.size());
            try {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> log.add(id + " got " + y.yield(id + " yields " + i));
                    case 3, 4, 5, 6 -> {
                        log.add(id + " delegates to " + other);
                        log.add(id + " result " + cut.run(y, pool.get(other)));
                    }
                    case 7, 8 -> {
                        log.add(id + " drives " + other);
                        call(pool.get(other), random, log, true);
                    }
                    default -> {
                        if (random.nextInt(4) == 0) {
                            return id + " returned";
                        }
                    }
                }
            } catch (Exception e) {
                log.add(id + " caught " + text(e));
            } catch (GeneratorExit e) {
                log.add(id + " exit");
                if (random.nextInt(3) != 0) {
                    throw e;
                }
            }
        }
        return id + " end";
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theChainIsTheSameWhereGeneratorsAreSharedAndDrivenFromAllSides(long seed) {
        for (int i = 0; i < 2 * PROGRAMS; i++) {
            long run = seed * 2 * PROGRAMS + i;

            assertThat(tangle(run, byChain)).as("run %d", run).isEqualTo(tangle(run, byDelegate));
        }
    }

    @Test
    void theProgramsAreWorthRunning() {
        var all = new ArrayList<Object>();
        for (int i = 0; i < PROGRAMS; i++) {
            all.addAll(drive(program(new Random(i), 7, true), byChain, i, true));
            all.addAll(tangle(i, byChain));
        }
        String seen = String.join("\n", all.stream().map(String::valueOf).toList());

        assertThat(seen)
                .contains("generator ignored GeneratorExit", "generator already executing")
                .contains("generator raised StopIteration", "hasNext() has already run")
                .contains("caught Oops thrown", "exit: ", "close: ", "finally", "result ");
    }
}
