package dev.heddle.transport;

/** A transport that receives bytes. Source: {@code asyncio.ReadTransport}. */
public interface ReadTransport extends BaseTransport {

    /** Tells whether it receives: it is neither paused nor closing. */
    boolean isReading();

    /** Hands the protocol nothing more until {@link #resumeReading}. Idempotent. */
    void pauseReading();

    /** Goes on receiving. Idempotent; does nothing when closing. */
    void resumeReading();

    /**
     * Hands what is received from now on to {@code protocol}. Its {@code connectionMade} is not
     * called: whoever switches tells it what it has to know.
     */
    void setProtocol(StreamingProtocol protocol);

    @Override
    StreamingProtocol getProtocol();
}
