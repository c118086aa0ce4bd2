package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.Names;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/** Names, found and not found. */
class NameServiceTest extends SimulationFixture {

    @Test
    void everyHostHasItsName() {
        runOnClient(
                () -> {
                    assertThat(Names.lookup("server")).containsExactly(server.address());
                    assertThat(Names.lookup("SERVER.")).containsExactly(server.address());
                    assertThat(now()).isEqualTo(millis(2));
                    assertThat(Names.getnameinfo(server.address())).isEqualTo("server");
                    assertThat(Names.getnameinfo(InetAddress.ofLiteral("10.7.7.7")))
                            .isEqualTo("10.7.7.7");
                });
    }

    @Test
    void literalsAndLocalhostNeedNoLookUp() {
        net.names().answers(false);
        runOnClient(
                () -> {
                    assertThat(Names.lookup("10.0.0.2")).containsExactly(server.address());
                    assertThat(Names.lookup("localhost"))
                            .containsExactly(InetAddress.ofLiteral("127.0.0.1"));
                    assertThat(now()).isZero();
                });
    }

    @Test
    void aNameThatNobodyHasIsUnknown() {
        runOnClient(
                () -> {
                    assertThatThrownBy(() -> Names.lookup("nobody"))
                            .isInstanceOf(UnknownHostException.class)
                            .hasMessageContaining("Name or service not known");
                    net.names().forget("server");
                    assertThatThrownBy(() -> Names.lookup("server"))
                            .isInstanceOf(UnknownHostException.class);
                    net.names().set("server", server);
                    assertThat(Names.lookup("server")).hasSize(1);
                });

        assertThat(trace(Kind.RESOLVE))
                .first()
                .isEqualTo("0.001000000 RESOLVE client nobody: Name or service not known");
    }

    @Test
    void aNameServerThatIsSilentEndsInATimeout() {
        runOnClient(
                () -> {
                    net.names().answers("server", false);
                    assertThatThrownBy(() -> Names.lookup("server"))
                            .isInstanceOf(UnknownHostException.class)
                            .hasMessageContaining("Temporary failure");
                    assertThat(now()).isEqualTo(Duration.ofSeconds(20));
                    net.names().answers("server", true);
                    assertThat(Names.lookup("server")).hasSize(1);
                });
    }

    @Test
    void aLookUpTakesItsTime() {
        net.names().delay(Delay.constant(Duration.ofSeconds(3)));
        runOnClient(
                () -> {
                    Names.lookup("server");
                    assertThat(now()).isEqualTo(Duration.ofSeconds(3));
                });
    }

    @Test
    void aNameMayHaveSeveralHostsAndTheDeadOneIsPassedOver() {
        Host dead = net.host("dead");
        net.isolate(dead);
        net.names().set("service", dead, server);
        server.start(SimulationFixture::serveEcho);

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("service", PORT)) {
                        assertThat(connection.peername()).isEqualTo(at(server, PORT));
                        assertThat(now()).isEqualTo(millis(1 + 250 + 2)); // RFC 8305
                    }
                });
    }

    @Test
    void severalAddressesComeInOrder() {
        net.names()
                .set(
                        "many",
                        List.of(
                                InetAddress.ofLiteral("10.1.0.2"),
                                InetAddress.ofLiteral("10.1.0.1")));
        runOnClient(
                () ->
                        assertThat(Names.lookup("many"))
                                .extracting(InetAddress::getHostAddress)
                                .containsExactly("10.1.0.2", "10.1.0.1"));
    }
}
