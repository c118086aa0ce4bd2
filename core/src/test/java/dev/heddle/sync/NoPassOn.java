package dev.heddle.sync;

/** A broken queue: a waiter that is cancelled after it was woken keeps the wake-up to itself. */
final class NoPassOn extends WaitQueue {

    NoPassOn(Primitive owner) {
        super(owner);
    }

    @Override
    void passOn() {}
}
