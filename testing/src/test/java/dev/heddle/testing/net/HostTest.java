package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.TaskOptions;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.NetworkChannel;
import java.util.ArrayList;
import java.util.List;

/** Which host code runs on. */
class HostTest extends SimulationFixture {

    private Host here() {
        try (NetworkChannel channel = net.openSocket(StandardProtocolFamily.INET)) {
            return ((SimulatedChannel) channel).incarnation().host();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tasksAndCallbacksInheritTheHost() {
        var seen = new ArrayList<Host>();
        run(
                () -> {
                    server.run(
                            () -> {
                                seen.add(here());
                                Asyncio.createTask(
                                        () -> {
                                            Asyncio.sleep(1);
                                            seen.add(here());
                                        });
                                loop.callSoon(() -> seen.add(here()));
                                loop.callLater(1, () -> seen.add(here()));
                                Asyncio.sleep(0.1);
                                seen.add(here());
                            });
                    Asyncio.sleep(2);
                });

        assertThat(seen).hasSize(5).containsOnly(server);
    }

    @Test
    void runEndsWithItsBody() {
        run(
                () -> {
                    server.run(() -> client.run(() -> assertThat(here()).isSameAs(client)));

                    assertThat(here().name()).isEqualTo("localhost");
                    assertThat(server.run(() -> "result")).isEqualTo("result");
                    assertThatThrownBy(
                                    () ->
                                            server.run(
                                                    () -> {
                                                        throw new IOException("as it is");
                                                    }))
                            .isInstanceOf(IOException.class)
                            .hasMessage("as it is");
                });
    }

    @Test
    void createTaskTakesOptions() {
        run(
                () ->
                        assertThat(
                                        server.createTask(
                                                        () ->
                                                                here().name()
                                                                        + " "
                                                                        + Asyncio.currentTask()
                                                                                .getName(),
                                                        TaskOptions.DEFAULT.withName("mine"))
                                                .await())
                                .isEqualTo("server mine"));
    }

    @Test
    void aProgramMayBeStartedBeforeTheLoopAndOnlyOnceAtATime() {
        var log = new ArrayList<String>();
        server.start(() -> log.add(here().name()));
        assertThatThrownBy(() -> server.start(() -> {})).isInstanceOf(IllegalStateException.class);

        run(
                () -> {
                    Asyncio.sleep(1);
                    server.start(() -> log.add("again"));
                    Asyncio.sleep(1);
                });

        assertThat(log).containsExactly("server", "again");
    }

    @Test
    void aProgramThatFailsIsReportedAtOnce() {
        server.start(
                () -> {
                    Asyncio.sleep(1);
                    throw new IOException("broken");
                });

        run(
                () -> {
                    Asyncio.sleep(2);
                    assertThat(takeErrors())
                            .singleElement()
                            .satisfies(e -> assertThat(e.message()).contains("host server"))
                            .satisfies(e -> assertThat(e.exception()).hasMessage("broken"));
                });

        assertThat(net.traceText()).contains("1.000000000 ERROR server the program has failed");
    }

    @Test
    void aLoopThatHasNothingElseRunsThePrograms() {
        var log = new ArrayList<Object>();
        server.start(
                () -> {
                    Asyncio.sleep(1);
                    log.add(net.time());
                    loop.stop();
                });
        loop.runForever();

        assertThat(log).containsExactly(millis(1000));
    }

    @Test
    void hostsHaveAddressesOfBothFamilies() {
        Host dual = net.host("dual", "192.168.7.1", "fd00::1");
        Host other = net.host("other", "fd00::2");
        run(
                () -> {
                    var listener =
                            dual.run(() -> net.openServerSocket(StandardProtocolFamily.INET6));
                    listener.bind(new InetSocketAddress("::", PORT));
                    var channel = other.run(() -> net.openSocket(StandardProtocolFamily.INET6));
                    channel.configureBlocking(false);
                    Sockets.connect(
                            channel, new InetSocketAddress(InetAddress.getByName("fd00::1"), PORT));
                    var v4 = open(client);
                    Sockets.connect(v4, at(dual, PORT));

                    assertThat(channel.isConnected()).isTrue();
                    assertThat(((InetSocketAddress) channel.getLocalAddress()).getAddress())
                            .isEqualTo(other.address());
                    channel.close();
                    v4.close();
                    listener.close();
                });
    }

    @Test
    void hostsAreNumberedAndNamesAndAddressesAreUnique() {
        assertThat(client.address().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(server.address().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(net.host("client")).isSameAs(client);
        net.host("third", "10.0.0.3");
        assertThat(net.host("fourth").address().getHostAddress()).isEqualTo("10.0.0.4");
        assertThat(net.hosts())
                .extracting(Host::name)
                .containsExactly("client", "server", "third", "fourth");

        assertThatThrownBy(() -> net.host("x", "10.0.0.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client");
        assertThatThrownBy(() -> net.host("client", "10.0.0.9"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> net.host("a:b", "10.0.0.9"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                net.host("x")
                                        .network()
                                        .partition(client, new SimulatedNetwork(1).host("y")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void openSocketsAreKnownByHost() {
        run(
                () -> {
                    var listener = listen(server, PORT, 1);
                    var channel = connect(client, server, PORT);

                    assertThat(net.openChannels()).isEqualTo(List.of(listener, channel));
                    assertThat(server.sockets()).isEqualTo(List.of(listener));
                    assertThat(net.connections())
                            .singleElement()
                            .satisfies(
                                    c -> {
                                        assertThat(c.client()).hasToString("client:49152");
                                        assertThat(c.server()).hasToString("server:80");
                                        assertThat(c.isOpen()).isTrue();
                                    });
                    listener.close();
                    channel.close();
                    assertThat(net.openChannels()).isEmpty();
                });
    }
}
