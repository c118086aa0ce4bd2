package dev.heddle.testing;

import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that is run once for each of many seeds, until it fails. What fails carries a note that
 * says how to run it again with this seed alone.
 *
 * <p>The seed decides on the order of things, see {@link Shuffled}, on the numbers of an injected
 * {@link java.util.Random}, and on what happens in an injected {@link
 * dev.heddle.testing.net.SimulatedNetwork}.
 *
 * <p>The system property {@code heddle.seed} replaces all seeds by one; {@code heddle.seeds} sets
 * how many there are.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(HeddleExtension.class)
public @interface Seeds {

    /** How many seeds, from {@link #from} on. */
    int value() default 100;

    /** The first seed. */
    long from() default 1;

    /** The seeds themselves; the others do not count then. */
    long[] of() default {};
}
