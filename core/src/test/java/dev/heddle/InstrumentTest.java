package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What an instrument is told, and in which order. */
class InstrumentTest extends LoopFixture {

    private final LoopProbe probe = LoopProbe.of(loop);
    private final List<String> events = new ArrayList<>();

    /** Notes what it is told. */
    private class Recorder implements Instrument {

        @Override
        public void taskSpawned(Task<?> task) {
            events.add("spawned " + task.getName());
        }

        @Override
        public void beforeTaskStep(Task<?> task) {
            events.add("before " + task.getName());
        }

        @Override
        public void afterTaskStep(Task<?> task) {
            events.add("after " + task.getName());
        }

        @Override
        public void taskExited(Task<?> task) {
            events.add("exited " + task.getName());
        }

        @Override
        public void beforeCallback(Runnable action) {
            events.add("callback");
        }

        @Override
        public void afterCallback(Runnable action) {
            events.add("end of callback");
        }
    }

    private static TaskOptions named(String name) {
        return TaskOptions.DEFAULT.withName(name);
    }

    @Test
    void lifeOfATaskIsTold() {
        probe.addInstrument(new Recorder());
        Task<Void> task = loop.createTask(() -> sleep(0), named("A"));

        turns(2);

        assertThat(task.done()).isTrue();
        assertThat(events)
                .containsExactly(
                        "spawned A", "before A", "after A", "before A", "exited A", "after A");
    }

    @Test
    void taskThatIsCancelledBeforeItsFirstStepIsSpawnedAndExits() {
        probe.addInstrument(new Recorder());
        Task<Void> task = loop.createTask(() -> sleep(0), named("A"));
        task.cancel();

        turns(1);

        assertThat(events).containsExactly("spawned A", "exited A");
    }

    @Test
    void taskThatExitsHasItsOutcomeAndIsNoLongerCurrent() {
        var seen = new ArrayList<String>();
        probe.addInstrument(
                new Instrument() {
                    @Override
                    public void taskExited(Task<?> task) {
                        seen.add(task.result() + ", current: " + loop.currentTask());
                    }
                });
        run(() -> "the result");

        assertThat(seen).containsExactly("the result, current: null");
    }

    @Test
    void taskThatIsUnwoundBeforeItsFirstStepExits() {
        EventLoop closing = open(EventLoop.builder());
        LoopProbe.of(closing).addInstrument(new Recorder());
        closing.createTask(() -> sleep(0), named("A"));

        closing.close();

        assertThat(events).containsExactly("spawned A", "exited A");
        takeError();
    }

    @Test
    void callbackIsToldAlsoWhenItFails() {
        probe.addInstrument(new Recorder());
        loop.callSoon(
                () -> {
                    events.add("it runs");
                    throw new IllegalStateException("of the test");
                });

        turns(1);

        assertThat(events).containsExactly("callback", "it runs", "end of callback");
        assertThat(takeError().exception()).hasMessage("of the test");
    }

    @Test
    void taskThatACallbackStartsEagerlyRunsWithinIt() {
        probe.addInstrument(new Recorder());
        loop.callSoon(() -> createTask(() -> {}, named("A").withEagerStart(true)));

        turns(1);

        assertThat(events)
                .containsExactly(
                        "callback",
                        "spawned A",
                        "before A",
                        "exited A",
                        "after A",
                        "end of callback");
    }

    @Test
    void taskThatATaskStartsEagerlyRunsBetweenTwoStepsOfIt() {
        probe.addInstrument(new Recorder());
        loop.createTask(
                () -> {
                    createTask(() -> {}, named("B").withEagerStart(true));
                },
                named("A"));

        turns(1);

        assertThat(events)
                .containsExactly(
                        "spawned A",
                        "before A",
                        "spawned B",
                        "after A",
                        "before B",
                        "exited B",
                        "after B",
                        "before A",
                        "exited A",
                        "after A");
    }

    @Test
    void pollsAreToldWithHowLongTheyMayTake() {
        var timeouts = new ArrayList<Long>();
        probe.addInstrument(
                new Instrument() {
                    @Override
                    public void beforePoll(long timeoutNanos) {
                        timeouts.add(timeoutNanos);
                    }

                    @Override
                    public void afterPoll() {
                        timeouts.add(null);
                    }
                });
        loop.callSoon(() -> {});
        turns(2);

        assertThat(timeouts).containsExactly(0L, null, 0L, null);
    }

    @Test
    void currentTaskIsNoneInAnInstrument() {
        var current = new ArrayList<Boolean>();
        probe.addInstrument(
                new Instrument() {
                    @Override
                    public void beforeTaskStep(Task<?> task) {
                        current.add(loop.currentTask() == null);
                    }

                    @Override
                    public void afterTaskStep(Task<?> task) {
                        current.add(loop.currentTask() == null);
                    }
                });
        run(() -> {});

        assertThat(current).containsExactly(true, true);
    }

    @Test
    void instrumentsAreToldInTheOrderInWhichTheyWereAdded() {
        for (String name : List.of("first", "second", "third")) {
            probe.addInstrument(
                    new Instrument() {
                        @Override
                        public void taskSpawned(Task<?> task) {
                            events.add(name);
                        }
                    });
        }
        run(() -> {});

        assertThat(events).containsExactly("first", "second", "third");
    }

    @Test
    void instrumentThatThrowsIsRemovedAndReportedOnceAndTheLoopGoesOn() {
        probe.addInstrument(
                new Recorder() {
                    @Override
                    public void beforeTaskStep(Task<?> task) {
                        throw new IllegalStateException("of the instrument");
                    }

                    @Override
                    public void afterTaskStep(Task<?> task) {
                        throw new IllegalStateException("too late to be heard");
                    }

                    @Override
                    public String toString() {
                        return "the broken one";
                    }
                });
        probe.addInstrument(new Recorder());
        run(() -> sleep(0));

        ErrorContext error = takeError();
        assertThat(error.message())
                .isEqualTo("An instrument failed and was removed: the broken one");
        assertThat(error.exception()).hasMessage("of the instrument");
        assertThat(events.stream().filter(e -> e.startsWith("before"))).hasSize(2);
    }

    @Test
    void instrumentThatIsRemovedHearsNothingMore() {
        var recorder = new Recorder();
        probe.addInstrument(recorder);
        probe.addInstrument(recorder); // has no effect

        assertThat(probe.removeInstrument(recorder)).isTrue();
        assertThat(probe.removeInstrument(recorder)).isFalse();
        run(() -> sleep(0));

        assertThat(events).isEmpty();
    }

    @Test
    void instrumentMayBeRemovedInTheMidstOfAStepAndHearsItsEnd() {
        var recorder = new Recorder();
        probe.addInstrument(recorder);
        loop.createTask(() -> probe.removeInstrument(recorder), named("A"));

        turns(1);

        assertThat(events).containsExactly("spawned A", "before A", "exited A", "after A");
    }

    @Test
    void instrumentCannotWait() {
        probe.addInstrument(
                new Instrument() {
                    @Override
                    public void beforeTaskStep(Task<?> task) {
                        sleep(1);
                    }
                });
        run(() -> {});

        assertThat(takeError().exception()).hasMessageContaining("callback");
    }

    @Test
    void anotherThreadMayNotAddOne() {
        loop.callSoon(
                () -> {
                    onOtherThread(
                            () ->
                                    assertThatThrownBy(() -> probe.addInstrument(new Recorder()))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("addInstrument"));
                });
        turns(1);
    }
}
