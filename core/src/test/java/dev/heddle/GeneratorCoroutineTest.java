package dev.heddle;

import static dev.heddle.Asyncio.coroutine;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.ensureFuture;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.generator.Generator;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Coroutines in the old style: generators that yield what they wait for. */
class GeneratorCoroutineTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    private GeneratorCoroutine<Integer> factorial(String name, int number) {
        return coroutine(
                y -> {
                    int f = 1;
                    for (int i = 2; i <= number; i++) {
                        log.add("Task " + name + ": Compute factorial(" + i + ")...");
                        y.yieldFrom(GeneratorCoroutine.sleep(1));
                        f *= i;
                    }
                    log.add("Task " + name + ": factorial(" + number + ") = " + f);
                    return f;
                });
    }

    @Test
    void parallelTasksOfTheOldStyle() {
        run(
                () ->
                        Asyncio.wait(
                                List.of(
                                        ensureFuture(factorial("A", 2)),
                                        ensureFuture(factorial("B", 3)),
                                        ensureFuture(factorial("C", 4)))));

        assertThat(log)
                .containsExactly(
                        "Task A: Compute factorial(2)...",
                        "Task B: Compute factorial(2)...",
                        "Task C: Compute factorial(2)...",
                        "Task A: factorial(2) = 2",
                        "Task B: Compute factorial(3)...",
                        "Task C: Compute factorial(3)...",
                        "Task B: factorial(3) = 6",
                        "Task C: Compute factorial(4)...",
                        "Task C: factorial(4) = 24");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void nothingRunsBeforeItIsAwaited() {
        var made = factorial("A", 2);

        assertThat(log).isEmpty();
        assertThat(run(made)).isEqualTo(2);
        assertThat(run(made)).as("again").isEqualTo(2);
    }

    @Test
    void yieldOfAFutureGivesItsResult() {
        loop.callLater(1, () -> future.setResult("result"));

        String both =
                run(
                        coroutine(
                                y -> {
                                    String first = y.yield(future);
                                    String second = y.yieldFrom(future);
                                    return first + ", " + second;
                                }));

        assertThat(both).isEqualTo("result, result");
    }

    @Test
    void errorOfAFutureIsThrownWhereItIsYielded() {
        var error = new IOException("disk");
        loop.callLater(1, () -> future.setException(error));

        String caught =
                run(
                        coroutine(
                                y -> {
                                    try {
                                        return y.yieldFrom(future);
                                    } catch (IOException e) {
                                        return "caught " + e.getMessage();
                                    }
                                }));

        assertThat(caught).isEqualTo("caught disk");
    }

    @Test
    void errorOfTheBodyIsTheTasks() {
        var error = new IOException("disk");
        GeneratorCoroutine<String> failing =
                coroutine(
                        y -> {
                            y.yieldFrom(GeneratorCoroutine.sleep(1));
                            throw error;
                        });

        run(
                () -> {
                    Task<String> task = createTask(failing);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> task.await())
                            .isSameAs(error);
                });
    }

    @Test
    void errorOfASubGeneratorPassesThroughTheOuterOne() {
        GeneratorCoroutine<String> inner =
                coroutine(
                        y -> {
                            throw new IOException("inner");
                        });

        String caught =
                run(
                        coroutine(
                                y -> {
                                    try {
                                        return y.yieldFrom(inner);
                                    } catch (IOException e) {
                                        return "caught " + e.getMessage();
                                    }
                                }));

        assertThat(caught).isEqualTo("caught inner");
    }

    @Test
    void coroutinesOfBothStylesMayBeMixed() {
        Coroutine<String> newStyle = () -> sleep(1, "new");
        GeneratorCoroutine<String> oldStyle =
                coroutine(y -> y.yieldFrom(newStyle) + " in old at " + loop.time());

        List<String> results =
                run(
                        () ->
                                gather(
                                        oldStyle,
                                        (Coroutine<String>) () -> oldStyle.await() + ", awaited"));

        assertThat(results).containsExactly("new in old at 1.0", "new in old at 1.0, awaited");
    }

    @Test
    void waitsOfTheNewStyleWorkInsideOfAGenerator() {
        loop.callLater(2, () -> future.setResult("result"));

        run(
                coroutine(
                        y -> {
                            sleep(1);
                            log.add("slept");
                            log.add(future.await());
                            log.add(gather(() -> sleep(1, "a"), () -> sleep(1, "b")).toString());
                            Thread.sleep(1);
                            return null;
                        }));

        assertThat(log).containsExactly("slept", "result", "[a, b]");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void yieldOfNullLetsTheOthersRunOnce() {
        loop.callSoon(() -> log.add("other"));
        Generator<Object, Object, String> generator =
                Generator.of(
                        y -> {
                            log.add("sent " + y.yield(null));
                            return "end";
                        });

        assertThat(run(() -> GeneratorCoroutine.drive(generator))).isEqualTo("end");

        assertThat(log).containsExactly("other", "sent null");
    }

    @Test
    void yieldOfAStageIsAwaited() {
        Generator<Object, Object, Object> generator =
                Generator.of(y -> y.yield(CompletableFuture.supplyAsync(() -> "from a pool")));

        assertThat(run(() -> GeneratorCoroutine.drive(generator))).isEqualTo("from a pool");
    }

    @Test
    void yieldOfAnythingElseIsAnErrorInTheBody() {
        Generator<Object, Object, String> generator =
                Generator.of(
                        y -> {
                            assertThatIllegalStateException()
                                    .isThrownBy(() -> y.yield(42))
                                    .withMessageContainingAll("not awaitable", "42");
                            return "goes on";
                        });

        assertThat(run(() -> GeneratorCoroutine.drive(generator))).isEqualTo("goes on");
    }

    @Test
    void yieldOfAFutureOfAnotherLoopIsAnErrorInTheBody() {
        Future<String> foreign = open(EventLoop.builder().clock(clock)).createFuture();

        run(
                coroutine(
                        y -> {
                            assertThatIllegalStateException()
                                    .isThrownBy(() -> y.yieldFrom(foreign))
                                    .withMessageContaining("another loop");
                            return null;
                        }));
    }

    @Test
    void generatorIsDrivenAsASubGenerator() {
        Generator<Object, Object, String> generator =
                Generator.of(y -> y.yield(future) + " of the generator");
        loop.callLater(1, () -> future.setResult("result"));

        String result = run(coroutine(y -> y.yieldFrom(generator)));

        assertThat(result).isEqualTo("result of the generator");
    }
}
