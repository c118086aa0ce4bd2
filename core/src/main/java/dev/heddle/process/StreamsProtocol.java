package dev.heddle.process;

import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamReaderProtocol;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Makes streams of the pipes to a child.
 *
 * <p>Source: {@code asyncio.subprocess.SubprocessStreamProtocol}.
 */
final class StreamsProtocol implements SubprocessProtocol {

    private final StreamOptions options;
    private final @Nullable StreamReaderProtocol[] streams = new StreamReaderProtocol[3];

    StreamsProtocol(StreamOptions options) {
        this.options = options;
    }

    /** Returns the stream of pipe 0, 1 or 2; null if that is not a pipe. */
    @Nullable StreamReaderProtocol stream(int fd) {
        return streams[fd];
    }

    @Override
    public void connectionMade(SubprocessTransport transport) {
        for (int fd = 0; fd < streams.length; fd++) {
            Transport pipe = transport.getPipeTransport(fd);
            if (pipe != null) {
                var stream = new StreamReaderProtocol(options);
                streams[fd] = stream;
                stream.connectionMade(pipe);
            }
        }
    }

    @Override
    public void pipeDataReceived(int fd, ByteBuffer data) {
        StreamReaderProtocol stream = streams[fd];
        if (stream != null) {
            stream.dataReceived(data);
        }
    }

    @Override
    public void pipeConnectionLost(int fd, @Nullable Throwable error) {
        StreamReaderProtocol stream = streams[fd];
        if (stream != null) {
            stream.connectionLost(error);
        }
    }

    @Override
    public void pauseWriting() {
        if (streams[0] != null) {
            streams[0].pauseWriting();
        }
    }

    @Override
    public void resumeWriting() {
        if (streams[0] != null) {
            streams[0].resumeWriting();
        }
    }
}
