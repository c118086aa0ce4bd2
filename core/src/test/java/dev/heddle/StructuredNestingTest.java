package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Who catches what, when scopes, timeouts and groups stand in each other: a table. */
class StructuredNestingTest extends LoopFixture {

    /**
     * What comes out of an inner block in an outer one, if one of them fires at 1 s (its deadline
     * passes, or a task of the group fails), or both, or the task is cancelled from outside. Named
     * are the scopes that catch and the timeouts that throw; what is in brackets is a group of
     * errors.
     */
    private static final String TABLE =
            """
            outer inner | inner fires   | outer fires | both                 | outside cancel
            scope scope | inner scope   | outer scope | outer scope          | cancelled
            scope limit | inner limit   | outer scope | outer scope          | cancelled
            scope group | [inner]       | outer scope | outer scope          | cancelled
            limit scope | inner scope   | outer limit | outer limit          | cancelled
            limit limit | inner limit   | outer limit | outer limit          | cancelled
            limit group | [inner]       | outer limit | outer limit          | cancelled
            group scope | inner scope   | [outer]     | inner scope, [outer] | cancelled
            group limit | [inner limit] | [outer]     | [inner limit]        | cancelled
            group group | [[inner]]     | [outer]     | [outer, [inner]]     | cancelled
            """;

    /** A timeout, by its name. */
    private static final class TimedOut extends Exception {

        TimedOut(String name) {
            super(name + " limit");
        }
    }

    private final List<String> caught = new ArrayList<>();

    private void block(String kind, String name, boolean fires, VoidCoroutine body)
            throws Exception {
        double deadline = fires ? 1 : 50;
        switch (kind) {
            case "scope" -> {
                CancelScope scope = CancelScope.after(deadline);
                scope.run(s -> body.await());
                if (scope.cancelledCaught()) {
                    caught.add(name + " scope");
                }
            }
            case "limit" -> {
                try {
                    timeout(deadline, body);
                } catch (TimeoutException e) {
                    throw new TimedOut(name);
                }
            }
            default ->
                    taskGroup(
                            group -> {
                                if (fires) {
                                    group.createTask(() -> failAtOne(name));
                                }
                                body.await();
                            });
        }
    }

    private static void failAtOne(String name) throws IOException {
        sleep(1);
        throw new IOException(name);
    }

    /** Runs an inner block in an outer one, and tells what has come of it. */
    private String outcome(String outer, String inner, String event) {
        boolean outerFires = event.equals("outer fires") || event.equals("both");
        boolean innerFires = event.equals("inner fires") || event.equals("both");
        VoidCoroutine innerBlock = () -> block(inner, "inner", innerFires, () -> sleep(100));
        caught.clear();
        run(
                () -> {
                    double begin = loop.time();
                    Task<?> task = createTask(() -> block(outer, "outer", outerFires, innerBlock));
                    if (event.equals("outside cancel")) {
                        loop.callLater(1, () -> task.cancel());
                    }
                    Asyncio.wait(List.of(task));

                    assertThat(loop.time() - begin).isEqualTo(1);
                    assertThat(task.cancelling()).isEqualTo(task.cancelled() ? 1 : 0);
                    if (task.cancelled()) {
                        caught.add("cancelled");
                    } else if (task.exception() != null) {
                        caught.add(shape(task.exception()));
                    }
                });
        return String.join(", ", caught);
    }

    private static String shape(Throwable error) {
        return error instanceof ExceptionGroup group
                ? group.exceptions().stream().map(StructuredNestingTest::shape).toList().toString()
                : error.getMessage();
    }

    @TestFactory
    List<DynamicTest> everyPairDoesWhatTheTableSays() {
        List<String[]> rows = TABLE.lines().map(line -> line.split(" *\\| *")).toList();
        String[] events = rows.getFirst();
        var tests = new ArrayList<DynamicTest>();
        for (String[] row : rows.subList(1, rows.size())) {
            String[] kinds = row[0].split(" ");
            for (int i = 1; i < row.length; i++) {
                String event = events[i];
                String expected = row[i];
                tests.add(
                        dynamicTest(
                                row[0] + ", " + event,
                                () ->
                                        assertThat(outcome(kinds[0], kinds[1], event))
                                                .isEqualTo(expected)));
            }
        }
        assertThat(tests).hasSize(36);
        return tests;
    }
}
