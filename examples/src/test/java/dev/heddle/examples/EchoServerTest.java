package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class EchoServerTest {

    @Test
    void sendsEachOfSeveralClientsBackWhatItSends() throws Exception {
        try (var server = ServerProgram.start("EchoServer.java", "0");
                var ada = server.connect();
                var bob = server.connect()) {
            ada.send("from Ada");
            bob.send("from Bob");

            assertThat(bob.line()).isEqualTo("from Bob");
            assertThat(ada.line()).isEqualTo("from Ada");
        }
    }

    @Test
    void closesTheConnectionOnceTheClientHasEnded() throws Exception {
        try (var server = ServerProgram.start("EchoServer.java", "0");
                var client = server.connect()) {
            client.send("the last").endOutput();

            assertThat(client.line()).isEqualTo("the last");
            assertThat(client.line()).isNull();
            assertThat(server.line()).startsWith("Connected: ");
            assertThat(server.line()).startsWith("Closing: ");
        }
    }

    @Test
    void endsAtCtrlCWithoutAComplaint() throws Exception {
        try (var server = ServerProgram.start("EchoServer.java", "0");
                var client = server.connect()) {
            client.send("x");
            assertThat(client.line()).isEqualTo("x");

            int exitCode = server.interrupt();

            assertThat(exitCode).isEqualTo(130);
            assertThat(server.rest()).hasSize(1).allMatch(line -> line.startsWith("Connected: "));
        }
    }

    @Test
    void theClientPrintsWhatComesBack() throws Exception {
        try (var server = ServerProgram.start("EchoServer.java", "0")) {
            var result =
                    ProgramRunner.run(
                            Duration.ofSeconds(60),
                            "EchoClient.java",
                            Integer.toString(server.port()),
                            "Good morning");

            assertThat(result)
                    .isEqualTo(
                            new ProgramRunner.Result(
                                    0, "Send: Good morning\nReceived: Good morning\n", ""));
        }
    }

    @Test
    void theClientTellsWhatToDoIfNobodyListens() throws Exception {
        int port;
        try (var unused = new java.net.ServerSocket(0)) {
            port = unused.getLocalPort();
        }

        var result =
                ProgramRunner.run(
                        Duration.ofSeconds(60), "EchoClient.java", Integer.toString(port));

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("Is the server running? ./heddle run examples/EchoServer.java " + port);
        assertThat(result.err()).isEmpty();
    }
}
