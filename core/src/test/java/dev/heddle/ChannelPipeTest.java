package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;

/** addReader and addWriter, on a pipe. */
class ChannelPipeTest extends LoopFixture {

    private final Pipe pipe = Pipe.open();
    private final Pipe.SourceChannel source = pipe.source();
    private final Pipe.SinkChannel sink = pipe.sink();
    private final List<Object> seen = new ArrayList<>();

    ChannelPipeTest() throws IOException {
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

    private void write(int bytes) {
        try {
            assertThat(sink.write(ByteBuffer.allocate(bytes))).isEqualTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int read() {
        try {
            return source.read(ByteBuffer.allocate(100));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readerRunsInEachTurnInWhichThereIsSomethingToRead() {
        loop.addReader(source, () -> seen.add("readable"));
        turns(2);
        assertThat(seen).isEmpty();

        write(1);
        turns(2);
        assertThat(seen).containsExactly("readable", "readable");

        read();
        turns(2);
        assertThat(seen).hasSize(2);
    }

    @Test
    void readerWakesALoopThatWaits() {
        loop.addReader(
                source,
                () -> {
                    seen.add(read());
                    loop.stop();
                });
        loop.callSoon(() -> onOtherThread(() -> write(3)));

        loop.runForever();

        assertThat(seen).containsExactly(3);
    }

    @Test
    void readerRunsAtTheEndOfTheStream() throws IOException {
        loop.addReader(source, () -> seen.add(read()));

        sink.close();
        turns(1);

        assertThat(seen).containsExactly(-1);
    }

    @Test
    void writerRunsInEachTurnInWhichThereIsRoom() throws IOException {
        loop.addWriter(sink, () -> seen.add("writable"));
        turns(2);
        assertThat(seen).hasSize(2);

        while (sink.write(ByteBuffer.allocate(65_536)) > 0) {
            seen.clear();
        }
        turns(2);

        assertThat(seen).isEmpty();
    }

    @Test
    void addingAgainReplacesTheCallback() {
        loop.addReader(source, () -> seen.add("first"));
        loop.addReader(source, () -> seen.add("second"));
        loop.addWriter(sink, () -> seen.add("first"));
        loop.addWriter(sink, () -> seen.add("third"));
        write(1);

        turns(1);

        assertThat(seen).containsExactlyInAnyOrder("second", "third");
    }

    @Test
    void callbackThatIsReplacedInTheSameTurnDoesNotRun() {
        loop.addReader(source, () -> seen.add("first"));
        write(1);
        loop.callSoon(() -> loop.addReader(source, () -> seen.add("second")));

        turns(1);
        assertThat(seen).isEmpty();
        turns(1);

        assertThat(seen).containsExactly("second");
    }

    @Test
    void removeTellsWhetherThereWasAnything() {
        assertThat(loop.removeReader(source)).isFalse();
        assertThat(loop.removeWriter(sink)).isFalse();

        loop.addReader(source, () -> {});
        loop.addWriter(sink, () -> {});

        assertThat(loop.removeReader(sink)).isFalse();
        assertThat(loop.removeWriter(source)).isFalse();
        assertThat(loop.removeReader(source)).isTrue();
        assertThat(loop.removeReader(source)).isFalse();
        assertThat(loop.removeWriter(sink)).isTrue();
        assertThat(loop.removeWriter(sink)).isFalse();
    }

    @Test
    void removedCallbackDoesNotRunEvenIfItStandsInTheQueue() {
        loop.addReader(source, () -> seen.add("ran"));
        write(1);
        loop.callSoon(() -> loop.removeReader(source));

        turns(2);

        assertThat(seen).isEmpty();
    }

    @Test
    void channelCanBeAddedAgainInTheTurnInWhichItWasRemoved() {
        loop.addReader(source, () -> seen.add("first"));
        write(1);
        loop.callSoon(
                () -> {
                    loop.removeReader(source);
                    loop.addReader(source, () -> seen.add("second"));
                });

        turns(2);

        assertThat(seen).containsExactly("second");
    }

    @Test
    void channelMayBlockAgainOnceItIsRemoved() {
        run(
                () -> {
                    loop.addReader(source, () -> {});
                    sleep(0);

                    assertThatThrownBy(() -> source.configureBlocking(true))
                            .isInstanceOf(java.nio.channels.IllegalBlockingModeException.class);
                    loop.removeReader(source);
                    source.configureBlocking(true);

                    assertThat(source.isBlocking()).isTrue();
                });
    }

    @Test
    void failureOfAReaderIsReportedAndItStays() {
        var error = new IllegalStateException("broken reader");
        loop.addReader(
                source,
                () -> {
                    throw error;
                });
        write(1);

        turns(2);

        assertThat(takeErrors()).hasSize(2).allMatch(c -> c.exception() == error);
    }

    @Test
    void readersOfManyChannelsRunInOneTurn() throws IOException {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            Pipe one = Pipe.open();
            pipes.add(one);
            one.source().configureBlocking(false);
            loop.addReader(one.source(), () -> seen.add(number));
            one.sink().write(ByteBuffer.allocate(1));
        }

        turns(1);

        assertThat(seen).hasSize(200).doesNotHaveDuplicates();
        for (Pipe one : pipes) {
            assertThat(loop.removeReader(one.source())).isTrue();
            one.source().close();
            one.sink().close();
        }
    }
}
