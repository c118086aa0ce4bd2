package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The instruments of a loop, at least one. Immutable: a loop that gains or loses one gets another.
 */
final class Instruments {

    private final EventLoop loop;
    private final Instrument[] all;

    private Instruments(EventLoop loop, List<Instrument> all) {
        this.loop = loop;
        this.all = all.toArray(new Instrument[0]);
    }

    /** Returns those of {@code loop} and {@code instrument}. */
    static Instruments with(EventLoop loop, Instrument instrument) {
        List<Instrument> list = listOf(loop.turn.instruments);
        if (!list.contains(instrument)) {
            list.add(instrument);
        }
        return new Instruments(loop, list);
    }

    /** Takes {@code instrument} from {@code loop}; returns whether it was there. */
    static boolean remove(EventLoop loop, Instrument instrument) {
        List<Instrument> list = listOf(loop.turn.instruments);
        boolean removed = list.remove(instrument);
        loop.turn.instruments = list.isEmpty() ? null : new Instruments(loop, list);
        return removed;
    }

    private static List<Instrument> listOf(@Nullable Instruments instruments) {
        return instruments == null ? new ArrayList<>() : new ArrayList<>(List.of(instruments.all));
    }

    void taskSpawned(Task<?> task) {
        tell(i -> i.taskSpawned(task));
    }

    void beforeTaskStep(Task<?> task) {
        tell(i -> i.beforeTaskStep(task));
    }

    void afterTaskStep(Task<?> task) {
        tell(i -> i.afterTaskStep(task));
    }

    void taskExited(Task<?> task) {
        tell(i -> i.taskExited(task));
    }

    void beforeCallback(Runnable action) {
        tell(i -> i.beforeCallback(action));
    }

    void afterCallback(Runnable action) {
        tell(i -> i.afterCallback(action));
    }

    void beforePoll(long timeoutNanos) {
        tell(i -> i.beforePoll(timeoutNanos));
    }

    void afterPoll() {
        tell(Instrument::afterPoll);
    }

    private void tell(Consumer<Instrument> event) {
        for (Instrument instrument : all) {
            try {
                event.accept(instrument);
            } catch (Throwable e) {
                drop(instrument, e);
            }
        }
    }

    /** Removes one that throws: it must not do so at each step, nor disturb the loop. */
    private void drop(Instrument instrument, Throwable why) {
        if (!remove(loop, instrument)) {
            return; // it was told of the end of what it has failed at
        }
        try {
            loop.callExceptionHandler(
                    ErrorContext.of(
                            "An instrument failed and was removed: "
                                    + ErrorContext.textOf(instrument),
                            why));
        } catch (KeyboardInterrupt e) { // of the handler; thrown here it would lose a step
            loop.escape(e);
        }
    }
}
