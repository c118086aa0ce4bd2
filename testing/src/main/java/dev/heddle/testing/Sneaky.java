package dev.heddle.testing;

/** Throws what the compiler would want to be declared. */
final class Sneaky {

    private Sneaky() {}

    /** Throws {@code e}; to be written behind {@code throw}. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <E extends Throwable> RuntimeException sneakyThrow(Throwable e) throws E {
        throw (E) e;
    }
}
