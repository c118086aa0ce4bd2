package dev.heddle.transport;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs openssl: to make keys and certificates, once a JVM, and as a peer. */
final class OpenSsl {

    private static final long SECONDS = 30;

    private static final Path DIRECTORY = makeDirectory();

    private OpenSsl() {}

    /** A certificate chain and its key. */
    record Pair(Path chain, Path key) {

        TlsOptions server() {
            try {
                return TlsOptions.server(chain, key);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What all tests use: made when the first of them needs it. */
    static final class Made {
        static final Path CA = authority("ca");
        static final Path OTHER_CA = authority("otherca");
        static final Pair LOCALHOST =
                certificate("localhost", CA, "DNS:localhost,IP:127.0.0.1", 30);
        static final Pair RENEWED = certificate("renewed", CA, "DNS:localhost", 30);
        static final Pair EXAMPLE = certificate("example", CA, "DNS:*.example.org", 30);
        static final Pair EXPIRED = certificate("expired", CA, "DNS:localhost", -1);
        static final Pair CLIENT = certificate("client", CA, "DNS:client", 30);
        static final Pair STRANGER = certificate("stranger", OTHER_CA, "DNS:client", 30);

        private Made() {}
    }

    private static Path makeDirectory() {
        try {
            Path made = Files.createTempDirectory("heddle-tls");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            // It lies in the system's directory for such things.
        }
    }

    static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    static Path authority(String name) {
        Path certificate = file(name + ".pem");
        run(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                file(name + ".key").toString(),
                "-out",
                certificate.toString(),
                "-days",
                "30",
                "-subj",
                "/CN=Test authority " + name);
        return certificate;
    }

    static Pair certificate(String name, Path authority, String names, int days) {
        Path key = file(name + ".key");
        run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "" + key);
        return new Pair(certificateFor(name, key, authority, names, days), key);
    }

    /** Returns the chain, with the authority's certificate. */
    static Path certificateFor(String name, Path key, Path authority, String names, int days) {
        try {
            Path extensions = file(name + ".ext");
            Files.writeString(extensions, "subjectAltName=" + names + "\n");
            run(
                    "req",
                    "-new",
                    "-key",
                    "" + key,
                    "-out",
                    "" + file(name + ".csr"),
                    "-subj",
                    "/CN=" + name);
            run(
                    "x509",
                    "-req",
                    "-in",
                    "" + file(name + ".csr"),
                    "-CA",
                    "" + authority,
                    "-CAkey",
                    authority.toString().replace(".pem", ".key"),
                    "-CAcreateserial",
                    "-days",
                    "" + days,
                    "-extfile",
                    "" + extensions,
                    "-out",
                    "" + file(name + ".pem"));
            Path chain = file(name + ".chain.pem");
            Files.writeString(
                    chain, Files.readString(file(name + ".pem")) + Files.readString(authority));
            return chain;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it to its end, and returns what it printed. */
    static String run(String... arguments) {
        try {
            Process process = start(arguments, true);
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(
                        "openssl " + String.join(" ", arguments) + ":\n" + new String(output));
            }
            return new String(output, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts it; what it prints as errors is with the rest, or nowhere. */
    static Process start(String[] arguments, boolean errors) throws IOException {
        var command = new ArrayList<String>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            var builder = new ProcessBuilder(command);
            if (errors) {
                builder.redirectErrorStream(true);
            } else {
                builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            }
            return builder.start();
        } catch (IOException e) {
            Assumptions.assumeTrue(System.getenv("CI") != null, "openssl is not installed");
            throw e;
        }
    }
}
