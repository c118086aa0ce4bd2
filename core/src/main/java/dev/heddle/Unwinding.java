package dev.heddle;

/**
 * Ends the tasks of a loop that is being closed, so that their finally blocks run and their threads
 * end. What a garbage collector does in CPython happens here in a defined place.
 */
final class Unwinding {

    private Unwinding() {}

    static void run(EventLoop loop) {
        for (Task<?> task : loop.tasks.copy()) {
            if (!task.done()) {
                loop.callExceptionHandler(
                        ErrorContext.of("Task was destroyed but it is pending!", null)
                                .with(task)
                                .withSource(loop.creationStack(task)));
                loop.resetRefusals();
                task.unwind(new CancelledError(loop + " is closed"));
            }
        }
        // Those which an interrupt has freed from a call of the JDK.
        loop.turn.ready.takeInForeign();
        for (ReadyItem item; (item = loop.turn.ready.poll()) != null; ) {
            if (item instanceof Strand strand && strand.isBlocked()) {
                loop.resetRefusals();
                strand.proceed();
            }
        }
    }
}
