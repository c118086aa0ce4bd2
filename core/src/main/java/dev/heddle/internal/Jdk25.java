package dev.heddle.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * JDK 25: the package-private constructor that the JDK's own tests use to give a virtual thread its
 * scheduler, and {@code jdk.internal.vm.Continuation}.
 *
 * <p>Method handles in static final fields, so that the JIT compiles the calls like direct ones.
 */
@SuppressWarnings("NullAway") // get() gives no instance away without the handles
final class Jdk25 implements Jdk {

    private static final MethodType OF_BUILDER =
            MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class);

    private static final @Nullable Throwable problem;
    private static final @Nullable MethodHandle newBuilder;
    private static final @Nullable MethodHandle currentCarrier;
    private static final @Nullable MethodHandle threadLocalGet;
    private static final @Nullable MethodHandle newContinuation;
    private static final @Nullable MethodHandle runContinuation;
    private static final @Nullable MethodHandle yieldContinuation;
    private static final Jdk25 instance = new Jdk25();

    static {
        MethodHandle builder = null;
        MethodHandle carrier = null;
        MethodHandle localGet = null;
        MethodHandle newCont = null;
        MethodHandle runCont = null;
        MethodHandle yieldCont = null;
        Throwable trouble = null;
        try {
            var lookup = MethodHandles.lookup();

            var builderClass = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            builder =
                    MethodHandles.privateLookupIn(builderClass, lookup)
                            .findConstructor(
                                    builderClass, MethodType.methodType(void.class, Executor.class))
                            .asType(OF_BUILDER);
            carrier =
                    MethodHandles.privateLookupIn(Thread.class, lookup)
                            .findStatic(
                                    Thread.class,
                                    "currentCarrierThread",
                                    MethodType.methodType(Thread.class));
            localGet =
                    MethodHandles.privateLookupIn(ThreadLocal.class, lookup)
                            .findVirtual(
                                    ThreadLocal.class,
                                    "get",
                                    MethodType.methodType(Object.class, Thread.class));

            var continuation = Class.forName("jdk.internal.vm.Continuation");
            var scopeClass = Class.forName("jdk.internal.vm.ContinuationScope");
            Object scope = scopeClass.getConstructor(String.class).newInstance("heddle.generator");
            newCont =
                    MethodHandles.insertArguments(
                                    lookup.findConstructor(
                                            continuation,
                                            MethodType.methodType(
                                                    void.class, scopeClass, Runnable.class)),
                                    0,
                                    scope)
                            .asType(MethodType.methodType(Object.class, Runnable.class));
            runCont =
                    lookup.findVirtual(continuation, "run", MethodType.methodType(void.class))
                            .asType(MethodType.methodType(void.class, Object.class));
            yieldCont =
                    MethodHandles.insertArguments(
                                    lookup.findStatic(
                                            continuation,
                                            "yield",
                                            MethodType.methodType(boolean.class, scopeClass)),
                                    0,
                                    scope)
                            .asType(MethodType.methodType(void.class));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            trouble = e;
        }
        problem = trouble;
        newBuilder = builder;
        currentCarrier = carrier;
        threadLocalGet = localGet;
        newContinuation = newCont;
        runContinuation = runCont;
        yieldContinuation = yieldCont;
    }

    static Jdk get() {
        if (problem != null) {
            throw MissingFlags.error(problem);
        }
        return instance;
    }

    @Override
    public Thread newVirtualThread(Executor scheduler, @Nullable String name, Runnable body) {
        try {
            var builder = (Thread.Builder.OfVirtual) newBuilder.invokeExact(scheduler);
            builder.inheritInheritableThreadLocals(false);
            if (name != null) {
                builder.name(name);
            }
            return builder.unstarted(body);
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    @Override
    public Thread currentCarrier() {
        try {
            return (Thread) currentCarrier.invokeExact();
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T onCarrier(ThreadLocal<T> local) {
        try {
            Thread carrier = (Thread) currentCarrier.invokeExact();
            return (T) (Object) threadLocalGet.invokeExact((ThreadLocal<?>) local, carrier);
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    @Override
    public void startSocketPollers() {
        try {
            // Its static initializer makes the pollers.
            Class.forName("sun.nio.ch.Poller", true, null);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("This JDK polls sockets in a way unknown here", e);
        }
    }

    @Override
    public Object newContinuation(Runnable body) {
        try {
            return (Object) newContinuation.invokeExact(body);
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    @Override
    public void runContinuation(Object continuation) {
        try {
            runContinuation.invokeExact(continuation);
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    @Override
    public void suspendContinuation() {
        try {
            yieldContinuation.invokeExact();
        } catch (Throwable e) {
            throw propagate(e);
        }
    }

    private static RuntimeException propagate(Throwable e) {
        throw Sneaky.sneakyThrow(e);
    }
}
