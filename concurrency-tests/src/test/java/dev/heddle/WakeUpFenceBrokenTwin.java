package dev.heddle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The order of {@link ReadyQueue} without its fences: both sides first write and then read, and
 * each may still miss the other's write.
 */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "It saw the item, and is not woken.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "It saw the item, and is woken.")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "It sleeps, and is woken.")
@Outcome(id = "true, false", expect = FORBIDDEN, desc = "It sleeps, and nobody wakes it.")
@State
public class WakeUpFenceBrokenTwin {

    private boolean item;
    private boolean asleep;

    @Actor
    public void loop(ZZ_Result r) {
        asleep = true;
        r.r1 = !item;
    }

    @Actor
    public void producer(ZZ_Result r) {
        item = true;
        r.r2 = asleep;
    }
}
