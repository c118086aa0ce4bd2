package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAll;
import static dev.heddle.Asyncio.gatherAllAsync;
import static dev.heddle.Asyncio.gatherAsync;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** What a gathering makes of errors and of cancelled children. */
class GatherErrorTest extends LoopFixture {

    private final Future<String> a = loop.createFuture();
    private final Future<String> b = loop.createFuture();
    private final Future<String> c = loop.createFuture();
    private final IOException first = new IOException("first");
    private final IOException second = new IOException("second");

    private Future<List<String>> gatherAbc() {
        return run(() -> gatherAsync(a, b, c));
    }

    private Future<List<Object>> gatherAllAbc() {
        return run(() -> gatherAllAsync(List.of(a, b, c), true));
    }

    @Test
    void firstErrorComesAtOnceAndTheOthersGoOn() {
        Future<List<String>> all = gatherAbc();

        b.setException(first);
        turns(1);

        assertThat(all.exception()).isSameAs(first);
        assertThat(a.done()).isFalse();
        assertThat(c.done()).isFalse();
        a.setResult("a");
        c.cancel();
        turns(1);
        assertThat(all.exception()).isSameAs(first);
    }

    @Test
    void siblingsOfAFailedTaskAreNotCancelled() {
        run(
                () -> {
                    Task<String> slow = createTask(() -> sleep(10, "slow"));
                    Task<String> failing =
                            createTask(
                                    () -> {
                                        sleep(1);
                                        throw first;
                                    });

                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> gather(slow, failing))
                            .isSameAs(first);
                    assertThat(loop.time()).isEqualTo(1);
                    assertThat(slow.await()).isEqualTo("slow");
                });
    }

    @Test
    void errorOfAChildThatIsDoneAlreadyComesAtOnce() {
        b.setException(first);

        Future<List<String>> all = gatherAbc();

        assertThat(all.done()).isTrue();
        assertThat(all.exception()).isSameAs(first);
    }

    @Test
    void laterErrorsCountAsRetrieved() {
        Future<List<String>> all = gatherAbc();

        a.setException(first);
        b.setException(second);
        turns(1);
        c.setException(new IOException("third"));
        turns(1);

        assertThat(all.exception()).isSameAs(first);
        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void errorOfAGatheringThatNobodyTakesIsReportedOnce() {
        Future<List<String>> all = gatherAbc();
        a.setException(first);
        b.setException(second);
        turns(1);
        assertThat(all.done()).isTrue();

        loop.close();

        assertThat(takeError().exception()).isSameAs(first);
    }

    @Test
    void cancelledChildIsAnErrorAndTheGatheringIsNotCancelled() {
        Future<List<String>> all = gatherAbc();

        b.cancel("one of three");
        turns(1);

        assertThat(all.done()).isTrue();
        assertThat(all.cancelled()).isFalse();
        assertThat(all.exception()).isInstanceOf(CancelledError.class).hasMessage("one of three");
        assertThat(a.done()).isFalse();
        assertThat(c.done()).isFalse();
    }

    @Test
    void returnedErrorsStandInTheirPlaces() {
        Future<List<Object>> all = gatherAllAbc();

        b.setException(first);
        turns(1);
        assertThat(all.done()).isFalse();
        a.setResult("a");
        c.cancel("c");
        turns(1);

        assertThat(all.result()).hasSize(3).startsWith("a", first);
        assertThat(all.result().get(2)).isInstanceOf(CancelledError.class);
        assertThat((CancelledError) all.result().get(2)).hasMessage("c");
        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void returnedErrorsAreThoseOfTheChildren() {
        a.setResult("a");
        b.setException(first);
        c.cancel();

        List<Object> results = run(() -> gatherAll(List.of(a, b, b, c, a), true));

        assertThat(results).hasSize(5).startsWith("a", first, first).endsWith("a");
    }

    @Test
    void gatherAllWithoutReturningThrowsTheFirst() {
        run(
                () ->
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(
                                        () -> {
                                            b.setException(first);
                                            gatherAll(List.of(a, b), false);
                                        })
                                .isSameAs(first));
    }

    @Test
    void nestedGatheringPassesTheErrorItselfOn() {
        run(
                () -> {
                    a.setException(first);

                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> gather(gatherAsync(a, b), c))
                            .isSameAs(first);
                });

        assertThat(loop.unretrieved).isEmpty();
    }
}
