package dev.heddle.stream;

import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.Asyncio;
import dev.heddle.LoopGroup;
import dev.heddle.sync.Event;
import dev.heddle.transport.ServerGroup;
import dev.heddle.transport.ServerOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server in each loop of a group, on the machine's network. */
@Timeout(60)
class ServerGroupTest {

    private static final int LOOPS = 3;
    private static final int CLIENTS = 60;

    private final Set<String> served = ConcurrentHashMap.newKeySet();

    /** Says in which loop it is, and echoes. */
    private void handle(Connection connection) throws IOException {
        String where = Thread.currentThread().toString();
        served.add(getRunningLoop().toString());
        connection.write(getRunningLoop() + "\n");
        for (byte[] line; (line = connection.readLine()).length > 0; ) {
            connection.write(line);
        }
        assertThat(Thread.currentThread().toString()).isEqualTo(where);
    }

    private List<String> connectAll(int port) {
        List<String> loops = new ArrayList<>();
        taskGroup(
                group -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        String line = "line " + i;
                        group.createTask(
                                () -> {
                                    try (var c = Streams.openConnection("127.0.0.1", port)) {
                                        loops.add(c.readLine(UTF_8));
                                        c.write(line + "\n");
                                        assertThat(c.readLine(UTF_8)).isEqualTo(line);
                                    }
                                });
                    }
                });
        return loops;
    }

    @Test
    void theKernelSpreadsConnections() {
        run(
                () -> {
                    try (var group = LoopGroup.of(LOOPS)) {
                        var servers = Streams.startServers(group, this::handle, "127.0.0.1", 0);

                        List<String> loops = connectAll(servers.port());

                        assertThat(loops).hasSize(CLIENTS);
                        assertThat(served)
                                .containsExactlyInAnyOrderElementsOf(new HashSet<>(loops));
                        assertThat(served).hasSizeGreaterThan(1); // by a hash of the ports
                        servers.close(Duration.ofSeconds(10));
                        assertThat(servers.connections()).isZero();
                    }
                });
    }

    /** Starts servers of which only the first one listens. */
    private ServerGroup<StreamServer> startByHandOver(LoopGroup group, StreamOptions options)
            throws IOException {
        return ServerGroup.start(
                group,
                0,
                false,
                new ServerGroup.Starter<>() {
                    @Override
                    public StreamServer listen(int port, boolean reusePort) throws IOException {
                        assertThat(reusePort).isFalse();
                        return Streams.startServer(
                                ServerGroupTest.this::handle, "127.0.0.1", port, options);
                    }

                    @Override
                    public StreamServer withoutAddress() throws IOException {
                        return Streams.startServerWithoutAddress(
                                ServerGroupTest.this::handle, options);
                    }
                });
    }

    @Test
    void elsewhereOneLoopHandsThemOverInTurn() {
        run(
                () -> {
                    try (var group = LoopGroup.of(LOOPS)) {
                        var servers = startByHandOver(group, StreamOptions.DEFAULT);

                        List<String> loops = connectAll(servers.port());

                        for (var loop : group.loops()) {
                            assertThat(loops.stream().filter(loop.toString()::equals))
                                    .hasSize(CLIENTS / LOOPS);
                        }
                        servers.close(Duration.ofSeconds(10));
                        assertThat(servers.connections()).isZero();
                    }
                });
    }

    @Test
    void handedOverConnectionsCountTogether() {
        run(
                () -> {
                    var one = ServerOptions.DEFAULT.withMaxConnections(1);
                    try (var group = LoopGroup.of(LOOPS)) {
                        var servers = startByHandOver(group, StreamOptions.DEFAULT.withServer(one));
                        List<Connection> open = new ArrayList<>();
                        for (int i = 0; i < LOOPS; i++) {
                            Connection c = Streams.openConnection("127.0.0.1", servers.port());
                            c.readLine();
                            open.add(c);
                        }
                        Connection waiting = Streams.openConnection("127.0.0.1", servers.port());
                        var greeted = new Event();
                        var reader =
                                Asyncio.createTask(
                                        () -> {
                                            waiting.readLine();
                                            greeted.set();
                                        });
                        for (Connection c : open) { // all three work, and there is no fourth
                            c.write("x\n");
                            assertThat(c.readLine(UTF_8)).isEqualTo("x");
                        }
                        assertThat(greeted.isSet()).isFalse();

                        open.getFirst().close();

                        greeted.await();
                        reader.await();
                        waiting.close();
                        for (Connection c : open) {
                            c.close();
                        }
                        servers.close(Duration.ofSeconds(10));
                    }
                });
    }

    @Test
    void allOrNoneListen() {
        run(
                () -> {
                    try (var group = LoopGroup.of(LOOPS);
                            var other = Streams.startServer(this::handle, "127.0.0.1", 0)) {
                        assertThatThrownBy(
                                        () ->
                                                Streams.startServers(
                                                        group,
                                                        this::handle,
                                                        "127.0.0.1",
                                                        other.port()))
                                .isInstanceOf(BindException.class)
                                .hasMessageContaining(Integer.toString(other.port()));

                        for (var loop : group.loops()) {
                            assertThat(LoopGroup.call(loop, () -> loop.openChannels())).isEmpty();
                        }
                    }
                });
    }

    @Test
    void closeStopsToListenInAllLoops() {
        run(
                () -> {
                    try (var group = LoopGroup.of(LOOPS)) {
                        var servers = Streams.startServers(group, this::handle, "127.0.0.1", 0);
                        Connection client = Streams.openConnection("127.0.0.1", servers.port());
                        client.readLine();

                        servers.close();
                        for (StreamServer server : servers.servers()) {
                            LoopGroup.call(
                                    server.getLoop(),
                                    () -> assertThat(server.isServing()).isFalse());
                        }

                        assertThatThrownBy(
                                        () -> Streams.openConnection("127.0.0.1", servers.port()))
                                .isInstanceOf(ConnectException.class);
                        client.close();
                        servers.waitClosed();
                    }
                });
    }

    @Test
    void serveForeverEndsWithTheCancelOfItsTask() {
        run(
                () -> {
                    try (var group = LoopGroup.of(LOOPS)) {
                        var servers = Streams.startServers(group, this::handle, "127.0.0.1", 0);
                        var serving = Asyncio.createTask(servers::serveForever);
                        assertThat(connectAll(servers.port())).hasSize(CLIENTS);

                        serving.cancel();
                        Asyncio.wait(List.of(serving));

                        assertThat(serving.cancelled()).isTrue();
                        for (StreamServer server : servers.servers()) {
                            LoopGroup.call(
                                    server.getLoop(),
                                    () -> assertThat(server.isServing()).isFalse());
                        }
                    }
                });
    }
}
