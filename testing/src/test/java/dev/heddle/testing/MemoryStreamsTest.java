package dev.heddle.testing;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.toThread;
import static dev.heddle.testing.Testing.waitAllTasksBlocked;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamReaderProtocol;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

@HeddleTest
class MemoryStreamsTest {

    @Nested
    class PairKeepsTheContract extends StreamContract {

        @Override
        protected StreamPair connect() {
            return MemoryStreams.pair();
        }
    }

    @Nested
    class LockstepPairKeepsTheContract extends StreamContract {

        @Override
        protected StreamPair connect() {
            return MemoryStreams.lockstepPair();
        }
    }

    @Nested
    class NarrowPairKeepsTheContract extends StreamContract {

        @Override
        protected StreamPair connect() {
            return MemoryStreams.pair(
                    MemoryOptions.DEFAULT.withCapacity(1000).withChunk(77),
                    StreamOptions.DEFAULT.withLimit(100));
        }
    }

    /** Connects each end to nobody, so that nothing ever arrives. */
    static class Unconnected extends StreamContract {

        @Override
        protected StreamPair connect() {
            return new StreamPair(MemoryStreams.pair().left(), MemoryStreams.pair().right());
        }
    }

    /** Mixes the bytes up. */
    static class Garbled extends StreamContract {

        @Override
        protected StreamPair connect() {
            var left = new StreamReaderProtocol();
            var right = new StreamReaderProtocol();
            MemoryTransport.connect(left, garbling(right), MemoryOptions.DEFAULT);
            return new StreamPair(left.connection(), right.connection());
        }

        private static Protocol garbling(Protocol to) {
            return new Protocol() {
                @Override
                public void connectionMade(Transport transport) throws Exception {
                    to.connectionMade(transport);
                }

                @Override
                public void dataReceived(ByteBuffer data) throws Exception {
                    if (data.remaining() > 1) {
                        byte first = data.get(0);
                        data.put(0, data.get(1)).put(1, first);
                    }
                    to.dataReceived(data);
                }

                @Override
                public boolean eofReceived() throws Exception {
                    return to.eofReceived();
                }

                @Override
                public void connectionLost(@Nullable Throwable error) throws Exception {
                    to.connectionLost(error);
                }
            };
        }
    }

    @Nested
    class ContractItself {

        // Not in the loop of a task: these run tests of their own.
        private EngineExecutionResults run(Class<?> sample) {
            return toThread(() -> Samples.results(sample));
        }

        @Test
        void noticesThatNothingArrives() {
            assertThat(run(Unconnected.class).testEvents().failed().count())
                    .isGreaterThanOrEqualTo(6);
        }

        @Test
        void noticesThatBytesAreMixedUp() {
            var failed = run(Garbled.class).testEvents().failed();

            assertThat(failed.stream().map(e -> e.getTestDescriptor().getDisplayName()))
                    .contains("bytesComeInOrderBothWays()", "endComesAfterTheLastByteAndStays()");
        }
    }

    @Test
    void eachByteComesAloneInALockstepPair() throws IOException {
        try (StreamPair pair = MemoryStreams.lockstepPair()) {
            var reader = createTask(() -> pair.right().read(100));
            waitAllTasksBlocked();
            pair.left().write("ab");

            assertThat(reader.await()).containsExactly('a');
        }
    }

    @Test
    void writeOfALockstepPairWaitsForTheReaderAtTheOtherEnd() throws IOException {
        try (StreamPair pair =
                MemoryStreams.pair(MemoryOptions.LOCKSTEP, StreamOptions.DEFAULT.withLimit(1))) {
            var writer = createTask(() -> pair.left().write("0123456789"));
            waitAllTasksBlocked();
            assertThat(writer.done()).isFalse();

            assertThat(pair.right().readExactly(6)).isEqualTo("012345".getBytes());
            writer.await(); // the reader's own buffer holds the rest
        }
    }

    @Test
    void closeToAPeerThatDoesNotReadEndsWithItsTimeOut() {
        var options = StreamOptions.DEFAULT.withCloseTimeout(Duration.ofSeconds(30));
        try (StreamPair pair = MemoryStreams.pair(MemoryOptions.LOCKSTEP, options.withLimit(1))) {
            var writer = createTask(() -> pair.left().write(new byte[1000]));
            waitAllTasksBlocked();
            writer.cancel();
            waitAllTasksBlocked();
            double begin = dev.heddle.Asyncio.time();

            try {
                pair.left().close();
            } catch (IOException e) {
                // something was not sent
            }

            assertThat(dev.heddle.Asyncio.time() - begin).isEqualTo(30);
        }
    }
}
