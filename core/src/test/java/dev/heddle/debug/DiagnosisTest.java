package dev.heddle.debug;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** What is read from stacks, innermost call first. */
class DiagnosisTest {

    @ParameterizedTest
    @CsvSource({
        "DNS, RUNNABLE, java.net.Inet6AddressImpl.lookupAllHostAddr java.net.InetAddress.getByName"
                + " app.Main.run",
        "PROCESS_START, RUNNABLE, java.lang.ProcessImpl.forkAndExec java.lang.ProcessBuilder.start"
                + " app.Main.run",
        "STANDARD_INPUT, RUNNABLE, java.io.FileInputStream.readBytes"
                + " java.lang.System$In.read java.io.BufferedInputStream.read app.Main.run",
        "FILE, RUNNABLE, java.io.FileInputStream.readBytes java.io.FileInputStream.read"
                + " app.Main.run",
        "FILE, RUNNABLE, sun.nio.fs.UnixNativeDispatcher.stat java.nio.file.Files.size"
                + " app.Main.run",
        "FILE, RUNNABLE, sun.nio.ch.UnixFileDispatcherImpl.read0 sun.nio.ch.FileChannelImpl.read"
                + " app.Main.run",
        "SOCKET, RUNNABLE, sun.nio.ch.Net.poll sun.nio.ch.NioSocketImpl.park"
                + " java.net.Socket.connect app.Main.run",
        "CLASS_INITIALISER, WAITING, jdk.internal.misc.Unsafe.park"
                + " java.util.concurrent.locks.LockSupport.park app.Config.<clinit> app.Main.run",
        "MONITOR, BLOCKED, app.Main.run",
        "SLEEP, TIMED_WAITING, java.lang.Thread.sleepNanos0 java.lang.Thread.sleep app.Main.run",
        "WAIT, WAITING, jdk.internal.misc.Unsafe.park"
                + " java.util.concurrent.CompletableFuture.get app.Main.run",
        "WAIT, WAITING, java.lang.Object.wait0 java.lang.Object.wait app.Main.run",
        "BUSY, RUNNABLE, app.Main.spin app.Main.run",
        "BUSY, RUNNABLE, java.util.HashMap.put app.Main.run",
        // A program that computes in a class initialiser, or was called by the JDK on a file's way.
        "BUSY, RUNNABLE, app.Main.spin app.Config.<clinit> app.Main.run",
        "BUSY, RUNNABLE, app.Main.spin java.nio.file.Files.walkFileTree app.Main.run",
    })
    void diagnosisFollowsFromTheInnermostCallsOfTheJdk(
            Diagnosis expected, Thread.State state, String calls) {
        List<StackTraceElement> stack = new ArrayList<>();
        for (String call : calls.split(" ")) {
            int dot = call.lastIndexOf('.');
            stack.add(
                    new StackTraceElement(
                            call.substring(0, dot), call.substring(dot + 1), "X.java", 1));
        }

        assertThat(Diagnosis.of(stack, state)).isEqualTo(expected);
    }
}
