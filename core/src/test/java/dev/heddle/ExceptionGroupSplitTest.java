package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serial;
import java.util.List;

/** Parting a group into what one can handle, and the rest. */
class ExceptionGroupSplitTest {

    private final IOException disk = new IOException("disk full");
    private final FileNotFoundException file = new FileNotFoundException("no file");
    private final IllegalStateException state = new IllegalStateException("bad state");
    private final ExceptionGroup inner = new ExceptionGroup("inner", List.of(file, state));
    private final ExceptionGroup outer = new ExceptionGroup("outer", List.of(disk, state, inner));

    /** Describes the structure of a group. */
    private static String shape(Throwable error) {
        return error instanceof ExceptionGroup group
                ? group.message() + group.exceptions().stream().map(e -> shape(e)).toList()
                : error == null ? "none" : error.getMessage();
    }

    @Test
    void splitByTypeKeepsTheStructure() {
        ExceptionGroup.Split parts = outer.split(IOException.class);

        assertThat(shape(parts.matching())).isEqualTo("outer[disk full, inner[no file]]");
        assertThat(shape(parts.rest())).isEqualTo("outer[bad state, inner[bad state]]");
        assertThat(parts.matching().leaves()).containsExactly(disk, file);
    }

    @Test
    void splitByPredicate() {
        ExceptionGroup.Split parts = outer.split(e -> e == file);

        assertThat(shape(parts.matching())).isEqualTo("outer[inner[no file]]");
        assertThat(shape(parts.rest())).isEqualTo("outer[disk full, bad state, inner[bad state]]");
    }

    @Test
    void splitThatMatchesAllOrNothingHasOneHalf() {
        ExceptionGroup.Split all = outer.split(Exception.class);
        assertThat(all.matching()).isSameAs(outer);
        assertThat(all.rest()).isNull();

        ExceptionGroup.Split leaves = outer.split(e -> !(e instanceof ExceptionGroup));
        assertThat(shape(leaves.matching())).isEqualTo(shape(outer));
        assertThat(leaves.rest()).isNull();

        ExceptionGroup.Split nothing = outer.split(Error.class);
        assertThat(nothing.matching()).isNull();
        assertThat(shape(nothing.rest())).isEqualTo(shape(outer));
    }

    @Test
    void groupThatMatchesAsAWholeIsNotLookedInto() {
        ExceptionGroup.Split parts = outer.split(e -> e == inner);

        assertThat(parts.matching().exceptions()).containsExactly(inner);
        assertThat(shape(parts.rest())).isEqualTo("outer[disk full, bad state]");
    }

    @Test
    void subgroupIsTheMatchingHalf() {
        assertThat(shape(outer.subgroup(IllegalStateException.class)))
                .isEqualTo("outer[bad state, inner[bad state]]");
        assertThat(shape(outer.subgroup(e -> e == disk))).isEqualTo("outer[disk full]");
        assertThat(outer.subgroup(Error.class)).isNull();
    }

    @Test
    void partsHaveTheStackTraceTheCauseAndTheNotesOfTheWhole() {
        var cause = new RuntimeException("cause");
        var note = new RuntimeException("failed to close");
        outer.initCause(cause);
        outer.addSuppressed(note);

        ExceptionGroup.Split parts = outer.split(IOException.class);

        for (ExceptionGroup part : List.of(parts.matching(), parts.rest())) {
            assertThat(part.getStackTrace()).isEqualTo(outer.getStackTrace());
            assertThat(part.getCause()).isSameAs(cause);
            assertThat(part.getSuppressed()).hasSize(3).contains(note);
        }
        assertThat(parts.matching().getSuppressed()).doesNotContain(state);
    }

    @Test
    void theGroupItselfStaysAsItIs() {
        outer.split(IOException.class);

        assertThat(shape(outer))
                .isEqualTo("outer[disk full, bad state, inner[no file, bad state]]");
        assertThat(outer.getSuppressed()).containsExactly(disk, state, inner);
    }

    /** A kind of its own, with something to carry. */
    private static final class RequestFailures extends ExceptionGroup {

        @Serial private static final long serialVersionUID = 1;

        final int requestId;

        RequestFailures(int requestId, List<? extends Throwable> exceptions) {
            super("request failed", exceptions);
            this.requestId = requestId;
        }

        @Override
        public ExceptionGroup derive(List<? extends Throwable> others) {
            return new RequestFailures(requestId, others);
        }
    }

    @Test
    void subclassKeepsItsKind() {
        var failures = new RequestFailures(7, List.of(disk, state));

        ExceptionGroup.Split parts = failures.split(IOException.class);

        assertThat(parts.matching()).isInstanceOf(RequestFailures.class);
        assertThat(((RequestFailures) parts.matching()).requestId).isEqualTo(7);
        assertThat(parts.rest()).isInstanceOf(RequestFailures.class);
        assertThat(shape(parts.rest())).isEqualTo("request failed[bad state]");
    }

    @Test
    void subclassInAGroupCanBeSplitOff() {
        var failures = new RequestFailures(7, List.of(disk));
        var group = new ExceptionGroup("outer", List.of(failures, state));

        ExceptionGroup.Split parts = group.split(RequestFailures.class);

        assertThat(parts.matching().exceptions()).containsExactly(failures);
        assertThat(parts.rest().exceptions()).containsExactly(state);
    }

    @Test
    void rethrowingTheRestLosesNothing() {
        List<Throwable> seen = new java.util.ArrayList<>();
        try {
            ExceptionGroup.Split parts = outer.split(FileNotFoundException.class);
            seen.addAll(parts.matching().leaves());
            throw parts.rest();
        } catch (ExceptionGroup e) {
            seen.addAll(e.leaves());
        }

        assertThat(seen).containsExactlyInAnyOrderElementsOf(outer.leaves());
    }
}
