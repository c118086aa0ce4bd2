package dev.heddle.transport;

import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a protocol is told, and lets a test wait for it. */
abstract class RecorderBase {

    private final EventLoop loop;
    private final List<Waiting> waiting = new ArrayList<>();

    /** What was called, in order: made, data, eof, lost, pause, resume. */
    final List<String> events = new ArrayList<>();

    /** All that was received. */
    final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @Nullable Throwable error;
    boolean keepOpenAtEof;

    private @Nullable Transport transport;

    private record Waiting(Future<Void> future, String event) {}

    RecorderBase(EventLoop loop) {
        this.loop = loop;
    }

    Transport transport() {
        return java.util.Objects.requireNonNull(transport);
    }

    String text() {
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    /** In a task: waits until {@code event} has happened. */
    void await(String event) {
        while (!events.contains(event)) {
            Future<Void> future = loop.createFuture();
            waiting.add(new Waiting(future, event));
            future.await();
        }
    }

    /** In a task: waits until {@code n} bytes have come. */
    void awaitBytes(int n) {
        while (received.size() < n) {
            Future<Void> future = loop.createFuture();
            waiting.add(new Waiting(future, "data"));
            future.await();
        }
    }

    void take(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        received.writeBytes(bytes);
    }

    void note(String event) {
        events.add(event);
        for (Waiting waiter : List.copyOf(waiting)) {
            if (waiter.event.equals(event)) {
                waiting.remove(waiter);
                if (!waiter.future.done()) {
                    waiter.future.setResult(null);
                }
            }
        }
    }

    public void connectionMade(Transport made) throws Exception {
        transport = made;
        note("made");
    }

    public boolean eofReceived() throws Exception {
        note("eof");
        return keepOpenAtEof;
    }

    public void connectionLost(@Nullable Throwable e) throws Exception {
        error = e;
        note("lost");
    }

    public void pauseWriting() throws Exception {
        note("pause");
    }

    public void resumeWriting() throws Exception {
        note("resume");
    }
}
