package dev.heddle.debug;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Takes what Heddle logs while it is open, instead of the console. */
final class LogTap extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("dev.heddle");
    private final boolean toParents = logger.getUseParentHandlers();
    private final Consumer<String> messages;

    LogTap(Consumer<String> messages) {
        this.messages = messages;
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        messages.accept(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(toParents);
    }
}
