package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Crashes, partitions, scripts and chaos. */
class FaultsTest extends SimulationFixture {

    // ---------------------------------------------------------------- crash and restart

    @Test
    void aCrashCancelsTheTasksOfTheHostAndNoOthers() {
        var log = new ArrayList<String>();
        server.start(
                () -> {
                    Asyncio.createTask(
                            () -> {
                                try {
                                    Asyncio.sleep(1000);
                                } finally {
                                    log.add("child");
                                }
                            });
                    try {
                        Asyncio.sleep(1000);
                    } catch (CancelledError e) {
                        log.add("program");
                        throw e;
                    }
                });

        runOnClient(
                () -> {
                    Asyncio.sleep(1);
                    net.crash(server);
                    Asyncio.sleep(1);

                    assertThat(log).containsExactlyInAnyOrder("program", "child");
                    assertThat(server.isCrashed()).isTrue();
                    assertThat(server.program().cancelled()).isTrue();
                });
    }

    @Test
    void aTaskThatDoesNotWantToEndIsCancelledAgain() {
        int[] cancels = {0};
        server.start(
                () -> {
                    while (cancels[0] < 5) {
                        try {
                            Asyncio.sleep(1000);
                        } catch (CancelledError e) {
                            cancels[0]++;
                        }
                    }
                });

        run(
                () -> {
                    Asyncio.sleep(1);
                    net.crash(server);
                    Asyncio.sleep(1);

                    assertThat(cancels[0]).isEqualTo(5);
                    assertThat(server.program().done()).isTrue();
                });
    }

    @Test
    void aTaskThatNeverEndsIsReportedAndLeftAlone() {
        boolean[] enough = {false};
        server.start(
                () -> {
                    while (!enough[0]) {
                        try {
                            Asyncio.sleep(1000);
                        } catch (CancelledError e) {
                            // It does what must not be done.
                        }
                    }
                });

        run(
                () -> {
                    Asyncio.sleep(1);
                    net.crash(server);
                    Asyncio.sleep(2);
                    assertThat(takeErrors())
                            .singleElement()
                            .satisfies(e -> assertThat(e.message()).contains("server"));
                    enough[0] = true;
                    server.program().cancel();
                    Asyncio.sleep(1);
                });
    }

    @Test
    void crashAndRestartBeforeTheLoopRunsStartTheProgramOnce() {
        int[] starts = {0};
        server.start(() -> starts[0]++);
        net.crash(server);
        net.restart(server);
        run(() -> Asyncio.sleep(1));

        assertThat(starts[0]).isEqualTo(1);
    }

    @Test
    void aCrashIsNoticedByNobody() {
        run(
                () -> {
                    Pair pair = pair();
                    net.crash(server);
                    Asyncio.sleep(Duration.ofHours(1));

                    assertThat(readNow(pair.client())).isNull();
                    assertThat(server.sockets()).isEmpty();
                    assertThat(pair.server().isOpen()).isFalse();
                    assertThat(trace(Kind.SEND)).noneMatch(line -> line.contains("RST"));
                    pair.client().close();
                });
    }

    @Test
    void afterARestartOldConnectionsAreReset() {
        run(
                () -> {
                    Pair pair = pair();
                    net.crash(server);
                    pair.client().write(bytes("are you there?"));
                    Asyncio.sleep(10);
                    assertThat(readNow(pair.client())).isNull();
                    net.restart(server);

                    assertThatThrownBy(() -> receive(pair.client()))
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("Connection reset");
                    pair.client().close();
                });
    }

    @Test
    void aRestartRunsTheProgramAgain() {
        var starts = new ArrayList<Duration>();
        server.start(
                () -> {
                    starts.add(net.time());
                    serveEcho();
                });
        net.script().at(millis(1000)).crash(server).after(millis(500)).restart(server);

        runOnClient(
                () -> {
                    Asyncio.sleep(2);
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        connection.write("hello");
                        connection.readExactly(5);
                    }
                });

