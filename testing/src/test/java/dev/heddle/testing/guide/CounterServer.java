package dev.heddle.testing.guide;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.shield;

import dev.heddle.Task;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps counters, and a copy of them on another server: it answers when the copy is made.
 *
 * <p>The plain one has a bug, as many have had: it takes a request that is sent again for another
 * one, and adds twice. The one that {@linkplain #rememberingRequests remembers requests} does not.
 */
class CounterServer {

    static final int PORT = 7000;

    private final Map<String, Integer> counters = new HashMap<>();
    private final @Nullable CounterClient copy;

    CounterServer(@Nullable CounterClient copy) {
        this.copy = copy;
    }

    /** Serves for ever. */
    void run() throws IOException {
        try (var server = Streams.startServer(this::serve, null, PORT)) {
            server.serveForever();
        }
    }

    private void serve(Connection connection) {
        try {
            for (String line; (line = connection.readLine(StandardCharsets.UTF_8)) != null; ) {
                String[] words = line.split(" ");
                int value = add(words[0], words[1], Integer.parseInt(words[2]));
                connection.write(value + "\n");
            }
        } catch (IOException e) {
            // The client is gone. It will come back if it has not got its answer.
        }
    }

    int add(String request, String key, int amount) {
        int value = counters.merge(key, amount, Integer::sum);
        if (copy != null) {
            copy.add(key, amount);
        }
        return value;
    }

    int value(String key) {
        return counters.getOrDefault(key, 0);
    }

    /**
     * Returns one without the bug: it carries out each request once, and answers as often as asked.
     */
    static CounterServer rememberingRequests(@Nullable CounterClient copy) {
        return new CounterServer(copy) {
            private final Map<String, Task<Integer>> done = new HashMap<>();

            @Override
            int add(String request, String key, int amount) {
                return shield(
                        done.computeIfAbsent(
                                request, r -> createTask(() -> super.add(r, key, amount))));
            }
        };
    }
}
