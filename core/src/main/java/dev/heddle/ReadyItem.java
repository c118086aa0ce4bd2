package dev.heddle;

/** Something that stands in the ready queue: a callback, or a task that can go on. */
abstract class ReadyItem {

    /** Runs it, on the loop's thread. Must not throw, except what ends the loop. */
    abstract void proceed();
}
