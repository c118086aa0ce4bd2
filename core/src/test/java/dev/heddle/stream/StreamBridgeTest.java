package dev.heddle.stream;

import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Streams as streams and channels of the JDK. */
class StreamBridgeTest extends StreamFixture {

    @Test
    void anInputStreamSuspendsTheTask() {
        run(
                () -> {
                    Pair pair = pair();
                    InputStream in = pair.here().reader().asInputStream();
                    Task<Integer> one = loop.createTask(() -> in.read());
                    settle();
                    assertThat(one.done()).isFalse();
                    pair.there().write(new byte[] {(byte) 200, 1, 2, 3});

                    assertThat(one.await()).isEqualTo(200);
                    assertThat(in.available()).isEqualTo(3);
                    assertThat(in.readNBytes(3)).containsExactly(1, 2, 3);
                    pair.there().writeEof();
                    assertThat(in.read()).isEqualTo(-1);
                    assertThat(in.readAllBytes()).isEmpty();
                });
    }

    @Test
    void theJdksFiltersWorkOnThem() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<Void> sender =
                            start(
                                    () -> {
                                        OutputStream out = pair.there().writer().asOutputStream();
                                        try (var zip = new GZIPOutputStream(out)) {
                                            for (int i = 0; i < 20_000; i++) {
                                                zip.write(bytes("line " + i + "\n"));
                                            }
                                        }
                                    });
                    var lines =
                            new BufferedReader(
                                    new InputStreamReader(
                                            new GZIPInputStream(
                                                    pair.here().reader().asInputStream()),
                                            StandardCharsets.UTF_8));

                    assertThat(lines.lines().count()).isEqualTo(20_000);
                    sender.await();
                    assertThat(pair.there().isClosing()).isFalse(); // one side is ended, no more
                });
    }

    @Test
    void inAJobOfToThreadTheyBlockTheJobsThread() {
        run(
                () -> {
                    Pair pair = pair();
                    InputStream in = pair.here().reader().asInputStream();
                    OutputStream out = pair.here().writer().asOutputStream();
                    Task<String> job =
                            loop.createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        String read = text(in.readNBytes(4));
                                                        out.write(bytes("pong"));
                                                        out.write('!');
                                                        out.close();
                                                        return read;
                                                    }));
                    pair.there().write("pi");
                    settle();
                    pair.there().write("ng");

                    assertThat(text(pair.there().reader().read())).isEqualTo("pong!");
                    assertThat(job.await()).isEqualTo("ping");
                });
    }

    @Test
    void onAForeignThreadEverythingIsRefused() {
        run(
                () -> {
                    Pair pair = pair();
                    InputStream in = pair.here().reader().asInputStream();

                    assertThatThrownBy(() -> onOtherThread(in::read))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("FromThread");
                    assertThatThrownBy(() -> onOtherThread(() -> pair.here().read(1)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("read was called on thread")
                            .hasMessageContaining("FromThread.run");
                    assertThatThrownBy(
                                    () ->
                                            onOtherThread(
                                                    () -> {
                                                        pair.here().write("x");
                                                        return 0;
                                                    }))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("write was called on thread");
                    assertThatThrownBy(
                                    () ->
                                            onOtherThread(
                                                    () -> {
                                                        pair.here().close();
                                                        return 0;
                                                    }))
                            .isInstanceOf(IllegalStateException.class);
                });
    }

    private static <T> T onOtherThread(java.util.concurrent.Callable<T> job) throws Exception {
        var result = new FutureTask<T>(job);
        Thread thread = Thread.ofPlatform().name("other").start(result);
        thread.join();
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    @Test
    void aByteChannelReadsWritesAndCloses() {
        run(
                () -> {
                    Pair pair = pair();
                    ByteChannel channel = pair.here().asByteChannel();
                    var target = ByteBuffer.allocateDirect(10);

                    assertThat(channel.write(ByteBuffer.wrap(bytes("to you")))).isEqualTo(6);
                    assertThat(text(pair.there().read(10))).isEqualTo("to you");
                    pair.there().write("to me");
                    assertThat(channel.read(target)).isEqualTo(5);
                    assertThat(channel.isOpen()).isTrue();
                    pair.there().writeEof();
                    assertThat(channel.read(target)).isEqualTo(-1);

                    channel.close();
                    channel.close();
                    assertThat(channel.isOpen()).isFalse();
                    assertThat(pair.here().isClosing()).isTrue();
                    assertThatThrownBy(() -> channel.read(target))
                            .isInstanceOf(ClosedChannelException.class);
                    assertThatThrownBy(() -> channel.write(target))
                            .isInstanceOf(ClosedChannelException.class);
                });
    }

    @Test
    void aCancelEndsAReadOfTheJdk() {
        run(
                () -> {
                    Pair pair = pair();
                    Task<Integer> read =
                            loop.createTask(() -> pair.here().reader().asInputStream().read());
                    settle();
                    read.cancel();

                    assertThat(errorOf(read)).isInstanceOf(CancelledError.class);
                });
    }
}
