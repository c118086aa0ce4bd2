package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What callSoon returns, and the context in which a callback runs. */
class HandleTest extends LoopFixture {

    private static final ContextVar<String> COLOUR = ContextVar.of("colour", "none");

    private final List<Object> seen = new ArrayList<>();

    @Test
    void cancelledCallbackDoesNotRun() {
        Handle handle = loop.callSoon(() -> seen.add("ran"));
        assertThat(handle.cancelled()).isFalse();

        handle.cancel();
        handle.cancel();
        turns(1);

        assertThat(handle.cancelled()).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void callbackCanBeCancelledByOneBeforeItInTheSameTurn() {
        List<Handle> second = new ArrayList<>();
        loop.callSoon(() -> second.getFirst().cancel());
        second.add(loop.callSoon(() -> seen.add("ran")));

        turns(1);

        assertThat(seen).isEmpty();
    }

    @Test
    void callbackThatCancelsItselfCompletes() {
        List<Handle> own = new ArrayList<>();
        own.add(
                loop.callSoon(
                        () -> {
                            own.getFirst().cancel();
                            seen.add("completed");
                        }));

        turns(2);

        assertThat(seen).containsExactly("completed");
    }

    @Test
    void callbackThatRanIsNotCancelled() {
        Handle handle = loop.callSoon(() -> seen.add("ran"));

        turns(1);

        assertThat(handle.cancelled()).isFalse();
    }

    @Test
    void callbackMustBeGiven() {
        assertThatThrownBy(() -> loop.callSoon(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callSoon(() -> {}, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callSoonThreadsafe(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.callSoonThreadsafe(() -> {}, null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void callbackRunsInACopyOfTheContextInWhichItWasScheduled() {
        run(
                () -> {
                    COLOUR.set("red");
                    loop.callSoon(
                            () -> {
                                seen.add(COLOUR.get());
                                COLOUR.set("changed in the copy");
                            });
                    loop.callLater(0, () -> seen.add(COLOUR.get()));
                    COLOUR.set("green");
                    loop.callSoonThreadsafe(() -> seen.add(COLOUR.get()));
                    Asyncio.sleep(0);
                    Asyncio.sleep(0);
                    seen.add(COLOUR.get());
                });

        assertThat(seen).containsExactlyInAnyOrder("red", "red", "green", "green");
        assertThat(seen).endsWith("green");
    }

    @Test
    void callbackRunsInAGivenContextAndSharesIt() {
        Context shared = Context.copyCurrent();
        loop.callSoon(() -> COLOUR.set("blue"), shared);
        loop.callSoon(() -> seen.add(COLOUR.get()), shared);
        loop.callLater(0, () -> seen.add(COLOUR.get()), shared);
        loop.callAt(0, () -> seen.add(COLOUR.get()), shared);
        loop.callSoonThreadsafe(() -> seen.add(COLOUR.get()), shared);
        loop.callSoon(() -> seen.add(COLOUR.get()));

        turns(1);

        assertThat(seen).containsExactlyInAnyOrder("blue", "blue", "blue", "blue", "none");
    }

    @Test
    void getContextShowsTheContextOfTheCallback() {
        Context context = Context.copyCurrent();
        context.run(() -> COLOUR.set("blue"));

        assertThat(loop.callSoon(() -> {}, context).getContext()).isSameAs(context);
        assertThat(loop.callLater(1, () -> {}, context).getContext()).isSameAs(context);
        assertThat(loop.callSoonThreadsafe(() -> {}, context).getContext()).isSameAs(context);
        assertThat(loop.callSoon(() -> {}).getContext()).isNotNull();
    }

    @Test
    void textTellsWhetherItIsCancelled() {
        Handle handle = loop.callSoon(() -> {});
        assertThat(handle.toString()).startsWith("Handle(").contains("HandleTest");

        handle.cancel();

        assertThat(handle).hasToString("Handle(cancelled)");
    }
}
