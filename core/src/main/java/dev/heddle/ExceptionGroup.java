package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Several errors in one.
 *
 * <p>Each of them is also a suppressed exception, so that every stack trace shows them all, whoever
 * prints it. {@link #split} does what Python's {@code except*} does:
 *
 * <pre>
 * } catch (ExceptionGroup e) {
 *     var parts = e.split(IOException.class);
 *     if (parts.matching() != null) {
 *         log(parts.matching());
 *     }
 *     if (parts.rest() != null) {
 *         throw parts.rest();
 *     }
 * }
 * </pre>
 *
 * <p>Source: PEP 654, {@code BaseExceptionGroup}.
 */
public class ExceptionGroup extends RuntimeException {

    @Serial private static final long serialVersionUID = 1;

    private final String groupMessage;
    private final Throwable[] exceptions;

    /** The two halves of {@link #split}; null stands for an empty one. */
    public record Split(@Nullable ExceptionGroup matching, @Nullable ExceptionGroup rest) {}

    /**
     * Makes a group.
     *
     * @throws IllegalArgumentException if there are no exceptions
     */
    public ExceptionGroup(String message, List<? extends Throwable> exceptions) {
        super(message);
        if (exceptions.isEmpty()) {
            throw new IllegalArgumentException("An exception group must hold an exception");
        }
        this.groupMessage = message;
        this.exceptions = exceptions.toArray(Throwable[]::new);
        for (Throwable e : this.exceptions) {
            addSuppressed(e);
        }
    }

    /** Returns the message with the number of the exceptions in it. */
    @Override
    public String getMessage() {
        int n = exceptions.length;
        return groupMessage + " (" + n + (n == 1 ? " sub-exception)" : " sub-exceptions)");
    }

    /** Returns the message alone. */
    public String message() {
        return groupMessage;
    }

    /** Returns the exceptions, some of which may be groups. */
    public List<Throwable> exceptions() {
        return List.of(exceptions);
    }

    /** Returns the exceptions that are not groups, of this group and those in it, in order. */
    public List<Throwable> leaves() {
        var leaves = new ArrayList<Throwable>();
        collectLeaves(leaves);
        return leaves;
    }

    private void collectLeaves(List<Throwable> leaves) {
        for (Throwable e : exceptions) {
            if (e instanceof ExceptionGroup group) {
                group.collectLeaves(leaves);
            } else {
                leaves.add(e);
            }
        }
    }

    /** Makes a group of the same kind with other exceptions; a subclass makes its own kind. */
    public ExceptionGroup derive(List<? extends Throwable> others) {
        return new ExceptionGroup(groupMessage, others);
    }

    /**
     * Returns the part of this group, with its structure, that is of {@code type}; null if none.
     */
    public @Nullable ExceptionGroup subgroup(Class<? extends Throwable> type) {
        return split(type).matching();
    }

    /** Returns the part of this group, with its structure, that matches; null if none. */
    public @Nullable ExceptionGroup subgroup(Predicate<? super Throwable> matches) {
        return split(matches).matching();
    }

    /** Parts this group into what is of {@code type} and what is not. */
    public Split split(Class<? extends Throwable> type) {
        return split(type::isInstance);
    }

    /**
     * Parts this group into what matches and what does not. A group that matches as a whole is not
     * looked into. The parts have the stack trace and the cause of the whole, and what else was
     * suppressed for it.
     */
    public Split split(Predicate<? super Throwable> matches) {
        if (matches.test(this)) {
            return new Split(this, null);
        }
        var matching = new ArrayList<Throwable>();
        var rest = new ArrayList<Throwable>();
        for (Throwable e : exceptions) {
            if (e instanceof ExceptionGroup group) {
                Split parts = group.split(matches);
                if (parts.matching() != null) {
                    matching.add(parts.matching());
                }
                if (parts.rest() != null) {
                    rest.add(parts.rest());
                }
            } else {
                (matches.test(e) ? matching : rest).add(e);
            }
        }
        return new Split(part(matching), part(rest));
    }

    private @Nullable ExceptionGroup part(List<Throwable> members) {
        if (members.isEmpty()) {
            return null;
        }
        if (members.equals(exceptions())) {
            return this;
        }
        ExceptionGroup group = derive(members);
        group.setStackTrace(getStackTrace());
        if (getCause() != null && group.getCause() == null) {
            group.initCause(getCause());
        }
        List<Throwable> own = exceptions();
        for (Throwable e : getSuppressed()) {
            if (!own.contains(e)) {
                group.addSuppressed(e);
            }
        }
        return group;
    }
}
