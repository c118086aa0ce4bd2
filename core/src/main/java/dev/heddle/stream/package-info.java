/**
 * Connections in direct style: a task reads and writes, and is suspended as long as it has to wait.
 *
 * {@snippet :
 * try (var server = Streams.startServer(connection -> {
 *             for (String line : connection.reader().lines()) {
 *                 connection.write(line + "\n");
 *             }
 *         }, "localhost", 8888)) {
 *     server.serveForever();
 * }
 * }
 *
 * <p>The entrance is {@link dev.heddle.stream.Streams}. Everything here belongs to one loop, and is
 * for its tasks. Every wait has a time limit by default, see {@link
 * dev.heddle.stream.StreamOptions}, and every buffer a size limit.
 *
 * <p>Source: asyncio's streams; from trio the writing that waits by itself.
 */
@NullMarked
package dev.heddle.stream;

import org.jspecify.annotations.NullMarked;
