package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class EchoProtocolTest {

    @Test
    void eachSidePrintsItsEventsInOrder() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "EchoProtocol.java");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines().filter(line -> line.startsWith("client: ")))
                .containsExactly(
                        "client: sent Hello World!",
                        "client: received Hello World!",
                        "client: the server has closed the connection");
        assertThat(result.out().lines().filter(line -> line.startsWith("server: ")))
                .containsExactly(
                        "server: connected", "server: received Hello World!", "server: closed");
    }
}
