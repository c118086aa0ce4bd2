package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Map;
import java.util.NoSuchElementException;

/** Context variables and contexts on their own, without a loop. */
class ContextTest {

    private static final ContextVar<String> PLAIN = ContextVar.of("plain");
    private static final ContextVar<String> WITH_DEFAULT = ContextVar.of("with default", "default");
    private static final ContextVar<String> NULL_DEFAULT = ContextVar.of("null", (String) null);

    private final Context context = new Context();

    @AfterEach
    void threadsOwnContextIsUntouched() {
        assertThat(PLAIN.get("unset")).isEqualTo("unset");
        assertThat(WITH_DEFAULT.get()).isEqualTo("default");
    }

    @Test
    void variableWithoutAValueHasItsDefault() {
        assertThat(WITH_DEFAULT.get()).isEqualTo("default");
        assertThat(WITH_DEFAULT.get("other")).isEqualTo("other");
        assertThat(NULL_DEFAULT.get()).isNull();
        assertThat(PLAIN.get("other")).isEqualTo("other");
        assertThat(PLAIN.get(null)).isNull();
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(PLAIN::get)
                .withMessageContaining("plain");
    }

    @Test
    void valueBelongsToTheContextInWhichItIsSet() {
        context.run(() -> PLAIN.set("inside"));

        assertThat(PLAIN.get("unset")).isEqualTo("unset");
        assertThat(context.run(() -> PLAIN.get())).isEqualTo("inside");
        assertThat(context.asMap()).isEqualTo(Map.of(PLAIN, "inside"));
    }

    @Test
    void nullIsAValue() {
        context.run(() -> WITH_DEFAULT.set(null));

        assertThat(context.run(() -> WITH_DEFAULT.get())).isNull();
        assertThat(context.run(() -> WITH_DEFAULT.get("other"))).isNull();
    }

    @Test
    void copyGoesItsOwnWay() {
        context.run(() -> PLAIN.set("before"));

        Context copy = context.copy();
        context.run(() -> PLAIN.set("original"));
        copy.run(() -> PLAIN.set("copy"));

        assertThat(context.asMap()).isEqualTo(Map.of(PLAIN, "original"));
        assertThat(copy.asMap()).isEqualTo(Map.of(PLAIN, "copy"));
    }

    @Test
    void copyOfTheCurrentContextHasItsValues() {
        Context copy =
                context.run(
                        () -> {
                            PLAIN.set("inside");
                            return Context.copyCurrent();
                        });

        context.run(() -> PLAIN.set("later"));

        assertThat(copy.asMap()).isEqualTo(Map.of(PLAIN, "inside"));
    }

    @Test
    void tokenBringsBackTheValueBefore() {
        context.run(
                () -> {
                    PLAIN.set("first");
                    var token = PLAIN.set("second");
                    assertThat(token.variable()).isSameAs(PLAIN);

                    PLAIN.reset(token);

                    assertThat(PLAIN.get()).isEqualTo("first");
                    return null;
                });
    }

    @Test
    void tokenOfTheFirstValueBringsBackNone() {
        context.run(
                () -> {
                    PLAIN.reset(PLAIN.set("only"));
                    WITH_DEFAULT.reset(WITH_DEFAULT.set("only"));

                    assertThat(PLAIN.get("unset")).isEqualTo("unset");
                    assertThat(WITH_DEFAULT.get()).isEqualTo("default");
                    return null;
                });

        assertThat(context.asMap()).isEmpty();
    }

    @Test
    void tokenMayBeUsedByTryWithResources() {
        context.run(
                () -> {
                    PLAIN.set("outer");
                    try (var token = PLAIN.set("inner")) {
                        assertThat(PLAIN.get()).isEqualTo("inner");
                    }
                    assertThat(PLAIN.get()).isEqualTo("outer");
                    return null;
                });
    }

    @Test
    void tokenIsForOneUse() {
        context.run(
                () -> {
                    var token = PLAIN.set("value");
                    PLAIN.reset(token);

                    assertThatIllegalStateException()
                            .isThrownBy(() -> PLAIN.reset(token))
                            .withMessageContaining("used");
                    return null;
                });
    }

    @Test
    void tokenIsForItsVariable() {
        context.run(
                () -> {
                    var token = PLAIN.set("value");

                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> WITH_DEFAULT.reset(token));
                    return null;
                });
    }

    @Test
    void tokenIsForItsContext() {
        var token = context.run(() -> PLAIN.set("value"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.copy().run(() -> reset(token)))
                .withMessageContaining("another context");
        context.run(() -> reset(token));

        assertThat(context.asMap()).isEmpty();
    }

    private static Object reset(ContextVar.Token<String> token) {
        PLAIN.reset(token);
        return token;
    }

    @Test
    void contextCannotBeEnteredTwiceAtATime() {
        context.run(
                () -> {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> context.run(() -> "never"))
                            .withMessageContaining("already entered");
                    return new Context().run(() -> "another may");
                });
    }

    @Test
    void errorPassesAndTheContextIsLeft() {
        var error = new IOException("disk");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () ->
                                context.run(
                                        () -> {
                                            PLAIN.set("inside");
                                            throw error;
                                        }))
                .isSameAs(error);

        assertThat(PLAIN.get("unset")).isEqualTo("unset");
        assertThat(context.run(() -> PLAIN.get())).isEqualTo("inside");
    }

    @Test
    void manyVariablesKeepTheirValues() {
        var variables = new java.util.ArrayList<ContextVar<Integer>>();
        context.run(
                () -> {
                    for (int i = 0; i < 50; i++) {
                        variables.add(ContextVar.of("v" + i));
                        variables.get(i).set(i);
                    }
                    for (int i = 0; i < 50; i += 2) {
                        variables.get(i).set(-i);
                    }
                    return null;
                });

        for (int i = 0; i < 50; i++) {
            int index = i;
            assertThat(context.run(() -> variables.get(index).get()))
                    .isEqualTo(i % 2 == 0 ? -i : i);
        }
        assertThat(context.asMap()).hasSize(50);
    }

    @Test
    void textNamesTheValues() {
        context.run(() -> PLAIN.set("inside"));

        assertThat(context).hasToString("Context{ContextVar(plain)=inside}");
        assertThat(PLAIN.name()).isEqualTo("plain");
    }
}
