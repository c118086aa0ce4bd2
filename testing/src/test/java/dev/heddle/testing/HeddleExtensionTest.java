package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ContextVar;
import dev.heddle.EventLoop;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;

class HeddleExtensionTest {

    private static final List<String> LOG = new ArrayList<>();

    @BeforeEach
    void emptyTheLog() {
        LOG.clear();
    }

    // ---------------------------------------------------------------- bodies

    @HeddleTest
    static class Sleeper {

        @Test
        void sleepsForAnHour(VirtualClock clock) {
            sleep(3600);
            LOG.add("clock " + clock.nanoTime());
        }
    }

    @Test
    void bodyThatSleepsForAnHourTakesNoTimeAndSeesItExactly() {
        long begin = System.nanoTime();

        Samples.run(Sleeper.class).assertStatistics(s -> s.succeeded(1).failed(0));

        assertThat(LOG).containsExactly("clock 3600000000000");
        assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
    }

    static class OneMethod {

        @AsyncTest
        void isATask() {
            LOG.add(Objects.requireNonNull(currentTask()).getName());
        }

        @Test
        void isNone() {
            LOG.add("loop " + EventLoop.runningOrNull());
        }
    }

    @Test
    void asyncTestMakesATaskOfOneMethodAlone() {
        Samples.run(OneMethod.class).assertStatistics(s -> s.succeeded(2).failed(0));

        assertThat(LOG).containsExactlyInAnyOrder("isATask", "loop null");
    }

    @HeddleTest
    static class Failing {

        @Test
        void throwsChecked() throws IOException {
            sleep(1);
            throw new IOException("broken");
        }
    }

    @Test
    void failureIsTheErrorItselfWithItsOwnStack() {
        Throwable failure = Samples.failureOf(Failing.class);

        assertThat(failure).isExactlyInstanceOf(IOException.class).hasMessage("broken");
        assertThat(failure.getStackTrace()[0].getMethodName()).isEqualTo("throwsChecked");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @HeddleTest
    static class Aborted {

        @Test
        void assumesWhatIsNot() {
            sleep(1);
            Assumptions.assumeTrue(false, "not here");
        }
    }

    @Test
    void assumptionThatDoesNotHoldAborts() {
        Samples.run(Aborted.class).assertStatistics(s -> s.aborted(1).failed(0));
    }

    // ---------------------------------------------------------------- lifecycle

    @HeddleTest
    static class Lifecycle {

        private static final ContextVar<String> USER = ContextVar.of("user");
        private static final Set<EventLoop> LOOPS = new HashSet<>();

        @BeforeAll
        static void beforeAll() {
            sleep(1);
            note("beforeAll");
        }

        @BeforeEach
        void beforeEach() {
            sleep(1);
            USER.set("ann");
            note("beforeEach");
        }

        @Test
        void first() {
            sleep(1);
            note("test of " + USER.get());
        }

        @AfterEach
        void afterEach() {
            sleep(1);
            note("afterEach of " + USER.get());
        }

        @AfterAll
        static void afterAll() {
            sleep(1);
            note("afterAll");
        }

        private static void note(String what) {
            LOOPS.add(getRunningLoop());
            LOG.add("%s at %.0f".formatted(what, getRunningLoop().time()));
        }
    }

    @Test
    void lifecycleMethodsAreTasksOfTheTestsLoopAndShareItsContext() {
        Lifecycle.LOOPS.clear();

        Samples.run(Lifecycle.class).assertStatistics(s -> s.succeeded(1).failed(0));

        assertThat(LOG)
                .containsExactly(
                        "beforeAll at 1",
                        "beforeEach at 1",
                        "test of ann at 2",
                        "afterEach of ann at 3",
                        "afterAll at 2");
        assertThat(Lifecycle.LOOPS).hasSize(2).allMatch(EventLoop::isClosed);
    }

    @HeddleTest
    static class ManyKinds {

        private EventLoop loopBefore;

        @BeforeEach
        void keep(EventLoop loop) {
            loopBefore = loop;
        }

        @ParameterizedTest
        @ValueSource(ints = {3, 5})
        void parameterised(int seconds, EventLoop loop) {
            sleep(seconds);
            check(loop, "parameterised", seconds);
        }

        @RepeatedTest(2)
        void repeated(EventLoop loop) {
            sleep(7);
            check(loop, "repeated", 7);
        }

        @TestFactory
        Stream<DynamicTest> dynamic(EventLoop loop) {
            sleep(1);
            return Stream.of(
                    DynamicTest.dynamicTest(
                            "a",
                            () -> {
                                sleep(1);
                                check(loop, "dynamic", 2);
                            }));
        }

        @Nested
        class Inner {

            @BeforeEach
            void inner() {
                sleep(1);
            }

            @Test
            void nested(EventLoop loop) {
                sleep(10);
                check(loop, "nested", 11);
            }
        }

        void check(EventLoop loop, String what, double time) {
            assertThat(loop).isSameAs(loopBefore).isSameAs(getRunningLoop());
            assertThat(loop.time()).isEqualTo(time);
            LOG.add(what);
        }
    }

    @Test
    void allKindsOfTestsAreTasks() {
        Samples.run(ManyKinds.class).assertStatistics(s -> s.succeeded(6).failed(0));

        assertThat(LOG)
                .containsExactlyInAnyOrder(
                        "parameterised",
                        "parameterised",
                        "repeated",
                        "repeated",
                        "dynamic",
                        "nested");
    }

    @HeddleTest
    static class BeforeFails {

        @BeforeEach
        void fail() {
            sleep(1);
            throw new IllegalStateException("set-up");
        }

        @Test
        void never() {
            LOG.add("never");
        }

        @AfterEach
        void after() {
            sleep(1);
            LOG.add("after");
        }
    }

    @Test
    void afterEachRunsInTheLoopAlsoIfBeforeEachHasFailed() {
        assertThat(Samples.failureOf(BeforeFails.class)).hasMessage("set-up");
        assertThat(LOG).containsExactly("after");
    }

    @HeddleTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        private final Set<EventLoop> loops = new HashSet<>();

        @BeforeAll
        void beforeAll(EventLoop loop) {
            sleep(1);
            loops.add(loop);
        }

        @Test
        void first(EventLoop loop) {
            loops.add(loop);
        }

        @Test
        void second(EventLoop loop) {
            loops.add(loop);
        }

        @AfterAll
        void afterAll(EventLoop loop) {
            assertThat(loops).hasSize(3).contains(loop);
            LOG.add("afterAll");
        }
    }