        assertThat(starts).containsExactly(Duration.ZERO, millis(1500));
    }

    @Test
    void connectToACrashedHostHangsAndToARestartedOneIsRefused() {
        run(
                () -> {
                    net.crash(server);
                    SocketChannel channel = open(client);
                    loop.callLater(millis(2500), () -> net.restart(server));

                    assertThatThrownBy(() -> Sockets.connect(channel, at(server, PORT)))
                            .isInstanceOf(ConnectException.class)
                            .hasMessageContaining("Connection refused");
                    assertThat(now()).isEqualTo(millis(3002));
                    channel.close();
                });
    }

    @Test
    void codeOfACrashedHostGetsNoSockets() {
        Throwable[] error = {null};
        server.start(
                () -> {
                    try {
                        Asyncio.sleep(1000);
                    } finally {
                        try {
                            net.openSocket(StandardProtocolFamily.INET).close();
                        } catch (IOException e) {
                            error[0] = e;
                        }
                    }
                });

        run(
                () -> {
                    Asyncio.sleep(1);
                    net.crash(server);
                    Asyncio.sleep(1);

                    assertThat(error[0])
                            .isInstanceOf(SocketException.class)
                            .hasMessageContaining("server has crashed");
                    assertThatThrownBy(() -> server.run(() -> {}))
                            .isInstanceOf(IllegalStateException.class);
                });
    }

    @Test
    void aCrashEndsServersThatAreBusyWithoutErrors() {
        server.start(SimulationFixture::serveEcho);

        runOnClient(
                () -> {
                    Connection one = Streams.openConnection("server", PORT);
                    Connection two = Streams.openConnection("server", PORT);
                    one.write(new byte[100_000]);
                    two.write("x");
                    Asyncio.sleep(0.5);
                    net.crash(server);
                    Asyncio.sleep(0.5);

                    assertThat(server.sockets()).isEmpty();
                    one.abort();
                    two.abort();
                    Asyncio.sleep(0.1);
                });
    }

    // ---------------------------------------------------------------- partitions

    @Test
    void aPartitionSeparatesTwoHostsOnly() {
        Host third = net.host("third");
        run(
                () -> {
                    var listener = listen(server, PORT, 5);
                    net.partition(client, server);
                    SocketChannel viaThird = connect(third, server, PORT);
                    Duration begin = now();
                    SocketChannel channel = open(client);
                    loop.callLater(millis(500), () -> net.heal(client, server));
                    Sockets.connect(channel, at(server, PORT));

                    assertThat(now().minus(begin)).isEqualTo(millis(1002));
                    viaThird.close();
                    channel.close();
                    listener.close();
                });
    }

    @Test
    void whatIsUnderWayIsLostInAPartition() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("late"));
                    loop.callLater(0.0005, () -> net.partition(client, server));
                    loop.callLater(0.002, () -> net.heal(client, server));
                    Duration begin = now();

                    assertThat(receive(pair.server())).isEqualTo("late");
                    assertThat(now().minus(begin)).isEqualTo(millis(201));
                    pair.close();
                });
    }

    @Test
    void anIsolatedHostReachesItselfOnly() {
        run(
                () -> {
                    var listener = listen(server, PORT, 5);
                    net.isolate(server);
                    SocketChannel own = connect(server, server, PORT);
                    Duration begin = now();
                    SocketChannel other = open(client);
                    loop.callLater(millis(100), () -> net.rejoin(server));
                    Sockets.connect(other, at(server, PORT));

                    assertThat(now().minus(begin)).isEqualTo(millis(1002));
                    own.close();
                    other.close();
                    listener.close();
                });
    }

    @Test
    void healAllEndsPartitionsAndIsolations() {
        Host third = net.host("third");
        run(
                () -> {
                    net.partition(List.of(client), List.of(server, third));
                    net.partitionOneWay(server, third);
                    net.isolate(third);
                    assertThat(net.wire().lets(server, third)).isFalse();
                    net.healAll();

                    assertThat(net.wire().lets(client, server)).isTrue();
                    assertThat(net.wire().lets(third, client)).isTrue();
                    assertThat(net.wire().lets(server, third)).isTrue();
                });
    }

    // ---------------------------------------------------------------- scripts and chaos

    @Test
    void aScriptHappensInVirtualTime() {
        net.at(millis(1500), () -> net.note("half past one"));
        net.script()
                .at(millis(1000))
                .partition(client, server)
                .after(millis(1000))
                .heal(client, server)
                .isolate(client)
                .after(millis(1))
                .rejoin(client)
                .names(false)
                .names(true)
                .slowReader(client, 5)
                .slowReader(client, 0)
                .healAll();
        run(() -> Asyncio.sleep(3));

        assertThat(trace(Kind.FAULT, Kind.NOTE))
                .containsExactly(
                        "1.000000000 FAULT client → server partition",
                        "1.500000000 NOTE half past one",
                        "2.000000000 FAULT client → server heal",
                        "2.000000000 FAULT client isolate",
                        "2.001000000 FAULT client rejoin",
                        "2.001000000 FAULT no name gets an answer",
                        "2.001000000 FAULT names are answered",
                        "2.001000000 FAULT client reads 5 bytes a second",
                        "2.001000000 FAULT client reads at full speed",
                        "2.001000000 FAULT heal all",
                        "3.000000000 FAULT client crash", // by the fixture
                        "3.000000000 FAULT server crash");
    }

    @Test
    void chaosBreaksThingsAndHealsThemInTheEnd() {
        server.start(SimulationFixture::serveEcho);
        client.start(
                () -> {
                    while (true) {
                        try (Connection connection = Streams.openConnection("server", PORT)) {
                            while (true) {
                                Asyncio.timeout(
                                        1,
                                        () -> {
                                            connection.write("hello");
                                            connection.readExactly(5);
                                        });
                                Asyncio.sleep(0.1);
                            }
                        } catch (Exception e) {
                            Asyncio.sleep(0.1);
                        }
                    }
                });
        ChaosRun chaos = net.chaos(Chaos.DEFAULT, List.of(client, server), Duration.ofMinutes(5));
        run(
                () -> {
                    Asyncio.sleep(Duration.ofMinutes(5).plusMillis(1));

                    assertThat(chaos.isStopped()).isTrue();
                    assertThat(chaos.faults()).isBetween(50, 500);
                    assertThat(server.isCrashed()).isFalse();
                    assertThat(client.isCrashed()).isFalse();
                    assertThat(net.wire().lets(client, server)).isTrue();
                    assertThat(net.wire().lets(server, client)).isTrue();
                    String faults = String.join("\n", trace(Kind.FAULT));
                    assertThat(faults)
                            .contains("partition", "one way", "isolate", "crash", "restart")
                            .contains("reset", "reads 1000 bytes", "no name gets an answer");
                });
    }
}
