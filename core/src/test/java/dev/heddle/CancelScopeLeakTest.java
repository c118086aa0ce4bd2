package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Scopes that are left keep nothing, and nothing keeps them. */
class CancelScopeLeakTest extends LoopFixture {

    private final List<CancelScope> scopes = new ArrayList<>();

    private void assertAllLeft() {
        assertThat(scopes)
                .isNotEmpty()
                .allSatisfy(
                        scope -> {
                            assertThat(scope.tasks).isEmpty();
                            assertThat(scope.children()).isZero();
                            assertThat(scope.toString()).startsWith("CancelScope(LEFT");
                        });
        assertThat(loop.turn.nextDeadline()).as("timers").isNull();
    }

    private CancelScope scope() {
        var scope = new CancelScope();
        scopes.add(scope);
        return scope;
    }

    @Test
    void scopesThatAreLeftInEveryWay() {
        run(
                () -> {
                    CancelScope outer = scope();
                    outer.deadline(50.0)
                            .run(
                                    o -> {
                                        scope().run(s -> sleep(1));
                                        catchThrowable(() -> scope().run(s -> fail()));
                                        CancelScope cancelled = scope();
                                        cancelled.run(
                                                s -> {
                                                    s.cancel();
                                                    sleep(1);
                                                });
                                        scope().deadline(3.0).run(s -> sleep(9));
                                        scope().deadline(4.0).shield(true).run(s -> sleep(9));
                                        taskGroup(
                                                group -> {
                                                    group.createTask(() -> scope().run(s -> fail()))
                                                            .cancel();
                                                    group.createTask(() -> sleep(1));
                                                });

                                        assertThat(o.children()).isZero();
                                        assertThat(o.tasks).containsExactly(currentTask());
                                        assertThat(currentTask().scope()).isSameAs(o);
                                    });

                    assertThat(currentTask().scope()).isNull();
                });

        assertAllLeft();
    }

    private static void fail() throws IOException {
        throw new IOException("fails");
    }

    @Test
    void scopeOfATaskThatIsCancelled() {
        run(
                () -> {
                    Task<?> task =
                            createTask(
                                    () ->
                                            scope().run(
                                                            s ->
                                                                    scope().deadline(50.0)
                                                                            .run(t -> sleep(9))));
                    sleep(1);
                    task.cancel();
                    Asyncio.wait(List.of(task));

                    assertThat(task.scope()).isNull();
                });

        assertAllLeft();
    }

    @Test
    void tasksOfAGroupInAScope() {
        run(
                () -> {
                    CancelScope scope = scope();
                    scope.run(
                            s ->
                                    taskGroup(
                                            group -> {
                                                for (int i = 0; i < 100; i++) {
                                                    int seconds = i;
                                                    group.createTask(
                                                            () -> {
                                                                moveOnAfter(
                                                                        seconds, t -> sleep(50));
                                                            });
                                                }
                                                sleep(20.5);
                                                // 21 are done, and so are the scopes in them
                                                assertThat(s.tasks).hasSize(1);
                                                assertThat(s.children()).isEqualTo(79);
                                            }));
                });

        assertAllLeft();
    }

    @Test
    void scopeOfATaskThatIsUnwoundWhenTheLoopIsClosed() {
        loop.createTask(() -> scope().deadline(50.0).run(s -> scope().run(t -> sleep(100))));
        turns(1);

        loop.close();

        assertThat(takeErrors()).hasSize(1);
        assertAllLeft();
    }
}
