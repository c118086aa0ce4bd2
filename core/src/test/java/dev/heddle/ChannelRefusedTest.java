package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;

/** Channels that a loop does not watch, and those that are closed meanwhile. */
class ChannelRefusedTest extends LoopFixture {

    private final Pipe pipe = Pipe.open();
    private final Pipe.SourceChannel source = pipe.source();
    private final Pipe.SinkChannel sink = pipe.sink();
    private final List<Object> seen = new ArrayList<>();

    ChannelRefusedTest() throws IOException {
        source.configureBlocking(false);
        sink.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        if (!loop.isClosed()) {
            loop.removeReader(source);
            loop.removeWriter(sink);
        }
        source.close();
        sink.close();
    }

    @Test
    void channelInBlockingModeIsRefused() throws IOException {
        source.configureBlocking(true);

        assertThatThrownBy(() -> loop.addReader(source, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("configureBlocking(false)");
        assertThat(loop.removeReader(source)).isFalse();
    }

    @Test
    void closedChannelIsRefused() throws IOException {
        source.close();
        sink.close();

        assertThatThrownBy(() -> loop.addReader(source, () -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("addReader");
        assertThatThrownBy(() -> loop.addWriter(sink, () -> {}))
                .hasCauseInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("addWriter");
    }

    @Test
    void channelThatWasClosedUnderWatchIsRefused() throws IOException {
        loop.addReader(source, () -> seen.add("ran"));
        source.close();

        assertThatThrownBy(() -> loop.addReader(source, () -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
        turns(2);

        assertThat(seen).isEmpty();
        assertThat(loop.removeReader(source)).isTrue();
        assertThat(loop.removeReader(source)).isFalse();
    }

    @Test
    void directionThatAChannelDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> loop.addReader(sink, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> loop.addWriter(source, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be written");

        assertThat(loop.removeReader(sink)).isFalse();
        assertThat(loop.removeWriter(source)).isFalse();
        run(() -> sleep(100)); // virtual time jumps: nothing is watched
        assertThat(loop.time()).isEqualTo(100);
    }

    @Test
    void callbackAndChannelMustBeGiven() {
        assertThatThrownBy(() -> loop.addReader(source, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.addReader(null, () -> {}))
                .isInstanceOf(NullPointerException.class);

        assertThat(loop.removeReader(source)).isFalse();
    }

    @Test
    void watchedChannelDoesNotKeepTheLoopFromClosing() throws IOException {
        loop.addReader(source, () -> {});

        loop.close();

        assertThat(loop.removeReader(source)).isFalse();
        source.configureBlocking(true);
        assertThat(source.isOpen()).isTrue();
    }
}
