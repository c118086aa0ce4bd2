package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** A system that has no more descriptors does not end a server, and does not keep it busy. */
class AcceptErrorTest extends NetFixture {

    private final ProbedReactor reactor = new ProbedReactor();
    private final VirtualClock clock = Clock.virtual();
    private final EventLoop probed = open(EventLoop.builder().reactor(reactor).clock(clock));

    AcceptErrorTest() throws IOException {}

    private Server serve() throws IOException {
        return Transports.createServer(
                () -> new Recorder(probed), "127.0.0.1", 0, ServerOptions.DEFAULT);
    }

    private Socket connect(Server server) {
        return off(() -> closing(new Socket("127.0.0.1", server.port())));
    }

    private static void awaitConnections(Server server, int n) {
        while (server.connections() != n) {
            dev.heddle.Asyncio.sleep(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Too many open files",
                "Too many open files in system",
                "No buffer space available",
                "Cannot allocate memory"
            })
    void anExhaustedSystemIsReportedAndAskedAgainAfterASecond(String message) {
        probed.runUntilComplete(
                () -> {
                    Server server = serve();
                    reactor.acceptErrors.add(new IOException(message));
                    connect(server);
                    while (!reactor.acceptErrors.isEmpty()) {
                        dev.heddle.Asyncio.sleep(0);
                    }
                    assertThat(takeError().exception()).hasMessage(message);

                    clock.advance(Duration.ofMillis(999));
                    settle();
                    assertThat(server.connections()).as("it rests").isZero();
                    clock.advance(Duration.ofMillis(1));
                    awaitConnections(server, 1);

                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void anErrorOfOneConnectionIsSkipped() {
        probed.runUntilComplete(
                () -> {
                    Server server = serve();
                    reactor.acceptErrors.add(new IOException("Software caused connection abort"));
                    reactor.acceptErrors.add(new IOException("Protocol error"));
                    connect(server);
                    awaitConnections(server, 1);

                    assertThat(takeErrors()).isEmpty();
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void manyErrorsInARowAreTakenForExhaustionWhateverTheirLanguage() {
        probed.runUntilComplete(
                () -> {
                    Server server = serve();
                    for (int i = 0; i < 10; i++) {
                        reactor.acceptErrors.add(new IOException("Zu viele offene Dateien"));
                    }
                    connect(server);
                    while (!reactor.acceptErrors.isEmpty()) {
                        dev.heddle.Asyncio.sleep(0);
                    }
                    settle();
                    assertThat(takeErrors()).hasSize(1);
                    assertThat(server.connections()).isZero();

                    clock.advance(Duration.ofSeconds(1));
                    awaitConnections(server, 1);
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aServerCanBeClosedWhileItRests() {
        probed.runUntilComplete(
                () -> {
                    Server server = serve();
                    reactor.acceptErrors.add(new IOException("Too many open files"));
                    connect(server);
                    while (!reactor.acceptErrors.isEmpty()) {
                        dev.heddle.Asyncio.sleep(0);
                    }
                    takeError();

                    server.close();
                    clock.advance(Duration.ofSeconds(1));
                    settle();
                    server.waitClosed();
                });
    }

    @Test
    void aServerThatRestsDoesNotStartByItself() {
        probed.runUntilComplete(
                () -> {
                    Server server = serve();
                    reactor.acceptErrors.add(new IOException("Too many open files"));
                    connect(server);
                    while (!reactor.acceptErrors.isEmpty()) {
                        dev.heddle.Asyncio.sleep(0);
                    }
                    takeError();

                    server.startServing();
                    settle();
                    assertThat(server.connections()).isZero();

                    server.close();
                });
    }
}
