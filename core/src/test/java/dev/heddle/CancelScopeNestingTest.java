package dev.heddle;

import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Scopes in scopes: the cancel goes to the outermost one. */
class CancelScopeNestingTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    /** Runs three scopes in each other, with these deadlines and waits at each level. */
    private void nested(double outer, double middle, double inner) {
        run(
                () -> {
                    CancelScope a =
                            moveOnAfter(
                                    outer,
                                    o -> {
                                        CancelScope b =
                                                moveOnAfter(
                                                        middle,
                                                        m -> {
                                                            CancelScope c =
                                                                    moveOnAfter(
                                                                            inner, i -> sleep(10));
                                                            left("inner", c);
                                                            sleep(10);
                                                        });
                                        left("middle", b);
                                        sleep(10);
                                    });
                    left("outer", a);
                });
    }

    private void left(String name, CancelScope scope) {
        String how =
                scope.cancelledCaught() ? "caught" : scope.cancelCalled() ? "cancelled" : "ended";
        log.add("%s %s at %s".formatted(name, how, loop.time()));
    }

    @Test
    void innerScopeAloneIsCancelled() {
        nested(100, 100, 1);

        assertThat(log)
                .containsExactly(
                        "inner caught at 1.0", "middle ended at 11.0", "outer ended at 21.0");
    }

    @Test
    void innerScopesOneAfterTheOther() {
        nested(3, 2, 1);

        assertThat(log)
                .containsExactly(
                        "inner caught at 1.0", "middle caught at 2.0", "outer caught at 3.0");
    }

    @Test
    void middleScopeEndsTheInnerOneToo() {
        nested(100, 1, 5);

        assertThat(log).containsExactly("middle caught at 1.0", "outer ended at 11.0");
    }

    @Test
    void outerScopeEndsAllAtOnce() {
        nested(1, 5, 5);

        assertThat(log).containsExactly("outer caught at 1.0");
    }

    @Test
    void equalDeadlinesGoToTheOutermost() {
        nested(1, 1, 1);

        assertThat(log).containsExactly("outer caught at 1.0");
    }

    @Test
    void equalDeadlinesOfTheInnerOnesGoToTheMiddleOne() {
        nested(100, 1, 1);

        assertThat(log).containsExactly("middle caught at 1.0", "outer ended at 11.0");
    }

    @Test
    void outerScopeThatIsCancelledWhileTheErrorIsOnItsWayGetsIt() {
        run(
                () -> {
                    CancelScope outer = new CancelScope();
                    outer.run(
                            o -> {
                                CancelScope inner = new CancelScope();
                                loop.callLater(1, inner::cancel);
                                inner.run(
                                        i -> {
                                            try {
                                                sleep(100);
                                            } finally {
                                                o.cancel();
                                            }
                                        });
                                log.add("behind the inner scope");
                            });

                    assertThat(outer.cancelledCaught()).isTrue();
                });

        assertThat(log).isEmpty();
    }

    @Test
    void innerScopeThatIsCancelledAfterTheOuterOneDoesNotCatch() {
        run(
                () -> {
                    CancelScope outer = new CancelScope();
                    outer.run(
                            o -> {
                                o.cancel("first");
                                CancelScope inner = new CancelScope();
                                inner.cancel("second");
                                inner.run(i -> sleep(1));
                                log.add("behind the inner scope");
                            });

                    assertThat(outer.cancelledCaught()).isTrue();
                });

        assertThat(log).isEmpty();
    }

    @Test
    void scopeThatIsEnteredInACancelledOneIsCancelledAtItsFirstWait() {
        run(
                () -> {
                    CancelScope outer = new CancelScope();
                    outer.run(
                            o -> {
                                o.cancel();
                                new CancelScope()
                                        .run(
                                                i -> {
                                                    assertThat(i.cancelCalled()).isFalse();
                                                    assertThat(i.isEffectivelyCancelled()).isTrue();
                                                    sleep(1);
                                                });
                                log.add("behind the inner scope");
                            });

                    assertThat(outer.cancelledCaught()).isTrue();
                });

        assertThat(log).isEmpty();
    }

    @Test
    void scopeBehindOneThatWasLeftByAnErrorStartsAfresh() {
        run(
                () ->
                        moveOnAfter(
                                50,
                                outer -> {
                                    for (int i = 0; i < 3; i++) {
                                        try {
                                            new CancelScope()
                                                    .run(
                                                            a ->
                                                                    new CancelScope()
                                                                            .run(b -> failIn(b)));
                                        } catch (IllegalStateException e) {
                                            log.add(e.getMessage());
                                        }
                                        CancelScope next = moveOnAfter(1, s -> sleep(100));
                                        left("next", next);
                                        assertThat(Asyncio.currentTask().scope()).isSameAs(outer);
                                    }
                                }));

        assertThat(log)
                .containsExactly(
                        "failed",
                        "next caught at 2.0",
                        "failed",
                        "next caught at 4.0",
                        "failed",
                        "next caught at 6.0");
    }

    private static void failIn(CancelScope scope) {
        sleep(1);
        scope.cancel();
        throw new IllegalStateException("failed");
    }

    @Test
    void hundredScopesDeepTheOutermostCatches() {
        run(
                () -> {
                    CancelScope outermost = new CancelScope();
                    loop.callLater(1, outermost::cancel);

                    outermost.run(o -> descend(100));

                    assertThat(outermost.cancelledCaught()).isTrue();
                });

        assertThat(log).isEmpty();
    }

    private void descend(int levels) {
        if (levels == 0) {
            sleep(100);
        } else {
            CancelScope.after(1).run(s -> descend(levels - 1));
            log.add("caught at level " + levels);
        }
    }
}
