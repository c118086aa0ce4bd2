package dev.heddle.testing;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.Task;
import dev.heddle.stream.Connection;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;

/**
 * What every connection must do, whatever it stands on: a subclass says how one is made, and JUnit
 * runs the tests that are here.
 *
 * {@snippet :
 * class MyStreamTest extends StreamContract {
 *     protected StreamPair connect() {
 *         return MemoryStreams.pair();
 *     }
 * }
 * }
 *
 * <p>Add {@code @Loop(clock = Loop.Time.REAL)} if the bytes go through the machine's network.
 *
 * <p>Source: {@code trio.testing.check_two_way_stream} and its kin.
 */
@HeddleTest
public abstract class StreamContract {

    private static final int MANY = 300_000;
    private static final int MUCH = 64 * 1024;

    /** Makes one. */
    protected StreamContract() {}

    /** Returns both ends of a connection that was just made. Called in a task. */
    protected abstract StreamPair connect() throws Exception;

    /** Returns how many bytes may be under way when nobody reads; 64 MiB unless overridden. */
    protected long mostUnderWay() {
        return 64L << 20;
    }

    private static byte[] someBytes(int n, long seed) {
        var bytes = new byte[n];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] readToTheEnd(Connection connection) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] part; (part = connection.read(MUCH)).length > 0; ) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Writes until the connection takes no more; the task waits then, and must be cancelled. */
    private Task<?> writeUntilFull(Connection connection, long[] written) {
        return createTask(
                () -> {
                    var piece = new byte[MUCH];
                    while (written[0] <= mostUnderWay()) {
                        connection.write(piece);
                        written[0] += piece.length;
                    }
                },
                "writer");
    }

    // ---------------------------------------------------------------- order

    /** Bytes come in order both ways at the same time, however they are cut. */
    @Test
    public void bytesComeInOrderBothWays() throws Exception {
        try (StreamPair pair = connect()) {
            byte[] there = someBytes(MANY, 1);
            byte[] back = someBytes(MANY, 2);
            gather(
                    () -> writeInPieces(pair.left(), there, 3),
                    () -> writeInPieces(pair.right(), back, 4),
                    () -> assertArrayEquals(there, pair.right().readExactly(MANY)),
                    () -> assertArrayEquals(back, pair.left().readExactly(MANY)));
        }
    }

    private static void writeInPieces(Connection connection, byte[] all, long seed)
            throws IOException {
        var random = new Random(seed);
        for (int done = 0; done < all.length; ) {
            int n = Math.min(all.length - done, 1 + random.nextInt(20_000));
            connection.write(all, done, n);
            done += n;
        }
    }

    /** A read of at most so many bytes returns what is there, and never waits for more. */
    @Test
    public void readReturnsWhatIsThere() throws Exception {
        try (StreamPair pair = connect()) {
            pair.left().write(new byte[] {1, 2, 3});

            byte[] first = pair.right().read(1000);

            assertTrue(first.length >= 1 && first.length <= 3, "length " + first.length);
        }
    }

    // ---------------------------------------------------------------- ends

    /** The end comes after the last byte, and again whenever one reads on. */
    @Test
    public void endComesAfterTheLastByteAndStays() throws Exception {
        try (StreamPair pair = connect()) {
            byte[] data = someBytes(MANY, 5);
            gather(
                    () -> {
                        pair.left().write(data);
                        pair.left().close();
                    },
                    () -> {
                        assertArrayEquals(data, readToTheEnd(pair.right()));
                        assertEquals(0, pair.right().read(10).length);
                        assertEquals(0, pair.right().read(10).length);
                    });
        }
    }

    /** When one side has ended its sending, the other one may still answer. */
    @Test
    public void otherSideMayGoOnAfterAHalfClose() throws Exception {
        try (StreamPair pair = connect()) {
            Assumptions.assumeTrue(pair.left().writer().canWriteEof(), "no half close");
            pair.left().write("question");
            pair.left().writeEof();

            assertEquals("question", new String(readToTheEnd(pair.right())));
            pair.right().write("answer");
            pair.right().close();

            assertEquals("answer", new String(readToTheEnd(pair.left())));
            assertThrows(IllegalStateException.class, () -> pair.left().write("more"));
        }
    }

    /** Closing twice is the same as once, and what is written after it fails. */
    @Test
    public void closeIsIdempotentAndEndsWriting() throws Exception {
        try (StreamPair pair = connect()) {
            pair.left().close();
            pair.left().close();

            assertTrue(pair.left().isClosing());
            assertThrows(IOException.class, () -> pair.left().write("late"));
        }
    }

    /** An abort ends the waits of its own side, and the other side hears of it. */
    @Test
    public void abortEndsTheWaitsOfBothSides() throws Exception {
        try (StreamPair pair = connect()) {
            Task<?> own = createTask(() -> readToTheEndOrFail(pair.left()), "reader");
            Task<?> others = createTask(() -> readToTheEndOrFail(pair.right()), "peer");
            sleep(0);

            pair.left().abort();

            own.await();
            others.await();
            assertTrue(pair.left().isClosing());
        }
    }

    private static void readToTheEndOrFail(Connection connection) {
        try {
            readToTheEnd(connection);
        } catch (IOException e) {
            // Aborted, or reset: either is a way to hear of it.
        }
    }

    // ---------------------------------------------------------------- waits

    /** A second task that reads is refused, and the first one is not disturbed. */
    @Test
    public void secondReaderIsRefused() throws Exception {
        try (StreamPair pair = connect()) {
            Task<byte[]> first = createTask(() -> pair.right().readExactly(1), "first reader");
            sleep(0);

            assertThrows(IllegalStateException.class, () -> pair.right().read(1));

            pair.left().write(new byte[] {7});
            assertArrayEquals(new byte[] {7}, first.await());
        }
    }

    /** A read that is cancelled loses nothing: the next one gets what comes. */
    @Test
    public void cancelledReadLosesNothing() throws Exception {
        try (StreamPair pair = connect()) {
            Task<byte[]> read = createTask(() -> pair.right().readExactly(4), "reader");
            sleep(0);
            pair.left().write(new byte[] {1, 2});
            for (int i = 0; i < 10; i++) {
                sleep(0);
            }

            read.cancel();
            Testing.waitAllTasksBlocked();
            pair.left().write(new byte[] {3, 4});

            assertTrue(read.cancelled());
            assertArrayEquals(new byte[] {1, 2, 3, 4}, pair.right().readExactly(4));
        }
    }

    /** Who writes to a peer that does not read has to wait, and goes on when it does. */
    @Test
    public void backPressureIsBounded() throws Exception {
        try (StreamPair pair = connect()) {
            long[] written = {0};
            Task<?> writer = writeUntilFull(pair.left(), written);
            awaitStandstill(written);
            assertFalse(
                    writer.done(),
                    () -> "%d bytes were taken, and nobody has read".formatted(written[0]));

            long before = written[0];
            while (written[0] == before) {
                assertTrue(pair.right().read(MUCH).length > 0);
            }

            writer.cancel();
            Testing.waitAllTasksBlocked();
            assertTrue(writer.done());
        }
    }

    /** Waits until no more is taken. */
    private static void awaitStandstill(long[] written) {
        long before;
        do {
            before = written[0];
            Testing.waitAllTasksBlocked();
        } while (written[0] > before);
    }

    /** A second task that writes is refused while the first one waits. */
    @Test
    public void secondWriterIsRefused() throws Exception {
        try (StreamPair pair = connect()) {
            long[] written = {0};
            Task<?> writer = writeUntilFull(pair.left(), written);
            awaitStandstill(written);

            assertThrows(IllegalStateException.class, () -> pair.left().write("me, too"));

            writer.cancel();
            Testing.waitAllTasksBlocked();
            assertTrue(writer.cancelled());
        }
    }

    /** A close ends when it is cancelled, though the peer reads nothing of what was written. */
    @Test
    public void closeCannotHang() throws Exception {
        try (StreamPair pair = connect()) {
            long[] written = {0};
            Task<?> writer = writeUntilFull(pair.left(), written);
            awaitStandstill(written);
            writer.cancel();
            Testing.waitAllTasksBlocked();

            moveOnAfter(0.05, () -> closeOrFail(pair.left()));
            closeOrFail(pair.left());

            assertTrue(pair.left().isClosing());
        }
    }

    private static void closeOrFail(Connection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It tells that something was not sent.
        }
    }
}
