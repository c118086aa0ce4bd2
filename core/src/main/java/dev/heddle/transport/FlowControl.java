package dev.heddle.transport;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.KeyboardInterrupt;

/**
 * Tells a protocol to stop writing when the write buffer is above its high-water mark, and to go on
 * when it is down to the low one: each once a crossing, and at once. What the protocol throws at
 * that goes to the exception handler, and changes nothing.
 */
final class FlowControl {

    private final EventLoop loop;
    private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
    private boolean paused;

    FlowControl(EventLoop loop) {
        this.loop = loop;
    }

    WriteBufferLimits limits() {
        return limits;
    }

    void limits(WriteBufferLimits newLimits) {
        limits = newLimits;
    }

    /** The write buffer has grown to {@code size} bytes. */
    void grown(long size, BaseProtocol protocol) {
        if (size > limits.high() && !paused) {
            paused = true;
            try {
                protocol.pauseWriting();
            } catch (KeyboardInterrupt e) {
                throw e;
            } catch (Throwable e) {
                report("pauseWriting", protocol, e);
            }
        }
    }

    /** The write buffer has shrunk to {@code size} bytes. */
    void shrunk(long size, BaseProtocol protocol) {
        if (paused && size <= limits.low()) {
            paused = false;
            try {
                protocol.resumeWriting();
            } catch (KeyboardInterrupt e) {
                throw e;
            } catch (Throwable e) {
                report("resumeWriting", protocol, e);
            }
        }
    }

    private void report(String method, BaseProtocol protocol, Throwable e) {
        loop.callExceptionHandler(
                ErrorContext.of(
                        "protocol.%s() failed: %s".formatted(method, protocol.getClass().getName()),
                        e));
    }
}
