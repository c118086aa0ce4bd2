// A small database in memory, which one talks to in lines: GET, SET, DEL, INCR, KEYS, QUIT.
// All clients change one map, each in a task of its own, and no lock is needed: a task is only
// left where it waits, and between a read of the map and a write there is nothing to wait for.
// Run it: ./heddle run examples/KeyValueServer.java [port], and: nc localhost 8888

import static dev.heddle.Asyncio.*;

import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;

final int MOST_KEYS = 100_000;

final Map<String, String> values = new TreeMap<>();

/** Returns the answer to a command. */
String answer(String line) {
    String[] words = line.strip().split(" ", 3);
    String command = words[0].toUpperCase(Locale.ROOT);
    return switch (command + " " + (words.length - 1)) {
        case "GET 1" -> values.getOrDefault(words[1], "(none)");
        case "SET 2" -> set(words[1], words[2]);
        case "DEL 1" -> values.remove(words[1]) == null ? "0" : "1";
        case "INCR 1" -> increment(words[1]);
        case "KEYS 0" -> String.join(" ", values.keySet());
        default -> "ERROR: GET key, SET key value, DEL key, INCR key, KEYS or QUIT, please";
    };
}

String set(String key, String value) {
    if (values.size() >= MOST_KEYS && !values.containsKey(key)) {
        return "ERROR: there are " + MOST_KEYS + " keys, and no room for another one";
    }
    values.put(key, value);
    return "OK";
}

String increment(String key) {
    String old = values.getOrDefault(key, "0");
    try {
        String sum = Long.toString(Math.incrementExact(Long.parseLong(old)));
        String done = set(key, sum);
        return done.equals("OK") ? sum : done;
    } catch (NumberFormatException | ArithmeticException e) {
        return "ERROR: " + old + " is no number that can be incremented";
    }
}

void serve(Connection connection) throws IOException {
    for (String line : connection.reader().lines()) {
        if (line.strip().equalsIgnoreCase("QUIT")) {
            return;
        }
        connection.write(answer(line) + "\n");
    }
}

void main(String... args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8888;
    run(
            () -> {
                try (var server = Streams.startServer(this::serve, "localhost", port)) {
                    IO.println("Serving on " + server.addresses());
                    server.serveForever(Duration.ofSeconds(1)); // at Ctrl-C they have a second
                }
            });
}
