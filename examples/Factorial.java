// The program of the talk, as one writes it today: three tasks compute at the same time, since
// whenever one sleeps the others go on. So it takes 3 seconds, not 6.
// Run it: ./heddle run examples/Factorial.java

import static dev.heddle.Asyncio.*;

int factorial(String name, int number) {
    int f = 1;
    for (int i = 2; i <= number; i++) {
        IO.println("Task %s: Compute factorial(%d)...".formatted(name, i));
        sleep(1); // suspends this task, not the loop
        f *= i;
    }
    IO.println("Task %s: factorial(%d) = %d".formatted(name, number, f));
    return f;
}

void main() {
    run(() -> gather(() -> factorial("A", 2), () -> factorial("B", 3), () -> factorial("C", 4)));
}
