// A chat for everybody who connects with nc: a line that one types is sent to all others.
// Each member has two tasks, one that listens and one that speaks, and a queue between the two:
// who does not read what he is sent is cut off, and nobody else has to wait for him.
// Run it: ./heddle run examples/ChatServer.java [port]

import static dev.heddle.Asyncio.*;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.sync.Queue;
import dev.heddle.sync.QueueFullException;

final int MOST_UNREAD = 100; // lines

final Map<String, Member> members = new LinkedHashMap<>(); // one thread, so no lock

record Member(String name, Connection connection, Queue<String> mail) {

    void send(String line) {
        try {
            mail.putNowait(line);
        } catch (QueueFullException e) {
            connection.abort(); // its listening task sees the end
        }
    }

    /** Speaks: writes what is in the mail, as fast as this member reads. */
    void deliver() {
        try {
            while (true) {
                connection.write(mail.get() + "\n");
            }
        } catch (IOException e) {
            connection.abort();
        }
    }
}

void tellAllBut(String name, String line) {
    for (Member member : List.copyOf(members.values())) {
        if (!member.name.equals(name)) {
            member.send(line);
        }
    }
}

/** Returns a name that nobody has, or null if the connection ends before. */
String askForName(Connection connection) throws IOException {
    connection.write("Your name?\n");
    for (String line : connection.reader().lines()) {
        String name = line.strip();
        if (!name.isEmpty() && name.length() <= 20 && !members.containsKey(name)) {
            return name;
        }
        connection.write("Another one, please, of 20 letters at most.\n");
    }
    return null;
}

/** Listens to a member. */
void chat(Connection connection) throws IOException {
    String name = askForName(connection);
    if (name == null) {
        return;
    }
    var member = new Member(name, connection, new Queue<>(MOST_UNREAD));
    members.put(name, member);
    var delivery = createTask(member::deliver, "mail for " + name);
    try {
        member.send("Here are: " + String.join(", ", members.keySet()));
        tellAllBut(name, "* " + name + " has come");
        for (String line; (line = connection.readLine(UTF_8)) != null; ) {
            tellAllBut(name, name + ": " + line);
        }
    } catch (IOException e) {
        IO.println("Lost " + name + ": " + e.getMessage());
    } finally {
        members.remove(name);
        delivery.cancel();
        tellAllBut(name, "* " + name + " has gone");
    }
}

void main(String... args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 8888;
    run(
            () -> {
                try (var server = Streams.startServer(this::chat, "localhost", port)) {
                    IO.println("Chatting on " + server.addresses());
                    server.serveForever(Duration.ofSeconds(1)); // at Ctrl-C they have a second
                }
            });
}
