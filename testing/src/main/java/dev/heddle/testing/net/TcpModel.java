package dev.heddle.testing.net;

import java.time.Duration;
import java.util.Objects;

/**
 * How the TCP of all hosts behaves. Immutable; start from {@link #DEFAULT} and change a copy.
 *
 * <p>Not simulated: congestion control, selective acknowledgements, Nagle's algorithm, TIME_WAIT,
 * keep-alive.
 *
 * <p>Source: RFC 9293; RFC 6298 for the time-out of a retransmission; the values are Linux's.
 *
 * @param sendBuffer how many bytes a socket takes that the peer has not acknowledged, unless {@code
 *     SO_SNDBUF} says otherwise
 * @param receiveBuffer how many bytes it holds that nobody has read, unless {@code SO_RCVBUF} says
 *     otherwise
 * @param mss the longest segment, in bytes
 * @param segmentation where the stream is cut
 * @param synTimeout after which a connect that nobody answers fails
 * @param retransmissionTimeout after which a connection fails whose peer acknowledges nothing
 * @param leastRto after how long at least a segment is sent again
 * @param finWait how long a closed socket waits for the peer to close
 */
public record TcpModel(
        int sendBuffer,
        int receiveBuffer,
        int mss,
        Segmentation segmentation,
        Duration synTimeout,
        Duration retransmissionTimeout,
        Duration leastRto,
        Duration finWait) {

    /** 64 KiB each way, segments of 1460 bytes; 127 seconds to connect, a quarter of an hour. */
    public static final TcpModel DEFAULT =
            new TcpModel(
                    64 * 1024,
                    64 * 1024,
                    1460,
                    Segmentation.MSS,
                    Duration.ofSeconds(127),
                    Duration.ofMinutes(15),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(60));

    /** Checks that all sizes and times are above 0. */
    public TcpModel {
        Checks.positive(sendBuffer, "sendBuffer");
        Checks.positive(receiveBuffer, "receiveBuffer");
        Checks.positive(mss, "mss");
        Objects.requireNonNull(segmentation, "segmentation");
        Checks.positive(synTimeout, "synTimeout");
        Checks.positive(retransmissionTimeout, "retransmissionTimeout");
        Checks.positive(leastRto, "leastRto");
        Checks.positive(finWait, "finWait");
    }

    /** Returns a copy with other buffers, in bytes. */
    public TcpModel withBuffers(int sendBuffer, int receiveBuffer) {
        return new TcpModel(
                sendBuffer,
                receiveBuffer,
                mss,
                segmentation,
                synTimeout,
                retransmissionTimeout,
                leastRto,
                finWait);
    }

    /** Returns a copy with another longest segment, in bytes. */
    public TcpModel withMss(int mss) {
        return new TcpModel(
                sendBuffer,
                receiveBuffer,
                mss,
                segmentation,
                synTimeout,
                retransmissionTimeout,
                leastRto,
                finWait);
    }

    /** Returns a copy that cuts the stream elsewhere. */
    public TcpModel withSegmentation(Segmentation segmentation) {
        return new TcpModel(
                sendBuffer,
                receiveBuffer,
                mss,
                segmentation,
                synTimeout,
                retransmissionTimeout,
                leastRto,
                finWait);
    }

    /** Returns a copy with other time-outs: to connect, and to be acknowledged. */
    public TcpModel withTimeouts(Duration synTimeout, Duration retransmissionTimeout) {
        return new TcpModel(
                sendBuffer,
                receiveBuffer,
                mss,
                segmentation,
                synTimeout,
                retransmissionTimeout,
                leastRto,
                finWait);
    }
}
