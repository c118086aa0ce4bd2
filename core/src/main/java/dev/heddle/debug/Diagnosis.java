package dev.heddle.debug;

import java.util.List;

/** Why a step does not return, as far as its stack tells, and what to do about it. */
public enum Diagnosis {
    /** It looks up a name. */
    DNS(
            "looks up the address of a name",
            "Use Names.getaddrinfo, or toThread, which do that on another thread."),
    /** It starts a process. */
    PROCESS_START(
            "starts a process",
            "Starting one forks the JVM and takes its time; do it by toThread."),
    /** It reads from the standard input. */
    STANDARD_INPUT(
            "reads from the standard input",
            "Read it by toThread, or on a thread of your own that hands lines to the loop with"
                    + " callSoonThreadsafe."),
    /** It reads, writes or looks at a file. */
    FILE(
            "reads, writes or looks at a file",
            "The JDK cannot suspend a task for that; do it by toThread."),
    /** It uses a blocking socket where it cannot be suspended. */
    SOCKET(
            "waits for a blocking socket where it cannot be suspended",
            "Use a transport or a stream, or do it in a task: callbacks and static initialisers"
                    + " block the loop."),
    /** It waits in a static initialiser. */
    CLASS_INITIALISER(
            "waits in a static initialiser, which cannot be suspended",
            "Move the wait out of the initialiser, or have the class initialised by toThread."),
    /** It waits for a monitor. */
    MONITOR(
            "waits for a monitor that another thread holds",
            "A callback that enters a synchronized block stops the loop until the other thread"
                    + " leaves it. Enter it in a task, or hold it for a shorter time."),
    /** It sleeps on the loop's thread. */
    SLEEP(
            "sleeps on the loop's own thread",
            "Use callLater in a callback, or start a task with createTask and sleep there."),
    /** It waits on the loop's thread. */
    WAIT(
            "waits on the loop's own thread",
            "Callbacks cannot be suspended, nor can a task below a native frame: start a task with"
                    + " createTask and wait there."),
    /** It computes. */
    BUSY(
            "computes",
            "Call sleep(0) now and then to let others run, or compute by toThread or in a"
                    + " ProcessPoolExecutor.");

    private final String what;
    private final String advice;

    Diagnosis(String what, String advice) {
        this.what = what;
        this.advice = advice;
    }

    /** Returns what the step does: {@code looks up the address of a name}. */
    public String what() {
        return what;
    }

    /** Returns what to do about it, in a sentence. */
    public String advice() {
        return advice;
    }

    /**
     * Judges by the calls of the JDK at the innermost end of a stack: what lies further out is
     * where the program was called from, and not what it does.
     */
    static Diagnosis of(List<StackTraceElement> stack, Thread.State state) {
        boolean waits = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        boolean sleeps = false;
        boolean file = false;
        for (StackTraceElement frame : stack) {
            if (!Frames.isOfJdk(frame)) {
                break;
            }
            Diagnosis call = ofCall(frame.getClassName(), frame.getMethodName());
            if (call == WAIT) {
                waits = true;
            } else if (call == SLEEP) {
                sleeps = true;
            } else if (call == FILE) {
                file = true; // or the standard input, which stands further out
            } else if (call != BUSY) {
                return call;
            }
        }
        if (file) {
            return FILE;
        }
        if (state == Thread.State.BLOCKED) {
            return MONITOR;
        }
        if (!waits && !sleeps) {
            return BUSY;
        }
        if (stack.stream().anyMatch(frame -> frame.getMethodName().equals("<clinit>"))) {
            return CLASS_INITIALISER;
        }
        return sleeps ? SLEEP : WAIT;
    }

    private static Diagnosis ofCall(String type, String method) {
        if (type.startsWith("java.net.Inet") && !type.startsWith("java.net.InetSocket")) {
            return DNS;
        }
        if (type.startsWith("java.lang.ProcessImpl") || type.equals("java.lang.ProcessBuilder")) {
            return PROCESS_START;
        }
        if (type.equals("java.lang.System$In")) {
            return STANDARD_INPUT;
        }
        if (isFile(type)) {
            return FILE;
        }
        if (isSocket(type)) {
            return SOCKET;
        }
        if (type.equals("java.lang.Thread") && method.startsWith("sleep")) {
            return SLEEP;
        }
        boolean parks = method.startsWith("park") || method.startsWith("wait");
        return parks && !type.startsWith("java.util.concurrent.ForkJoin") ? WAIT : BUSY;
    }

    private static boolean isFile(String type) {
        return type.startsWith("java.io.File")
                || type.startsWith("java.io.RandomAccessFile")
                || type.startsWith("java.io.UnixFileSystem")
                || type.startsWith("java.io.WinNTFileSystem")
                || type.startsWith("java.nio.file.Files")
                || type.startsWith("sun.nio.fs.")
                || type.startsWith("sun.nio.ch.FileChannelImpl")
                || type.startsWith("sun.nio.ch.FileDispatcher")
                || type.startsWith("sun.nio.ch.UnixFileDispatcher");
    }

    private static boolean isSocket(String type) {
        return type.startsWith("sun.nio.ch.NioSocketImpl")
                || type.startsWith("sun.nio.ch.SocketChannelImpl")
                || type.startsWith("sun.nio.ch.ServerSocketChannelImpl")
                || type.startsWith("sun.nio.ch.DatagramChannelImpl")
                || type.startsWith("java.net.Socket")
                || type.startsWith("java.net.ServerSocket");
    }
}
