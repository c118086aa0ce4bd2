package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A program of this directory that serves until it is stopped. Its first line of output tells where
 * it listens. It is killed after a minute, so that no test waits for ever.
 */
final class ServerProgram implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile(":(\\d+)");

    private final Process process;
    private final BufferedReader out;
    private final int port;

    private ServerProgram(Process process) throws IOException {
        this.process = process;
        this.out = process.inputReader(UTF_8);
        String first = String.valueOf(out.readLine());
        var match = PORT.matcher(first);
        if (!match.find()) {
            process.destroyForcibly();
            throw new AssertionError("The program does not tell its port: " + first + rest());
        }
        port = Integer.parseInt(match.group(1));
    }

    static ServerProgram start(String file, String... args) throws Exception {
        var command = new ArrayList<String>();
        var defaultSignal = List.of("env", "--default-signal=INT");
        if (canRun(defaultSignal)) {
            // A JVM whose parent ignores Ctrl-C, as jobs in the background do, ignores it too.
            command.addAll(defaultSignal);
        }
        command.addAll(ProgramRunner.command(file, args));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(60, SECONDS).execute(process::destroyForcibly);
        return new ServerProgram(process);
    }

    private static boolean canRun(List<String> prefix) throws Exception {
        var command = new ArrayList<>(prefix);
        command.add("true");
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    int port() {
        return port;
    }

    Client connect() throws IOException {
        return new Client(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Returns the next line that it prints. */
    String line() throws IOException {
        return out.readLine();
    }

    /** Returns all that it still prints up to its end. */
    List<String> rest() {
        return new ArrayList<>(out.lines().toList());
    }

    /** Does what Ctrl-C does, and returns the exit code. */
    int interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** A connection to the program, as nc makes it. */
    static final class Client implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;

        Client(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(30_000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        }

        Client send(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
            return this;
        }

        /** Returns the next line, or null at the end. */
        String line() throws IOException {
            return in.readLine();
        }

        void endOutput() throws IOException {
            socket.shutdownOutput();
        }

        Socket socket() {
            return socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
