package dev.heddle;

/** When {@link Asyncio#wait} returns. Source: the constants of {@code asyncio.wait}. */
public enum ReturnWhen {
    /** When any of the futures is done. */
    FIRST_COMPLETED,
    /** When any of them has failed, or all are done. A cancelled one has not failed. */
    FIRST_EXCEPTION,
    /** When all of them are done. */
    ALL_COMPLETED
}
