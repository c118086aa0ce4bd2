package dev.heddle.process;

import static dev.heddle.Asyncio.await;
import static dev.heddle.process.SubprocessOptions.DEFAULT;
import static dev.heddle.process.SubprocessOptions.PIPES;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Children by a transport and a protocol. */
class SubprocessProtocolTest extends ProcessFixture {

    /** Writes down what it is told. */
    static class Log implements SubprocessProtocol {

        final List<String> calls = new ArrayList<>();
        final StringBuilder[] data = {
            new StringBuilder(), new StringBuilder(), new StringBuilder()
        };
        final Future<Boolean> exited = Asyncio.createFuture();
        final Future<Boolean> lost = Asyncio.createFuture();
        @Nullable SubprocessTransport transport;

        @Override
        public void connectionMade(SubprocessTransport made) throws Exception {
            transport = made;
            calls.add("made");
        }

        @Override
        public void pipeDataReceived(int fd, ByteBuffer bytes) {
            data[fd].append(StandardCharsets.UTF_8.decode(bytes));
        }

        @Override
        public void pipeConnectionLost(int fd, @Nullable Throwable error) {
            calls.add("pipe " + fd + (error == null ? "" : " " + error.getMessage()));
        }

        @Override
        public void processExited() {
            calls.add("exited " + transport.getReturncode());
            exited.setResult(true);
        }

        @Override
        public void connectionLost(@Nullable Throwable error) {
            calls.add("lost " + error);
            lost.setResult(true);
        }
    }

    @Test
    void isToldOfEverythingInOrder() {
        run(
                () -> {
                    var child = Subprocess.connectShell(Log::new, PIPES, "cat; echo e >&2; exit 2");
                    Log log = child.protocol();
                    assertThat(log.calls).containsExactly("made");
                    assertThat(log.transport).isSameAs(child.transport());
                    assertThat(child.transport().getProtocol()).isSameAs(log);
                    assertThat(child.transport().getReturncode()).isNull();

                    var stdin = child.transport().getPipeTransport(0);
                    stdin.write(bytes("text"));
                    stdin.close();
                    await(log.lost);

                    assertThat(log.data[1]).hasToString("text");
                    assertThat(log.data[2]).hasToString("e\n");
                    assertThat(log.calls)
                            .startsWith("made")
                            .endsWith("lost null")
                            .containsExactlyInAnyOrder(
                                    "made", "pipe 0", "pipe 1", "pipe 2", "exited 2", "lost null");
                    assertThat(child.transport().isClosing()).isTrue();
                });
    }

    @Test
    void withoutPipesItIsLostWhenItHasEnded() {
        run(
                () -> {
                    var child = Subprocess.connect(Log::new, DEFAULT, "true");
                    await(child.protocol().lost);

                    assertThat(child.transport().getPipeTransport(1)).isNull();
                    assertThat(child.protocol().calls)
                            .containsExactly("made", "exited 0", "lost null");
                });
    }

    @Test
    void isNotLostBeforeAllPipesAreClosed() {
        run(
                () -> {
                    var child = Subprocess.connectShell(Log::new, PIPES, "sleep 1000 & echo $!");
                    Log log = child.protocol();
                    await(log.exited);
                    for (int i = 0; i < 20 || !log.data[1].toString().endsWith("\n"); i++) {
                        Asyncio.sleep(0.001);
                    }
                    assertThat(log.calls).doesNotContain("lost null");

                    long grandchild = Long.parseLong(log.data[1].toString().strip());
                    ProcessHandle.of(grandchild).ifPresent(ProcessHandle::destroy);
                    await(log.lost);
                    assertThat(log.calls).endsWith("lost null");
                });
    }

    @Test
    void closeKillsAChildThatRuns() {
        run(
                () -> {
                    var child = Subprocess.connect(Log::new, PIPES, "sleep", "1000");
                    child.transport().close();
                    child.transport().close();
                    await(child.protocol().lost);

                    assertThat(child.transport().getReturncode()).isEqualTo(-9);
                });
    }

    @Test
    void closeInConnectionMadeKillsToo() {
        run(
                () -> {
                    class Closes extends Log {
                        @Override
                        public void connectionMade(SubprocessTransport made) throws Exception {
                            super.connectionMade(made);
                            made.close();
                        }
                    }
                    var child = Subprocess.connect(Closes::new, PIPES, "sleep", "1000");
                    await(child.protocol().lost);

                    assertThat(child.protocol().calls).startsWith("made").endsWith("lost null");
                    assertThat(child.transport().getReturncode()).isEqualTo(-9);
                });
    }

    @Test
    void connectionMadeThatThrowsFailsTheStartAndKills() {
        var before = children();
        run(
                () -> {
                    class Throws extends Log {
                        @Override
                        public void connectionMade(SubprocessTransport made) {
                            throw new IllegalArgumentException("not you");
                        }
                    }
                    assertThatThrownBy(
                                    () -> Subprocess.connect(Throws::new, PIPES, "sleep", "1000"))
                            .hasMessage("not you");
                    assertThat(children()).isEqualTo(before);
                });
    }

    @Test
    void pipeDataReceivedThatThrowsEndsThePipe() {
        run(
                () -> {
                    class Throws extends Log {
                        @Override
                        public void pipeDataReceived(int fd, ByteBuffer bytes) {
                            throw new IllegalArgumentException("not this");
                        }
                    }
                    var child = Subprocess.connect(Throws::new, PIPES, "echo", "x");
                    await(child.protocol().lost);

                    assertThat(child.protocol().calls).contains("pipe 1 not this");
                });
        assertThat(takeError().exception()).hasMessage("not this");
    }

    @Test
    void errorInProcessExitedIsReportedAndChangesNothing() {
        run(
                () -> {
                    class Throws extends Log {
                        @Override
                        public void processExited() {
                            throw new IllegalArgumentException("oh");
                        }
                    }
                    var child = Subprocess.connect(Throws::new, PIPES, "true");
                    await(child.protocol().lost);
                });
        assertThat(takeError().message()).contains("processExited");
    }

    @Test
    void writingIsPausedWhileTheChildDoesNotRead() {
        run(
                () -> {
                    class Counts extends Log {
                        @Override
                        public void pauseWriting() {
                            calls.add("pause");
                        }

                        @Override
                        public void resumeWriting() {
                            calls.add("resume");
                        }
                    }
                    var child =
                            Subprocess.connectShell(
                                    Counts::new, PIPES, "sleep 0.05; cat >/dev/null");
                    var stdin = child.transport().getPipeTransport(0);
                    stdin.write(new byte[1 << 20]);
                    assertThat(child.protocol().calls).containsExactly("made", "pause");
                    stdin.close();
                    await(child.protocol().lost);

                    assertThat(child.protocol().calls).contains("resume");
                });
    }

    @Test
    void extraInfoIsTheHandle() {
        run(
                () -> {
                    var child = Subprocess.connect(Log::new, PIPES, "cat");
                    ProcessHandle handle =
                            child.transport().getExtraInfo(SubprocessTransport.SUBPROCESS);

                    assertThat(handle.pid()).isEqualTo(child.transport().getPid());
                    child.transport().abort();
                    await(child.protocol().lost);
                });
    }
}
