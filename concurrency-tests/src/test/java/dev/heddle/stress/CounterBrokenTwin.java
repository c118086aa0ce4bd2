package dev.heddle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link CounterTest} without the atomic counter: jcstress must see a lost increment. */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both increments count.")
@State
public class CounterBrokenTwin {

    private int count;

    @Actor
    public void one() {
        count++;
    }

    @Actor
    public void two() {
        count++;
    }

    @Arbiter
    public void result(I_Result r) {
        r.r1 = count;
    }
}
