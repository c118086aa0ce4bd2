// Forwards a port: whoever connects to it talks to another host. Two tasks a connection, one for
// each direction; if one side ends its sending, the other one hears of it, and may go on.
// Run it: ./heddle run examples/PortForwarder.java 8080 example.org:80

import static dev.heddle.Asyncio.*;

import dev.heddle.ExceptionGroup;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;

final StreamOptions options = StreamOptions.DEFAULT.withReadTimeout(null); // silence is no error

void forward(Connection client, String host, int port) {
    try (Connection server = Streams.openConnection(host, port, options)) {
        IO.println(client.peername() + " <-> " + server.peername());
        taskGroup(
                group -> { // waits for both; if one fails, the other one is cancelled
                    group.createTask(() -> copy(client, server));
                    group.createTask(() -> copy(server, client));
                });
        IO.println(client.peername() + " has ended");
    } catch (IOException | ExceptionGroup e) {
        IO.println(client.peername() + " has failed: " + e.getMessage());
    }
}

/** Copies all up to the end, and the end too. */
void copy(Connection from, Connection to) throws IOException {
    var buffer = new byte[64 * 1024];
    for (int n; (n = from.read(buffer)) > 0; ) {
        to.write(buffer, 0, n); // waits, and so reads no more, while the receiver is slow
    }
    to.writeEof();
}

void main(String... args) {
    if (args.length != 2 || !args[1].matches(".+:[0-9]+")) {
        IO.println("Two arguments, please: a port of this machine, and HOST:PORT to forward it to");
        return;
    }
    int colon = args[1].lastIndexOf(':');
    String host = args[1].substring(0, colon);
    int port = Integer.parseInt(args[1].substring(colon + 1));
    run(
            () -> {
                try (var server =
                        Streams.startServer(
                                client -> forward(client, host, port),
                                "localhost",
                                Integer.parseInt(args[0]),
                                options)) {
                    IO.println("Forwarding " + server.addresses() + " to " + args[1]);
                    server.serveForever(Duration.ofSeconds(1)); // at Ctrl-C they have a second
                }
            });
}
