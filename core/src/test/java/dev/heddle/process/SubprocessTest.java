package dev.heddle.process;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.process.SubprocessOptions.DEFAULT;
import static dev.heddle.process.SubprocessOptions.PIPES;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Children by streams: starting, where their streams lead, waiting, closing. */
class SubprocessTest extends ProcessFixture {

    private static final SubprocessOptions OUTPUT = DEFAULT.withStdout(Stdio.PIPE);

    @Test
    void writesToItAndReadsFromIt() {
        run(
                () -> {
                    try (var cat = Subprocess.exec(PIPES, "cat")) {
                        cat.stdin().write("one\ntwo\n");
                        assertThat(cat.stdout().readLine(StandardCharsets.UTF_8)).isEqualTo("one");
                        assertThat(cat.returncode()).isNull();
                        cat.stdin().close();

                        assertThat(cat.stdout().read()).isEqualTo(bytes("two\n"));
                        assertThat(cat.await()).isEqualTo(0);
                        assertThat(cat.returncode()).isEqualTo(0);
                    }
                });
    }

    @Test
    void shellRunsACommandLine() {
        run(
                () -> {
                    try (var sh = Subprocess.shell(PIPES, "echo out; echo err >&2; exit 7")) {
                        Output output = sh.communicate();

                        assertThat(output.stdoutText()).isEqualTo("out\n");
                        assertThat(output.stderrText()).isEqualTo("err\n");
                        assertThat(output.returncode()).isEqualTo(7);
                    }
                });
    }

    @Test
    void argumentsAreNotTouchedByAShell() {
        run(
                () -> {
                    try (var echo = Subprocess.exec(OUTPUT, "echo", "$HOME;*", "a  b")) {
                        assertThat(echo.communicate().stdoutText()).isEqualTo("$HOME;* a  b\n");
                    }
                });
    }

    @Test
    void programThatDoesNotExistIsAnError() {
        run(
                () ->
                        assertThatThrownBy(() -> Subprocess.exec(PIPES, "/no/such/program"))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining("/no/such/program"));
    }

    @Test
    void emptyCommandIsRefused() {
        run(
                () ->
                        assertThatThrownBy(() -> Subprocess.exec(PIPES))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("empty"));
    }

    @Test
    void hasTheDirectoryAndTheEnvironmentThatItIsGiven(@TempDir Path directory) throws Exception {
        Path real = directory.toRealPath();
        var options = OUTPUT.withCwd(real).withEnv(Map.of("COLOUR", "blue"));

        Output output =
                run(
                        () -> {
                            try (var sh = Subprocess.shell(options, "pwd; echo $COLOUR$USER")) {
                                return sh.communicate();
                            }
                        });

        assertThat(output.stdoutText()).isEqualTo(real + "\nblue\n");
    }

    @Test
    void oneVariableMoreLeavesTheOthers() {
        Output output =
                run(
                        () -> {
                            var options = OUTPUT.withVariable("COLOUR", "blue");
                            try (var sh = Subprocess.shell(options, "echo $COLOUR; echo $PATH")) {
                                return sh.communicate();
                            }
                        });

        assertThat(output.stdoutText()).isEqualTo("blue\n" + System.getenv("PATH") + "\n");
    }

    @Test
    void errorsMayGoWhereOutputGoes() {
        Output output =
                run(
                        () -> {
                            var options = OUTPUT.withStderr(Stdio.STDOUT);
                            try (var sh = Subprocess.shell(options, "echo a; echo b >&2; echo c")) {
                                return sh.communicate();
                            }
                        });

        assertThat(output.stdoutText()).isEqualTo("a\nb\nc\n");
        assertThat(output.stderr()).isEmpty();
    }

    @Test
    void filesCanBeReadAndWrittenAndAppendedTo(@TempDir Path directory) throws Exception {
        Path in = Files.writeString(directory.resolve("in"), "text\n");
        Path out = Files.writeString(directory.resolve("out"), "what was there before\n");

        run(
                () -> {
                    for (Stdio to : List.of(Stdio.file(out), Stdio.append(out))) {
                        var options = DEFAULT.withStdin(Stdio.file(in)).withStdout(to);
                        try (var cat = Subprocess.exec(options, "cat")) {
                            assertThat(cat.await()).isEqualTo(0);
                        }
                    }
                });

        assertThat(out).hasContent("text\ntext\n");
    }

