// The client for EchoServer.java: sends a message, and prints what comes back.
// Run it: ./heddle run examples/EchoClient.java [port] [message]

import static dev.heddle.Asyncio.*;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.stream.Streams;

void talk(int port, String message) throws IOException {
    try (var connection = Streams.openConnection("localhost", port)) {
        IO.println("Send: " + message);
        connection.write(message);
        connection.writeEof(); // the server sees the end, and closes; we can still receive
        IO.println("Received: " + new String(connection.reader().read(), UTF_8));
    }
}

void main(String... args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8888;
    String message = args.length > 1 ? args[1] : "Hello World!";
    run(
            () -> {
                try {
                    talk(port, message);
                } catch (ConnectException e) {
                    IO.println(e.getMessage());
                    IO.println(
                            "Is the server running? ./heddle run examples/EchoServer.java " + port);
                }
            });
}
