// Factorial.java with the loop in your own hands, as in the talk: get a loop, make futures of
// coroutines, run until they are done, close. In new programs, run(...) does all of that.
// Run it: ./heddle run examples/FactorialLoop.java

import static dev.heddle.Asyncio.*;

import dev.heddle.Asyncio;

int factorial(String name, int number) {
    int f = 1;
    for (int i = 2; i <= number; i++) {
        IO.println("Task %s: Compute factorial(%d)...".formatted(name, i));
        sleep(1);
        f *= i;
    }
    IO.println("Task %s: factorial(%d) = %d".formatted(name, number, f));
    return f;
}

void main() {
    setEventLoop(newEventLoop()); // getEventLoop() never makes one by itself
    var loop = getEventLoop();
    var tasks =
            List.of(
                    ensureFuture(() -> factorial("A", 2)),
                    ensureFuture(() -> factorial("B", 3)),
                    ensureFuture(() -> factorial("C", 4)));
    loop.runUntilComplete(() -> Asyncio.wait(tasks));
    loop.close();
}
