/** Heddle's core: asyncio for the JVM, on the JDK alone. */
module dev.heddle {
    requires jdk.unsupported; // sun.misc.Signal
    requires static org.jspecify;

    exports dev.heddle;
    exports dev.heddle.debug;
    exports dev.heddle.executor;
    exports dev.heddle.generator;
    exports dev.heddle.process;
    exports dev.heddle.reactor;
    exports dev.heddle.stream;
    exports dev.heddle.sync;
    exports dev.heddle.transport;
}
