package dev.heddle.executor;

import dev.heddle.executor.Wire.Kind;
import dev.heddle.executor.Wire.Message;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The program of a worker JVM: runs one job after the other, on its main thread, until the pool is
 * gone.
 *
 * <p>Another thread waits for messages all the time, so that the worker exits also in the middle of
 * a job when its pool has died.
 */
@SuppressWarnings("sunapi")
final class Worker {

    private static final int EXIT_SECONDS = 2;

    private final Wire wire;
    private final int maxBytes;
    private final LinkedBlockingQueue<Message> orders = new LinkedBlockingQueue<>();

    private Worker(Wire wire, int maxBytes) {
        this.wire = wire;
        this.maxBytes = maxBytes;
    }

    /** Connects to the pool that has started this JVM, and works for it. */
    public static void main(String[] arguments) throws Exception {
        ignoreInterrupt();
        // The pool closes our standard input after these lines: a job that reads it finds its end.
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String socket = Objects.requireNonNull(in.readLine(), "socket");
        String token = Objects.requireNonNull(in.readLine(), "token");
        int maxBytes = Integer.parseInt(Objects.requireNonNull(in.readLine(), "limit"));
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var bytes = ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        var worker = new Worker(new Wire(channel, maxBytes), maxBytes);
        Thread.ofPlatform().daemon().name("heddle-worker-wire").start(worker::listen);
        worker.work();
    }

    /** Ctrl-C is sent to us too, and it is the pool's business: it may want its results still. */
    private static void ignoreInterrupt() {
        try {
            Signal.handle(new Signal("INT"), signal -> {});
        } catch (IllegalArgumentException e) {
            // This JVM was started with -Xrs.
        }
    }

    private void listen() {
        try {
            for (Message order; (order = wire.receive()) != null; ) {
                orders.add(order);
            }
        } catch (IOException e) {
            // Same as the end of the stream.
        } finally {
            exit();
        }
    }

    /** Exits in good order, and if that takes too long, in bad. */
    private static void exit() {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                new CountDownLatch(1).await(EXIT_SECONDS, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                // Then at once.
                            }
                            Runtime.getRuntime().halt(1);
                        });
        System.exit(0);
    }

    private void work() throws IOException {
        while (true) {
            Message order;
            try {
                order = orders.take();
            } catch (InterruptedException e) {
                continue; // what a job has left behind
            }
            if (order.kind() != Kind.INITIALIZE) {
                wire.send(Kind.STARTED);
            }
            work(order);
        }
    }

    private void work(Message order) throws IOException {
        byte[] answer;
        try {
            Object result = run(order.kind(), order.body());
            answer = Transfer.ofOutcome(result, "The result of the job");
            if (!wire.fits(answer)) {
                throw new JobTransferException(
                        PoolJob.tooLong("The result", answer.length, maxBytes), null);
            }
        } catch (OutOfMemoryError e) {
            // Other threads may have met it too, so that this JVM is not to be relied on any more.
            wire.send(Kind.FAILED_BADLY, Failure.write(e, maxBytes));
            return;
        } catch (Throwable e) {
            wire.send(Kind.FAILED, Failure.write(e, maxBytes));
            return;
        } finally {
            System.out.flush();
        }
        wire.send(order.kind() == Kind.INITIALIZE ? Kind.READY : Kind.RESULT, answer);
    }

    private static @Nullable Object run(Kind kind, byte[] body) throws Exception {
        Object job;
        try {
            job = Transfer.read(body, ClassLoader.getSystemClassLoader());
        } catch (IOException | ClassNotFoundException | LinkageError e) {
            throw new JobTransferException("The job cannot be read in the worker: " + e, e);
        }
        if (kind == Kind.CALL) {
            return ((Callable<?>) Objects.requireNonNull(job)).call();
        }
        ((Runnable) Objects.requireNonNull(job)).run();
        return null;
    }
}