    @Test
    void devnullIsEmptyAndTakesAll() {
        Output output =
                run(
                        () -> {
                            var options = OUTPUT.withStdin(Stdio.DEVNULL).withStderr(Stdio.DEVNULL);
                            try (var sh = Subprocess.shell(options, "cat; echo x >&2; echo end")) {
                                return sh.communicate();
                            }
                        });

        assertThat(output.stdoutText()).isEqualTo("end\n");
    }

    @Test
    void streamThatIsNoPipeIsNotThere() {
        run(
                () -> {
                    try (var child = Subprocess.exec(OUTPUT, "true")) {
                        assertThatThrownBy(child::stdin)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("stdin of the child is not a pipe");
                        assertThatThrownBy(child::stderr).isInstanceOf(IllegalStateException.class);
                        assertThat(child.stdout().read()).isEmpty();
                    }
                });
    }

    @Test
    void optionsThatMakeNoSenseAreRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> DEFAULT.withStdout(Stdio.STDOUT))
                .hasMessageContaining("stderr only")
                .hasMessageContaining("stdout");
        assertThatThrownBy(() -> DEFAULT.withStdin(Stdio.append(directory)))
                .hasMessageContaining("stdin cannot append");
        assertThatThrownBy(() -> DEFAULT.withOutputLimit(-1)).hasMessageContaining("outputLimit");
    }

    @Test
    void manyTasksMayWaitAndEachIsTold() {
        run(
                () -> {
                    try (var cat = Subprocess.exec(PIPES, "sh", "-c", "cat; exit 3")) {
                        List<Task<Integer>> waiters = new ArrayList<>();
                        for (int i = 0; i < 5; i++) {
                            waiters.add(createTask(cat::await));
                        }
                        sleep(0);
                        cat.stdin().close();

                        for (Task<Integer> waiter : waiters) {
                            assertThat(await(waiter)).isEqualTo(3);
                        }
                        assertThat(cat.await()).isEqualTo(3);
                    }
                });
    }

    @Test
    void cancelOfAWaiterHarmsNothing() {
        run(
                () -> {
                    try (var cat = Subprocess.exec(PIPES, "cat")) {
                        Task<Integer> cancelled = createTask(cat::await);
                        Task<Integer> other = createTask(cat::await);
                        sleep(0);
                        cancelled.cancel();
                        assertThatThrownBy(() -> await(cancelled))
                                .isInstanceOf(CancelledError.class);

                        cat.stdin().write("still there\n");
                        assertThat(cat.stdout().readLine()).isEqualTo(bytes("still there\n"));
                        cat.stdin().close();
                        assertThat(await(other)).isEqualTo(0);
                    }
                });
    }

    @Test
    void awaitDoesNotWaitForThoseWhoHaveThePipeToo() {
        run(
                () -> {
                    try (var sh = Subprocess.shell(PIPES, "sleep 1000 & echo $!")) {
                        assertThat(sh.await()).isEqualTo(0);

                        var line = sh.stdout().readLine(StandardCharsets.US_ASCII);
                        ProcessHandle.of(Long.parseLong(line)).ifPresent(ProcessHandle::destroy);
                        assertThat(sh.stdout().read()).isEmpty();
                    }
                });
    }

    @Test
    void leavingTheTryKillsAndReaps() {
        run(
                () -> {
                    Subprocess child;
                    try (var sleep = Subprocess.exec(PIPES, "sleep", "1000")) {
                        child = sleep;
                    }

                    assertThat(child.returncode()).isEqualTo(-9);
                    assertThat(ProcessHandle.of(child.pid())).isEmpty();
                    child.close();
                });
    }

    @Test
    void childThatHasEndedKeepsItsReturncodeWhenClosed() {
        run(
                () -> {
                    try (var child = Subprocess.exec(PIPES, "false")) {
                        assertThat(child.await()).isEqualTo(1);
                        child.close();
                        assertThat(child.returncode()).isEqualTo(1);
                    }
                });
    }

    @Test
    void childThatIgnoresTermIsKilledByClose() {
        run(
                () -> {
                    Subprocess child;
                    try (var sh = Subprocess.shell(PIPES, "trap '' TERM; echo ready; cat")) {
                        child = sh;
                        sh.stdout().readLine();
                        sh.terminate();
                    }
                    assertThat(child.returncode()).isEqualTo(-9);
                });
    }

    @Test
    void cancelWhileStartingKillsAndReaps() {
        var before = children();
        run(
                () -> {
                    for (int turns = 0; turns < 12; turns++) {
                        var start = createTask(() -> Subprocess.exec(PIPES, "sleep", "1000"));
                        for (int i = 0; i < turns; i++) {
                            sleep(i < 4 ? 0 : 0.001);
                        }
                        start.cancel();
                        try {
                            await(start).close(); // it was faster
                        } catch (CancelledError e) {
                            assertThat(start.cancelled()).isTrue();
                        }
                        assertThat(children()).isEqualTo(before);
                    }
                });
    }

    @Test
    void closingTheLoopKillsWhatIsLeft() {
        var other = open();
        long pid = other.runUntilComplete(() -> Subprocess.exec(PIPES, "sleep", "1000").pid());

        other.close();

        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void noDescriptorIsLeft() {
        String[] open = {"ls", "/proc/" + ProcessHandle.current().pid() + "/fd"};
        assumeTrue(Files.isDirectory(Path.of(open[1])));
        int[] counts = new int[2];
        run(
                () -> {
                    for (int round = 0; round < counts.length; round++) {
                        for (int i = 0; i < 20; i++) {
                            try (var cat = Subprocess.exec(PIPES, "cat")) {
                                var _ = cat.communicate(bytes("x"));
                            }
                            assertThatThrownBy(() -> Subprocess.exec(PIPES, "/no/such/program"))
                                    .isInstanceOf(IOException.class);
                            var start = createTask(() -> Subprocess.exec(PIPES, "sleep", "1000"));
                            sleep(0);
                            start.cancel();
                            assertThatThrownBy(() -> await(start))
                                    .isInstanceOf(CancelledError.class);
                        }
                        try (var ls = Subprocess.exec(OUTPUT, open)) {
                            counts[round] = ls.communicate().stdoutText().split("\n").length;
                        }
                    }
                });

        assertThat(counts[1]).isLessThan(counts[0] + 15); // others in this JVM open some, too
    }

    @Test
    void manyChildrenAtOnce() {
        run(
                () -> {
                    var all = new ArrayList<dev.heddle.Coroutine<String>>();
                    for (int i = 0; i < 30; i++) {
                        String text = "child " + i;
                        all.add(
                                () -> {
                                    try (var cat = Subprocess.exec(PIPES, "cat")) {
                                        return cat.communicate(bytes(text)).stdoutText();
                                    }
                                });
                    }
                    List<String> texts = gather(all);
                    for (int i = 0; i < texts.size(); i++) {
                        assertThat(texts.get(i)).isEqualTo("child " + i);
                    }
                });
    }

    @Test
    void noThreadOfOursStandsBehindAChild() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        run(
                () -> {
                    try (var first = Subprocess.exec(PIPES, "cat");
                            var second = Subprocess.exec(PIPES, "cat")) {
                        first.stdin().write("x\n");
                        first.stdout().readLine();
                        List<String> names =
                                Thread.getAllStackTraces().keySet().stream()
                                        .filter(thread -> !before.contains(thread))
                                        .map(Thread::getName)
                                        .filter(name -> !name.startsWith("process reaper"))
                                        .filter(name -> !name.startsWith("ForkJoinPool"))
                                        .filter(name -> !name.startsWith("VirtualThread"))
                                        .filter(name -> !name.equals("heddle-late-comers"))
                                        .toList();
                        assertThat(names).isEmpty();
                        assertThat(second.returncode()).isNull();
                    }
                });
    }
}
