package dev.heddle.transport;

/**
 * A protocol on a stream of bytes: a {@link Protocol} or a {@link BufferedProtocol}.
 *
 * <pre>
 * connectionMade → received* → eofReceived? → connectionLost
 * </pre>
 */
public sealed interface StreamingProtocol extends BaseProtocol permits Protocol, BufferedProtocol {

    /** The connection is there. Reading begins after this, unless it is paused here. */
    default void connectionMade(Transport transport) throws Exception {}

    /**
     * The peer has ended its sending side.
     *
     * @return true to keep the connection open for writing; false to close it
     */
    default boolean eofReceived() throws Exception {
        return false;
    }
}
