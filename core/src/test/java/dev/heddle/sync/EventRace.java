package dev.heddle.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Who waits when the event is set goes on, in order, whatever becomes of the event. */
final class EventRace extends Race {

    private final Event event;
    private final Arrivals arrivals = new Arrivals();

    /** How often the event had been set when those began to wait who wait now. */
    private final List<Integer> waitingSince = new ArrayList<>();

    private int sets;

    EventRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        event = new Event(queues);
    }

    @Override
    void operate() {
        if (event.isSet()) {
            event.await();
            return;
        }
        Integer since = sets;
        waitingSince.add(since);
        try {
            arrivals.inOrder(() -> event.await());
            ensure(sets > since, "a task went on before the event was set");
        } finally {
            waitingSince.remove(since);
        }
        pause();
    }

    @Override
    void nudge() {
        switch (random.nextInt(3)) {
            case 0 -> set();
            case 1 -> event.clear();
            default -> {
                set();
                event.clear();
            }
        }
    }

    private void set() {
        sets++;
        event.set();
    }

    @Override
    void settled() {
        for (int since : waitingSince) {
            ensure(since == sets, "a task waits although the event was set");
        }
        int waiting = event.statistics().tasksWaiting();
        ensure(waiting == waitingSince.size(), "%d waiting, not %s", waiting, waitingSince);
    }

    @Override
    void rescue() {
        set();
    }

    @Override
    void ended() {
        ensure(event.statistics().tasksWaiting() == 0, "somebody waits: %s", event);
    }
}
