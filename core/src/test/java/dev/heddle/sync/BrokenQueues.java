package dev.heddle.sync;

/** Wait queues that each break one rule. */
final class BrokenQueues {

    private BrokenQueues() {}

    /** A waiter that is cancelled after it was woken keeps the wake-up to itself. */
    static final class NoPassOn extends WaitQueue {

        NoPassOn(Primitive owner) {
            super(owner);
        }

        @Override
        void passOn() {}
    }

    /** Who comes late takes what is promised to others. */
    static final class Overtaking extends WaitQueue {

        Overtaking(Primitive owner) {
            super(owner);
        }

        @Override
        boolean isIdle() {
            return true;
        }
    }

    /** Who has waited in vain is overtaken by others that were woken before. */
    static class LosingTurns extends WaitQueue {

        LosingTurns(Primitive owner) {
            super(owner);
        }

        @Override
        final boolean isOvertaking(long ticket) {
            return false;
        }
    }

    /** Who has come last is woken first. */
    static final class LastFirst extends LosingTurns {

        LastFirst(Primitive owner) {
            super(owner);
        }

        @Override
        Waiter next() {
            Waiter waiter = last();
            while (waiter != null && waiter.promised) {
                waiter = waiter.previous;
            }
            return waiter;
        }
    }
}
