package dev.heddle.transport;

import static dev.heddle.transport.Transports.createConnection;
import static dev.heddle.transport.Transports.createUnixConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Arguments that cannot be meant are refused before anything is begun. */
class ConnectArgumentsTest extends FakeNetFixture {

    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT;

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65536})
    void portMustBeOne(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> run(() -> createConnection(() -> new Recorder(loop), "host", port)))
                .withMessage("port must be 1 to 65535, and is " + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void hostMustNotBeEmpty(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> createConnection(() -> new Recorder(loop), host, 80)))
                .withMessageContaining("host must not be empty");
    }

    @Test
    void serverNameNeedsTls() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                run(
                                        () ->
                                                createConnection(
                                                        () -> new Recorder(loop),
                                                        "host",
                                                        80,
                                                        OPTIONS.withTlsServerName("other"))))
                .withMessage("tlsServerName has a meaning only with tls");
    }

    @Test
    void channelMustBeConnectedAndOpen() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    run(
                                            () ->
                                                    createConnection(
                                                            () -> new Recorder(loop),
                                                            channel,
                                                            OPTIONS)))
                    .withMessageContaining("channel is not connected");
            assertThat(channel.isOpen()).isTrue();

            channel.close();

            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () ->
                                    run(
                                            () ->
                                                    createConnection(
                                                            () -> new Recorder(loop),
                                                            channel,
                                                            OPTIONS)))
                    .withMessageContaining("channel is closed");
        }
    }

    @Test
    void localAddressIsForTcpThatIsToBeConnected() {
        ConnectOptions local = OPTIONS.withLocalAddress(new InetSocketAddress("127.0.0.1", 0));

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                run(
                                        () ->
                                                createUnixConnection(
                                                        () -> new Recorder(loop),
                                                        Path.of("/no/such"),
                                                        local)))
                .withMessage("localAddress has no meaning for a UNIX socket");
    }

    @Test
    void callbackCannotConnect() {
        List<Throwable> thrown = new ArrayList<>();
        run(
                () -> {
                    loop.callSoon(
                            () -> {
                                try {
                                    createConnection(() -> new Recorder(loop), "192.0.2.1", 80);
                                } catch (Exception e) {
                                    thrown.add(e);
                                }
                            });
                    dev.heddle.Asyncio.sleep(1);
                });

        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(network.sockets).isEmpty();
    }

    @Test
    void withoutALoopItSaysSo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> createConnection(() -> new Recorder(loop), "192.0.2.1", 80))
                .withMessageContaining("no running event loop");
    }

    @Test
    void optionsCheckTheirValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withConnectTimeout(Duration.ZERO))
                .withMessageContaining("connectTimeout must be positive");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withHappyEyeballsDelay(Duration.ofMillis(-1)))
                .withMessageContaining("happyEyeballsDelay must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withInterleave(-1))
                .withMessageContaining("interleave must be 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withTlsServerName(""))
                .withMessageContaining("tlsServerName must not be empty");
    }
}
