// The same echo as EchoServer.java and EchoClient.java, a floor below: transports move the bytes
// and call protocols, which may not wait. After asyncio's documentation; both sides in one program.
// Run it: ./heddle run examples/EchoProtocol.java

import static dev.heddle.Asyncio.*;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.Future;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.Transport;
import dev.heddle.transport.Transports;

/** Sends a message back, and closes the connection. */
class EchoServer implements Protocol {

    private Transport transport;

    @Override
    public void connectionMade(Transport transport) {
        IO.println("server: connected");
        this.transport = transport;
    }

    @Override
    public void dataReceived(ByteBuffer data) {
        IO.println("server: received " + UTF_8.decode(data.duplicate()));
        transport.write(data);
        transport.close(); // as soon as that is sent
    }

    @Override
    public void connectionLost(Throwable error) {
        IO.println("server: closed");
    }
}

/** Sends a message, and knows when all is over. */
class EchoClient implements Protocol {

    private final String message;
    private final Future<Void> closed = createFuture();

    EchoClient(String message) {
        this.message = message;
    }

    @Override
    public void connectionMade(Transport transport) {
        transport.write(message.getBytes(UTF_8));
        IO.println("client: sent " + message);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
        IO.println("client: received " + UTF_8.decode(data));
    }

    @Override
    public void connectionLost(Throwable error) {
        IO.println("client: the server has closed the connection");
        closed.setResult(null);
    }
}

void main() {
    run(
            () -> {
                var options = ServerOptions.DEFAULT;
                try (var server =
                        Transports.createServer(EchoServer::new, "localhost", 0, options)) {
                    var client =
                            Transports.createConnection(
                                    () -> new EchoClient("Hello World!"),
                                    "localhost",
                                    server.port());
                    await(client.protocol().closed);
                }
            });
}
