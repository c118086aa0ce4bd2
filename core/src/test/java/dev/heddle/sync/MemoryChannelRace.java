package dev.heddle.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What was sent is received once and in order, and what was not is not; nobody waits in vain. */
final class MemoryChannelRace extends Race {

    private final MemoryChannel<Integer> channel;
    private final SendChannel<Integer> sender;
    private final ReceiveChannel<Integer> receiver;
    private final List<AutoCloseable> copies = new ArrayList<>();
    private final Arrivals receivers = new Arrivals();
    private final List<Integer> sent = new ArrayList<>();
    private final List<Integer> received = new ArrayList<>();
    private int offered;

    MemoryChannelRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        channel = new MemoryChannel<>(random.nextInt(3), queues);
        sender = channel.sender();
        receiver = channel.receiver();
    }

    @Override
    void operate() {
        try {
            switch (random.nextInt(6)) {
                case 0 -> send(sender);
                case 1 -> receive(receiver);
                case 2, 3 -> {
                    try (SendChannel<Integer> end = sender.copy()) {
                        copies.add(end);
                        send(end);
                        pause();
                    }
                }
                default -> {
                    try (ReceiveChannel<Integer> end = receiver.copy()) {
                        copies.add(end);
                        receive(end);
                        pause();
                    }
                }
            }
        } catch (ClosedResourceException | BrokenResourceException | EndOfChannelException e) {
            // As good as any other end.
        }
    }

    private void send(SendChannel<Integer> end) {
        int value = offered++;
        end.send(value);
        sent.add(value);
    }

    private void receive(ReceiveChannel<Integer> end) {
        noteReceived(receivers.inOrder(end::receive));
    }

    private void noteReceived(int value) {
        int before = received.isEmpty() ? -1 : received.getLast();
        ensure(value > before, "%d was received after %d", value, before);
        received.add(value);
    }

    @Override
    void nudge() {
        switch (random.nextInt(12)) {
            case 0 -> sender.close();
            case 1 -> receiver.close();
            case 2, 3 -> closeSomeCopy();
            case 4, 5, 6, 7 -> sendNowait();
            default -> receiveNowait();
        }
    }

    private void closeSomeCopy() {
        if (!copies.isEmpty()) {
            try {
                copies.get(random.nextInt(copies.size())).close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private void sendNowait() {
        int value = offered++;
        try {
            sender.sendNowait(value);
            sent.add(value);
        } catch (WouldBlockException | ClosedResourceException | BrokenResourceException e) {
            // As good as any other end.
        }
    }

    private boolean receiveNowait() {
        try {
            noteReceived(receiver.receiveNowait());
            return true;
        } catch (WouldBlockException | ClosedResourceException | EndOfChannelException e) {
            return false;
        }
    }

    @Override
    void settled() {
        MemoryChannel.Statistics now = channel.statistics();
        if (now.tasksWaitingReceive() > 0) {
            ensure(now.bufferUsed() + now.tasksWaitingSend() == 0, "values are there: %s", now);
            ensure(now.openSendChannels() > 0, "a task waits to receive in vain: %s", now);
        }
        if (now.tasksWaitingSend() > 0) {
            ensure(now.bufferUsed() >= now.bufferSize(), "there is room: %s", now);
            ensure(now.openReceiveChannels() > 0, "a task waits to send in vain: %s", now);
        }
    }

    @Override
    void rescue() {
        boolean end = random.nextInt(3) == 0;
        if (channel.statistics().tasksWaitingReceive() > 0) {
            if (end) {
                sender.close();
            } else {
                sendNowait();
            }
        } else if (end) {
            receiver.close();
        } else {
            receiveNowait();
        }
    }

    @Override
    void ended() {
        boolean dropped = !receiver.isOpen();
        while (receiveNowait()) {}
        ensure(sent.containsAll(received), "of %s only %s was sent", received, sent);
        ensure(dropped || received.containsAll(sent), "of %s only %s arrived", sent, received);
        MemoryChannel.Statistics now = channel.statistics();
        ensure(now.tasksWaitingSend() + now.tasksWaitingReceive() == 0, "waiting: %s", now);
        ensure(now.openSendChannels() == (sender.isOpen() ? 1 : 0), "senders: %s", now);
        ensure(now.openReceiveChannels() == (receiver.isOpen() ? 1 : 0), "receivers: %s", now);
    }
}
