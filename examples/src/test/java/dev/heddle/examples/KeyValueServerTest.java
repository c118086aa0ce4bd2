package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeyValueServerTest {

    private static ServerProgram server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProgram.start("KeyValueServer.java", "0");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String ask(ServerProgram.Client client, String command) throws Exception {
        return client.send(command).line();
    }

    @Test
    void getsWhatWasSetUntilItIsDeleted() throws Exception {
        try (var client = server.connect()) {
            assertThat(ask(client, "GET colour")).isEqualTo("(none)");
            assertThat(ask(client, "SET colour dark green")).isEqualTo("OK");
            assertThat(ask(client, "get colour")).isEqualTo("dark green");
            assertThat(ask(client, "DEL colour")).isEqualTo("1");
            assertThat(ask(client, "DEL colour")).isEqualTo("0");
            assertThat(ask(client, "GET colour")).isEqualTo("(none)");
        }
    }

    @Test
    void allClientsCountInOneCounter() throws Exception {
        try (var ada = server.connect();
                var bob = server.connect()) {
            assertThat(ask(ada, "INCR visits")).isEqualTo("1");
            assertThat(ask(bob, "INCR visits")).isEqualTo("2");
            assertThat(ask(ada, "GET visits")).isEqualTo("2");
        }
    }

    @Test
    void saysWhatIsWrongAndGoesOn() throws Exception {
        try (var client = server.connect()) {
            assertThat(ask(client, "SET word abc")).isEqualTo("OK");
            assertThat(ask(client, "INCR word"))
                    .isEqualTo("ERROR: abc is no number that can be incremented");
            assertThat(ask(client, "FROB")).startsWith("ERROR: GET key, SET key value");
            assertThat(ask(client, "GET word")).isEqualTo("abc");
        }
    }

    @Test
    void quitClosesTheConnection() throws Exception {
        try (var client = server.connect()) {
            assertThat(ask(client, "QUIT")).isNull();
        }
    }
}
