package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The JDK waits for the sockets of virtual threads on virtual threads of its own, which it makes at
 * first need. They must not be scheduled by a loop, which is closed some day.
 */
@Timeout(120)
class JdkPollerTest {

    /** The first virtual thread of its JVM that blocks on a socket is a task. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            try (EventLoop loop = EventLoop.create()) {
                byte[] inLoop = loop.runUntilComplete(Program::echo);
                System.out.println("in a loop: " + new String(inLoop));
                System.out.println("while it is stopped: " + echoElsewhere());
            }
            System.out.println("after it was closed: " + echoElsewhere());
            byte[] again = Asyncio.run(Program::echo);
            System.out.println("in another loop: " + new String(again));
        }

        /** Returns how many of 20 virtual threads could do it. */
        private static int echoElsewhere() throws InterruptedException {
            List<Thread> threads = new ArrayList<>();
            var worked = new AtomicInteger();
            for (int i = 0; i < 20; i++) {
                threads.add(
                        Thread.startVirtualThread(
                                () -> {
                                    try {
                                        echo();
                                        worked.incrementAndGet();
                                    } catch (Exception e) {
                                        e.printStackTrace(System.out);
                                    }
                                }));
            }
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofSeconds(20))) {
                    System.out.println("hangs: " + thread);
                    System.exit(2);
                }
            }
            return worked.get();
        }

        /** Accepts and reads on the calling thread what a platform thread sends a little later. */
        private static byte[] echo() throws Exception {
            try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try (var client =
                                            new Socket(
                                                    server.getInetAddress(),
                                                    server.getLocalPort())) {
                                        Thread.sleep(20); // the reader blocks meanwhile
                                        client.getOutputStream().write("hello".getBytes());
                                    } catch (Exception e) {
                                        e.printStackTrace(System.out);
                                    }
                                });
                try (Socket connection = server.accept()) {
                    return connection.getInputStream().readNBytes(5);
                }
            }
        }
    }

    @Test
    void socketsWorkElsewhereWhenTheLoopThatFirstBlockedOnOneIsStoppedOrClosed() throws Exception {
        JdkFork.Outcome outcome =
                JdkFork.run(List.of(JdkFork.OPENS, JdkFork.EXPORTS), Map.of(), Program.class);

        assertThat(outcome.output().lines())
                .containsExactly(
                        "in a loop: hello",
                        "while it is stopped: 20",
                        "after it was closed: 20",
                        "in another loop: hello");
        assertThat(outcome.exitCode()).isZero();
    }
}
