package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.List;

/** Several addresses, on virtual time: which is tried when, who wins, and that nothing is left. */
class HappyEyeballsTest extends FakeNetFixture {

    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT;
    private static final String SIX_A = "2001:db8:0:0:0:0:0:a";
    private static final String SIX_B = "2001:db8:0:0:0:0:0:b";
    private static final String FOUR_A = "192.0.2.1";
    private static final String FOUR_B = "192.0.2.2";

    /** Connects, and returns when, and to which address. */
    private String connect(ConnectOptions options) throws IOException {
        Connected<Recorder> made =
                createConnection(() -> new Recorder(loop), "example", 80, options);
        assertThat(made.protocol().events).containsExactly("made");
        assertThat(made.protocol().transport()).isSameAs(made.transport());
        var peer = (InetSocketAddress) made.transport().getExtraInfo(ExtraInfo.PEERNAME);
        String result = "%s at %s".formatted(peer.getAddress().getHostAddress(), loop.time());
        made.transport().abort();
        sleep(0);
        sleep(0);
        return result;
    }

    private String connect() throws IOException {
        return connect(OPTIONS);
    }

    private static ConnectException refused() {
        return new ConnectException("Connection refused");
    }

    @Test
    void familiesTakeTurnsAQuarterOfASecondApart() {
        network.name("example", SIX_A, SIX_B, FOUR_A, FOUR_B);
        network.accepts(FOUR_B, 0.1);

        assertThat(run(() -> connect())).isEqualTo(FOUR_B + " at 0.85");

        assertThat(network.log)
                .startsWith(
                        "connect to " + SIX_A + " at 0.0",
                        "connect to " + FOUR_A + " at 0.25",
                        "connect to " + SIX_B + " at 0.5",
                        "connect to " + FOUR_B + " at 0.75");
    }

    @Test
    void firstAddressThatAnswersInTimeIsTheOnlyOneTried() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(SIX_A, 0.2);
        network.accepts(FOUR_A, 0);

        assertThat(run(() -> connect())).isEqualTo(SIX_A + " at 0.2");

