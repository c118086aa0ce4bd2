package dev.heddle.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets the seed of a test decide on the order of what may happen in any order: see {@link
 * dev.heddle.Shuffle}. {@link Seeds} implies it, without {@link #ready}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Shuffled {

    /** Whether tasks that are ready in the same turn change places, too. */
    boolean ready() default false;
}
