package dev.heddle.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How long the body of a test may take, and each lifecycle method. The annotation of the method
 * counts, else that of its class, else that of the class around it; the defaults hold without one.
 *
 * <p>Times are a number and a unit, as in {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h},
 * {@code 2d}; or {@code none}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface TimeLimit {

    /** The most by which a virtual clock may advance. Without effect on the machine's clock. */
    String virtual() default "1d";

    /**
     * The longest time that it may really take. What runs without ever waiting cannot be ended;
     * then its stack is printed. For a debugger, the system property {@code heddle.limit} set to
     * {@code none} takes the limit off.
     */
    String real() default "30s";
}
