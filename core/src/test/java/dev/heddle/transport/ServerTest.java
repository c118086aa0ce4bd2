package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.ContextVar;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server accepts connections, and ends in order. */
class ServerTest extends NetFixture {

    private final List<Recorder> protocols = new ArrayList<>();

    private Recorder protocol() {
        var recorder = new Recorder(loop);
        protocols.add(recorder);
        return recorder;
    }

    private Server serve(ServerOptions options) throws IOException {
        return Transports.createServer(this::protocol, "127.0.0.1", 0, options);
    }

    private Server serve() throws IOException {
        return serve(ServerOptions.DEFAULT);
    }

    private Socket connect(Server server) {
        return off(() -> closing(new Socket("127.0.0.1", server.port())));
    }

    /** Lets the loop turn until there are so many connections: what the system does takes time. */
    private static void awaitConnections(Server server, int n) {
        while (server.connections() != n) {
            Asyncio.sleep(0);
        }
    }

    @Test
    void aProtocolIsMadeForEachConnection() {
        run(
                () -> {
                    Server server = serve();
                    Socket one = connect(server);
                    Socket two = connect(server);
                    awaitConnections(server, 2);
                    one.getOutputStream().write("one".getBytes());
                    two.getOutputStream().write("second".getBytes());
                    protocols.get(0).awaitBytes(3);
                    protocols.get(1).awaitBytes(6);

                    assertThat(protocols.get(0).text()).isEqualTo("one");
                    assertThat(protocols.get(1).text()).isEqualTo("second");
                    one.close();
                    two.close();
                    server.close();
                    server.waitClosed();
                });
    }

    @Test
    void itAcceptsOnlyWhenItServes() {
        run(
                () -> {
                    Server server = serve(ServerOptions.DEFAULT.withStartServing(false));
                    assertThat(server.isServing()).isFalse();
                    Socket client = connect(server);
                    settle();
                    assertThat(protocols).isEmpty();

                    server.startServing();
                    server.startServing();
                    assertThat(server.isServing()).isTrue();
                    awaitConnections(server, 1);

                    server.close();
                    assertThat(server.isServing()).isFalse();
                    assertThatThrownBy(server::startServing)
                            .isInstanceOf(IllegalStateException.class);
                    client.close();
                    server.waitClosed();
                });
    }

    @Test
    void closeLeavesTheConnections() {
        run(
                () -> {
                    Server server = serve();
                    Socket client = connect(server);
                    awaitConnections(server, 1);
                    InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();

                    server.close();
                    server.close();

                    assertThat(server.sockets()).isEmpty();
                    assertThat(server.addresses()).containsExactly(address);
                    settle();
                    assertThatThrownBy(() -> connect(server)).isInstanceOf(IOException.class);
                    client.getOutputStream().write(1);
                    protocols.getFirst().awaitBytes(1);
                    client.close();
                    server.waitClosed();
                    assertThat(server.connections()).isZero();
                });
    }

    @Test
    void waitClosedWaitsForTheEndOfTheServerAndOfItsConnections() {
        run(
                () -> {
                    Server server = serve();
                    Socket client = connect(server);
                    awaitConnections(server, 1);
                    Task<Void> waiting = Asyncio.createTask(server::waitClosed);

                    settle();
                    assertThat(waiting.done()).isFalse();
                    server.close();
                    settle();
                    assertThat(waiting.done()).as("a connection is left").isFalse();
                    client.close();
                    waiting.await();
                    server.waitClosed();
                });
    }

    @Test
    void waitClosedWaitsAlsoIfTheConnectionsEndFirst() {
        run(
                () -> {
                    Server server = serve();
                    Socket client = connect(server);
                    awaitConnections(server, 1);
                    Task<Void> waiting = Asyncio.createTask(server::waitClosed);
                    client.close();
                    awaitConnections(server, 0);

                    settle();
                    assertThat(waiting.done()).as("the server is open").isFalse();
                    server.close();
                    waiting.await();
                });
    }

    @Test
    void abortClientsReleasesItAlsoWithFullBuffers() {
        run(
                () -> {
                    Server server = serve();
                    connect(server);
                    awaitConnections(server, 1);
                    protocols.getFirst().await("made");
                    Transport transport = protocols.getFirst().transport();
                    while (transport.getWriteBufferSize() == 0) {
                        transport.write(new byte[1 << 20]);
                    }

                    server.close();
                    server.closeClients();
                    settle();
                    assertThat(server.connections()).isEqualTo(1);
                    server.abortClients();
                    server.waitClosed();
                    assertThat(protocols.getFirst().error).isNull();
                });
    }

