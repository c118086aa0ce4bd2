package dev.heddle.transport;

import dev.heddle.EventLoop;

import java.nio.ByteBuffer;

/** A protocol that writes down what it is told, and lets a test wait for it. */
class Recorder extends RecorderBase implements Protocol {

    Recorder(EventLoop loop) {
        super(loop);
    }

    @Override
    public void dataReceived(ByteBuffer data) throws Exception {
        take(data);
        note("data");
    }
}
