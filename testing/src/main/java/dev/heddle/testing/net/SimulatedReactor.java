package dev.heddle.testing.net;

import dev.heddle.reactor.Network;
import dev.heddle.reactor.Reactor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/**
 * Tells a loop which channels of the network are ready. Real channels, as pipes of a child process,
 * may be among them: a reactor of the machine watches these.
 *
 * <p>A channel is looked at only after something has changed with it, and as long as it is ready.
 * They are reported in the order in which they became so.
 */
final class SimulatedReactor implements Reactor {

    private final SimulatedNetwork network;
    private final Timeline timeline;
    private final LinkedHashSet<Watch> candidates = new LinkedHashSet<>();
    private final List<Watch> ready = new ArrayList<>();
    private final Semaphore wakeups = new Semaphore(0);
    private volatile @Nullable Reactor real;
    private boolean closed;

    SimulatedReactor(SimulatedNetwork network, Timeline timeline) {
        this.network = network;
        this.timeline = timeline;
    }

    @Override
    public Registration register(SelectableChannel channel, Object attachment) throws IOException {
        if (!(channel instanceof SimulatedChannel simulated)) {
            return real().register(channel, attachment);
        }
        if (simulated.incarnation().host().network() != network) {
            throw new IllegalArgumentException("The channel is of another network: " + channel);
        }
        if (channel.isBlocking()) {
            throw new IllegalArgumentException(
                    "The channel is in blocking mode; call configureBlocking(false) first: "
                            + channel);
        }
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        var watch = new Watch(simulated, attachment);
        simulated.watch(watch);
        return watch;
    }

    private Reactor real() throws IOException {
        Reactor opened = real;
        if (opened == null) {
            opened = Reactor.nio();
            real = opened;
        }
        return opened;
    }

    @Override
    public void poll(long timeoutNanos, ObjIntConsumer<Object> action) throws IOException {
        boolean first = !timeline.isBound();
        if (first) {
            timeline.bind(); // may set timers, so that the time-out is no longer true
        }
        boolean wait = !report(action) && timeoutNanos != 0 && !first;
        Reactor machine = real;
        if (machine != null) {
            boolean woken = wakeups.drainPermits() > 0;
            machine.poll(wait && !woken ? timeoutNanos : 0, action);
        } else if (wait) {
            await(timeoutNanos);
        }
    }

    private boolean report(ObjIntConsumer<Object> action) {
        ready.clear();
        candidates.removeIf(
                watch -> {
                    if (watch.ready() == 0) {
                        return true;
                    }
                    ready.add(watch);
                    return false;
                });
        for (Watch watch : ready) {
            action.accept(watch.attachment, watch.ready());
        }
        return !ready.isEmpty();
    }

    private void await(long timeoutNanos) {
        try {
            if (timeoutNanos < 0) {
                wakeups.acquire();
            } else if (!wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                return;
            }
            wakeups.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the loop looks at it
        }
    }

    @Override
    public void wakeup() {
        if (wakeups.availablePermits() == 0) { // more than one would do no harm
            wakeups.release();
        }
        Reactor machine = real;
        if (machine != null) {
            machine.wakeup();
        }
    }

    /**
     * Tells whether the loop must not let time jump: something is ready already, or real channels
     * are watched.
     */
    @Override
    public boolean watching() {
        for (Watch watch : candidates) {
            if (watch.ready() != 0) {
                return true;
            }
        }
        Reactor machine = real;
        return machine != null && machine.watching();
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        candidates.clear();
        Reactor machine = real;
        if (machine != null) {
            machine.close();
        }
    }

    /** One channel under watch. */
    final class Watch implements Registration {

        private final SimulatedChannel channel;
        private final Object attachment;
        private int interest;

        Watch(SimulatedChannel channel, Object attachment) {
            this.channel = channel;
            this.attachment = attachment;
        }

        @Override
        public void interest(int operations) {
            interest = operations;
            look();
        }

        @Override
        public void cancel() {
            interest = 0;
            candidates.remove(this);
            if (channel.watch() == this) {
                channel.watch(null);
            }
        }

        /** Has the next poll look at the channel. */
        void look() {
            if (interest != 0 && !closed) {
                candidates.add(this);
            }
        }

        int ready() {
            return interest == 0 ? 0 : interest & channel.readiness();
        }
    }
}
