package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.generator.Generator;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What a scope refuses, and that it leaves nothing behind. */
class CancelScopeMisuseTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    @Test
    void scopeIsEnteredOnce() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s ->
                                    assertThatIllegalStateException()
                                            .isThrownBy(() -> s.run(again -> log.add("body")))
                                            .withMessageContaining("entered once"));

                    assertThatIllegalStateException()
                            .isThrownBy(() -> scope.run(again -> log.add("body")))
                            .withMessageContaining("entered once");
                    assertThat(currentTask().scope()).isNull();
                });

        assertThat(log).isEmpty();
    }

    @Test
    void scopeNeedsATask() {
        var scope = new CancelScope();
        assertThatIllegalStateException()
                .isThrownBy(() -> scope.run(s -> log.add("body")))
                .withMessageContaining("no running event loop");
        assertThatIllegalStateException()
                .isThrownBy(() -> CancelScope.after(1))
                .withMessageContaining("no running event loop");

        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> scope.run(s -> log.add("body")))
                                .withMessageContaining("callback"));
        turns(1);
        assertThat(log).isEmpty();

        run(() -> scope.run(s -> log.add("usable")));
        assertThat(log).containsExactly("usable");
    }

    @Test
    void timeThatIsNotANumberIsRefused() {
        run(
                () -> {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> CancelScope.after(Double.NaN))
                            .withMessageContaining("NaN");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> new CancelScope().deadline(Double.NaN))
                            .withMessageContaining("NaN");
                });
    }

    @Test
    void otherThreadsMayNotUseAScopeThatIsInUse() {
        run(
                () ->
                        new CancelScope()
                                .run(
                                        s -> {
                                            for (Runnable use :
                                                    List.<Runnable>of(
                                                            s::cancel,
                                                            () -> s.shield(true),
                                                            () -> s.deadline(1.0))) {
                                                onOtherThread(
                                                        () ->
                                                                assertThatIllegalStateException()
                                                                        .isThrownBy(use::run)
                                                                        .withMessageContaining(
                                                                                "thread"));
                                            }
                                            assertThat(s).hasToString("CancelScope(ACTIVE)");
                                        }));
    }

    @Test
    void generatorThatLeavesItsScopeWhileAnotherIsEnteredIsAnError() {
        run(
                () -> {
                    Generator<String, Object, Void> generator = generatorInAScope();
                    assertThat(generator.next()).isEqualTo("in the scope");
                    new CancelScope()
                            .run(
                                    later -> {
                                        assertThatIllegalStateException()
                                                .isThrownBy(generator::next)
                                                .withMessageContaining("generator");
                                        assertThat(currentTask().scope()).isSameAs(later);
                                    });

                    assertThat(currentTask().scope()).isNull();
                    sleep(1);
                });
    }

    @Test
    void scopeThatIsLeftWhileAGeneratorStandsInAnotherIsAnError() {
        run(
                () -> {
                    Generator<String, Object, Void> generator = generatorInAScope();
                    var outer = new CancelScope();

                    assertThatIllegalStateException()
                            .isThrownBy(
                                    () ->
                                            outer.run(
                                                    s -> {
                                                        generator.next();
                                                        s.cancel();
                                                    }))
                            .withMessageContaining("generator");

                    sleep(1); // the cancel of the outer scope does not reach here
                    generator.close();
                    assertThat(currentTask().scope()).isNull();
                });
    }

    @Test
    void generatorThatGoesOnInAnotherTaskIsAnError() {
        run(
                () -> {
                    Generator<String, Object, Void> generator = generatorInAScope();
                    generator.next();
                    Task<?> other =
                            createTask(
                                    () ->
                                            assertThatIllegalStateException()
                                                    .isThrownBy(generator::next)
                                                    .withMessageContaining("generator"));
                    other.await();

                    assertThat(currentTask().scope()).isNull();
                });
    }

    private Generator<String, Object, Void> generatorInAScope() {
        return Generator.of(
                yielder -> {
                    new CancelScope().run(s -> yielder.yield("in the scope"));
                    return null;
                });
    }
}
