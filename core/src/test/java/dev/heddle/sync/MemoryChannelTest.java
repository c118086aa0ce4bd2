package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** Values go in at one side of a channel and come out at the other, in order. */
class MemoryChannelTest extends SyncFixture {

    private final MemoryChannel<String> channel = MemoryChannel.open(2);
    private final MemoryChannel<String> rendezvous = MemoryChannel.open(0);

    private Task<Void> sending(MemoryChannel<String> where, String value) {
        return createTask(
                () -> {
                    where.sender().send(value);
                    log.add("sent " + value);
                });
    }

    private static Task<String> receiving(MemoryChannel<String> where) {
        return createTask(() -> where.receiver().receive());
    }

    @Test
    void valuesComeOutInTheOrderInWhichTheyWentIn() {
        run(
                () -> {
                    channel.sender().send("a");
                    channel.sender().sendNowait("b");

                    assertThat(channel.receiver().receive()).isEqualTo("a");
                    assertThat(channel.receiver().receiveNowait()).isEqualTo("b");
                });
    }

    @Test
    void senderWaitsWhileTheBufferIsFull() {
        run(
                () -> {
                    sending(channel, "a");
                    sending(channel, "b");
                    sending(channel, "c");
                    sending(channel, "d");
                    settle();
                    assertThat(log).containsExactly("sent a", "sent b");

                    assertThat(channel.receiver().receive()).isEqualTo("a");
                    settle();
                    assertThat(log).containsExactly("sent a", "sent b", "sent c");

                    assertThat(channel.receiver().receive()).isEqualTo("b");
                    assertThat(channel.receiver().receive()).isEqualTo("c");
                    assertThat(channel.receiver().receive()).isEqualTo("d");
                    settle();
                    assertThat(log).endsWith("sent d");
                });
    }

    @Test
    void withoutABufferASenderWaitsForAReceiver() {
        run(
                () -> {
                    sending(rendezvous, "a");
                    sending(rendezvous, "b");
                    settle();
                    assertThat(log).isEmpty();

                    assertThat(rendezvous.receiver().receive()).isEqualTo("a");
                    settle();
                    assertThat(log).containsExactly("sent a");
                    assertThat(rendezvous.receiver().receiveNowait()).isEqualTo("b");
                    settle();
                    assertThat(log).containsExactly("sent a", "sent b");
                });
    }

    @Test
    void withoutABufferAReceiverWaitsForASender() {
        run(
                () -> {
                    Task<String> first = receiving(rendezvous);
                    Task<String> second = receiving(rendezvous);
                    sleep(0);

                    rendezvous.sender().send("a");
                    rendezvous.sender().sendNowait("b");

                    assertThatExceptionOfType(WouldBlockException.class)
                            .isThrownBy(() -> rendezvous.sender().sendNowait("c"));
                    assertThat(first.await()).isEqualTo("a");
                    assertThat(second.await()).isEqualTo("b");
                });
    }

    @Test
    void bufferHasRoomBesidesWhatWaitingReceiversGet() {
        run(
                () -> {
                    Task<String> receiver = receiving(channel);
                    sleep(0);

                    channel.sender().sendNowait("a");
                    channel.sender().sendNowait("b");
                    channel.sender().sendNowait("c");
                    assertThatExceptionOfType(WouldBlockException.class)
                            .isThrownBy(() -> channel.sender().sendNowait("d"));

                    assertThat(receiver.await()).isEqualTo("a");
                    assertThat(channel.statistics().bufferUsed()).isEqualTo(2);
                });
    }

    @Test
    void unboundedBufferTakesAnyNumber() {
        var unbounded = MemoryChannel.<Integer>open(MemoryChannel.UNBOUNDED);
        for (int i = 0; i < 1000; i++) {
            unbounded.sender().sendNowait(i);
        }

        assertThat(unbounded.statistics().bufferUsed()).isEqualTo(1000);
        assertThat(unbounded.toString()).contains("1000 of any number");
    }

