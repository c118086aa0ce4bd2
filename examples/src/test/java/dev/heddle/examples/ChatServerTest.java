package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class ChatServerTest {

    private static ServerProgram.Client join(ServerProgram server, String name) throws IOException {
        var client = server.connect();
        assertThat(client.line()).isEqualTo("Your name?");
        client.send(name);
        return client;
    }

    @Test
    void sendsALineToAllOthersAndTellsWhoComesAndGoes() throws Exception {
        try (var server = ServerProgram.start("ChatServer.java", "0");
                var ada = join(server, "Ada")) {
            assertThat(ada.line()).isEqualTo("Here are: Ada");
            try (var bob = join(server, "Bob")) {
                assertThat(bob.line()).isEqualTo("Here are: Ada, Bob");
                assertThat(ada.line()).isEqualTo("* Bob has come");

                ada.send("hello");
                assertThat(bob.line()).isEqualTo("Ada: hello");
                bob.send("good morning");
                assertThat(ada.line()).isEqualTo("Bob: good morning");
            }

            assertThat(ada.line()).isEqualTo("* Bob has gone");
        }
    }

    @Test
    void givesANameToOneMemberOnly() throws Exception {
        try (var server = ServerProgram.start("ChatServer.java", "0");
                var ada = join(server, "Ada");
                var other = join(server, "Ada")) {
            assertThat(other.line()).startsWith("Another one, please");

            other.send("Eve");

            assertThat(other.line()).isEqualTo("Here are: Ada, Eve");
            assertThat(ada.line()).isEqualTo("Here are: Ada");
        }
    }

    @Test
    void cutsOffWhoDoesNotReadAndKeepsServingTheOthers() throws Exception {
        String longLine = "x".repeat(50_000);
        try (var server = ServerProgram.start("ChatServer.java", "0");
                var ada = join(server, "Ada");
                var slow = join(server, "Slow")) {
            assertThat(ada.line()).isEqualTo("Here are: Ada");
            assertThat(ada.line()).isEqualTo("* Slow has come");
            assertThat(slow.line()).isEqualTo("Here are: Ada, Slow");

            for (int i = 0; i < 1000; i++) { // 50 MB: more than the system keeps for who sleeps
                ada.send(longLine);
            }

            assertThat(ada.line()).isEqualTo("* Slow has gone");
            try (var bob = join(server, "Bob")) {
                assertThat(bob.line()).isEqualTo("Here are: Ada, Bob");
            }
        }
    }
}