    @Test
    void closeWithGraceLetsConnectionsEndAndAbortsTheRest() {
        run(
                () -> {
                    Server server = serve();
                    Socket good = connect(server);
                    awaitConnections(server, 1);
                    Socket bad = connect(server);
                    awaitConnections(server, 2);
                    protocols.get(1).await("made");
                    protocols.get(0).transport().write("last words".getBytes());
                    Transport stuck = protocols.get(1).transport();
                    while (stuck.getWriteBufferSize() == 0) {
                        stuck.write(new byte[1 << 20]);
                    }

                    server.close(Duration.ofMillis(50));

                    assertThat(server.connections()).isZero();
                    assertThat(off(() -> new String(good.getInputStream().readAllBytes())))
                            .isEqualTo("last words");
                    bad.close();
                });
    }

    @Test
    void aCancelledCloseWithGraceAbortsAtOnce() {
        run(
                () -> {
                    Server server = serve();
                    connect(server);
                    awaitConnections(server, 1);
                    protocols.getFirst().await("made");
                    Transport stuck = protocols.getFirst().transport();
                    while (stuck.getWriteBufferSize() == 0) {
                        stuck.write(new byte[1 << 20]);
                    }
                    Task<Void> closing = Asyncio.createTask(() -> server.close(Duration.ofDays(1)));
                    settle();

                    closing.cancel();

                    assertThatThrownBy(closing::await).isInstanceOf(CancelledError.class);
                    server.waitClosed();
                });
    }

    // ---------------------------------------------------------------- serveForever

    @Test
    void serveForeverReturnsWhenTheServerIsClosed() {
        run(
                () -> {
                    Server server = serve(ServerOptions.DEFAULT.withStartServing(false));
                    Task<Void> serving = Asyncio.createTask(() -> server.serveForever());
                    settle();
                    assertThat(server.isServing()).isTrue();

                    server.close();
                    serving.await();

                    assertThatThrownBy(server::serveForever)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("closed");
                });
    }

    @Test
    void serveForeverIsForOneTask() {
        run(
                () -> {
                    Server server = serve();
                    Task<Void> serving = Asyncio.createTask(() -> server.serveForever());
                    settle();

                    assertThatThrownBy(server::serveForever)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("serveForever");

                    server.close();
                    serving.await();
                });
    }

    @Test
    void cancellingServeForeverClosesTheServerAndWaits() {
        run(
                () -> {
                    Server server = serve();
                    Socket client = connect(server);
                    awaitConnections(server, 1);
                    Task<Void> serving = Asyncio.createTask(() -> server.serveForever());
                    settle();

                    serving.cancel();
                    settle();
                    assertThat(server.isServing()).isFalse();
                    assertThat(serving.done()).as("a connection is left").isFalse();
                    client.close();

                    assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
                });
    }

    @Test
    void cancellingServeForeverWithGraceEndsTheConnections() {
        run(
                () -> {
                    Server server = serve();
                    connect(server);
                    awaitConnections(server, 1);
                    Task<Void> serving =
                            Asyncio.createTask(() -> server.serveForever(Duration.ofSeconds(30)));
                    settle();

                    serving.cancel();

                    assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
                    assertThat(server.connections()).isZero();
                });
    }

    // ---------------------------------------------------------------- connections

