package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.EventLoop;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** What a transport asks of the system: the price of a message. */
class SystemCallsTest extends NetFixture {

    private final ProbedReactor reactor = new ProbedReactor();
    private final EventLoop probed = open(EventLoop.builder().reactor(reactor));

    SystemCallsTest() throws IOException {}

    private Link probe(StreamingProtocol protocol) throws IOException {
        Ends ends = ends();
        return new Link(
                SelectorTransport.open(probed, reactor.probe(ends.channel()), protocol, null, null),
                ends.peer());
    }

    @Test
    void aSmallRequestCostsOneReadAndOneWrite() {
        probed.runUntilComplete(
                () -> {
                    var echo =
                            new Recorder(probed) {
                                @Override
                                public void dataReceived(ByteBuffer data) throws Exception {
                                    transport().write(data);
                                    note("data");
                                }
                            };
                    Link link = probe(echo);
                    echo.await("made");
                    settle();
                    reactor.calls.clear();

                    for (int i = 0; i < 3; i++) {
                        link.peer().getOutputStream().write("ping".getBytes());
                        assertThat(off(() -> link.peer().getInputStream().readNBytes(4)))
                                .isEqualTo("ping".getBytes());
                    }

                    assertThat(reactor.calls)
                            .containsExactly(
                                    "read 4", "write 4", "read 4", "write 4", "read 4", "write 4");
                    link.transport().close();
                });
    }

    @Test
    void aReadThatFillsTheBufferIsFollowedByAnother() {
        probed.runUntilComplete(
                () -> {
                    var recorder = new BufferedRecorder(probed, ByteBuffer.allocateDirect(4));
                    Link link = probe(recorder);
                    link.transport().pauseReading();
                    link.peer().getOutputStream().write(new byte[10]);
                    recorder.await("made");
                    reactor.calls.clear();

                    link.transport().resumeReading();
                    recorder.awaitBytes(10);

                    assertThat(reactor.calls)
                            .filteredOn(call -> call.startsWith("read"))
                            .containsExactly("read 4", "read 4", "read 2");
                    link.transport().close();
                });
    }

    @Test
    void piecesAreSentInOneCall() {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = probe(recorder);
                    recorder.await("made");
                    reactor.calls.clear();

                    link.transport()
                            .writelines(
                                    List.of(
                                            ByteBuffer.allocate(100),
                                            ByteBuffer.allocate(0),
                                            ByteBuffer.allocate(1000)));

                    assertThat(reactor.calls).containsExactly("write 1100");
                    link.transport().close();
                });
    }

    @Test
    void smallWritesThatHadToWaitAreSentTogether() {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = probe(recorder);
                    recorder.await("made");
                    link.transport().setWriteBufferLimits(WriteBufferLimits.ofHigh(64 << 20));
                    int fill = 0;
                    while (link.transport().getWriteBufferSize() == 0) {
                        link.transport().write(new byte[1 << 20]);
                        fill += 1 << 20;
                    }
                    int inSystem = fill - link.transport().getWriteBufferSize();
                    for (int i = 0; i < 1000; i++) {
                        link.transport().write(new byte[1]);
                    }
                    reactor.calls.clear();

                    int all = fill + 1000;
                    off(() -> link.peer().getInputStream().readNBytes(all));

                    assertThat(inSystem).isPositive();
                    assertThat(reactor.calls)
                            .filteredOn(call -> call.startsWith("write"))
                            .as("1000 bytes behind %d others", fill - inSystem)
                            .hasSizeLessThan(100);
                    assertThat(link.transport().getWriteBufferSize()).isZero();
                    link.transport().close();
                });
    }
}
