package dev.heddle.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.Channel;

/**
 * Tells the number of the file descriptor behind a channel, which the JDK keeps for itself.
 *
 * <p>It needs no other flag than Heddle needs anyway: who may look into {@code java.lang} may ask
 * {@code Module} for more.
 */
final class Descriptors25 {

    private static final MethodHandle NUMBER = find();

    private Descriptors25() {}

    private static MethodHandle find() {
        try {
            var lookup = MethodHandles.lookup();
            MethodHandles.privateLookupIn(Module.class, lookup)
                    .findVirtual(
                            Module.class,
                            "implAddExports",
                            MethodType.methodType(void.class, String.class, Module.class))
                    .invoke(
                            Object.class.getModule(),
                            "sun.nio.ch",
                            Descriptors25.class.getModule());
            return lookup.findVirtual(
                            Class.forName("sun.nio.ch.SelChImpl"),
                            "getFDVal",
                            MethodType.methodType(int.class))
                    .asType(MethodType.methodType(int.class, Channel.class));
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "This JDK does not tell the descriptor of a channel; Heddle needs JDK 25", e);
        }
    }

    static int of(Channel channel) {
        try {
            return (int) NUMBER.invokeExact(channel);
        } catch (Throwable e) {
            throw new IllegalStateException("No descriptor: " + channel, e);
        }
    }
}
