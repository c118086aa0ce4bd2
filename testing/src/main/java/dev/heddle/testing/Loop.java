package dev.heddle.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What loop a test gets. The annotation of the method counts, else that of its class, else that of
 * the class around it.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Loop {

    /** What the time of a loop is. */
    enum Time {
        /** Jumps to the next timer when everything waits. */
        VIRTUAL,
        /** The machine's. */
        REAL
    }

    /** What its clock shows. */
    Time clock() default Time.VIRTUAL;

    /** Whether it is in debug mode, and then tells where what was left behind had been made. */
    boolean debug() default false;

    /**
     * Whether a test fails when all its tasks wait, and nothing is known of that could wake one. To
     * be turned off if a thread that the loop does not know of will wake one, a tenth of a second
     * later or more. Has no effect on the machine's clock.
     */
    boolean deadlocks() default true;
}
