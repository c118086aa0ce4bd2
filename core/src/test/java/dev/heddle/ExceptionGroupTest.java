package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Several errors in one: what it holds and shows. */
class ExceptionGroupTest {

    private final IOException disk = new IOException("disk full");
    private final FileNotFoundException file = new FileNotFoundException("no file");
    private final IllegalStateException state = new IllegalStateException("bad state");

    private static String stackTraceOf(Throwable e) {
        var text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void groupHoldsItsErrorsInOrder() {
        var group = new ExceptionGroup("all failed", List.of(disk, state));

        assertThat(group.exceptions()).containsExactly(disk, state);
        assertThat(group.message()).isEqualTo("all failed");
        assertThat(group).hasMessage("all failed (2 sub-exceptions)");
        assertThat(new ExceptionGroup("one", List.of(disk))).hasMessage("one (1 sub-exception)");
        assertThat(group.getCause()).isNull();
    }

    @Test
    void groupIsNotEmptyAndHoldsNoNull() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExceptionGroup("none", List.of()))
                .withMessageContaining("must hold an exception");
        var withNull = new ArrayList<Throwable>();
        withNull.add(null);
        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> new ExceptionGroup("null", withNull));
    }

    @Test
    void groupDoesNotChange() {
        var errors = new ArrayList<Throwable>(List.of(disk));
        var group = new ExceptionGroup("all failed", errors);

        errors.add(state);

        assertThat(group.exceptions()).containsExactly(disk);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> group.exceptions().add(state));
    }

    @Test
    void leavesAreTheErrorsOfAllGroupsInIt() {
        var inner = new ExceptionGroup("inner", List.of(file, state));
        var middle = new ExceptionGroup("middle", List.of(inner));
        var outer = new ExceptionGroup("outer", List.of(disk, middle, disk));

        assertThat(outer.leaves()).containsExactly(disk, file, state, disk);
    }

    @Test
    void stackTraceShowsAllErrorsWhoeverPrintsIt() {
        var cause = new IllegalArgumentException("the cause of the state");
        state.initCause(cause);
        var inner = new ExceptionGroup("inner", List.of(file, state));
        var outer = new ExceptionGroup("outer", List.of(disk, inner));
        var wrapped = new RuntimeException("wrapped", outer);

        assertThat(stackTraceOf(wrapped))
                .contains("Caused by: dev.heddle.ExceptionGroup: outer (2 sub-exceptions)")
                .contains("Suppressed: java.io.IOException: disk full")
                .contains("Suppressed: dev.heddle.ExceptionGroup: inner (2 sub-exceptions)")
                .contains("Suppressed: java.io.FileNotFoundException: no file")
                .contains("Suppressed: java.lang.IllegalStateException: bad state")
                .contains("Caused by: java.lang.IllegalArgumentException: the cause of the state")
                .doesNotContain("CIRCULAR");
    }

    @Test
    void stackTraceShowsWhereEachErrorWasThrown() {
        var group = new ExceptionGroup("outer", List.of(disk));

        // once for the group, and once for what is in it
        assertThat(stackTraceOf(group).split("at dev.heddle.ExceptionGroupTest", -1))
                .hasSizeGreaterThan(2);
    }

    @Test
    void groupTravelsBetweenMachines() throws Exception {
        var inner = new ExceptionGroup("inner", List.of(file));
        var group = new ExceptionGroup("outer", List.of(disk, inner));
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(group);
        }

        Object read;
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            read = in.readObject();
        }

        assertThat(read).isInstanceOf(ExceptionGroup.class);
        var copy = (ExceptionGroup) read;
        assertThat(copy).hasMessage("outer (2 sub-exceptions)");
        assertThat(copy.leaves())
                .extracting(Throwable::getMessage)
                .containsExactly("disk full", "no file");
        assertThat(copy.getSuppressed()).hasSize(2);
    }
}
