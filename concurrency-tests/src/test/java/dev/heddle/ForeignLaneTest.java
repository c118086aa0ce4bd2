package dev.heddle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Two threads add to the foreign lane while the loop takes it in: nothing is lost or doubled, and
 * what one thread adds stays in its order.
 */
@JCStressTest
@Outcome(
        id = {"abAB", "aAbB", "aABb", "AabB", "AaBb", "ABab"},
        expect = ACCEPTABLE,
        desc = "Each thread's items in their order.")
@State
public class ForeignLaneTest {

    private final ReadyQueue queue = new ReadyQueue();
    private final StringBuilder seen = new StringBuilder();

    @Actor
    public void small() {
        queue.addForeign(new Letter('a'));
        queue.addForeign(new Letter('b'));
    }

    @Actor
    public void big() {
        queue.addForeign(new Letter('A'));
        queue.addForeign(new Letter('B'));
    }

    @Actor
    public void loop() {
        runAll();
    }

    @Arbiter
    public void result(L_Result r) {
        runAll();
        r.r1 = seen.toString();
    }

    private void runAll() {
        queue.takeInForeign();
        for (ReadyItem item; (item = queue.poll()) != null; ) {
            item.proceed();
        }
    }

    private final class Letter extends ReadyItem {

        private final char letter;

        Letter(char letter) {
            this.letter = letter;
        }

        @Override
        void proceed() {
            seen.append(letter);
        }
    }
}
