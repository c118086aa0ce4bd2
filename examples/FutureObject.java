// A future is "just a placeholder which is going to be a real object when it will be ready".
// What its methods answer before and after, who is told, and how it meets CompletableFuture.
// Run it: ./heddle run examples/FutureObject.java

import static dev.heddle.Asyncio.*;

import dev.heddle.CancelledError;
import dev.heddle.Future;
import dev.heddle.InvalidStateException;

void fourStates() {
    Future<String> pending = getRunningLoop().createFuture();

    Future<String> finished = getRunningLoop().createFuture();
    finished.setResult("a letter");

    Future<String> failed = getRunningLoop().createFuture();
    failed.setException(new IOException("lost"));

    Future<String> cancelled = getRunningLoop().createFuture();
    cancelled.cancel();

    show("", "done()", "cancelled()", "result()", "exception()");
    show("pending", pending);
    show("finished", finished);
    show("failed", failed);
    show("cancelled", cancelled);
}

void show(String name, Future<String> f) {
    show(name, f.done(), f.cancelled(), answer(f::result), answer(f::exception));
}

void show(Object... columns) {
    IO.println("  %-9s  %-6s  %-11s  %-28s  %s".formatted(columns));
}

String answer(Callable<?> method) {
    try {
        return String.valueOf(method.call());
    } catch (Exception | CancelledError e) {
        return "throws " + e.getClass().getSimpleName();
    }
}

void onceOnly() {
    Future<String> letter = getRunningLoop().createFuture();
    letter.setResult("a letter");
    try {
        letter.setResult("another letter");
    } catch (InvalidStateException e) {
        IO.println("  a second setResult() throws InvalidStateException");
    }
    IO.println("  cancel() returns " + letter.cancel());
    IO.println("  result() is still " + letter.result());
}

void callbacks() {
    Future<String> letter = getRunningLoop().createFuture();
    letter.addDoneCallback(f -> IO.println("  the callback reads " + f.result()));
    letter.setResult("a letter");
    IO.println("  setResult() has returned");
    sleep(0); // lets the loop run the callback
}

void awaiting() {
    Future<String> letter = getRunningLoop().createFuture();
    var reader = createTask(() -> IO.println("  the reader has " + await(letter)));
    sleep(0); // lets the reader begin, and wait
    IO.println("  the writer writes");
    letter.setResult("a letter");
    await(reader);
}

void completableFutures() {
    Future<String> letter = getRunningLoop().createFuture();
    CompletableFuture<Integer> length = letter.toCompletableFuture().thenApply(String::length);
    letter.setResult("a letter");
    IO.println("  from a future to a CompletableFuture: " + await(length));

    Future<Integer> answer = wrapFuture(CompletableFuture.supplyAsync(() -> 6 * 7));
    IO.println("  from a CompletableFuture to a future: " + await(answer));

    var never = new CompletableFuture<String>();
    wrapFuture(never).cancel();
    sleep(0); // lets the loop pass it on
    IO.println("  cancelling one has cancelled the other: " + never.isCancelled());
}

void main() {
    run(
            () -> {
                IO.println("Before it is done, and after");
                fourStates();
                IO.println("It is done once");
                onceOnly();
                IO.println("Callbacks run from the loop, not inside setResult()");
                callbacks();
                IO.println("A task awaits it");
                awaiting();
                IO.println("There and back");
                completableFutures();
            });
}
