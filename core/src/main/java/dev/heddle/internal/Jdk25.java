package dev.heddle.internal;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.Channel;
import java.util.concurrent.Executor;

/**
 * JDK 25: the package-private constructor that the JDK's own tests use to give a virtual thread its
 * scheduler, {@code jdk.internal.vm.Continuation} by way of {@link Continuations25}, and {@link
 * Descriptors25}.
 *
 * <p>Method handles in static final fields, so that the JIT compiles the calls like direct ones.
 */
@SuppressWarnings("NullAway") // get() gives no instance away without the handles
final class Jdk25 implements Jdk {

    private static final MethodType OF_BUILDER =
            MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class);

    private static final @Nullable Throwable problem;
    private static final @Nullable MethodHandle newBuilder;
    private static final @Nullable Executor defaultScheduler;
    private static final @Nullable MethodHandle currentCarrier;
    private static final @Nullable MethodHandle threadLocalGet;
    private static final Jdk25 instance = new Jdk25();

    static {
        MethodHandle builder = null;
        Executor scheduler = null;
        MethodHandle carrier = null;
        MethodHandle localGet = null;
        Throwable trouble = null;
        try {
            var lookup = MethodHandles.lookup();
            var builderClass = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            builder =
                    MethodHandles.privateLookupIn(builderClass, lookup)
                            .findConstructor(
                                    builderClass, MethodType.methodType(void.class, Executor.class))
                            .asType(OF_BUILDER);
            var threadClass = Class.forName("java.lang.VirtualThread");
            scheduler =
                    (Executor)
                            MethodHandles.privateLookupIn(threadClass, lookup)
                                    .findStatic(
                                            threadClass,
                                            "defaultScheduler",
                                            MethodType.methodType(Executor.class))
                                    .invoke();
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
            // Only generators need it, but who forgets a flag should learn it at the start.
            if (!Object.class.getModule().isExported("jdk.internal.vm", Jdk25.class.getModule())) {
                throw new IllegalAccessException("java.base does not export jdk.internal.vm");
            }
        } catch (Throwable e) {
            trouble = e;
        }
        problem = trouble;
        newBuilder = builder;
        defaultScheduler = scheduler;
        currentCarrier = carrier;
        threadLocalGet = localGet;
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
            throw Sneaky.sneakyThrow(e);
        }
    }

    @Override
    public Executor defaultScheduler() {
        return defaultScheduler;
    }

    @Override
    public Thread currentCarrier() {
        try {
            return (Thread) currentCarrier.invokeExact();
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T onCarrier(ThreadLocal<T> local) {
        try {
            Thread carrier = (Thread) currentCarrier.invokeExact();
            return (T) (Object) threadLocalGet.invokeExact((ThreadLocal<?>) local, carrier);
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
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
        return Continuations25.make(body);
    }

    @Override
    public void runContinuation(Object continuation) {
        Continuations25.run(continuation);
    }

    @Override
    public @Nullable Object currentContinuation() {
        return Continuations25.current();
    }

    @Override
    public boolean suspendContinuation() {
        return Continuations25.suspend();
    }

    @Override
    public int descriptor(Channel channel) {
        return Descriptors25.of(channel);
    }
}
