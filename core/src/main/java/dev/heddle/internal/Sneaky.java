package dev.heddle.internal;

/**
 * Rethrows any throwable as it is.
 *
 * <p>An error that crosses an {@code await}, a generator or a group arrives as the object that was
 * thrown, also when it is a checked exception.
 */
public final class Sneaky {

    private Sneaky() {}

    /** Throws {@code e}. It never returns; the type lets a caller write {@code throw}. */
    @SuppressWarnings("unchecked")
    public static <E extends Throwable> RuntimeException sneakyThrow(Throwable e) throws E {
        throw (E) e;
    }
}
