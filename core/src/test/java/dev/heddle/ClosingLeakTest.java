package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;

/** What debug mode says of a loop that is closed before what it has to close. */
class ClosingLeakTest extends LoopFixture {

    private final EventLoop leaky = open(EventLoop.builder().name("leaky").debug(true));
    private Pipe pipe;

    @BeforeEach
    void openPipe() throws IOException {
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
    }

    @AfterEach
    void closePipe() throws IOException {
        pipe.sink().close();
        pipe.source().close();
    }

    private List<String> warningsOfClosing() {
        try (var log = new LoopLog()) {
            leaky.close();
            return log.messages(Level.WARNING);
        }
    }

    private ChannelOwner owner() {
        return new ChannelOwner() {
            @Override
            public void readable() {}

            @Override
            public void writable() {}

            @Override
            public void loopClosed() {}

            @Override
            public String toString() {
                return "the owner";
            }
        };
    }

    @Test
    void ownedChannelIsNamedWithItsOwnerAndWhereItWasTaken() throws IOException {
        leaky.ownChannel(pipe.source(), owner());

        assertThat(warningsOfClosing())
                .singleElement()
                .asString()
                .startsWith("leaky was closed with 1 open channels")
                .contains(" of the owner)")
                .contains("made at dev.heddle.ClosingLeakTest.ownedChannelIsNamed");
    }

    @Test
    void watchedChannelIsNamed() {
        leaky.addReader(pipe.source(), () -> {});

        assertThat(warningsOfClosing())
                .singleElement()
                .asString()
                .contains(pipe.source().toString());
    }

    @Test
    void unfinishedJobsAreCounted() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        leaky.runInExecutor(
                null,
                () -> {
                    begun.countDown();
                    end.await();
                    return true;
                });
        begun.await();

        assertThat(warningsOfClosing())
                .singleElement()
                .asString()
                .startsWith("leaky was closed with jobs in its default executor: 1 running");
        end.countDown();
    }

    @Test
    void nothingIsSaidOfWhatWasClosedBefore() throws IOException {
        leaky.ownChannel(pipe.source(), owner()).close();

        assertThat(warningsOfClosing()).isEmpty();
    }

    @Test
    void nothingIsSaidWithoutDebugMode() throws IOException {
        leaky.setDebug(false);
        leaky.ownChannel(pipe.source(), owner());

        assertThat(warningsOfClosing()).isEmpty();
    }
}
