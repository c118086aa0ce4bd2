package dev.heddle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * {@link WakeUpTest} with the obvious way to write it, which is wrong: the loop looks into the
 * queue first and says that it sleeps afterwards.
 */
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "It saw something and stayed awake.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Woken although awake.")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "It sleeps, and is woken.")
@Outcome(id = "true, false", expect = FORBIDDEN, desc = "It sleeps, and nobody wakes it.")
@State
public class WakeUpBrokenTwin {

    private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
    private volatile boolean asleep;
    private boolean sleeps;
    private boolean wakes;

    @Actor
    public void loop() {
        if (queue.isEmpty()) {
            asleep = true;
            sleeps = true;
        }
    }

    @Actor
    public void producer() {
        queue.add("item");
        wakes = asleep;
    }

    @Arbiter
    public void result(ZZ_Result r) {
        r.r1 = sleeps;
        r.r2 = wakes;
    }
}
