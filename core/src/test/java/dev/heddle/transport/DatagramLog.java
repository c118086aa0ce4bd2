package dev.heddle.transport;

import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protocol that writes down what it is told, and lets a test wait for how much of it there is.
 */
class DatagramLog implements DatagramProtocol {

    private final EventLoop loop;
    private @Nullable Future<Void> more;

    /** What was called, in order: made, a text that was received, error, lost, pause, resume. */
    final List<String> events = new ArrayList<>();

    final List<InetSocketAddress> senders = new ArrayList<>();
    final List<IOException> errors = new ArrayList<>();
    @Nullable DatagramTransport transport;
    @Nullable Throwable lostBy;

    DatagramLog(EventLoop loop) {
        this.loop = loop;
    }

    /** In a task: waits until there are {@code n} events. */
    void await(int n) {
        while (events.size() < n) {
            more = loop.createFuture();
            more.await();
        }
    }

    void note(String event) {
        events.add(event);
        if (more != null && !more.done()) {
            more.setResult(null);
        }
    }

    @Override
    public void connectionMade(DatagramTransport made) {
        transport = made;
        note("made");
    }

    @Override
    public void datagramReceived(ByteBuffer data, InetSocketAddress sender) {
        senders.add(sender);
        note(StandardCharsets.US_ASCII.decode(data).toString());
    }

    @Override
    public void errorReceived(IOException error) {
        errors.add(error);
        note("error");
    }

    @Override
    public void connectionLost(@Nullable Throwable error) {
        lostBy = error;
        note("lost");
    }

    @Override
    public void pauseWriting() {
        note("pause");
    }

    @Override
    public void resumeWriting() {
        note("resume");
    }
}
