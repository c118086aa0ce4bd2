package dev.heddle.stream;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Task;
import dev.heddle.VoidCoroutine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/**
 * A stream of random bytes, written and read in random ways, while writes and reads are cancelled
 * and time out at random moments: what is read is what was written.
 */
class StreamRandomTest extends StreamFixture {

    private static final int TOTAL = 300_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void noByteIsLostOrDoubledWhateverIsCancelled(long seed) {
        run(
                () -> {
                    var random = new Random(seed);
                    Pair pair =
                            pair(
                                    StreamOptions.DEFAULT
                                            .withLimit(1 + random.nextInt(5000))
                                            .withReadTimeout(Duration.ofMillis(3))
                                            .withWriteTimeout(Duration.ofMillis(4)));
                    pair.peer().chunk = 1 + random.nextInt(3000);
                    pair.peer().eager = random.nextBoolean();
                    pair.transport().capacity = 1 + random.nextInt(3000);
                    var data = new byte[TOTAL];
                    random.nextBytes(data);

                    Task<Void> writer = start(() -> writeAll(pair.here(), data, random));
                    byte[] read = readAll(pair.there(), random);

                    writer.await();
                    assertThat(Arrays.equals(read, data)).isTrue();
                });
    }

    private static void within(int millis, VoidCoroutine body)
            throws TimeoutException, IOException {
        timeout(millis / 1000.0, body);
    }

    private static void writeAll(Connection c, byte[] data, Random random) throws Exception {
        for (int at = 0; at < data.length; ) {
            int n =
                    Math.min(
                            data.length - at,
                            1 + random.nextInt(random.nextInt(5) == 0 ? 99_000 : 900));
            // A piece that is cancelled is written all the same: the stream is not torn.
            byte[] piece = Arrays.copyOfRange(data, at, at + n);
            at += n;
            try {
                within(random.nextInt(5), () -> write(c, piece, random));
            } catch (TimeoutException | SocketTimeoutException e) {
                Arrays.fill(piece, (byte) 0); // it is ours again
            }
            if (random.nextInt(10) == 0) {
                sleep(random.nextInt(5) / 1000.0);
            }
        }
        c.writeEof();
    }

    private static void write(Connection c, byte[] piece, Random random) throws Exception {
        switch (random.nextInt(4)) {
            case 0 -> c.write(piece);
            case 1 -> c.write(ByteBuffer.wrap(piece));
            case 2 -> {
                int half = piece.length / 2;
                c.writer()
                        .writelines(
                                List.of(
                                        ByteBuffer.wrap(piece, 0, half),
                                        ByteBuffer.wrap(piece, half, piece.length - half)));
            }
            default -> {
                c.writer().writeNowait(piece);
                c.writer().drain();
            }
        }
    }

    private static byte[] readAll(Connection c, Random random) throws Exception {
        var all = new ByteArrayOutputStream();
        boolean[] end = {false};
        while (!end[0]) {
            int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 20_000 : 300);
            try {
                within(
                        random.nextInt(5),
                        () -> {
                            end[0] = !read(c.reader(), all, n, random.nextInt(6));
                        });
            } catch (TimeoutException | SocketTimeoutException e) {
                // Nothing is lost: the next read has it.
            } catch (IncompleteReadException e) {
                all.writeBytes(e.partial());
                end[0] = true;
            } catch (LimitOverrunException e) {
                all.writeBytes(c.reader().readExactly(e.consumed()));
            }
            if (random.nextInt(10) == 0) {
                sleep(random.nextInt(5) / 1000.0);
            }
        }
        return all.toByteArray();
    }

    /** Returns false at the end. */
    private static boolean read(StreamReader reader, ByteArrayOutputStream all, int n, int how)
            throws Exception {
        switch (how) {
            case 0 -> {
                byte[] data = reader.read(n);
                all.writeBytes(data);
                return data.length > 0;
            }
            case 1 -> {
                var data = new byte[n];
                int came = reader.read(data);
                all.write(data, 0, Math.max(0, came));
                return came > 0;
            }
            case 2 -> {
                var data = ByteBuffer.allocateDirect(n);
                int came = reader.readInto(data);
                data.flip();
                while (data.hasRemaining()) {
                    all.write(data.get());
                }
                return came > 0;
            }
            case 3 -> all.writeBytes(reader.readExactly(n));
            case 4 -> {
                var data = new byte[n];
                reader.readExactly(data);
                all.writeBytes(data);
            }
            default -> all.writeBytes(reader.readUntil(new byte[] {7, 8}, new byte[] {9}));
        }
        return true;
    }
}
