package dev.heddle.benchmarks.echo;

import java.util.function.IntConsumer;

/** Sends back what it receives, on one thread, to the end of the process. */
interface EchoServer {

    /** How much a server reads at a time, where it has the choice. */
    int ROOM = 256 * 1024;

    /**
     * Listens at a free port of 127.0.0.1, and serves.
     *
     * @param ready is told the port
     */
    void serve(IntConsumer ready) throws Exception;
}
