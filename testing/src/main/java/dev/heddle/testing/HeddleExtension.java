package dev.heddle.testing;

import dev.heddle.Coroutine;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;
import dev.heddle.testing.net.SimulatedNetwork;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs the tests of JUnit as tasks of an event loop.
 *
 * <p>Each test has a loop of its own, on a {@linkplain VirtualClock virtual clock} unless {@link
 * Loop} says otherwise; its {@code @BeforeEach} and {@code @AfterEach} methods run in the same one,
 * as tasks that share one context with the test. So do parameterised, repeated and nested tests,
 * and those of a factory. The {@code @BeforeAll} and {@code @AfterAll} methods of a class have
 * another loop, which stands still while the tests run.
 *
 * <p>Parameters of these types are injected into methods: {@link EventLoop}, {@link Clock}, {@link
 * VirtualClock}, {@link Random}, {@link Seed}, {@link LoopErrors}, {@link SimulatedNetwork}. A test
 * with the last one is on that network, and not on the machine's.
 *
 * <p>A failure is the error that the test has thrown, with its own stack. A test also fails
 *
 * <ul>
 *   <li>with a {@link LeakError} if it leaves tasks, channels, timers, or errors that nobody was
 *       there to catch; {@link LoopErrors} takes those that are expected. The programs that were
 *       started on simulated hosts are ended without a word: these are made to run for ever;
 *   <li>with a {@link DeadlockError} if all tasks wait, and nothing could ever wake one;
 *   <li>with a {@link TimeLimitError} if it takes too long in virtual or real time: {@link
 *       TimeLimit}.
 * </ul>
 *
 * <p>If a seed had a part in it, see {@link Seeds}, the failure has a note on how to replay it. If
 * the system property {@code heddle.trace} names a directory, the trace of the simulated network is
 * written there, as text and as a drawing.
 */
public final class HeddleExtension
        implements InvocationInterceptor,
                ParameterResolver,
                AfterEachCallback,
                AfterAllCallback,
                TestTemplateInvocationContextProvider {

    private static final Namespace NAMESPACE = Namespace.create(HeddleExtension.class);

    private static final Set<Class<?>> INJECTED =
            Set.of(
                    EventLoop.class,
                    Clock.class,
                    VirtualClock.class,
                    Random.class,
                    Seed.class,
                    LoopErrors.class,
                    SimulatedNetwork.class);

    /** Made by JUnit. */
    public HeddleExtension() {}

    // ---------------------------------------------------------------- loops

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    /** A store shows what those above it have, so the key says whose loop it is. */
    private static String loopKey(ExtensionContext context) {
        return "loop of " + context.getUniqueId();
    }

    private static TestLoop loopOf(ExtensionContext context) {
        return store(context)
                .computeIfAbsent(
                        loopKey(context),
                        key -> {
                            SeedRun run = SeedRun.of(store(context));
                            Long seed = run == null ? null : run.seed();
                            return new TestLoop(
                                    context.getDisplayName(),
                                    TestOptions.of(context, seed),
                                    seed == null ? SeedRun.byDefault() : seed);
                        },
                        TestLoop.class);
    }

    // ---------------------------------------------------------------- methods as tasks

    @Override
    public void interceptBeforeAllMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(
            Invocation<T> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        return run(invocation, method, context);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<@Nullable Void> invocation,
            DynamicTestInvocationContext test,
            ExtensionContext context)
            throws Throwable {
        ExtensionContext factory =
                context.getParent().orElseThrow(() -> new IllegalStateException("no factory"));
        run(invocation, context.getDisplayName(), factoryOf(factory));
    }

    /** Finds whose loop a dynamic test runs in: it may be in containers, which have none. */
    private static ExtensionContext factoryOf(ExtensionContext context) {
        ExtensionContext factory = context;
        while (store(factory).get(loopKey(factory)) == null && factory.getParent().isPresent()) {
            factory = factory.getParent().get();
        }
        return factory;
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(invocation, method, context);
    }

    private static <T extends @Nullable Object> T run(
            Invocation<T> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context) {
        return run(invocation, method.getExecutable().getName(), context);
    }

    private static <T extends @Nullable Object> T run(
            Invocation<T> invocation, String name, ExtensionContext context) {
        TestLoop loop = loopOf(context);
        Coroutine<T> body =
                () -> {
                    try {
                        return invocation.proceed();
                    } catch (Throwable e) {
                        throw Sneaky.sneakyThrow(e);
                    }
                };
        try {
            return loop.run(name, body);
        } catch (Throwable e) {
            FailureNote.add(e, loop, context);
            throw Sneaky.sneakyThrow(e);
        }
    }

    // ---------------------------------------------------------------- ends

    @Override
    public void afterEach(ExtensionContext context) {
        finish(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        finish(context);
    }

    private static void finish(ExtensionContext context) {
        boolean failed = context.getExecutionException().isPresent();
        SeedRun run = SeedRun.of(store(context));
        if (failed && run != null) {
            run.fail();
        }
        TestLoop loop = store(context).get(loopKey(context), TestLoop.class);
        if (loop != null) {
            try {
                loop.finish(failed);
            } catch (Throwable e) {
                if (run != null) {
                    run.fail();
                }
                FailureNote.add(e, loop, context);
                throw e;
            }
        }
    }

    // ---------------------------------------------------------------- parameters

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return INJECTED.contains(parameter.getParameter().getType())
                && !(parameter.getDeclaringExecutable() instanceof Constructor);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestLoop loop = loopOf(context);
        for (var other : parameter.getDeclaringExecutable().getParameterTypes()) {
            if (other == SimulatedNetwork.class) {
                loop.network(); // before the loop is opened for one of the others
            }
        }
        Class<?> type = parameter.getParameter().getType();
        if (type == EventLoop.class) {
            return loop.loop();
        } else if (type == Random.class) {
            return loop.random();
        } else if (type == Seed.class) {
            return new Seed(loop.seed());
        } else if (type == LoopErrors.class) {
            return loop.errors();
        } else if (type == SimulatedNetwork.class) {
            return loop.network();
        } else if (type == VirtualClock.class && !(loop.clock() instanceof VirtualClock)) {
            throw new IllegalArgumentException(
                    "%s wants a VirtualClock, and @Loop(clock = REAL) says that its loop has none"
                            .formatted(context.getDisplayName()));
        }
        return loop.clock();
    }

    // ---------------------------------------------------------------- seeds

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), Seeds.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
            ExtensionContext context) {
        Seeds seeds =
                AnnotationSupport.findAnnotation(context.getTestMethod(), Seeds.class)
                        .orElseThrow(IllegalStateException::new);
        return SeedRun.all(seeds, NAMESPACE);
    }
}
