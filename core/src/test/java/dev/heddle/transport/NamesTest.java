package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.reactor.Resolver;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class NamesTest extends NetFixture {

    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");

    private final AtomicInteger asked = new AtomicInteger();

    /** Lets the names be looked up by {@code resolver}. */
    private EventLoop with(Resolver resolver) {
        return open(EventLoop.builder().name("resolving").resolver(resolver));
    }

    private EventLoop countingLoop() {
        return with(
                host -> {
                    asked.incrementAndGet();
                    return List.of(ADDRESS);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "::1, 0:0:0:0:0:0:0:1",
        "[::1], 0:0:0:0:0:0:0:1",
        "2001:db8::7, 2001:db8:0:0:0:0:0:7",
        "::ffff:192.0.2.1, 192.0.2.1",
        "fe80::1%3, fe80:0:0:0:0:0:0:1%3",
        "[fe80::1%3], fe80:0:0:0:0:0:0:1%3",
    })
    void addressStandsForItself(String host, String expected) {
        EventLoop counting = countingLoop();

        List<InetAddress> found = counting.runUntilComplete(() -> Names.lookup(host));

        assertThat(found).singleElement();
        assertThat(found.getFirst().getHostAddress().replaceFirst("%lo$", "%1"))
                .isEqualTo(expected);
        assertThat(asked).hasValue(0);
    }

    @Test
    void interfaceIsNamedOrNumbered() throws SocketException {
        NetworkInterface some = NetworkInterface.networkInterfaces().findFirst().orElseThrow();

        InetAddress found = run(() -> Names.lookup("fe80::1%" + some.getName())).getFirst();

        assertThat(((Inet6Address) found).getScopeId()).isEqualTo(some.getIndex());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1%nosuchinterface", "1.2.3.4.5", "example", "fe80::1%", "a%b"})
    void everythingElseIsAName(String host) {
        EventLoop counting = countingLoop();

        assertThat(counting.runUntilComplete(() -> Names.lookup(host))).containsExactly(ADDRESS);

        assertThat(asked).hasValue(1);
    }

    @Test
    void emptyNameIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> Names.lookup("")))
                .withMessageContaining("host must not be empty");
    }

    @Test
    void localhostIsFoundByTheSystem() {
        assertThat(run(() -> Names.lookup("localhost")))
                .isNotEmpty()
                .allMatch(InetAddress::isLoopbackAddress);
    }

    @Test
    void getaddrinfoAddsThePort() {
        assertThat(run(() -> Names.getaddrinfo("192.0.2.1", 80)))
                .containsExactly(new InetSocketAddress(ADDRESS, 80));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> Names.getaddrinfo("192.0.2.1", 65536)))
                .withMessage("port must be 0 to 65535, and is 65536");
    }

    @Test
    void resolverThatBlocksRunsOffTheLoop() {
        var seen = new ArrayList<EventLoop>();
        EventLoop blocking =
                with(
                        blocking(
                                host -> {
                                    seen.add(EventLoop.runningOrNull());
                                    return List.of(ADDRESS);
                                }));

        blocking.runUntilComplete(() -> Names.lookup("example"));

        assertThat(seen).hasSize(1).containsOnlyNulls();
    }

    @Test
    void resolverThatDoesNotBlockMaySuspendTheTask() {
        EventLoop suspending =
                with(
                        host -> {
                            sleep(0.001);
                            return List.of(ADDRESS);
                        });

        assertThat(suspending.runUntilComplete(() -> Names.lookup("example")))
                .containsExactly(ADDRESS);
    }

    @Test
    void sameAddressComesOnce() {
        InetAddress other = InetAddress.ofLiteral("192.0.2.2");
        EventLoop doubled = with(host -> List.of(ADDRESS, other, ADDRESS));

        assertThat(doubled.runUntilComplete(() -> Names.lookup("example")))
                .containsExactly(ADDRESS, other);
    }

    @Test
    void nameOfOtherLettersIsLookedUpAsDnsHasIt() {
        List<String> names = new ArrayList<>();
        EventLoop noting =
                with(
                        host -> {
                            names.add(host);
                            return List.of(ADDRESS);
                        });

        noting.runUntilComplete(() -> Names.lookup("b\u00fccher.example"));

        assertThat(names).containsExactly("xn--bcher-kva.example");
        assertThatThrownBy(
                        () ->
                                noting.runUntilComplete(
                                        () -> Names.lookup("\u00fc".repeat(70) + ".example")))
                .isInstanceOf(UnknownHostException.class);
    }

    @Test
    void cancelDoesNotWaitForALookUpThatHangs() {
        var begun = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        EventLoop hanging =
                with(
                        blocking(
                                host -> {
                                    begun.countDown();
                                    awaitUninterruptibly(answer);
                                    throw new UnknownHostException("too late");
                                }));

        hanging.runUntilComplete(
                () -> {
                    Task<?> task = createTask(() -> Names.lookup("example"));
                    off(
                            () -> {
                                begun.await();
                                return true;
                            });
                    task.cancel();

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                });

        answer.countDown(); // what it throws now is nobody's concern
        hanging.runUntilComplete(() -> hanging.shutdownDefaultExecutor(null));
        turns(hanging, 5);
        assertThat(takeErrors()).isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // As a system call that takes no notice of it.
            }
        }
    }

    @Test
    void nameOfTheSystemThatDoesNotExistHasTheReason() {
        EventLoop refusing =
                with(
                        blocking(
                                host -> {
                                    throw new UnknownHostException(host + ": no such luck");
                                }));

        assertThatThrownBy(() -> refusing.runUntilComplete(() -> Names.lookup("nowhere")))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("no address found for nowhere (no such luck)")
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void reverseLookUpGivesTheName() {
        EventLoop reversing =
                with(
                        new Resolver() {
                            @Override
                            public List<InetAddress> resolve(String host) {
                                throw new AssertionError();
                            }

                            @Override
                            public String reverse(InetAddress address) {
                                assertThat(EventLoop.runningOrNull()).isNull();
                                return "name of " + address.getHostAddress();
                            }

                            @Override
                            public boolean blocking() {
                                return true;
                            }
                        });

        assertThat(reversing.runUntilComplete(() -> Names.getnameinfo(ADDRESS)))
                .isEqualTo("name of 192.0.2.1");
    }

    @Test
    void debugModeDoesNotChangeTheOutcome() {
        loop.setDebug(true);

        run(
                () -> {
                    assertThat(Names.lookup("localhost")).isNotEmpty();
                    assertThatThrownBy(() -> Asyncio.timeout(5, () -> Names.lookup("")))
                            .isInstanceOf(IllegalArgumentException.class);
                });
    }

    private static Resolver blocking(Resolver resolver) {
        return new Resolver() {
            @Override
            public List<InetAddress> resolve(String host) throws UnknownHostException {
                return resolver.resolve(host);
            }

            @Override
            public boolean blocking() {
                return true;
            }
        };
    }
}
