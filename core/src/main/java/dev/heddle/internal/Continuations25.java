package dev.heddle.internal;

import org.jspecify.annotations.Nullable;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * {@code jdk.internal.vm.Continuation} of JDK 25. A class of its own, so that a program without
 * generators does not pay for its start.
 */
@SuppressWarnings("NullAway") // make() is the first call, and checks
final class Continuations25 {

    private static final @Nullable Throwable problem;
    private static final @Nullable MethodHandle make;
    private static final @Nullable MethodHandle run;
    private static final @Nullable MethodHandle current;
    private static final @Nullable MethodHandle suspend;

    static {
        MethodHandle makeIt = null;
        MethodHandle runIt = null;
        MethodHandle currentOne = null;
        MethodHandle suspendIt = null;
        Throwable trouble = null;
        try {
            var lookup = MethodHandles.lookup();
            var type = Class.forName("jdk.internal.vm.Continuation");
            var scopeType = Class.forName("jdk.internal.vm.ContinuationScope");
            Object scope = scopeType.getConstructor(String.class).newInstance("heddle.generator");
            var unpinned = unpinnedContinuation(lookup);

            makeIt =
                    withScope(
                            scope,
                            unpinned.findConstructor(
                                    unpinned.lookupClass(),
                                    MethodType.methodType(void.class, scopeType, Runnable.class)),
                            MethodType.methodType(Object.class, Runnable.class));
            runIt =
                    lookup.findVirtual(type, "run", MethodType.methodType(void.class))
                            .asType(MethodType.methodType(void.class, Object.class));
            currentOne =
                    withScope(
                            scope,
                            lookup.findStatic(
                                    type,
                                    "getCurrentContinuation",
                                    MethodType.methodType(type, scopeType)),
                            MethodType.methodType(Object.class));
            suspendIt =
                    withScope(
                            scope,
                            lookup.findStatic(
                                    type, "yield", MethodType.methodType(boolean.class, scopeType)),
                            MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            trouble = e;
        }
        problem = trouble;
        make = makeIt;
        run = runIt;
        current = currentOne;
        suspend = suspendIt;
    }

    private Continuations25() {}

    private static MethodHandle withScope(Object scope, MethodHandle method, MethodType type) {
        return MethodHandles.insertArguments(method, 0, scope).asType(type);
    }

    /**
     * Makes a class of continuations whose onPinned() does nothing.
     *
     * <p>The JDK's throws. A virtual thread that parks inside a generator's body would get that
     * exception out of LockSupport.park, Thread.sleep or lock() whenever it is pinned, where it
     * should simply block its carrier. The class cannot be written in Java, because its superclass
     * is exported only at run time.
     */
    private static MethodHandles.Lookup unpinnedContinuation(MethodHandles.Lookup lookup)
            throws IllegalAccessException {
        var superclass = ClassDesc.of("jdk.internal.vm.Continuation");
        var constructor =
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ClassDesc.of("jdk.internal.vm.ContinuationScope"),
                        ClassDesc.of("java.lang.Runnable"));
        var onPinned = MethodTypeDesc.of(ConstantDescs.CD_void, superclass.nested("Pinned"));
        byte[] bytes =
                ClassFile.of()
                        .build(
                                ClassDesc.of("dev.heddle.internal.UnpinnedContinuation"),
                                type ->
                                        type.withSuperclass(superclass)
                                                .withMethodBody(
                                                        ConstantDescs.INIT_NAME,
                                                        constructor,
                                                        0,
                                                        code ->
                                                                code.aload(0)
                                                                        .aload(1)
                                                                        .aload(2)
                                                                        .invokespecial(
                                                                                superclass,
                                                                                ConstantDescs
                                                                                        .INIT_NAME,
                                                                                constructor)
                                                                        .return_())
                                                .withMethodBody(
                                                        "onPinned",
                                                        onPinned,
                                                        ClassFile.ACC_PROTECTED,
                                                        code -> code.return_()));
        return lookup.defineHiddenClass(bytes, true);
    }

    static Object make(Runnable body) {
        if (problem != null) {
            throw MissingFlags.error(problem);
        }
        try {
            return (Object) make.invokeExact(body);
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        }
    }

    static void run(Object continuation) {
        try {
            run.invokeExact(continuation);
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        }
    }

    static @Nullable Object current() {
        try {
            return (Object) current.invokeExact();
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        }
    }

    static boolean suspend() {
        try {
            return (boolean) suspend.invokeExact();
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        }
    }
}
