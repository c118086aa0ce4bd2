package dev.heddle.executor;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Lets a test know that a job has begun in another JVM, and lets the job wait for the test. */
final class Beacon implements AutoCloseable {

    /** The end of a job that has begun. */
    record Lit(long pid, Socket socket) implements AutoCloseable {

        ProcessHandle process() {
            return ProcessHandle.of(pid).orElseThrow();
        }

        /** Lets the job go on. */
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private final ServerSocket server;

    Beacon() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Waits until a job has lit the beacon. */
    Lit await() throws IOException {
        Socket socket = server.accept();
        return new Lit(new DataInputStream(socket.getInputStream()).readLong(), socket);
    }

    /** Called by the job: tells the test, and waits until it lets the job go on. */
    static String light(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            new DataOutputStream(socket.getOutputStream()).writeLong(ProcessHandle.current().pid());
            socket.getInputStream().read();
            return "gone on";
        } catch (IOException e) {
            return "gone on"; // a reset, from a test that has ended
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
