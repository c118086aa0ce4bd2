package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.Task;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The ends of a channel are closed, and nobody waits at it in vain. */
class MemoryChannelCloseTest extends SyncFixture {

    private final MemoryChannel<String> channel = MemoryChannel.open(1);
    private final SendChannel<String> sender = channel.sender();
    private final ReceiveChannel<String> receiver = channel.receiver();

    private static void assertClosed(ThrowingCallable call) {
        assertThatExceptionOfType(ClosedResourceException.class).isThrownBy(call);
    }

    private static void assertEnd(ThrowingCallable call) {
        assertThatExceptionOfType(EndOfChannelException.class).isThrownBy(call);
    }

    private static void assertBroken(ThrowingCallable call) {
        assertThatExceptionOfType(BrokenResourceException.class).isThrownBy(call);
    }

    @Test
    void closedEndsCannotBeUsed() {
        run(
                () -> {
                    sender.close();
                    sender.close();
                    receiver.close();

                    assertClosed(() -> sender.send("a"));
                    assertClosed(() -> sender.sendNowait("a"));
                    assertClosed(sender::copy);
                    assertClosed(receiver::receive);
                    assertClosed(receiver::receiveNowait);
                    assertClosed(receiver::copy);
                    assertThat(sender.isOpen()).isFalse();
                    assertThat(sender.toString()).startsWith("SendChannel(closed");
                });
    }

    @Test
    void withoutSendersComesTheEndAfterWhatIsLeft() {
        run(
                () -> {
                    sender.send("a");
                    sender.close();

                    assertThat(receiver.receive()).isEqualTo("a");
                    assertEnd(receiver::receive);
                    assertEnd(receiver::receiveNowait);
                });
    }

    @Test
    void waitingReceiversComeToTheEnd() {
        run(
                () -> {
                    Task<String> a = createTask(() -> receiver.receive());
                    Task<String> b = createTask(() -> receiver.receive());
                    sleep(0);

                    sender.close();

                    assertEnd(a::await);
                    assertEnd(b::await);
                });
    }

    @Test
    void theEndComesWhenAllSendersAreClosed() {
        run(
                () -> {
                    SendChannel<String> second = sender.copy();
                    Task<String> task = createTask(() -> receiver.receive());
                    sleep(0);

                    sender.close();
                    settle();
                    assertThat(task.done()).isFalse();
                    second.send("a");
                    assertThat(task.await()).isEqualTo("a");
                    second.close();

                    assertEnd(receiver::receive);
                });
    }

    @Test
    void withoutReceiversSendersFail() {
        run(
                () -> {
                    ReceiveChannel<String> second = receiver.copy();
                    receiver.close();
                    sender.send("a");
                    Task<Void> waiting = createTask(() -> sender.send("b"));
                    sleep(0);

                    second.close();

                    assertBroken(waiting::await);
                    assertBroken(() -> sender.send("c"));
                    assertBroken(() -> sender.sendNowait("c"));
                    assertThat(channel.statistics().bufferUsed()).isZero();
                });
    }

    @Test
    void closingASenderFailsThoseWhoWaitInItAndNoOthers() {
        run(
                () -> {
                    SendChannel<String> second = sender.copy();
                    sender.send("a");
                    Task<Void> b = createTask(() -> sender.send("b"));
                    Task<Void> c = createTask(() -> second.send("c"));
                    sleep(0);

                    sender.close();
                    assertClosed(b::await);

                    assertThat(receiver.receive()).isEqualTo("a");
                    assertThat(receiver.receive()).isEqualTo("c");
                    c.await();
                });
    }

    @Test
    void closingAReceiverFailsThoseWhoWaitInItAndNoOthers() {
        run(
                () -> {
                    ReceiveChannel<String> second = receiver.copy();
                    Task<String> a = createTask(() -> receiver.receive());
                    Task<String> b = createTask(() -> second.receive());
                    sleep(0);

                    receiver.close();
                    sender.send("value");

                    assertClosed(a::await);
                    assertThat(b.await()).isEqualTo("value");
                });
    }

    @Test
    void receiverClosedOnTheWayToItsValueLeavesItToTheNext() {
        run(
                () -> {
                    ReceiveChannel<String> second = receiver.copy();
                    Task<String> a = createTask(() -> receiver.receive());
                    Task<String> b = createTask(() -> second.receive());
                    sleep(0);

                    sender.send("value");
                    receiver.close();

                    assertClosed(a::await);
                    assertThat(b.await()).isEqualTo("value");
                });
    }

    @Test
    void receiverWhoseEndIsClosedCountsNoMoreAsOneWhoTakes() {
        run(
                () -> {
                    var rendezvous = MemoryChannel.<String>open(0);
                    ReceiveChannel<String> second = rendezvous.receiver().copy();
                    Task<String> a = createTask(() -> rendezvous.receiver().receive());
                    sleep(0);

                    rendezvous.receiver().close();

                    assertThatExceptionOfType(WouldBlockException.class)
                            .isThrownBy(() -> rendezvous.sender().sendNowait("value"));
                    assertClosed(a::await);
                    second.close();
                });
    }

    @Test
    void senderWhoseValueWasTakenBeforeTheCloseHasSentIt() {
        run(
                () -> {
                    sender.send("a");
                    Task<Void> b = createTask(() -> sender.send("b"));
                    sleep(0);

                    receiver.receive();
                    sender.close();
                    b.await();

                    assertThat(receiver.receive()).isEqualTo("b");
                });
    }

    @Test
    void pipelineOfManyComesDownByItself() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    for (int i = 0; i < 3; i++) {
                                        int start = i * 100;
                                        SendChannel<String> mine = sender.copy();
                                        group.createTask(() -> produce(mine, start));
                                    }
                                    sender.close();
                                    for (int i = 0; i < 2; i++) {
                                        ReceiveChannel<String> mine = receiver.copy();
                                        group.createTask(() -> consume(mine));
                                    }
                                    receiver.close();
                                }));

        assertThat(log).hasSize(30).doesNotHaveDuplicates();
        assertThat(channel.statistics()).isEqualTo(new MemoryChannel.Statistics(0, 1, 0, 0, 0, 0));
    }

    private static void produce(SendChannel<String> mine, int start) {
        try (mine) {
            for (int i = 0; i < 10; i++) {
                mine.send("value " + (start + i));
                sleep(0);
            }
        }
    }

    private void consume(ReceiveChannel<String> mine) {
        try (mine) {
            for (String value : mine) {
                log.add(value);
            }
        }
    }

    @Test
    void iterationInAClosedEndFails() {
        run(
                () -> {
                    Task<Void> consumer = createTask(() -> consume(receiver.copy()));
                    receiver.close();

                    assertClosed(consumer::await);
                });
    }
}
