package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.Resolver;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** The time limit of connecting, and what one failed attempt looks like. */
class ConnectLimitTest extends FakeNetFixture {

    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT;

    private Connected<Recorder> connect(String host, ConnectOptions options) throws IOException {
        return createConnection(() -> new Recorder(loop), host, 443, options);
    }

    @Test
    void timeIsOverAfterThirtySecondsByDefault() {
        network.name("example", "192.0.2.1", "192.0.2.2");
        network.fails("192.0.2.1", 3, new ConnectException("Connection refused"));

        assertThatThrownBy(() -> run(() -> connect("example", OPTIONS)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage(
                        "connect to example:443: no connection within 30 s"
                                + " (192.0.2.1: Connection refused; 192.0.2.2: no answer)")
                .hasCauseInstanceOf(TimeoutException.class);

        assertThat(loop.time()).isEqualTo(30);
        assertThat(network.sockets).hasSize(2);
    }

    @Test
    void timeCountsForTheLookUpToo() {
        Resolver slow =
                host -> {
                    sleep(0.6);
                    return List.of(InetAddress.ofLiteral("192.0.2.1"));
                };
        network.name("unused");
        FakeNetwork other = new FakeNetwork();
        try (EventLoop onSlow =
                EventLoop.builder().clock(Clock.virtual()).reactor(other).resolver(slow).build()) {
            other.loop = onSlow;

            assertThatThrownBy(
                            () ->
                                    onSlow.runUntilComplete(
                                            () -> connect("example", limit(Duration.ofSeconds(1)))))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage(
                            "connect to example:443: no connection within 1 s"
                                    + " (192.0.2.1: no answer)");
            assertThat(onSlow.time()).isEqualTo(1);
            assertThatThrownBy(
                            () ->
                                    onSlow.runUntilComplete(
                                            () ->
                                                    connect(
                                                            "example",
                                                            limit(Duration.ofMillis(250)))))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessage(
                            "connect to example:443: no connection within 0.25 s"
                                    + " (looking up its addresses)");
            assertThat(other.openSockets()).isEmpty();
        }
    }

    private static ConnectOptions limit(Duration time) {
        return OPTIONS.withConnectTimeout(time);
    }

    @Test
    void withoutALimitItWaitsAsLongAsTheSystem() {
        network.accepts("192.0.2.1", 1000);

        run(
                () -> {
                    Connected<?> made = connect("192.0.2.1", OPTIONS.withConnectTimeout(null));
                    assertThat(loop.time()).isEqualTo(1000);
                    made.transport().abort();
                    sleep(1);
                });
    }

    @Test
    void timeoutOfTheCallerStaysTheCallers() {
        run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                Asyncio.timeout(
                                                        1, () -> connect("192.0.2.1", OPTIONS)))
                                .isInstanceOf(TimeoutException.class));

        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void cancelClosesTheOnlyAttempt() {
        run(
                () -> {
                    Task<?> task = createTask(() -> connect("192.0.2.1", OPTIONS));
                    sleep(1);
                    assertThat(loop.openChannels()).hasSize(1);
                    task.cancel();
                    Asyncio.wait(List.of(task));

                    assertThatThrownBy(task::result).isInstanceOf(CancelledError.class);
                });

        assertThat(network.log).endsWith("close 192.0.2.1 at 1.0");
    }

    @Test
    void oneFailureKeepsItsClassAndNamesHostAddressAndPort() {
        var refused = new ConnectException("Connection refused");
        network.name("example", "192.0.2.1");
        network.fails("192.0.2.1", 1, refused);

        assertThatThrownBy(() -> run(() -> connect("example", OPTIONS)))
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessage("connect to example:443 (192.0.2.1): Connection refused")
                .hasCause(refused);
    }

    @Test
    void literalIsNotNamedTwice() {
        network.fails("192.0.2.1", 0, new ConnectException("Connection refused"));
        network.fails("2001:db8:0:0:0:0:0:1", 0, new ConnectException("Connection refused"));

        assertThatThrownBy(() -> run(() -> connect("192.0.2.1", OPTIONS)))
                .hasMessage("connect to 192.0.2.1:443: Connection refused");
        assertThatThrownBy(() -> run(() -> connect("2001:db8::1", OPTIONS)))
                .hasMessage("connect to [2001:db8::1]:443: Connection refused");
        assertThatThrownBy(() -> run(() -> connect("[2001:db8::1]", OPTIONS)))
                .hasMessage("connect to [2001:db8::1]:443: Connection refused");
    }

    @Test
    void unknownNameSaysWhereToAndWhy() {
        assertThatThrownBy(() -> run(() -> connect("nowhere", OPTIONS)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage(
                        "connect to nowhere:443: no address found for nowhere"
                                + " (not in the fake network)");
    }

    @Test
    void nameWithoutAddressesIsUnknown() {
        network.name("empty");

        assertThatThrownBy(() -> run(() -> connect("empty", OPTIONS)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no address found for empty");
    }

    @Test
    void failingFactoryClosesTheChannel() {
        network.accepts("192.0.2.1", 0);
        var broken = new IllegalStateException("broken");

        assertThatThrownBy(
                        () ->
                                run(
                                        () ->
                                                createConnection(
                                                        () -> {
                                                            throw broken;
                                                        },
                                                        "192.0.2.1",
                                                        80)))
                .isSameAs(broken);

        assertThat(network.sockets).hasSize(1);
    }

    @Test
    void factoryThatMakesNothingClosesTheChannel() {
        network.accepts("192.0.2.1", 0);

        assertThatThrownBy(
                        () -> run(() -> createConnection(() -> (Protocol) null, "192.0.2.1", 80)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("protocolFactory");

        assertThat(network.sockets).hasSize(1);
    }
}