    @Test
    void nowaitOperationsThrowInsteadOfWaiting() {
        assertThatExceptionOfType(WouldBlockException.class)
                .isThrownBy(() -> channel.receiver().receiveNowait())
                .withMessageContaining("Use receive");
        channel.sender().sendNowait("a");
        channel.sender().sendNowait("b");

        assertThatExceptionOfType(WouldBlockException.class)
                .isThrownBy(() -> channel.sender().sendNowait("c"))
                .withMessageContaining("Use send");
    }

    @Test
    void lateReceiverQueuesBehindOneThatIsOnItsWay() {
        run(
                () -> {
                    Task<String> first = receiving(channel);
                    sleep(0);
                    channel.sender().sendNowait("a");
                    channel.sender().sendNowait("b");

                    assertThat(channel.receiver().receive()).isEqualTo("b");
                    assertThat(first.result()).isEqualTo("a");
                });
    }

    @Test
    void cancelledSenderHasSentNothing() {
        run(
                () -> {
                    Task<Void> first = sending(rendezvous, "a");
                    sending(rendezvous, "b");
                    sleep(0);

                    first.cancel();
                    assertThat(rendezvous.receiver().receive()).isEqualTo("b");
                    settle();

                    assertThat(first.cancelled()).isTrue();
                });
    }

    @Test
    void senderCancelledAfterItsValueWasTakenHasSentItAndIsCancelledAtItsNextWait() {
        run(
                () -> {
                    Task<Void> sender =
                            createTask(
                                    () -> {
                                        rendezvous.sender().send("a");
                                        log.add("sent");
                                        sleep(0);
                                        log.add("not reached");
                                    });
                    sleep(0);

                    assertThat(rendezvous.receiver().receiveNowait()).isEqualTo("a");
                    sender.cancel("enough");
                    settle();

                    assertThat(log).containsExactly("sent");
                    assertThat(sender.cancelled()).isTrue();
                    assertThat(sender.cancelling()).isOne();
                });
    }

    @Test
    void receiverCancelledOnTheWayLeavesTheValueToTheNext() {
        run(
                () -> {
                    Task<String> first = receiving(rendezvous);
                    Task<String> second = receiving(rendezvous);
                    sleep(0);

                    rendezvous.sender().sendNowait("a");
                    first.cancel();

                    assertThat(second.await()).isEqualTo("a");
                    assertThat(first.cancelled()).isTrue();
                });
    }

    @Test
    void valueOfACancelledReceiverIsKept() {
        run(
                () -> {
                    Task<String> only = receiving(rendezvous);
                    sleep(0);

                    rendezvous.sender().sendNowait("a");
                    only.cancel();
                    settle();
                    Task<Void> next = sending(rendezvous, "b");
                    settle();

                    assertThat(next.done()).isFalse();
                    assertThat(rendezvous.receiver().receive()).isEqualTo("a");
                    assertThat(rendezvous.receiver().receive()).isEqualTo("b");
                    next.await();
                });
    }

    @Test
    void badArgumentsAreErrors() {
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryChannel.open(-1));
        assertThatNullPointerException().isThrownBy(() -> channel.sender().sendNowait(null));
    }

    @Test
    void statisticsTellAllNumbers() {
        run(
                () -> {
                    channel.sender().copy();
                    Task<Void> a = sending(channel, "a");
                    Task<Void> b = sending(channel, "b");
                    Task<Void> c = sending(channel, "c");
                    sleep(0);

                    assertThat(channel.statistics())
                            .isEqualTo(new MemoryChannel.Statistics(2, 2, 2, 1, 1, 0))
                            .isEqualTo(channel.sender().statistics())
                            .isEqualTo(channel.receiver().statistics());
                    channel.receiver().receive();
                    c.await();
                    assertThat(a.done() && b.done()).isTrue();
                });
    }
}
