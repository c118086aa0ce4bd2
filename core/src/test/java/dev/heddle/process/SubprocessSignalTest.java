package dev.heddle.process;

import static dev.heddle.Asyncio.await;
import static dev.heddle.process.SubprocessOptions.PIPES;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class SubprocessSignalTest extends ProcessFixture {

    @Test
    void killedBySignalNIsReturncodeMinusN() {
        run(
                () -> {
                    try (var child = Subprocess.exec(PIPES, "sleep", "1000")) {
                        child.kill();
                        assertThat(child.await()).isEqualTo(-9);
                    }
                    try (var child = Subprocess.exec(PIPES, "sleep", "1000")) {
                        child.terminate();
                        assertThat(child.await()).isEqualTo(-15);
                    }
                    try (var child = Subprocess.exec(PIPES, "sleep", "1000")) {
                        await(child.sendSignal("SIGHUP"));
                        assertThat(child.await()).isEqualTo(-1);
                    }
                });
    }

    @Test
    void returncodeIsTranslatedFromThatOfTheJdk() {
        assertThat(ChildTransport.returncode(0)).isEqualTo(0);
        assertThat(ChildTransport.returncode(128)).isEqualTo(128);
        assertThat(ChildTransport.returncode(129)).isEqualTo(-1);
        assertThat(ChildTransport.returncode(192)).isEqualTo(-64);
        assertThat(ChildTransport.returncode(193)).isEqualTo(193);
        assertThat(ChildTransport.returncode(255)).isEqualTo(255);
    }

    @Test
    void childMayHandleASignal() {
        run(
                () -> {
                    String script =
                            "trap 'echo got it; exit 5' USR1; echo ready;"
                                    + " while :; do sleep 0.01; done";
                    try (var sh = Subprocess.shell(PIPES, script)) {
                        sh.stdout().readLine();
                        await(sh.sendSignal("usr1"));

                        assertThat(sh.stdout().readLine(StandardCharsets.UTF_8))
                                .isEqualTo("got it");
                        assertThat(sh.await()).isEqualTo(5);
                    }
                });
    }

    @Test
    void stoppedChildCanBeKilled() {
        run(
                () -> {
                    try (var child = Subprocess.exec(PIPES, "cat")) {
                        await(child.sendSignal("STOP"));
                        assertThat(child.returncode()).isNull();
                        child.kill();
                        assertThat(child.await()).isEqualTo(-9);
                    }
                });
    }

    @Test
    void signalsToOneThatHasEndedAreIgnored() {
        run(
                () -> {
                    try (var child = Subprocess.exec(PIPES, "true")) {
                        assertThat(child.await()).isEqualTo(0);
                        child.kill();
                        child.terminate();
                        await(child.sendSignal("HUP"));
                        await(child.sendSignal("TERM"));
                        assertThat(child.returncode()).isEqualTo(0);
                    }
                });
    }

    @Test
    void unknownSignalIsRefused() {
        run(
                () -> {
                    try (var child = Subprocess.exec(PIPES, "cat")) {
                        assertThatThrownBy(() -> child.sendSignal("NONSENSE"))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("NONSENSE")
                                .hasMessageContaining("USR1");
                        assertThatThrownBy(() -> child.sendSignal("0; echo"))
                                .isInstanceOf(IllegalArgumentException.class);
                    }
                });
    }

    @Test
    void childThatIsKilledLeavesWhatItHasWritten() {
        run(
                () -> {
                    try (var sh = Subprocess.shell(PIPES, "echo before; kill -9 $$")) {
                        Output output = sh.communicate();
                        assertThat(output.stdoutText()).isEqualTo("before\n");
                        assertThat(output.returncode()).isEqualTo(-9);
                    }
                });
    }
}
