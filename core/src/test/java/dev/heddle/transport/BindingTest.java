package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.EventLoop;
import dev.heddle.reactor.Resolver;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** Where a server listens. */
class BindingTest extends NetFixture {

    private final ProbedReactor reactor = new ProbedReactor();
    private final EventLoop probed = open(EventLoop.builder().reactor(reactor));

    BindingTest() throws IOException {}

    private static Server serve(List<String> hosts, int port) throws IOException {
        return Transports.createServer(
                () -> {
                    throw new AssertionError("nobody connects");
                },
                hosts,
                port,
                ServerOptions.DEFAULT);
    }

    private static List<String> hostsOf(Server server) {
        return server.addresses().stream()
                .map(address -> ((InetSocketAddress) address).getAddress().getHostAddress())
                .toList();
    }

    private void assertAllClosed() {
        assertThat(reactor.listeners).noneMatch(ServerSocketChannel::isOpen);
    }

    private static BindException notHere() {
        return new BindException("Cannot assign requested address");
    }

    @Test
    void noHostIsAllAddresses() {
        run(
                () -> {
                    var recorder = new Recorder(loop);
                    for (@Nullable String host : new @Nullable String[] {null, ""}) {
                        Server server =
                                Transports.createServer(
                                        () -> recorder, host, 0, ServerOptions.DEFAULT);
                        assertThat(server.sockets()).hasSize(1);
                        var address = (InetSocketAddress) server.addresses().getFirst();
                        assertThat(address.getAddress().isAnyLocalAddress()).isTrue();
                        off(() -> closing(new Socket("127.0.0.1", server.port()))).close();
                        recorder.await("lost");
                        server.close();
                    }
                });
    }

    @Test
    void eachDistinctAddressGetsASocketAndAllThePort() {
        run(
                () -> {
                    Server server = serve(List.of("127.0.0.1", "127.0.0.2", "127.0.0.1"), 0);

                    assertThat(hostsOf(server)).containsExactly("127.0.0.1", "127.0.0.2");
                    assertThat(server.addresses())
                            .allMatch(a -> ((InetSocketAddress) a).getPort() == server.port());
                    server.close();
                });
    }

    @Test
    void allAddressesHaveRoomForEachOther() {
        run(
                () -> {
                    Server server = serve(List.of("0.0.0.0", "127.0.0.1"), 0);
                    assertThat(hostsOf(server)).containsExactly("0.0.0.0");
                    server.close();

                    server = serve(List.of("0.0.0.0", "::", "127.0.0.1"), 0);
                    assertThat(server.sockets()).hasSize(1);
                    server.close();
                });
    }

    @Test
    void aNameIsResolvedByTheLoopsResolver() {
        reactor.resolver =
                host ->
                        host.equals("both.test")
                                ? List.of(
                                        InetAddress.ofLiteral("127.0.0.1"),
                                        InetAddress.ofLiteral("127.0.0.3"))
                                : List.of();
        EventLoop named = open(EventLoop.builder().resolver(reactor.resolver));
        named.runUntilComplete(
                () -> {
                    Server server = serve(List.of("both.test"), 0);
                    assertThat(hostsOf(server)).containsExactly("127.0.0.1", "127.0.0.3");
                    server.close();
                });
    }

    @Test
    void aResolverThatBlocksRunsOnAnotherThread() {
        Thread[] where = new Thread[1];
        var blocking =
                new Resolver() {
                    @Override
                    public List<InetAddress> resolve(String host) {
                        where[0] = Thread.currentThread();
                        return List.of(InetAddress.ofLiteral("127.0.0.1"));
                    }

                    @Override
                    public boolean blocking() {
                        return true;
                    }
                };
        EventLoop named = open(EventLoop.builder().resolver(blocking));
        Thread here = Thread.currentThread();
        named.runUntilComplete(
                () -> {
                    serve(List.of("slow.test"), 0).close();
                    assertThat(where[0]).isNotSameAs(here).isNotSameAs(Thread.currentThread());
                });
    }

    @Test
    void anUnknownNameIsAnError() {
        probed.runUntilComplete(
                () ->
                        assertThatThrownBy(() -> serve(List.of("nobody.test"), 0))
                                .isInstanceOf(UnknownHostException.class));
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingStaysOpen() {
        probed.runUntilComplete(
                () -> {
                    try (var taken = new ServerSocket()) {
                        taken.bind(new InetSocketAddress("127.0.0.2", 0));
                        int port = taken.getLocalPort();

                        assertThatThrownBy(() -> serve(List.of("127.0.0.1", "127.0.0.2"), port))
                                .isInstanceOf(BindException.class)
                                .hasMessageContaining("127.0.0.2")
                                .hasMessageContaining("port " + port)
                                .hasMessageContaining("in use");
                        assertThat(reactor.listeners).hasSize(2);
                        assertAllClosed();
                    }
                });
    }

    @Test
    void anAddressOfAnotherMachineIsAnError() {
        probed.runUntilComplete(
                () -> {
                    reactor.bindErrors.add(notHere());
                    assertThatThrownBy(() -> serve(List.of("127.0.0.9"), 0))
                            .isInstanceOf(BindException.class)
                            .hasMessageContaining("127.0.0.9");
                    assertAllClosed();
                });
    }

    @Test
    void anAddressThatIsNotHereIsSkippedIfAnotherIs() {
        probed.runUntilComplete(
                () -> {
                    reactor.bindErrors.add(notHere());
                    Server server = serve(List.of("127.0.0.9", "127.0.0.1"), 0);
                    assertThat(hostsOf(server)).containsExactly("127.0.0.1");
                    server.close();
                    assertAllClosed();
                });
    }

    @Test
    void anotherPortIsTriedIfTheFirstIsNotFreeEverywhere() {
        probed.runUntilComplete(
                () -> {
                    reactor.bindErrors.add(new BindException("")); // the first address is fine
                    reactor.bindErrors.add(new BindException("Address already in use"));

                    Server server = serve(List.of("127.0.0.1", "127.0.0.2"), 0);

                    assertThat(server.sockets()).hasSize(2);
                    assertThat(reactor.listeners).hasSize(4);
                    server.close();
                    assertAllClosed();
                });
    }

    @Test
    void withoutIpv6AllAddressesAreThoseOfIpv4() {
        probed.runUntilComplete(
                () -> {
                    reactor.bindErrors.add(notHere());

                    Server server = serve(List.of(), 0);

                    assertThat(hostsOf(server)).containsExactly("0.0.0.0");
                    server.close();
                    assertAllClosed();
                });
    }

    @Test
    void aPortOutOfRangeIsRefused() {
        run(
                () -> {
                    assertThatThrownBy(() -> serve(List.of(), 65536))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("65536");
                    assertThatThrownBy(() -> serve(List.of(), -1))
                            .isInstanceOf(IllegalArgumentException.class);
                });
    }

    @Test
    void severalServersMayShareAPortWithReusePort() throws IOException {
        try (var probe = ServerSocketChannel.open()) {
            assumeTrue(probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT));
        }
        run(
                () -> {
                    ServerOptions options = ServerOptions.DEFAULT.withReusePort(true);
                    Server one =
                            Transports.createServer(
                                    () -> new Recorder(loop), "127.0.0.1", 0, options);
                    Server two =
                            Transports.createServer(
                                    () -> new Recorder(loop), "127.0.0.1", one.port(), options);

                    assertThat(two.port()).isEqualTo(one.port());
                    one.close();
                    two.close();
                });
    }
}
