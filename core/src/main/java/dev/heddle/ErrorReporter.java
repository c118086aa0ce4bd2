package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Hands errors to the loop's exception handler, and to the log where that fails. */
final class ErrorReporter {

    private final EventLoop loop;
    private @Nullable ExceptionHandler handler;

    ErrorReporter(EventLoop loop, @Nullable ExceptionHandler handler) {
        this.loop = loop;
        this.handler = handler;
    }

    @Nullable ExceptionHandler handler() {
        return handler;
    }

    void handler(@Nullable ExceptionHandler handler) {
        this.handler = handler;
    }

    void report(ErrorContext context) {
        ExceptionHandler custom = handler;
        if (custom == null) {
            reportByDefault(context);
            return;
        }
        try {
            custom.handle(loop, context);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            reportByDefault(
                    ErrorContext.of("Unhandled error in exception handler", e).withInner(context));
        }
    }

    void reportByDefault(ErrorContext context) {
        try {
            log(context);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            // Even the log is broken; standard error is what is left.
            System.err.println(
                    "Error in the default exception handler of "
                            + loop
                            + ": "
                            + ErrorContext.textOf(e));
            System.err.println(context.describe());
        }
    }

    /** Logs a warning; a log that is broken does not stop the loop. */
    static void warn(String message) {
        try {
            logger().log(Level.WARNING, message);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            System.err.println(message);
        }
    }

    private static void log(ErrorContext context) {
        Logger logger = logger();
        if (context.exception() == null) {
            logger.log(Level.ERROR, context.describe());
        } else {
            logger.log(Level.ERROR, context.describe(), context.exception());
        }
        for (ErrorContext c = context; c != null; c = c.inner()) {
            if (c.sourceStack() != null) {
                logger.log(
                        Level.ERROR, "It was made here (most recent call first)", c.sourceStack());
            }
            if (c != context && c.exception() != null) {
                logger.log(Level.ERROR, "The error that was being handled", c.exception());
            }
        }
    }

    static Logger logger() {
        return System.getLogger("dev.heddle");
    }
}
