package dev.heddle.stream;

import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Task;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Our streams on one side, CPython's asyncio on the other. */
class StreamPythonTest extends StreamFixture {

    @TempDir Path dir;

    private final List<Process> processes = new ArrayList<>();

    StreamPythonTest() {
        super(Clock.system());
    }

    private Process python(String... arguments) throws IOException {
        Path script = dir.resolve("peer.py");
        try (InputStream source =
                Objects.requireNonNull(getClass().getResourceAsStream("peer.py"))) {
            Files.write(script, source.readAllBytes());
        }
        var command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.assumeTrue(System.getenv("CI") != null, "python3 is not installed");
            throw e;
        }
        processes.add(process);
        return process;
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void asyncioTalksToOurServer() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> {
                                        var buffer = new byte[10_000];
                                        for (int n; (n = c.read(buffer)) > 0; ) {
                                            c.write(buffer, 0, n);
                                        }
                                    },
                                    "127.0.0.1",
                                    0);
                    String port = String.valueOf(server.port());
                    List<String> printed =
                            toThread(() -> output(python("client", port)).lines().toList());

                    assertThat(printed).containsExactly("as sent");
                    server.close(Duration.ofSeconds(10));
                });
    }

    @Test
    void weTalkToAsynciosServer() {
        run(
                () -> {
                    Process process = toThread(() -> python("server"));
                    String port = toThread(() -> output(process).readLine());
                    try (Connection c =
                            Streams.openConnection("127.0.0.1", Integer.parseInt(port))) {
                        for (int i = 0; i < 1000; i++) {
                            String line = "line " + i + " ".repeat(i % 100) + "å";
                            c.write(line + "\r\n");
                            assertThat(c.readLine(StandardCharsets.UTF_8)).isEqualTo(line);
                        }
                        var block = new byte[2_000_000];
                        new Random(1).nextBytes(block);
                        Task<Void> write =
                                start(
                                        () -> {
                                            c.write(block);
                                            c.writeEof();
                                        });
                        assertThat(Arrays.equals(c.readExactly(block.length), block)).isTrue();
                        assertThat(c.read(1)).isEmpty();
                        write.await();
                    }
                    process.getOutputStream().close();
                    assertThat(toThread(() -> process.waitFor())).isZero();
                });
    }
}