    @Test
    void whatIsAboveTheLimitWaitsUntilThereIsRoom() {
        run(
                () -> {
                    Server server = serve(ServerOptions.DEFAULT.withMaxConnections(2));
                    Socket one = connect(server);
                    connect(server);
                    awaitConnections(server, 2);
                    Socket three = connect(server);
                    three.getOutputStream().write("patient".getBytes());
                    settle();
                    assertThat(server.connections()).isEqualTo(2);
                    assertThat(protocols).hasSize(2);

                    one.close();
                    protocols.getFirst().await("lost");
                    awaitConnections(server, 2);
                    protocols.get(2).awaitBytes(7);

                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aFactoryThatFailsEndsItsConnectionOnly() {
        run(
                () -> {
                    var mistake = new IllegalStateException("no protocol");
                    boolean[] fail = {true};
                    Server server =
                            Transports.createServer(
                                    () -> {
                                        if (fail[0]) {
                                            throw mistake;
                                        }
                                        return protocol();
                                    },
                                    "127.0.0.1",
                                    0,
                                    ServerOptions.DEFAULT);
                    Socket client = connect(server);
                    assertThat(off(() -> client.getInputStream().read())).isEqualTo(-1);
                    assertThat(takeError().exception()).isSameAs(mistake);
                    assertThat(server.connections()).isZero();

                    fail[0] = false;
                    connect(server);
                    awaitConnections(server, 1);
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void connectionsHaveContextsOfTheirOwn() {
        run(
                () -> {
                    var name = ContextVar.<String>of("name");
                    name.set("creator");
                    List<String> seen = new ArrayList<>();
                    Server server =
                            Transports.createServer(
                                    () -> {
                                        seen.add(name.get("none"));
                                        name.set("somebody");
                                        return protocol();
                                    },
                                    "127.0.0.1",
                                    0,
                                    ServerOptions.DEFAULT.withStartServing(false));
                    connect(server);
                    connect(server);

                    server.startServing(); // both are accepted in one event
                    awaitConnections(server, 2);

                    assertThat(seen).containsExactly("creator", "creator");
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aClientThatIsGoneAlreadyHarmsNobody() {
        run(
                () -> {
                    Server server = serve(ServerOptions.DEFAULT.withStartServing(false));
                    reset(connect(server));
                    Socket client = connect(server);
                    client.getOutputStream().write(1);

                    server.startServing();
                    while (protocols.size() < 2) {
                        Asyncio.sleep(0);
                    }
                    protocols.get(0).await("lost");
                    protocols.get(1).awaitBytes(1);

                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void writeLimitsAreThoseOfTheOptions() {
        run(
                () -> {
                    var limits = new WriteBufferLimits(100, 10);
                    Server server = serve(ServerOptions.DEFAULT.withWriteLimits(limits));
                    connect(server);
                    awaitConnections(server, 1);
                    protocols.getFirst().await("made");

                    assertThat(protocols.getFirst().transport().getWriteBufferLimits())
                            .isEqualTo(limits);
                    server.close(Duration.ofSeconds(30));
                });
    }

    // ---------------------------------------------------------------- channels from elsewhere

    @Test
    void aBoundChannelIsTakenOver() {
        run(
                () -> {
                    ServerSocketChannel channel = ServerSocketChannel.open();
                    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

                    Server server =
                            Transports.createServer(this::protocol, channel, ServerOptions.DEFAULT);
                    assertThat(server.sockets()).containsExactly(channel);
                    connect(server);
                    awaitConnections(server, 1);
                    server.close(Duration.ofSeconds(30));

                    assertThat(channel.isOpen()).isFalse();
                });
    }

    @Test
    void aChannelThatIsNotBoundIsRefused() throws Exception {
        ServerSocketChannel channel = closing(ServerSocketChannel.open());

        run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Transports.createServer(
                                                        this::protocol,
                                                        channel,
                                                        ServerOptions.DEFAULT))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("not bound"));
    }

    @Test
    void anAcceptedSocketIsTakenOver() {
        run(
                () -> {
                    Ends ends = ends();
                    Connected<Recorder> connected =
                            Transports.connectAcceptedSocket(
                                    this::protocol, ends.channel(), ServerOptions.DEFAULT);

                    assertThat(connected.protocol().events).containsExactly("made");
                    assertThat(connected.protocol().transport()).isSameAs(connected.transport());
                    connected.transport().write("hello".getBytes());
                    connected.transport().close();
                    assertThat(off(() -> new String(ends.peer().getInputStream().readAllBytes())))
                            .isEqualTo("hello");
                });
    }

    @Test
    void closingTheLoopClosesTheServer() {
        ServerSocketChannel[] channel = new ServerSocketChannel[1];
        var other = open(dev.heddle.EventLoop.builder());
        Server server =
                other.runUntilComplete(
                        () ->
                                Transports.createServer(
                                        this::protocol, "127.0.0.1", 0, ServerOptions.DEFAULT));
        channel[0] = server.sockets().getFirst();

        other.close();

        assertThat(channel[0].isOpen()).isFalse();
        assertThat(server.isServing()).isFalse();
        server.close();
    }

    @Test
    void itsTextTellsItsStateAndAddresses() {
        run(
                () -> {
                    Server server = serve();
                    assertThat(server.toString())
                            .contains("serving", "127.0.0.1:" + server.port(), "0 connections");
                    server.close();
                    assertThat(server.toString()).contains("closed");
                });
    }
}