        assertThat(network.sockets).hasSize(1);
    }

    @Test
    void slowFirstAddressStillWinsIfItIsFasterInTheEnd() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(SIX_A, 0.3);
        network.accepts(FOUR_A, 0.1);

        assertThat(run(() -> connect())).isEqualTo(SIX_A + " at 0.3");

        assertThat(network.log)
                .containsExactly(
                        "connect to " + SIX_A + " at 0.0",
                        "connect to " + FOUR_A + " at 0.25",
                        "close " + FOUR_A + " at 0.3",
                        "close " + SIX_A + " at 0.3");
    }

    @Test
    void failureStartsTheNextAddressAtOnce() {
        network.name("example", SIX_A, FOUR_A);
        network.fails(SIX_A, 0.1, refused());
        network.accepts(FOUR_A, 0.05);

        assertThat(run(() -> connect())).isEqualTo(FOUR_A + " at 0.15");

        assertThat(network.log)
                .startsWith(
                        "connect to " + SIX_A + " at 0.0",
                        "close " + SIX_A + " at 0.1",
                        "connect to " + FOUR_A + " at 0.1");
    }

    @Test
    void withoutADelayTheNextAddressWaitsForTheFailure() {
        network.name("example", SIX_A, FOUR_A);
        network.fails(SIX_A, 7, refused());
        network.accepts(FOUR_A, 1);

        assertThat(run(() -> connect(OPTIONS.withHappyEyeballsDelay(null))))
                .isEqualTo(FOUR_A + " at 8.0");
    }

    @Test
    void addressesKeepTheResolversOrderIfTheyAreNotToBeInterleaved() {
        network.name("example", SIX_A, SIX_B, FOUR_A);
        network.accepts(FOUR_A, 0);

        run(() -> connect(OPTIONS.withInterleave(0)));

        assertThat(network.log)
                .startsWith(
                        "connect to " + SIX_A + " at 0.0",
                        "connect to " + SIX_B + " at 0.25",
                        "connect to " + FOUR_A + " at 0.5");
    }

    @Test
    void twoThatAnswerInTheSameTurnGiveOneConnectionAndTheOtherIsClosed() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(SIX_A, 0.5);
        network.accepts(FOUR_A, 0.25);

        String winner = run(() -> connect());

        assertThat(winner).endsWith(" at 0.5");
        assertThat(network.sockets).hasSize(2);
        assertThat(network.openSockets()).isEmpty();
    }

    @Test
    void addressGivenTwiceByTheResolverIsTriedOnce() {
        network.name("example", FOUR_A, FOUR_A);
        network.fails(FOUR_A, 0, refused());

        assertThatThrownBy(() -> run(() -> connect())).isInstanceOf(ConnectException.class);

        assertThat(network.sockets).hasSize(1);
    }

    @Test
    void cancelClosesAllAttempts() {
        network.name("example", SIX_A, FOUR_A, SIX_B);

        run(
                () -> {
                    Task<?> task = createTask(() -> connect());
                    sleep(0.3);
                    task.cancel("outside");
                    Asyncio.wait(List.of(task));

                    assertThatThrownBy(task::result)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("outside");
                });

        assertThat(network.log)
                .containsExactlyInAnyOrder(
                        "connect to " + SIX_A + " at 0.0",
                        "connect to " + FOUR_A + " at 0.25",
                        "close " + SIX_A + " at 0.3",
                        "close " + FOUR_A + " at 0.3");
    }

    @Test
    void cancelWhenThereIsAWinnerClosesIt() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(SIX_A, 0.2);
        for (int turns = 0; turns < 12; turns++) {
            int wait = turns;
            run(
                    () -> {
                        Task<?> task =
                                createTask(
                                        () ->
                                                createConnection(
                                                        () -> new Recorder(loop),
                                                        "example",
                                                        80,
                                                        OPTIONS));
                        sleep(0.2);
                        for (int i = 0; i < wait; i++) {
                            sleep(0);
                        }
                        task.cancel();
                        Asyncio.wait(List.of(task));
                        if (!task.cancelled()) {
                            ((Connected<?>) task.result()).transport().abort();
                        }
                        sleep(0.1);
                    });

            assertThat(network.openSockets()).as("after %d turns", wait).isEmpty();
            assertThat(loop.openChannels()).isEmpty();
        }
    }

    @Test
    void allFailuresAreInOneErrorAndEqualOnesAreWrittenOnce() {
        network.name("example", SIX_A, FOUR_A, FOUR_B);
        network.fails(SIX_A, 0, new NoRouteToHostException("No route to host"));
        network.fails(FOUR_A, 0.1, refused());
        network.fails(FOUR_B, 0.2, refused());

        assertThatThrownBy(() -> run(() -> connect()))
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessage(
                        "connect to example:80: %s: No route to host; %s, %s: Connection refused"
                                .formatted(SIX_A, FOUR_A, FOUR_B))
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed())
                                        .extracting(Throwable::getMessage)
                                        .containsExactly(
                                                "connect to example:80 (%s): No route to host"
                                                        .formatted(SIX_A),
                                                "connect to example:80 (%s): Connection refused"
                                                        .formatted(FOUR_A),
                                                "connect to example:80 (%s): Connection refused"
                                                        .formatted(FOUR_B)))
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed()[0])
                                        .isInstanceOf(NoRouteToHostException.class));
        assertThat(loop.time()).isEqualTo(0.3);
    }

    @Test
    void systemWithoutIpv6GoesOnWithIpv4() {
        network.name("example", SIX_A, FOUR_A);
        network.withoutIpv6 = true;
        network.accepts(FOUR_A, 0);

        assertThat(run(() -> connect())).isEqualTo(FOUR_A + " at 0.0");
    }

    @Test
    void addressesOfAnotherFamilyThanTheLocalOneAreNotTried() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(SIX_A, 0);
        network.accepts(FOUR_A, 0);
        var local = new InetSocketAddress("192.0.2.77", 0);

        assertThat(run(() -> connect(OPTIONS.withLocalAddress(local))))
                .isEqualTo(FOUR_A + " at 0.0");

        assertThat(network.sockets).hasSize(1);
        assertThat(network.sockets.getFirst().getLocalAddress()).isEqualTo(local);
    }

    @Test
    void localWildcardFitsBothFamilies() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(FOUR_A, 0);

        run(() -> connect(OPTIONS.withLocalAddress(new InetSocketAddress("0.0.0.0", 5000))));

        assertThat(network.sockets)
                .extracting(FakeSocket::getLocalAddress)
                .containsExactly(
                        new InetSocketAddress("::", 5000), new InetSocketAddress("0.0.0.0", 5000));
    }

    @Test
    void noAddressOfTheLocalFamilyIsAnErrorThatSaysSo() {
        network.name("example", SIX_A);
        var local = new InetSocketAddress("192.0.2.77", 0);

        assertThatThrownBy(() -> run(() -> connect(OPTIONS.withLocalAddress(local))))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "connect to example:80 (%s): not tried, as localAddress is not IPv6"
                                .formatted(SIX_A));
    }

    @Test
    void delayIsAnOption() {
        network.name("example", SIX_A, FOUR_A);
        network.accepts(FOUR_A, 0);

        assertThat(run(() -> connect(OPTIONS.withHappyEyeballsDelay(Duration.ofSeconds(2)))))
                .isEqualTo(FOUR_A + " at 2.0");
    }
}
