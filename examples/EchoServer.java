// An echo server on streams, after the one in asyncio's documentation: each connection has a task,
// which sends back what it receives until the client has nothing more to say.
// Run it: ./heddle run examples/EchoServer.java [port]
// Talk to it: nc localhost 8888, or ./heddle run examples/EchoClient.java. Ctrl-C ends it.

import static dev.heddle.Asyncio.*;

import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;

/** Serves a connection, which is closed when this returns. */
void echo(Connection connection) throws IOException {
    IO.println("Connected: " + connection.peername());
    var buffer = new byte[8192];
    for (int n; (n = connection.read(buffer)) > 0; ) {
        connection.write(buffer, 0, n); // waits for a client that sends, but does not receive
    }
    IO.println("Closing: " + connection.peername());
}

void main(String... args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8888;
    run(
            () -> {
                try (var server = Streams.startServer(this::echo, "localhost", port)) {
                    IO.println("Serving on " + server.addresses());
                    server.serveForever(Duration.ofSeconds(1)); // at Ctrl-C they have a second
                }
            });
}
