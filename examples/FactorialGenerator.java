// The program of the talk line by line: the coroutines are generators that wait by yieldFrom, as
// Python's did before it had await. Prints what Factorial.java prints.
// Run it: ./heddle run examples/FactorialGenerator.java

import static dev.heddle.Asyncio.*;

import dev.heddle.Asyncio;
import dev.heddle.GeneratorCoroutine;

GeneratorCoroutine<Integer> factorial(String name, int number) {
    return coroutine(
            y -> {
                int f = 1;
                for (int i = 2; i <= number; i++) {
                    IO.println("Task %s: Compute factorial(%d)...".formatted(name, i));
                    y.yieldFrom(GeneratorCoroutine.sleep(1));
                    f *= i;
                }
                IO.println("Task %s: factorial(%d) = %d".formatted(name, number, f));
                return f;
            });
}

void main() {
    setEventLoop(newEventLoop());
    var loop = getEventLoop();
    var tasks =
            List.of(
                    ensureFuture(factorial("A", 2)),
                    ensureFuture(factorial("B", 3)),
                    ensureFuture(factorial("C", 4)));
    loop.runUntilComplete(() -> Asyncio.wait(tasks));
    loop.close();
}
