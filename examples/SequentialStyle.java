// Three requests come in at once, and each needs a row of a slow database. Four ways to serve
// them: which ones serve all three at the same time, and which ones read from top to bottom?
// Run it: ./heddle run examples/SequentialStyle.java

import static dev.heddle.Asyncio.*;

import dev.heddle.Future;
import dev.heddle.GeneratorCoroutine;
import dev.heddle.VoidCoroutine;

final List<Integer> requests = List.of(1, 2, 3);
final Database database = new Database();
double arrival; // of the requests, in the loop's time

/** Takes 0.3 seconds to answer; meanwhile it keeps no thread busy. */
class Database {

    void query(int id, Consumer<String> callback) {
        getRunningLoop().callLater(0.3, () -> callback.accept("row " + id));
    }

    Future<String> query(int id) {
        Future<String> row = getRunningLoop().createFuture();
        query(id, row::setResult);
        return row;
    }
}

/** The sequential query. */
void get(int request) {
    String row = await(database.query(request));
    write(request, row);
}

/** The query with a callback: the rest of the method moves into it, and whoever called is told. */
void getWithCallback(int request, Runnable done) {
    database.query(
            request,
            row -> {
                write(request, row);
                done.run();
            });
}

/** The query with a sub-generator: every method on the way is a generator. */
GeneratorCoroutine<Void> getWithSubGenerator(int request) {
    return coroutine(
            y -> {
                String row = y.yieldFrom(makeTheQuery(request));
                write(request, row);
                return null;
            });
}

GeneratorCoroutine<String> makeTheQuery(int id) {
    return coroutine(y -> y.yieldFrom(database.query(id)));
}

void write(int request, String row) {
    double seconds = getRunningLoop().time() - arrival;
    IO.println("   %.2f s: request %d gets %s".formatted(seconds, request, row));
}

void serveOneAfterTheOther() {
    requests.forEach(this::get);
}

void serveWithCallbacks() throws InterruptedException {
    var open = new CountDownLatch(requests.size());
    requests.forEach(request -> getWithCallback(request, open::countDown));
    open.await(); // suspends this task, as every lock of the JDK does
}

void serveWithSubGenerators() {
    gather(requests.stream().map(this::getWithSubGenerator).toList());
}

void serveInTasks() {
    gather(requests.stream().map(request -> createTask(() -> get(request))).toList());
}

void show(String what, VoidCoroutine serve) throws Exception {
    IO.println(what);
    arrival = getRunningLoop().time();
    serve.await();
}

void main() {
    run(
            () -> {
                show("1. One after the other: easy to read, but slow", this::serveOneAfterTheOther);
                show("2. A callback each: fast, but in pieces", this::serveWithCallbacks);
                show("3. A sub-generator each: fast, in one piece", this::serveWithSubGenerators);
                show("4. A task each: fast, and the code of number 1", this::serveInTasks);
            });
}
