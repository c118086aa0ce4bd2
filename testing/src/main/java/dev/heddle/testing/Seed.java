package dev.heddle.testing;

/**
 * The seed of a test; a parameter to be injected. It is 0, or what the system property {@code
 * heddle.seed} says, if the test has no {@link Seeds}.
 *
 * @param value the seed
 */
public record Seed(long value) {}
