package dev.heddle.testing.net;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** The receiving half of a connection: what has come and was not read, and what came too early. */
final class ReceiveSide {

    private final TcpEndpoint endpoint;
    private final int mss;
    private final ByteQueue bytes;
    private final TreeMap<Long, byte[]> early = new TreeMap<>();

    private long next;
    private long advertised; // a promise of room is never taken back
    private long end = -1;
    private boolean ended;
    private boolean discards;

    ReceiveSide(TcpEndpoint endpoint, TcpModel model, int capacity) {
        this.endpoint = endpoint;
        this.mss = model.mss();
        this.bytes = new ByteQueue(capacity);
        this.advertised = capacity;
    }

    // ---------------------------------------------------------------- the program's side

    int available() {
        return bytes.size();
    }

    /** Tells whether all of the peer's stream has come. */
    boolean isEnded() {
        return ended;
    }

    /** Reads what fits, or a part of it. */
    int read(ByteBuffer target, int most) {
        int count = Math.min(Math.min(target.remaining(), most), bytes.size());
        count = endpoint.cut(count);
        if (count > 0) {
            bytes.take(target, count);
        }
        if (limit() - advertised >= Math.max(1, Math.min(2 * mss, bytes.capacity() / 2))) {
            endpoint.acknowledgeNow();
        }
        return count;
    }

    /** Throws away what has come and will come, as nobody reads any more. */
    void discard() {
        discards = true;
        bytes.clear();
        early.clear();
    }

    // ---------------------------------------------------------------- the wire's side

    /** Returns the number of the next byte that lacks. */
    long next() {
        return next;
    }

    /** Returns up to where there is room; promises it. */
    long promise() {
        advertised = limit();
        return advertised;
    }

    private long limit() {
        int free = bytes.free();
        return Math.max(advertised, free < Math.min(mss, bytes.capacity() / 2) ? 0 : next + free);
    }

    /**
     * Takes in a segment of data, or the end.
     *
     * @return false if something before it lacks, or it was there already
     */
    boolean accept(Segment segment) {
        long before = next;
        if (segment.type == Segment.Type.FIN) {
            end = segment.number;
        } else {
            take(segment.number, segment.payload);
        }
        for (Map.Entry<Long, byte[]> first;
                (first = early.firstEntry()) != null && first.getKey() <= next; ) {
            early.pollFirstEntry();
            take(first.getKey(), first.getValue());
        }
        if (end == next) {
            next++;
            ended = true;
        }
        return next > before;
    }

    private void take(long number, byte[] payload) {
        if (number > next) {
            byte[] known = early.get(number);
            if (number + payload.length <= advertised
                    && (known == null || known.length < payload.length)) {
                early.put(number, payload);
            }
            return;
        }
        int known = (int) Math.min(next - number, payload.length);
        int fresh = payload.length - known;
        if (!discards) {
            fresh = Math.min(fresh, bytes.free());
            bytes.put(payload, known, fresh);
        }
        next += fresh;
    }
}
