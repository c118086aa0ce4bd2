package dev.heddle.process;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.process.SubprocessOptions.DEFAULT;
import static dev.heddle.process.SubprocessOptions.PIPES;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;

class CommunicateTest extends ProcessFixture {

    private static final int MEBIBYTE = 1 << 20;

    @Test
    void muchGoesBothWaysWithoutADeadlock() {
        var input = new byte[2 * MEBIBYTE];
        new Random(1).nextBytes(input);

        Output output =
                run(
                        () -> {
                            try (var tee = Subprocess.shell(PIPES, "tee /dev/stderr")) {
                                return tee.communicate(input);
                            }
                        });

        assertThat(Arrays.equals(output.stdout(), input)).isTrue();
        assertThat(Arrays.equals(output.stderr(), input)).isTrue();
        assertThat(output.returncode()).isEqualTo(0);
    }

    @Test
    void noInputClosesStandardInput() {
        Output output =
                run(
                        () -> {
                            try (var cat = Subprocess.exec(PIPES, "cat")) {
                                return cat.communicate();
                            }
                        });

        assertThat(output.stdout()).isEmpty();
        assertThat(output.returncode()).isEqualTo(0);
    }

    @Test
    void emptyInputClosesStandardInput() {
        run(
                () -> {
                    try (var cat = Subprocess.exec(PIPES, "cat")) {
                        assertThat(cat.communicate(new byte[0]).returncode()).isEqualTo(0);
                    }
                });
    }

    @Test
    void childThatDoesNotReadAllIsNoError() {
        Output output =
                run(
                        () -> {
                            try (var head = Subprocess.shell(PIPES, "head -c 3; exit 4")) {
                                return head.communicate(new byte[2 * MEBIBYTE]);
                            }
                        });

        assertThat(output.stdout()).hasSize(3);
        assertThat(output.returncode()).isEqualTo(4);
    }

    @Test
    void childThatClosesItsInputEarlyAndRunsOnIsNoError() {
        Output output =
                run(
                        () -> {
                            String script = "exec <&-; sleep 0.1; echo done";
                            try (var sh = Subprocess.shell(PIPES, script)) {
                                return sh.communicate(new byte[2 * MEBIBYTE]);
                            }
                        });

        assertThat(output.stdoutText()).isEqualTo("done\n");
    }

    @Test
    void moreOutputThanTheLimitIsAnError() {
        run(
                () -> {
                    try (var yes = Subprocess.exec(PIPES.withOutputLimit(MEBIBYTE), "yes")) {
                        assertThatThrownBy(yes::communicate)
                                .isInstanceOf(OutputLimitException.class)
                                .hasMessageContaining("1048576 bytes, to stdout")
                                .hasMessageContaining("outputLimit");
                        assertThat(yes.returncode()).isNull();
                    }
                });
    }

    @Test
    void outputOfExactlyTheLimitIsNone() {
        run(
                () -> {
                    var options = PIPES.withOutputLimit(MEBIBYTE);
                    try (var cat = Subprocess.exec(options, "cat")) {
                        assertThat(cat.communicate(new byte[MEBIBYTE]).stdout()).hasSize(MEBIBYTE);
                    }
                });
    }

    @Test
    void inputWithoutAPipeIsRefused() {
        run(
                () -> {
                    var options = DEFAULT.withStdin(Stdio.DEVNULL);
                    try (var child = Subprocess.exec(options, "true")) {
                        assertThatThrownBy(() -> child.communicate(new byte[1]))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("stdin is not a pipe");
                    }
                });
    }

    @Test
    void cancelKeepsWhatHasCome() {
        run(
                () -> {
                    String script = "echo one; echo go >&2; read line; echo $line";
                    try (var sh = Subprocess.shell(PIPES, script)) {
                        var waiting = createTask(() -> sh.stdout().readAll(MEBIBYTE));
                        sh.stderr().readLine();
                        waiting.cancel();
                        assertThatThrownBy(() -> await(waiting)).isInstanceOf(CancelledError.class);

                        Output output = sh.communicate(bytes("two\n"));
                        assertThat(output.stdoutText()).isEqualTo("one\ntwo\n");
                    }
                });
    }

    @Test
    void childThatIsNotReadIsHeldBack() {
        run(
                () -> {
                    try (var yes = Subprocess.exec(PIPES, "yes")) {
                        yes.stdout().readLine();
                        var pipe = yes.transport().getPipeTransport(1);

                        assertThat(pipe).isNotNull();
                        while (pipe.isReading()) {
                            sleep(0.001);
                        }
                        assertThat(yes.returncode()).isNull();
                    }
                });
    }
}
