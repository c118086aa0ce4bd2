import static dev.heddle.Asyncio.*;

/**
 * What the launcher runs to fill its cache of loaded classes: a little of what every program does.
 */
void main() {
    run(() -> gather(() -> greet("warp"), () -> greet("weft")));
}

String greet(String name) {
    IO.println("Hello, %s!".formatted(name));
    sleep(0.001);
    return name;
}
