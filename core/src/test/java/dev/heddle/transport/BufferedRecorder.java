package dev.heddle.transport;

import dev.heddle.EventLoop;

import java.nio.ByteBuffer;

/** A recorder that says where the bytes shall go. */
class BufferedRecorder extends RecorderBase implements BufferedProtocol {

    private final ByteBuffer buffer;

    BufferedRecorder(EventLoop loop, ByteBuffer buffer) {
        super(loop);
        this.buffer = buffer;
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) throws Exception {
        events.add("get");
        return buffer.clear();
    }

    @Override
    public void bufferUpdated(int n) throws Exception {
        assert buffer.position() == n;
        take(buffer.flip());
        note("data");
    }
}