    @Test
    void testsOfOneInstanceHaveLoopsOfTheirOwn() {
        Samples.run(OneInstance.class).assertStatistics(s -> s.succeeded(2).failed(0));

        assertThat(LOG).containsExactly("afterAll");
    }

    @HeddleTest
    static class Together {

        private static final CyclicBarrier BOTH = new CyclicBarrier(2);

        @RepeatedTest(2)
        void meet(EventLoop loop) {
            toThread(
                    () -> {
                        try {
                            BOTH.await();
                        } catch (InterruptedException | BrokenBarrierException e) {
                            throw new AssertionError(e);
                        }
                    });
            sleep(1);
            assertThat(loop.time()).isEqualTo(1);
        }
    }

    @Test
    void testsMayRunAtTheSameTime() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(Together.class))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter(
                        "junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter(
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                .execute()
                .testEvents()
                .assertStatistics(s -> s.succeeded(2).failed(0));
    }

    // ---------------------------------------------------------------- clocks and parameters

    @HeddleTest
    @Loop(clock = Loop.Time.REAL)
    static class RealClock {

        @Test
        void hasNoVirtualOne(EventLoop loop) {
            assertThat(loop.clock()).isNotInstanceOf(VirtualClock.class);
            sleep(0.001);
        }

        @Test
        @Loop
        void methodCountsMore(EventLoop loop) {
            assertThat(loop.clock()).isInstanceOf(VirtualClock.class);
        }

        @Test
        void cannotBeGivenOne(VirtualClock clock) {}

        @Nested
        class Inner {

            @Test
            void inherits(EventLoop loop) {
                assertThat(loop.clock()).isNotInstanceOf(VirtualClock.class);
            }
        }
    }

    @Test
    void annotationOfTheMethodCountsElseThatOfTheClassesAround() {
        var tests = Samples.run(RealClock.class);

        tests.assertStatistics(s -> s.succeeded(3).failed(1));
        assertThat(Samples.failures(tests).getFirst())
                .hasMessageContaining("cannotBeGivenOne")
                .hasMessageContaining("@Loop(clock = REAL)");
    }

    @HeddleTest
    static class ByHand {

        @Test
        void advances(VirtualClock clock, EventLoop loop) {
            var future = createFuture();
            loop.callLater(60, () -> future.setResult(null));

            clock.advance(java.time.Duration.ofSeconds(61));
            future.await();

            assertThat(loop.time()).isEqualTo(61);
        }
    }

    @Test
    void clockCanBeAdvancedByHand() {
        Samples.run(ByHand.class).assertStatistics(s -> s.succeeded(1).failed(0));
    }
}
