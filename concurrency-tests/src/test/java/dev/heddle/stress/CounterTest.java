package dev.heddle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** A sample, to be replaced by tests of Heddle's own parts. */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both increments count.")
@State
public class CounterTest {

    private final AtomicInteger count = new AtomicInteger();

    @Actor
    public void one() {
        count.incrementAndGet();
    }

    @Actor
    public void two() {
        count.incrementAndGet();
    }

    @Arbiter
    public void result(I_Result r) {
        r.r1 = count.get();
    }
}
