package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file of a UNIX server. It outlives the server unless it is removed, and who removes it must
 * make sure that no other server has taken its place meanwhile.
 */
final class UnixPath {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Path path;
    private final @Nullable Object key; // tells one file from another; null where there are no keys

    private UnixPath(Path path, @Nullable Object key) {
        this.path = path;
        this.key = key;
    }

    /** Returns what stands at {@code path} now. Reads from the disk. */
    static UnixPath of(Path path) throws IOException {
        return new UnixPath(path, keyOf(path));
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /**
     * Removes a socket that nobody serves any more.
     *
     * @throws BindException if somebody does
     */
    static void removeStale(EventLoop loop, Path path) throws IOException {
        if (!Asyncio.<Boolean>toThread(() -> isSocket(path))) {
            return;
        }
        if (isServed(loop, path)) {
            throw new BindException(
                    "Cannot listen at %s: another server does already".formatted(path));
        }
        Asyncio.<Boolean>toThread(() -> Files.deleteIfExists(path));
    }

    private static boolean isSocket(Path path) throws IOException {
        try {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return ((Integer) mode & FILE_TYPE) == SOCKET;
        } catch (UnsupportedOperationException e) { // Windows
            return Files.exists(path)
                    && Files.readAttributes(path, BasicFileAttributes.class).isOther();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Knocks. A connect to a UNIX socket succeeds or fails at once. */
    private static boolean isServed(EventLoop loop, Path path) {
        try (SocketChannel knock = loop.network().openSocket(StandardProtocolFamily.UNIX)) {
            knock.configureBlocking(false);
            knock.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Removes the file if it is still the one that it was. A short disk access on the loop's
     * thread, since closing must not wait.
     */
    void removeIfOurs() {
        try {
            if (key != null && key.equals(keyOf(path))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody has removed it.
        } catch (IOException e) {
            System.getLogger("dev.heddle")
                    .log(Level.WARNING, "The UNIX socket " + path + " cannot be removed", e);
        }
    }
}
