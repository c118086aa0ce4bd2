package dev.heddle.executor;

import dev.heddle.internal.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A worker JVM, seen from the pool.
 *
 * <p>The two talk over a UNIX domain socket, which is in a directory that only this user may enter,
 * and is gone once the worker has connected. The worker gets its path and a token through its
 * standard input, where nobody else can read them, and shows the token. So what is deserialised on
 * either side can only come from the other.
 *
 * <p>When this JVM dies, however it does, the system closes the socket, and the worker exits.
 */
final class WorkerProcess {

    private static final int START_SECONDS = 60;
    private static final int EXIT_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Wire wire;
    private int jobs;

    private WorkerProcess(String name, Process process, Wire wire) {
        this.name = name;
        this.process = process;
        this.wire = wire;
    }

    // ---------------------------------------------------------------- starting

    /**
     * Starts a worker.
     *
     * @throws BrokenProcessException if it ended at once
     */
    static WorkerProcess start(String name, ProcessPoolBuilder options) throws IOException {
        Path directory = Files.createTempDirectory("heddle-"); // for this user alone
        Path socket = directory.resolve("worker");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            return start(name, options, server, socket);
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
    }

    private static WorkerProcess start(
            String name, ProcessPoolBuilder options, ServerSocketChannel server, Path socket)
            throws IOException {
        Process process =
                new ProcessBuilder(command(options))
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String worker = name + " (pid " + process.pid() + ")";
        boolean connected = false;
        try {
            // If it ends or hangs before it connects, this ends our wait for it.
            var _ =
                    process.onExit()
                            .orTimeout(START_SECONDS, TimeUnit.SECONDS)
                            .whenComplete((p, e) -> close(server));
            String token = UUID.randomUUID().toString(); // random and secret
            try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
                in.write("%s\n%s\n%d\n".formatted(socket, token, options.maxMessageBytes()));
            }
            var wire = new Wire(accept(server, token), options.maxMessageBytes());
            connected = true;
            return new WorkerProcess(worker, process, wire);
        } catch (IOException e) {
            throw broken(worker, process, "did not start", e);
        } finally {
            if (!connected) {
                process.destroyForcibly();
            }
        }
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            // It is of no use any more in either case.
        }
    }

    private static SocketChannel accept(ServerSocketChannel server, String token)
            throws IOException {
        while (true) {
            SocketChannel channel = server.accept();
            var shown = ByteBuffer.allocate(token.length());
            while (shown.hasRemaining() && channel.read(shown) >= 0) {}
            if (token.equals(new String(shown.array(), StandardCharsets.US_ASCII))) {
                return channel;
            }
            channel.close();
        }
    }

    /** Same JDK, same class path and modules, and the flags that Heddle needs. */
    private static List<String> command(ProcessPoolBuilder options) {
        var command = new ArrayList<String>();
        command.add(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        Module heddle = Jdk.class.getModule();
        String us = heddle.isNamed() ? heddle.getName() : "ALL-UNNAMED";
        command.add("--add-opens=java.base/java.lang=" + us);
        command.add("--add-exports=java.base/jdk.internal.vm=" + us);
        command.addAll(options.jvmArguments());
        addPath(command, "--class-path", "java.class.path");
        addPath(command, "--module-path", "jdk.module.path");
        if (heddle.isNamed()) {
            command.addAll(List.of("--add-modules", "ALL-MODULE-PATH", "--module"));
            command.add(heddle.getName() + "/" + Worker.class.getName());
        } else {
            command.add(Worker.class.getName());
        }
        return command;
    }

    private static void addPath(List<String> command, String option, String property) {
        String path = System.getProperty(property);
        if (path != null && !path.isEmpty()) {
            command.add(option);
            command.add(path);
        }
    }

    // ---------------------------------------------------------------- running

    Wire wire() {
        return wire;
    }

    /** Returns how many jobs it has begun, with this one. */
    int countJob() {
        return ++jobs;
    }

    /** Kills it. May be called by any thread. */
    void kill() {
        process.destroyForcibly();
    }

    /** Ends it: lets an idle one exit, and kills one that does not. */
    void end() {
        wire.close();
        awaitExit(process);
    }

    /** Ends it, and returns the error that tells how it ended. */
    BrokenProcessException broken(String what, @Nullable Throwable cause) {
        wire.close();
        return broken(name, process, what, cause);
    }

    private static BrokenProcessException broken(
            String name, Process process, String what, @Nullable Throwable cause) {
        int status = awaitExit(process);
        return new BrokenProcessException(
                "%s %s: %s".formatted(name, what, BrokenProcessException.describe(status)),
                OptionalInt.of(status),
                cause);
    }

    private static int awaitExit(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                        process.destroyForcibly();
                    }
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
