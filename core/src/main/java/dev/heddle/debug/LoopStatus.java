package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.LoopProbe;
import dev.heddle.reactor.Clock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * How a loop is, in numbers.
 *
 * @param name the loop's name
 * @param answered whether it answered in time; if not, all that follows is 0 but the lag
 * @param lag how long it took the loop to answer, or how long that was waited for
 * @param tasks how many tasks are not done
 * @param ready how many callbacks and tasks stand in the ready queue
 * @param timers how many timers there are
 * @param openChannels how many channels are open
 * @param turns how many turns had something to run
 * @param polls how often the loop went to wait
 * @param busyRatio which part of the time it was busy since it was asked last, 0 to 1; null if it
 *     was not asked within the last minute
 */
public record LoopStatus(
        String name,
        boolean answered,
        Duration lag,
        int tasks,
        int ready,
        int timers,
        int openChannels,
        long turns,
        long polls,
        @Nullable Double busyRatio) {

    /** Asks a loop, by any thread, and waits for at most {@code patience}. */
    public static LoopStatus of(EventLoop loop, Duration patience) {
        Clock clock = Clock.system();
        long begin = clock.nanoTime();
        LoopStatus status =
                Question.ask(
                        loop,
                        patience,
                        () -> read(loop, Duration.ofNanos(clock.nanoTime() - begin)));
        return status != null ? status : unknown(LoopProbe.of(loop).name(), patience);
    }

    /** Returns that of a loop of which nothing is known but the name. */
    static LoopStatus unknown(String name, Duration waited) {
        return new LoopStatus(name, false, waited, 0, 0, 0, 0, 0, 0, null);
    }

    private static LoopStatus read(EventLoop loop, Duration lag) {
        LoopProbe probe = LoopProbe.of(loop);
        return new LoopStatus(
                probe.name(),
                true,
                lag,
                probe.taskCount(),
                probe.readyCount(),
                probe.timerCount(),
                loop.openChannels().size(),
                probe.busyTurns(),
                probe.polls(),
                loop.isClosed() ? null : LoopMeter.of(loop).busyRatio());
    }
}
