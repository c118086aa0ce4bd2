package dev.heddle;

import java.util.ArrayList;
import java.util.List;

/**
 * Warns, in debug mode, of what a loop that is being closed has still to close: open channels, and
 * an executor with jobs. Pending tasks are reported in any mode, by {@link Unwinding}.
 */
final class LeakReport {

    private static final int MOST_SHOWN = 20;
    private static final int MOST_FRAMES = 10;

    private LeakReport() {}

    /** Logs a warning if there is anything left. */
    static void warn(EventLoop loop, List<?> openChannels, String jobs) {
        if (!openChannels.isEmpty()) {
            var text = new StringBuilder();
            text.append(
                    "%s was closed with %d open channels, which are closed with it or by nobody."
                            .formatted(loop.name(), openChannels.size()));
            text.append(" Close what you open before the loop ends:");
            for (Object channel :
                    openChannels.subList(0, Math.min(MOST_SHOWN, openChannels.size()))) {
                text.append("\n  ").append(ErrorContext.textOf(channel));
                madeAt(loop, channel).forEach(f -> text.append("\n      made at ").append(f));
            }
            if (openChannels.size() > MOST_SHOWN) {
                text.append("\n  and ").append(openChannels.size() - MOST_SHOWN).append(" more");
            }
            ErrorReporter.warn(text.toString());
        }
        if (!jobs.isEmpty()) {
            ErrorReporter.warn(
                    "%s was closed with jobs in its default executor: %s. They go on by themselves;"
                                    .formatted(loop.name(), jobs)
                            + " await them, or shutdownDefaultExecutor, before the loop ends.");
        }
    }

    private static List<StackTraceElement> madeAt(EventLoop loop, Object channel) {
        Throwable made = loop.creationStack(channel);
        var frames = new ArrayList<StackTraceElement>();
        if (made != null) {
            for (StackTraceElement frame : Stacks.ofCoroutine(made.getStackTrace())) {
                if (frames.size() < MOST_FRAMES) {
                    frames.add(frame);
                }
            }
        }
        return frames;
    }
}
