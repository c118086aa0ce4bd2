package dev.heddle.process;

import dev.heddle.transport.Protocol;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** The protocol of one pipe to a child: tells the protocol of the child what comes. */
final class ChildPipe implements Protocol {

    private final ChildTransport child;
    private final int fd;

    ChildPipe(ChildTransport child, int fd) {
        this.child = child;
        this.fd = fd;
    }

    @Override
    public void connectionMade(Transport transport) {
        transport.pauseReading(); // until the protocol knows of the child
        child.pipeMade(fd, transport);
    }

    @Override
    public void dataReceived(ByteBuffer data) throws Exception {
        child.getProtocol().pipeDataReceived(fd, data);
    }

    @Override
    public void pauseWriting() throws Exception {
        child.getProtocol().pauseWriting();
    }

    @Override
    public void resumeWriting() throws Exception {
        child.getProtocol().resumeWriting();
    }

    @Override
    public void connectionLost(@Nullable Throwable error) {
        child.pipeLost(fd, error);
    }
}
