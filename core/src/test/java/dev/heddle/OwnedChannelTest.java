package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

class OwnedChannelTest extends LoopFixture {

    private final List<String> heard = new ArrayList<>();
    private Pipe pipe;

    /** Who notes what he hears, and reads nothing. */
    private class Listener implements ChannelOwner {

        @Override
        public void readable() {
            heard.add("readable");
        }

        @Override
        public void writable() {
            heard.add("writable");
        }

        @Override
        public void loopClosed() {
            heard.add("loopClosed");
        }
    }

    @BeforeEach
    void openPipe() throws IOException {
        pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
    }

    @AfterEach
    void closePipe() throws IOException {
        pipe.sink().close();
        pipe.source().close();
    }

    private void send() throws IOException {
        pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
    }

    @Test
    void hearsNothingAtFirst() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        send();

        turns(2);

        assertThat(heard).isEmpty();
        owned.release();
    }

    @Test
    void hearsInEachTurnWhileThereIsSomethingToRead() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        owned.reads(true);
        send();

        turns(2);

        assertThat(heard).containsExactly("readable", "readable");
        owned.release();
    }

    @Test
    void hearsOfWhatCameWhileItDidNotListen() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        owned.reads(true);
        owned.reads(false);
        send();
        turns(2);
        assertThat(heard).isEmpty();

        owned.reads(true);
        turns(1);

        assertThat(heard).containsExactly("readable");
        owned.release();
    }

    @Test
    void anEventInTheReadyQueueIsDroppedWhenInterestIsLost() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        owned.reads(true);
        send();
        loop.callSoon(() -> owned.reads(false)); // stands before the event in the batch

        turns(1);

        assertThat(heard).isEmpty();
        owned.release();
    }

    @Test
    void hearsOfRoomToWriteOnlyWhileItAsks() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.sink(), new Listener());
        owned.writes(true);
        turns(1);
        owned.writes(false);

        turns(1);

        assertThat(heard).containsExactly("writable");
        owned.release();
    }

    @Test
    void nobodyElseCanWatchAChannelThatHasAnOwner() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());

        assertThatThrownBy(() -> loop.addReader(pipe.source(), () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("addReader")
                .hasMessageContaining("belongs to");
        assertThatThrownBy(() -> loop.ownChannel(pipe.source(), new Listener()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to");
        owned.release();
    }

    @Test
    void aChannelThatIsWatchedCannotBeOwned() {
        loop.addReader(pipe.source(), () -> {});

        assertThatThrownBy(() -> loop.ownChannel(pipe.source(), new Listener()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("addReader");
        loop.removeReader(pipe.source());
    }

    @Test
    void afterReleaseAnotherOneMayHaveIt() throws IOException {
        OwnedChannel first = loop.ownChannel(pipe.source(), new Listener());
        first.reads(true);
        first.release();
        first.release();
        send();

        List<String> others = new ArrayList<>();
        loop.addReader(pipe.source(), () -> others.add("read"));
        turns(1);

        assertThat(heard).isEmpty();
        assertThat(others).containsExactly("read");
        loop.removeReader(pipe.source());
    }

    @Test
    void afterReleaseItCannotListenAgain() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        owned.release();
        send();

        owned.reads(true);
        turns(1);

        assertThat(owned.reads()).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void openChannelsListsWhatIsOwnedAndWatched() throws IOException {
        OwnedChannel owned = loop.ownChannel(pipe.source(), new Listener());
        loop.addWriter(pipe.sink(), () -> {});

        assertThat(loop.openChannels()).containsExactlyInAnyOrder(pipe.source(), pipe.sink());

        owned.close();
        loop.removeWriter(pipe.sink());
        assertThat(loop.openChannels()).isEmpty();
        assertThat(pipe.source().isOpen()).isFalse();
    }

    @Test
    void aLoopThatIsClosedClosesWhatIsOwned() throws IOException {
        loop.ownChannel(pipe.source(), new Listener());

        loop.close();

        assertThat(heard).containsExactly("loopClosed");
        assertThat(pipe.source().isOpen()).isFalse();
    }

    @Test
    void whatAnOwnerThrowsGoesToTheExceptionHandler() throws IOException {
        var error = new IllegalStateException("from readable");
        OwnedChannel owned =
                loop.ownChannel(
                        pipe.source(),
                        new Listener() {
                            @Override
                            public void readable() {
                                throw error;
                            }
                        });
        owned.reads(true);
        send();

        turns(1);

        assertThat(takeError().exception()).isSameAs(error);
        owned.release();
    }

    @Test
    void theAddressOfAListenerIsFreeAtOnceWhenItIsClosed() throws IOException {
        ServerSocketChannel first = ServerSocketChannel.open();
        first.configureBlocking(false);
        first.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketAddress address = first.getLocalAddress();
        OwnedChannel owned = loop.ownChannel(first, new Listener());
        owned.reads(true);
        turns(1);

        owned.close();

        try (ServerSocketChannel second = ServerSocketChannel.open()) {
            second.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            second.bind(address);
            assertThat(second.getLocalAddress()).isEqualTo(address);
        }
    }
}
