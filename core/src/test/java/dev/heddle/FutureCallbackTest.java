package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Done-callbacks run from the ready queue, in the order in which they were registered. */
class FutureCallbackTest extends LoopFixture {

    private final Future<Integer> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    private Consumer<Future<Integer>> logging(String text) {
        return f -> log.add(text);
    }

    @Test
    void callbacksRunInTheNextTurnInTheirOrder() {
        future.addDoneCallback(logging("first"));
        future.addDoneCallback(logging("second"));
        future.addDoneCallback(logging("third"));

        future.setResult(1);

        assertThat(log).isEmpty();
        turns(1);
        assertThat(log).containsExactly("first", "second", "third");
        turns(1);
        assertThat(log).hasSize(3);
    }

    @Test
    void callbackGetsTheFuture() {
        var got = new ArrayList<Future<Integer>>();
        future.addDoneCallback(got::add);

        future.cancel();
        turns(1);

        assertThat(got).containsExactly(future);
    }

    @Test
    void callbackOfADoneFutureRunsInTheNextTurnToo() {
        future.setResult(1);

        future.addDoneCallback(logging("late"));

        assertThat(log).isEmpty();
        turns(1);
        assertThat(log).containsExactly("late");
    }

    @Test
    void everyOutcomeRunsTheCallbacks() {
        Future<Integer> failed = loop.createFuture();
        Future<Integer> cancelled = loop.createFuture();
        future.addDoneCallback(logging("finished"));
        failed.addDoneCallback(logging("failed"));
        cancelled.addDoneCallback(logging("cancelled"));

        future.setResult(1);
        failed.setException(new Exception());
        cancelled.cancel();
        turns(1);

        assertThat(log).containsExactly("finished", "failed", "cancelled");
        assertThat(failed.exception()).isNotNull();
    }

    @Test
    void removalTakesAllEqualOnesAndCountsThem() {
        Consumer<Future<Integer>> often = logging("often");
        Consumer<Future<Integer>> once = logging("once");
        for (int i = 0; i < 6; i++) {
            future.addDoneCallback(often);
            if (i == 2) {
                future.addDoneCallback(once);
            }
        }

        assertThat(future.removeDoneCallback(often)).isEqualTo(6);
        assertThat(future.removeDoneCallback(often)).isZero();
        future.setResult(1);
        turns(1);

        assertThat(log).containsExactly("once");
    }

    @Test
    void removalOfTheOnlyOneLeavesNone() {
        Consumer<Future<Integer>> only = logging("only");
        future.addDoneCallback(only);

        assertThat(future.removeDoneCallback(logging("other"))).isZero();
        assertThat(future.removeDoneCallback(only)).isEqualTo(1);
        assertThat(future.removeDoneCallback(only)).isZero();
        future.setResult(1);
        turns(1);

        assertThat(log).isEmpty();
    }

    @Test
    void equalityDecidesNotIdentity() {
        record Logging(List<String> log) implements Consumer<Future<Integer>> {
            @Override
            public void accept(Future<Integer> f) {
                log.add("called");
            }
        }
        future.addDoneCallback(new Logging(log));
        future.addDoneCallback(new Logging(log));

        assertThat(future.removeDoneCallback(new Logging(log))).isEqualTo(2);
    }

    @Test
    void removalIsTooLateOnceTheFutureIsDone() {
        Consumer<Future<Integer>> callback = logging("called");
        future.addDoneCallback(callback);
        future.setResult(1);

        assertThat(future.removeDoneCallback(callback)).isZero();
        turns(1);

        assertThat(log).containsExactly("called");
    }

    @Test
    void callbackAddedByACallbackRunsATurnLater() {
        future.addDoneCallback(
                f -> {
                    log.add("outer");
                    f.addDoneCallback(logging("inner"));
                });
        future.addDoneCallback(logging("neighbour"));

        future.setResult(1);

        turns(1);
        assertThat(log).containsExactly("outer", "neighbour");
        turns(1);
        assertThat(log).containsExactly("outer", "neighbour", "inner");
    }

    @Test
    void equalsThatChangesTheCallbacksDoesNoHarm() {
        class Meddling implements Consumer<Future<Integer>> {
            @Override
            public void accept(Future<Integer> f) {
                log.add("meddling");
            }

            @Override
            public boolean equals(Object other) {
                if (!future.done()) {
                    future.cancel();
                }
                return this == other;
            }

            @Override
            public int hashCode() {
                return 0;
            }
        }
        future.addDoneCallback(new Meddling());
        future.addDoneCallback(logging("plain"));

        future.removeDoneCallback(logging("other"));
        turns(1);

        assertThat(log).containsExactly("meddling", "plain");
    }

    @Test
    void failingCallbackIsReportedAndTheOthersRun() {
        var error = new IllegalArgumentException("callback");
        future.addDoneCallback(
                f -> {
                    throw error;
                });
        future.addDoneCallback(logging("next"));

        future.setResult(1);
        turns(1);

        assertThat(log).containsExactly("next");
        assertThat(takeError().exception()).isSameAs(error);
    }

    @Test
    void callbackRunsInTheContextOfItsRegistration() {
        ContextVar<String> variable = ContextVar.of("variable");
        var explicit = new Context();
        explicit.run(() -> variable.set("explicit"));
        run(
                () -> {
                    variable.set("registered");
                    future.addDoneCallback(f -> log.add(variable.get()));
                    future.addDoneCallback(f -> log.add(variable.get()), explicit);
                    variable.set("later");
                });

        future.setResult(1);
        turns(1);

        assertThat(log).containsExactly("registered", "explicit");
    }

    @Test
    void callbackCannotBeNull() {
        assertThatNullPointerException().isThrownBy(() -> future.addDoneCallback(null));
        assertThatNullPointerException().isThrownBy(() -> future.addDoneCallback(f -> {}, null));
    }
}
