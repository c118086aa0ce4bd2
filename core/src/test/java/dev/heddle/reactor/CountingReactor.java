package dev.heddle.reactor;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;

/** A reactor that counts what its loop asks of the one behind it. */
public final class CountingReactor implements Reactor {

    private final Reactor real;
    private final List<Long> timeouts = new CopyOnWriteArrayList<>();
    private final AtomicInteger wakeups = new AtomicInteger();
    private final CountDownLatch asleep = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean closed;

    /** Makes one over the machine's own. */
    public CountingReactor() {
        try {
            real = Reactor.nio();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the timeouts of all polls so far, in nanoseconds. */
    public List<Long> timeouts() {
        return List.copyOf(timeouts);
    }

    /** Returns the timeouts of those polls that were allowed to wait. */
    public List<Long> waits() {
        return timeouts.stream().filter(t -> t != 0).toList();
    }

    /** Returns how often it was woken. */
    public int wakeups() {
        return wakeups.get();
    }

    /** Tells whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Blocks until the loop has gone to wait for the first time. */
    public void awaitAsleep() throws InterruptedException {
        asleep.await();
    }

    /** Keeps each poll that may wait from returning before {@code open}. */
    public void holdPollsUntil(CountDownLatch open) {
        gate = open;
    }

    @Override
    public Registration register(SelectableChannel channel, Object attachment) throws IOException {
        return real.register(channel, attachment);
    }

    @Override
    public void poll(long timeoutNanos, ObjIntConsumer<Object> ready) throws IOException {
        timeouts.add(timeoutNanos);
        if (timeoutNanos == 0) {
            real.poll(0, ready);
            return;
        }
        asleep.countDown();
        real.poll(timeoutNanos, ready);
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            if (!interrupted) {
                gate.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void wakeup() {
        wakeups.incrementAndGet();
        real.wakeup();
    }

    @Override
    public boolean watching() {
        return real.watching();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        real.close();
    }
}
