package dev.heddle.benchmarks.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.IntConsumer;

/** Blocking sockets of the JDK, each connection served by a virtual thread of the JDK. */
final class ThreadEcho implements EchoServer {

    private static final int LESS_ROOM = 64 * 1024; // the JDK reads no more at a time

    @Override
    public void serve(IntConsumer ready) throws IOException {
        try (var listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            ready.accept(listener.getLocalPort());
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> echo(socket));
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = socket.getInputStream();
            var out = socket.getOutputStream();
            byte[] room = new byte[LESS_ROOM];
            for (int n; (n = in.read(room)) >= 0; ) {
                out.write(room, 0, n);
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }
}
