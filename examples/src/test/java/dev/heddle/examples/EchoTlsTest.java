package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class EchoTlsTest {

    @Test
    void theSecretComesBackAndWhoDoesNotTrustTheServerDoesNotConnect() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "EchoTls.java");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        var lines = result.out().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.subList(0, 4))
                .containsExactly(
                        "Protocol: TLSv1.3",
                        lines.get(1),
                        "The server is CN=localhost",
                        "Received: A secret");
        assertThat(lines.get(1)).startsWith("Cipher suite: TLS_");
        assertThat(lines.get(4)).startsWith("Who does not trust the certificate does not talk: ");
    }
}
