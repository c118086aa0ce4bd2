package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class UdpPingTest {

    @Test
    void everyDatagramComesBack() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "UdpPing.java", "3");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        var lines = result.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.subList(0, 3))
                .allMatch(line -> line.matches("[123]: [0-9]+[.,][0-9]+ ms"));
        assertThat(lines.get(3)).isEqualTo("3 sent, 3 back");
    }

    @Test
    void aClientPingsAServerInAnotherProcess() throws Exception {
        try (var server = ServerProgram.start("UdpPing.java", "server", "0")) {
            var result =
                    ProgramRunner.run(
                            Duration.ofSeconds(60),
                            "UdpPing.java",
                            "client",
                            "localhost",
                            Integer.toString(server.port()),
                            "2");

            assertThat(result.err()).isEmpty();
            assertThat(result.out()).endsWith("2 sent, 2 back\n");
        }
    }
}
