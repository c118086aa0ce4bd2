package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The sending half of a connection: what was written and is not acknowledged yet.
 *
 * <pre>
 *   acknowledged      next            limit
 *        ├── in flight ─┼── to be sent ──┤ the peer has no room for more
 * </pre>
 *
 * <p>What is in flight too long is sent again: all of it after a time-out, and the first segment
 * alone after three acknowledgements that ask for it. If nothing may be sent, a probe asks now and
 * then.
 */
final class SendSide {

    private final TcpEndpoint endpoint;
    private final TcpModel model;
    private final ByteQueue bytes;
    private final RttEstimator rtt;

    private long acknowledged;
    private long next;
    private long sent; // up to where anything was sent
    private long limit;
    private long end = -1; // the number of the FIN
    private boolean endAcknowledged;

    private Timeline.@Nullable Event timer;
    private boolean waiting; // for an acknowledgement
    private long quietSince; // nothing has come from the peer since
    private long recover; // up to where things were in flight when something got lost
    private boolean goBack; // all that is in flight counts as lost
    private int duplicates;
    private long timed = -1; // the acknowledgement that the round-trip time is measured with
    private long timedSince;

    SendSide(TcpEndpoint endpoint, TcpModel model, int capacity) {
        this.endpoint = endpoint;
        this.model = model;
        this.bytes = new ByteQueue(capacity);
        this.rtt = new RttEstimator(model.leastRto());
    }

    // ---------------------------------------------------------------- the program's side

    /** Takes what there is room for, or a part of it, and returns how much. */
    int write(ByteBuffer source) {
        int count = endpoint.cut(Math.min(source.remaining(), bytes.free()));
        if (count > 0) {
            bytes.put(source, count);
            push();
        }
        return count;
    }

    /** Tells whether there is so much room that a write is worthwhile. */
    boolean hasRoom() {
        return bytes.free() >= (bytes.capacity() + 2) / 3;
    }

    /** Ends the stream after what was written. */
    void end() {
        if (end < 0) {
            end = acknowledged + bytes.size();
            push();
        }
    }

    boolean isEnded() {
        return end >= 0;
    }

    boolean isEndAcknowledged() {
        return endAcknowledged;
    }

    /** Returns the number of the next byte to be sent. */
    long next() {
        return next;
    }

    // ---------------------------------------------------------------- the wire's side

    /** Learns how long a round trip has taken. */
    void measured(long roundTrip) {
        rtt.measured(roundTrip);
    }

    /** Learns up to where the peer has room, when the connection is made. */
    void open(long room) {
        limit = room;
        push();
    }

    /** Sends what may be sent. */
    void push() {
        if (!endpoint.isOpen()) {
            return;
        }
        while (true) {
            long waiting = acknowledged + bytes.size() - next;
            if (waiting > 0) {
                int most = (int) Math.min(Math.min(waiting, model.mss()), limit - next);
                if (most <= 0) {
                    break;
                }
                int count = endpoint.cut(most);
                transmit(next, count, next < sent);
                next += count;
            } else if (end == next && !endAcknowledged) {
                endpoint.send(Segment.Type.FIN, end, Segment.NOTHING, end < sent);
                next = end + 1;
            } else {
                break;
            }
            sent = Math.max(sent, next);
        }
        setTimer();
    }

    private void transmit(long number, int count, boolean again) {
        if (again) {
            timed = -1; // one would not know which of the two was acknowledged
        } else if (timed < 0) {
            timed = number + count;
            timedSince = endpoint.now();
        }
        endpoint.send(
                Segment.Type.DATA, number, bytes.peek((int) (number - acknowledged), count), again);
    }

    private void sendFirstAgain() {
        if (acknowledged == end) {
            endpoint.send(Segment.Type.FIN, end, Segment.NOTHING, true);
        } else {
            long flying = Math.min(next - acknowledged, bytes.size());
            transmit(acknowledged, (int) Math.min(flying, model.mss()), true);
        }
    }

    /** Takes in what any packet of the peer says about what it has. */
    void acknowledge(Segment segment) {
        quietSince = endpoint.now();
        boolean moved = segment.limit > limit;
        limit = Math.max(limit, segment.limit);
        long ack = segment.acknowledged;
        if (ack > acknowledged && ack <= sent) {
            advance(ack);
        } else if (ack == acknowledged
                && next > acknowledged
                && segment.type == Segment.Type.ACK
                && !moved
                && ++duplicates == 3) {
            recover = next;
            sendFirstAgain();
        }
        push();
    }

    private void advance(long ack) {
        bytes.skip((int) Math.min(ack - acknowledged, bytes.size()));
        acknowledged = ack;
        next = Math.max(next, ack);
        endAcknowledged |= end >= 0 && ack > end;
        duplicates = 0;
        rtt.acknowledged();
        stopTimer();
        if (timed >= 0 && ack >= timed) {
            rtt.measured(endpoint.now() - timedSince);
            timed = -1;
        }
        if (ack < recover) {
            if (goBack) {
                next = ack;
                recover = ack;
            } else {
                sendFirstAgain();
            }
        }
        goBack = false;
        endpoint.acknowledged();
    }

    // ---------------------------------------------------------------- time

    private void setTimer() {
        boolean needed = next > acknowledged || bytes.size() > 0;
        if (!needed || !endpoint.isOpen()) {
            stopTimer();
        } else if (timer == null) {
            if (!waiting) {
                waiting = true;
                quietSince = endpoint.now();
            }
            long givenUp = quietSince + model.retransmissionTimeout().toNanos() - endpoint.now();
            timer = endpoint.after(Math.max(0, Math.min(rtt.timeout(), givenUp)), this::expired);
        }
    }

    void stopTimer() {
        Timeline.Event running = timer;
        if (running != null) {
            running.cancel();
            timer = null;
        }
        waiting = false;
    }

    private void expired() {
        timer = null;
        if (endpoint.now() - quietSince >= model.retransmissionTimeout().toNanos()) {
            endpoint.timeOut();
            return;
        }
        rtt.expired();
        timed = -1;
        if (next > acknowledged) {
            recover = next;
            goBack = true;
            sendFirstAgain();
        } else {
            endpoint.send(Segment.Type.PROBE, next, Segment.NOTHING, false);
        }
        setTimer();
    }
}
