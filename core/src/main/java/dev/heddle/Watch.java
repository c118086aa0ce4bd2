package dev.heddle;

/** A channel as the reactor reports it. */
abstract class Watch {

    /** The operations that the last poll found ready. */
    int ready;

    /** Puts what these operations concern into the ready queue. */
    abstract void queueCallbacks(ReadyQueue queue);
}
