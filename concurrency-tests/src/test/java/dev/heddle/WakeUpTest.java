package dev.heddle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * A loop goes to sleep while two other threads give it something to do: it must either notice in
 * time or be woken, and by one of them only.
 */
@JCStressTest
@Outcome(id = "false, 0, 2", expect = ACCEPTABLE, desc = "It saw something and stayed awake.")
@Outcome(id = "true, 1, 2", expect = ACCEPTABLE, desc = "It sleeps, and one wakes it.")
@Outcome(id = "true, 0, 2", expect = FORBIDDEN, desc = "It sleeps, and nobody wakes it.")
@Outcome(id = "true, 2, 2", expect = FORBIDDEN, desc = "Both wake it.")
@Outcome(id = "false, 1, 2", expect = ACCEPTABLE, desc = "Woken between its two looks.")
@State
public class WakeUpTest {

    private final ReadyQueue queue = new ReadyQueue();
    private boolean sleeps;
    private boolean firstWakes;
    private boolean secondWakes;

    @Actor
    public void loop() {
        sleeps = queue.fallAsleep();
    }

    @Actor
    public void first() {
        firstWakes = queue.addForeign(new Item());
    }

    @Actor
    public void second() {
        secondWakes = queue.addForeign(new Item());
    }

    @Arbiter
    public void result(ZII_Result r) {
        queue.takeInForeign();
        r.r1 = sleeps;
        r.r2 = (firstWakes ? 1 : 0) + (secondWakes ? 1 : 0);
        r.r3 = queue.size();
    }

    private static final class Item extends ReadyItem {
        @Override
        void proceed() {}
    }
}
