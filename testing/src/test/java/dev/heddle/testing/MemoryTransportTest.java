package dev.heddle.testing;

import static dev.heddle.testing.Testing.waitAllTasksBlocked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.transport.BufferedProtocol;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.Transport;
import dev.heddle.transport.WriteBufferLimits;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

@HeddleTest
class MemoryTransportTest {

    private static final class Log implements Protocol {

        private final List<String> events = new ArrayList<>();
        private final boolean keepOpen;

        Log(boolean keepOpen) {
            this.keepOpen = keepOpen;
        }

        @Override
        public void connectionMade(Transport transport) {
            events.add("made");
        }

        @Override
        public void dataReceived(ByteBuffer data) {
            events.add(StandardCharsets.UTF_8.decode(data).toString());
        }

        @Override
        public boolean eofReceived() {
            events.add("eof");
            return keepOpen;
        }

        @Override
        public void connectionLost(Throwable error) {
            events.add("lost " + error);
        }

        @Override
        public void pauseWriting() {
            events.add("pause");
        }

        @Override
        public void resumeWriting() {
            events.add("resume");
        }
    }

    private final Log left = new Log(true);
    private final Log right = new Log(false);

    private MemoryTransport.Ends connect(MemoryOptions options) {
        return MemoryTransport.connect(left, right, options);
    }

    @Test
    void eventsComeInTheOrderOfTheContract() {
        var ends = connect(MemoryOptions.DEFAULT);
        ends.one().write("hello".getBytes());
        ends.one().writeEof();
        waitAllTasksBlocked();

        assertThat(right.events).containsExactly("made", "hello", "eof", "lost null");
        assertThat(left.events).containsExactly("made", "eof");
        assertThatThrownBy(() -> ends.one().write(new byte[1]))
                .isInstanceOf(IllegalStateException.class);
        ends.one().close();
        waitAllTasksBlocked();
        assertThat(left.events).containsExactly("made", "eof", "lost null");
    }

    @Test
    void dataComeInChunksATurnEach() {
        var ends = connect(MemoryOptions.DEFAULT.withChunk(3));
        ends.one().write("abcdefgh".getBytes());
        waitAllTasksBlocked();

        assertThat(right.events).containsExactly("made", "abc", "def", "gh");
        ends.one().abort();
    }

    @Test
    void writeBufferGrowsAboveTheMarksWhenNobodyReads() {
        var ends = connect(MemoryOptions.DEFAULT.withCapacity(10));
        ends.one().setWriteBufferLimits(new WriteBufferLimits(20, 5));
        ends.other().pauseReading();
        ends.one().write(new byte[30]);

        assertThat(ends.one().getWriteBufferSize()).isEqualTo(20);
        ends.one().write(new byte[1]);
        assertThat(left.events).containsExactly("made", "pause");

        ends.other().resumeReading();
        waitAllTasksBlocked();
        assertThat(left.events).containsExactly("made", "pause", "resume");
        ends.one().abort();
    }

    @Test
    void closeSendsWhatWasWrittenFirst() {
        var ends = connect(MemoryOptions.DEFAULT.withCapacity(2));
        ends.one().write("abcdef".getBytes());
        ends.one().close();
        waitAllTasksBlocked();

        assertThat(right.events).containsExactly("made", "ab", "cd", "ef", "eof", "lost null");
        assertThat(left.events).containsExactly("made", "lost null");
    }

    @Test
    void failureIsAResetForTheOtherEnd() {
        var ends = connect(MemoryOptions.DEFAULT);
        ends.one().fail(new IOException("cable"));
        waitAllTasksBlocked();

        assertThat(left.events).containsExactly("made", "lost java.io.IOException: cable");
        assertThat(right.events)
                .containsExactly("made", "lost java.net.SocketException: Connection reset");
    }

    @Test
    void writeToAPeerThatIsGoneBreaksThePipe() {
        var ends = connect(MemoryOptions.DEFAULT);
        ends.other().close();
        waitAllTasksBlocked();
        ends.one().write("late".getBytes());
        waitAllTasksBlocked();

        assertThat(left.events)
                .containsExactly("made", "eof", "lost java.net.SocketException: Broken pipe");
    }

    @Test
    void errorOfAProtocolEndsTheConnectionAndIsReported(LoopErrors errors) {
        var ends =
                MemoryTransport.connect(
                        left,
                        new Protocol() {
                            @Override
                            public void dataReceived(ByteBuffer data) {
                                throw new IllegalStateException("cannot parse");
                            }
                        },
                        MemoryOptions.DEFAULT);
        ends.one().write(new byte[1]);
        waitAllTasksBlocked();

        assertThat(errors.takeOne(IllegalStateException.class)).hasMessage("cannot parse");
        assertThat(left.events).endsWith("lost java.net.SocketException: Connection reset");
    }

    @Test
    void bufferedProtocolIsFilledAsItsBuffersAllow() {
        var target = ByteBuffer.allocate(100);
        var updates = new ArrayList<Integer>();
        var ends =
                MemoryTransport.connect(
                        left,
                        new BufferedProtocol() {
                            @Override
                            public ByteBuffer getBuffer(int sizeHint) {
                                return target.limit(Math.min(100, target.position() + 4));
                            }

                            @Override
                            public void bufferUpdated(int n) {
                                updates.add(n);
                            }
                        },
                        MemoryOptions.DEFAULT);
        ends.one().write("0123456789".getBytes());
        waitAllTasksBlocked();

        assertThat(updates).containsExactly(4, 4, 2);
        assertThat(new String(target.array(), 0, 10)).isEqualTo("0123456789");
        ends.one().abort();
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> MemoryOptions.DEFAULT.withCapacity(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity must be at least 1 byte, and is 0");
    }
}
