package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Several jobs at once: what ExecutorService promises of invokeAll and invokeAny. */
@Timeout(60)
class ProcessPoolBulkTest {

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void open() {
        pool = ProcessPoolExecutor.builder().maxWorkers(1).build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static Callable<Integer> give(int number) {
        return (Callable<Integer> & Serializable) () -> number;
    }

    private static Callable<Integer> fail(String message) {
        return (Callable<Integer> & Serializable)
                () -> {
                    throw new IOException(message);
                };
    }

    private static Callable<Integer> light(int port) {
        return (Callable<Integer> & Serializable) () -> Beacon.light(port).length();
    }

    @Test
    void invokeAllGivesTheOutcomeOfEach() throws Exception {
        var futures = pool.invokeAll(List.of(give(1), fail("two"), give(3)));

        assertThat(futures).hasSize(3).allMatch(f -> f.isDone());
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThat(futures.get(1).exceptionNow()).hasMessage("two");
        assertThat(futures.get(2).get()).isEqualTo(3);
    }

    @Test
    void invokeAllCancelsWhatIsNotDoneInTime() throws Exception {
        try (var beacon = new Beacon()) {
            var jobs = List.of(light(beacon.port()), give(2));

            var futures = pool.invokeAll(jobs, 1, TimeUnit.MILLISECONDS);

            assertThat(futures).hasSize(2).allMatch(f -> f.isCancelled());
        }
    }

    @Test
    void invokeAnyGivesTheFirstThatSucceeds() throws Exception {
        assertThat(pool.invokeAny(List.of(fail("one"), give(2)))).isEqualTo(2);
    }

    @Test
    void invokeAnyCancelsTheOthers() throws Exception {
        try (var beacon = new Beacon()) {
            var endless = light(beacon.port());

            assertThat(pool.invokeAny(List.of(give(1), endless))).isEqualTo(1);

            assertThat(pool.submit(give(3)).get()).isEqualTo(3); // the only worker is free
        }
    }

    @Test
    void invokeAnyThrowsTheLastErrorIfAllFail() {
        assertThatThrownBy(() -> pool.invokeAny(List.of(fail("one"), fail("two"))))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("two");
    }

    @Test
    void invokeAnyThrowsWhenTheTimeIsOver() throws Exception {
        try (var beacon = new Beacon()) {
            var jobs = List.of(light(beacon.port()));

            assertThatThrownBy(() -> pool.invokeAny(jobs, 1, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void invokeAnyNeedsAJob() {
        assertThatThrownBy(() -> pool.invokeAny(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
