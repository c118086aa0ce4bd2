package dev.heddle.testing.guide;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Talks to a {@link CounterServer}. A request is sent again, on a new connection, until there is an
 * answer: the network may lose the request, or the answer.
 */
final class CounterClient implements AutoCloseable {

    private final String name;
    private final String host;
    private @Nullable Connection connection;
    private int requests;

    CounterClient(String name, String host) {
        this.name = name;
        this.host = host;
    }

    /** Adds to a counter, and returns its value after that. */
    int add(String key, int amount) {
        return send("%s-%d %s %d\n".formatted(name, ++requests, key, amount));
    }

    private int send(String request) {
        while (true) {
            try {
                return timeout(1, () -> ask(request));
            } catch (Exception e) { // who knows what has got through
                close();
                sleep(0.2);
            }
        }
    }

    private int ask(String request) throws IOException {
        if (connection == null) {
            connection = Streams.openConnection(host, CounterServer.PORT);
        }
        connection.write(request);
        String answer = connection.readLine(StandardCharsets.UTF_8);
        if (answer == null) {
            throw new EOFException(host + " has hung up");
        }
        return Integer.parseInt(answer);
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.abort();
            connection = null;
        }
    }
}
