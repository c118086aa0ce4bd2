package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A way to block in the JDK, and to be released. */
abstract class JdkBlocking implements AutoCloseable {

    private final String name;

    JdkBlocking(String name) {
        this.name = name;
    }

    /** Run first, where {@link #release} will be run. */
    void hold() {}

    abstract void block() throws Exception;

    abstract void release() throws Exception;

    @Override
    public void close() throws IOException {}

    @Override
    public String toString() {
        return name;
    }

    private static JdkBlocking blocking(
            String name, JdkPlace.Action block, JdkPlace.Action release) {
        return new JdkBlocking(name) {
            @Override
            void block() throws Exception {
                block.run();
            }

            @Override
            void release() throws Exception {
                release.run();
            }
        };
    }

    private static JdkBlocking lock() {
        var lock = new ReentrantLock();
        return new JdkBlocking("ReentrantLock.lock") {
            @Override
            void hold() {
                lock.lock();
            }

            @Override
            void block() {
                lock.lock();
                lock.unlock();
            }

            @Override
            void release() {
                lock.unlock();
            }
        };
    }

    private static JdkBlocking condition() {
        var lock = new ReentrantLock();
        var condition = lock.newCondition();
        return blocking(
                "Condition.await",
                () -> {
                    lock.lock();
                    try {
                        condition.await();
                    } finally {
                        lock.unlock();
                    }
                },
                () -> {
                    lock.lock();
                    try {
                        condition.signal();
                    } finally {
                        lock.unlock();
                    }
                });
    }

    private static JdkBlocking objectWait() {
        var monitor = new Object();
        return blocking(
                "Object.wait",
                () -> {
                    synchronized (monitor) {
                        monitor.wait();
                    }
                },
                () -> {
                    synchronized (monitor) {
                        monitor.notify();
                    }
                });
    }

    private static JdkBlocking park() {
        var parked = new CompletableFuture<Thread>();
        var unparked = new boolean[1];
        return blocking(
                "LockSupport.park",
                () -> {
                    parked.complete(Thread.currentThread());
                    while (!unparked[0]) {
                        LockSupport.park();
                    }
                },
                () -> {
                    unparked[0] = true;
                    LockSupport.unpark(parked.join());
                });
    }

    private static JdkBlocking accept() throws IOException {
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        return new JdkBlocking("ServerSocket.accept") {
            @Override
            void block() throws IOException {
                server.accept().close();
            }

            @Override
            void release() throws IOException {
                new Socket(server.getInetAddress(), server.getLocalPort()).close();
            }

            @Override
            public void close() throws IOException {
                server.close();
            }
        };
    }

    private static JdkBlocking read() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var client = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket connection = server.accept();
            return new JdkBlocking("Socket.read") {
                @Override
                void block() throws IOException {
                    assertThat(connection.getInputStream().read()).isEqualTo(42);
                }

                @Override
                void release() throws IOException {
                    client.getOutputStream().write(42);
                }

                @Override
                public void close() throws IOException {
                    client.close();
                    connection.close();
                }
            };
        }
    }

    private static JdkBlocking receive() throws IOException {
        var receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        var sender = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        return new JdkBlocking("DatagramSocket.receive") {
            @Override
            void block() throws IOException {
                receiver.receive(new DatagramPacket(new byte[1], 1));
            }

            @Override
            void release() throws IOException {
                sender.send(new DatagramPacket(new byte[1], 1, receiver.getLocalSocketAddress()));
            }

            @Override
            public void close() {
                receiver.close();
                sender.close();
            }
        };
    }

    /** Returns one of each kind. */
    static List<JdkBlocking> all() throws IOException {
        var semaphore = new Semaphore(0);
        var latch = new CountDownLatch(1);
        var queue = new LinkedBlockingQueue<Integer>();
        var rendezvous = new SynchronousQueue<Integer>();
        var get = new CompletableFuture<Integer>();
        var join = new CompletableFuture<Integer>();
        var futureTask = new FutureTask<>(() -> 1);
        return List.of(
                lock(),
                condition(),
                objectWait(),
                park(),
                blocking("Semaphore.acquire", semaphore::acquire, semaphore::release),
                blocking("CountDownLatch.await", latch::await, latch::countDown),
                blocking("BlockingQueue.take", queue::take, () -> queue.put(1)),
                blocking("SynchronousQueue.take", rendezvous::take, () -> rendezvous.put(1)),
                blocking("CompletableFuture.get", get::get, () -> get.complete(1)),
                blocking("CompletableFuture.join", join::join, () -> join.complete(1)),
                blocking("FutureTask.get", futureTask::get, futureTask::run),
                accept(),
                read(),
                receive());
    }
}
