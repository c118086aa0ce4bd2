// How long does a datagram take there and back? And if one is lost?
// Run it: ./heddle run examples/UdpPing.java [count]            both sides in one program
//         ./heddle run examples/UdpPing.java server 9999
//         ./heddle run examples/UdpPing.java client HOST 9999 [count]

import static dev.heddle.Asyncio.*;

import dev.heddle.Future;
import dev.heddle.transport.DatagramOptions;
import dev.heddle.transport.DatagramProtocol;
import dev.heddle.transport.DatagramTransport;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Names;
import dev.heddle.transport.Transports;

/** Sends each datagram back to where it came from. */
class Pong implements DatagramProtocol {

    private DatagramTransport transport;

    @Override
    public void connectionMade(DatagramTransport transport) {
        this.transport = transport;
    }

    @Override
    public void datagramReceived(ByteBuffer data, InetSocketAddress sender) {
        transport.sendTo(data, sender);
    }
}

/** Numbers its datagrams, since they may come back late, twice, in another order, or not at all. */
class Ping implements DatagramProtocol {

    private final Map<Integer, Future<Double>> waiting = new HashMap<>();

    @Override
    public void datagramReceived(ByteBuffer data, InetSocketAddress sender) {
        Future<Double> arrival = data.remaining() < 4 ? null : waiting.remove(data.getInt());
        if (arrival != null && !arrival.done()) {
            arrival.setResult(time());
        }
    }

    @Override
    public void errorReceived(IOException error) {
        IO.println("   " + error.getMessage()); // nobody listens there
    }

    /** Returns the milliseconds until datagram number {@code n} is back. */
    double ping(DatagramTransport transport, int n) throws TimeoutException {
        Future<Double> arrival = createFuture();
        waiting.put(n, arrival);
        double departure = time();
        transport.send(ByteBuffer.allocate(64).putInt(n).rewind());
        try {
            return (waitFor(arrival, 1) - departure) * 1000;
        } finally {
            waiting.remove(n);
        }
    }
}

DatagramTransport listen(int port) throws IOException {
    var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    var options = DatagramOptions.DEFAULT.withLocalAddress(here);
    return Transports.createDatagramEndpoint(Pong::new, options).transport();
}

void ping(InetSocketAddress server, int count) throws IOException {
    var options = DatagramOptions.DEFAULT.withRemoteAddress(server);
    var client = Transports.createDatagramEndpoint(Ping::new, options);
    int back = 0;
    for (int n = 1; n <= count; n++) {
        try {
            double milliseconds = client.protocol().ping(client.transport(), n);
            IO.println("%d: %.3f ms".formatted(n, milliseconds));
            back++;
        } catch (TimeoutException e) {
            IO.println("%d: lost".formatted(n));
        }
    }
    IO.println("%d sent, %d back".formatted(count, back));
    client.transport().close();
}

void main(String... args) {
    run(
            () -> {
                switch (args.length == 0 ? "" : args[0]) {
                    case "server" -> {
                        var server = listen(Integer.parseInt(args[1]));
                        IO.println("Listening at " + server.getExtraInfo(ExtraInfo.SOCKNAME));
                        createFuture().await(); // for ever: the transport needs no task
                    }
                    case "client" -> {
                        var found = Names.getaddrinfo(args[1], Integer.parseInt(args[2]));
                        ping(found.getFirst(), args.length > 3 ? Integer.parseInt(args[3]) : 5);
                    }
                    default -> {
                        var server = listen(0);
                        ping(
                                (InetSocketAddress) server.getExtraInfo(ExtraInfo.SOCKNAME),
                                args.length > 0 ? Integer.parseInt(args[0]) : 5);
                        server.close();
                    }
                }
            });
}
