package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

class PortForwarderTest {

    private static ServerProgram forwarderTo(ServerSocket target) throws Exception {
        return ServerProgram.start("PortForwarder.java", "0", "127.0.0.1:" + target.getLocalPort());
    }

    private static ServerSocket listen() throws Exception {
        var socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Test
    void passesTheEndOfOneDirectionOnWhileTheOtherGoesOn() throws Exception {
        try (var target = listen();
                var forwarder = forwarderTo(target);
                var client = forwarder.connect();
                Socket server = target.accept()) {
            server.setSoTimeout(30_000);
            client.send("a question").endOutput();

            assertThat(new String(server.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("a question\n"); // the end has come, too
            server.getOutputStream().write("an answer\n".getBytes(UTF_8));
            server.close();

            assertThat(client.line()).isEqualTo("an answer");
            assertThat(client.line()).isNull();
        }
    }

    @Test
    void closesTheConnectionAndSaysWhyIfTheTargetIsNotThere() throws Exception {
        ServerSocket target = listen();
        target.close();
        try (var forwarder = forwarderTo(target);
                var client = forwarder.connect()) {
            assertThat(client.line()).isNull();
            assertThat(forwarder.line()).contains("has failed: ");
        }
    }

    @Test
    void tellsItsArguments() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "PortForwarder.java");

        assertThat(result)
                .isEqualTo(
                        new ProgramRunner.Result(
                                0,
                                "Two arguments, please: a port of this machine, and HOST:PORT to"
                                        + " forward it to\n",
                                ""));
    }
}
