package dev.heddle.reliability;

import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many connections one after the other: nothing of them may be left. */
class ConnectAndDisconnectTest {

    private static final int CLIENTS = 50;
    private static final int CONNECTIONS_EACH = 2000;

    /** What warming up, code and profiles take; one object a connection would be far more. */
    private static final long MOST_GROWTH = 3 << 20;

    private int answered;

    @Test
    @Timeout(120)
    void hundredThousandConnectionsLeaveNothing() {
        run(
                () -> {
                    StreamServer server = Streams.startServer(this::answer, "127.0.0.1", 0);
                    connectAll(server.port(), 20);
                    long before = usedMemory();

                    connectAll(server.port(), CONNECTIONS_EACH - 20);

                    server.close();
                    server.waitClosed();
                    assertThat(answered).isEqualTo(CLIENTS * CONNECTIONS_EACH);
                    assertThat(getRunningLoop().openChannels()).isEmpty();
                    assertThat(Asyncio.allTasks()).containsExactly(Asyncio.currentTask());
                    assertThat(usedMemory() - before).isLessThan(MOST_GROWTH);
                });
    }

    private void answer(Connection connection) throws Exception {
        connection.write(connection.readExactly(1));
    }

    private void connectAll(int port, int times) {
        taskGroup(
                group -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        group.createTask(() -> connectOften(port, times));
                    }
                });
    }

    private void connectOften(int port, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (Connection connection = Streams.openConnection("127.0.0.1", port)) {
                connection.write(new byte[] {(byte) i});
                assertThat(connection.readExactly(1)).containsExactly((byte) i);
                answered++;
            }
        }
    }

    private static long usedMemory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
