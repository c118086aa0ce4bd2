package dev.heddle.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The reactor over a selector, without a loop. */
@Timeout(60)
class NioReactorTest {

    private record Event(Object attachment, int operations) {}

    private final Reactor reactor = Reactor.nio();
    private Pipe pipe;

    NioReactorTest() throws IOException {}

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        reactor.close();
        pipe.source().close();
        pipe.sink().close();
    }

    private List<Event> poll(long timeout) throws IOException {
        var events = new ArrayList<Event>();
        reactor.poll(timeout, (attachment, ops) -> events.add(new Event(attachment, ops)));
        return events;
    }

    private void write() throws IOException {
        assertThat(pipe.sink().write(ByteBuffer.wrap(new byte[1]))).isEqualTo(1);
    }

    @Test
    void reportsWhatIsReadyWithItsAttachment() throws IOException {
        reactor.register(pipe.source(), "source").interest(OP_READ);
        reactor.register(pipe.sink(), "sink").interest(OP_WRITE);

        assertThat(poll(-1)).containsExactly(new Event("sink", OP_WRITE));

        write();

        assertThat(poll(-1))
                .containsExactlyInAnyOrder(
                        new Event("sink", OP_WRITE), new Event("source", OP_READ));
    }

    @Test
    void reportsAgainAsLongAsItIsReady() throws IOException {
        reactor.register(pipe.source(), "source").interest(OP_READ);
        write();

        assertThat(poll(-1)).hasSize(1);
        assertThat(poll(0)).hasSize(1);
    }

    @Test
    void reportsNothingWithoutInterest() throws IOException {
        Reactor.Registration registration = reactor.register(pipe.sink(), "sink");
        assertThat(poll(0)).isEmpty();

        registration.interest(OP_WRITE);
        assertThat(poll(0)).hasSize(1);

        registration.interest(0);
        assertThat(poll(0)).isEmpty();
    }

    @Test
    void timeoutIsRoundedUpToWhatTheSystemCounts() throws IOException {
        reactor.register(pipe.source(), "source").interest(OP_READ);
        long begin = System.nanoTime();

        assertThat(poll(1)).isEmpty();

        assertThat(System.nanoTime() - begin).isPositive();
    }

    @Test
    void wakeupEndsAPollThatWaits() throws Exception {
        var waiting = new CountDownLatch(1);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        waiting.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                    reactor.wakeup();
                                });
        waiting.countDown();

        assertThat(poll(-1)).isEmpty();
        other.join();
    }

    @Test
    void wakeupBeforeAPollEndsItAtOnce() throws IOException {
        reactor.wakeup();
        reactor.wakeup();

        assertThat(poll(-1)).isEmpty();
    }

    @Test
    void wakeupOfAClosedReactorIsHarmless() throws IOException {
        reactor.close();

        assertThatCode(reactor::wakeup).doesNotThrowAnyException();
    }

    @Test
    void channelInBlockingModeIsRefused() throws IOException {
        pipe.source().configureBlocking(true);

        assertThatThrownBy(() -> reactor.register(pipe.source(), "source"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("configureBlocking(false)");
        assertThat(reactor.watching()).isFalse();
    }

    @Test
    void closedChannelIsRefused() throws IOException {
        pipe.source().close();

        assertThatThrownBy(() -> reactor.register(pipe.source(), "source"))
                .isInstanceOf(ClosedChannelException.class);
        assertThat(reactor.watching()).isFalse();
    }

    @Test
    void watchesWhatIsRegisteredAndOpen() throws IOException {
        assertThat(reactor.watching()).isFalse();

        Reactor.Registration source = reactor.register(pipe.source(), "source");
        reactor.register(pipe.sink(), "sink");
        assertThat(reactor.watching()).isTrue();

        source.cancel();
        assertThat(reactor.watching()).isTrue();

        pipe.sink().close();
        assertThat(reactor.watching()).isFalse();
    }

    @Test
    void cancelledRegistrationLetsTheChannelBlockAgain() throws IOException {
        Reactor.Registration registration = reactor.register(pipe.source(), "source");
        registration.interest(OP_READ);
        poll(0);

        registration.cancel();
        registration.cancel();

        pipe.source().configureBlocking(true);
        assertThat(pipe.source().isBlocking()).isTrue();
        write();
        assertThat(poll(0)).isEmpty();
    }

    @Test
    void channelCanBeRegisteredAgainRightAfterItsCancellation() throws IOException {
        Reactor.Registration first = reactor.register(pipe.source(), "first");
        first.interest(OP_READ);
        write();
        assertThat(poll(0)).containsExactly(new Event("first", OP_READ));

        first.cancel();
        reactor.register(pipe.source(), "second").interest(OP_READ);

        assertThat(poll(0)).containsExactly(new Event("second", OP_READ));
    }

    @Test
    void pollWithoutWaitingLetsGoOfAClosedChannel() throws IOException {
        reactor.register(pipe.source(), "source").interest(OP_READ);
        poll(0);

        pipe.source().close();
        poll(0);

        // The system has closed it only if the other end notices.
        assertThatThrownBy(this::write).isInstanceOf(IOException.class);
    }
}
