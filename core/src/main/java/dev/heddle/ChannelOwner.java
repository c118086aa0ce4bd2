package dev.heddle;

/**
 * Who owns a channel, alone, and closes it; see {@link EventLoop#ownChannel}. Runs on the loop's
 * thread; what it throws goes to the loop's exception handler.
 */
public interface ChannelOwner {

    /** The channel can be read from, or accepted from. */
    void readable();

    /** The channel can be written to, or has been connected, or its connect has failed. */
    void writable();

    /** The loop is closed: close the channel. Nothing can be scheduled any more. */
    void loopClosed();
}
