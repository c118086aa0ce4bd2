package dev.heddle.reliability;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that opens many connections, says so, and then sends a line on each when it is told.
 */
final class ManyClients {

    private ManyClients() {}

    /** Arguments: port, number of connections. */
    public static void main(String[] args) throws IOException {
        var server =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        int count = Integer.parseInt(args[1]);
        List<SocketChannel> connections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            connections.add(SocketChannel.open(server));
        }
        System.out.println("connected");
        System.in.read();
        int echoed = 0;
        for (SocketChannel connection : connections) {
            connection.write(ByteBuffer.wrap(new byte[] {'h', 'i', '\n'}));
        }
        for (SocketChannel connection : connections) {
            ByteBuffer line = ByteBuffer.allocate(3);
            while (line.hasRemaining() && connection.read(line) >= 0) {}
            echoed += line.hasRemaining() ? 0 : 1;
            connection.close();
        }
        System.out.println("echoed " + echoed);
    }
}
