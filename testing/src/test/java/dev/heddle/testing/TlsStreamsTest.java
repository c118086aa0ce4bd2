package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Future;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.SimulatedNetwork;
import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.TlsOptions;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Streams over TLS keep the contract, on the machine's network and on a simulated one. */
class TlsStreamsTest {

    @TempDir static Path directory;

    private static TlsOptions tls;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "own",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=server",
                                "-ext",
                                "san=dns:server,dns:localhost",
                                "-keystore",
                                store.toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "secret")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        tls = TlsOptions.client().withSslContext(contextOf(store));
    }

    private static SSLContext contextOf(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "secret".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "secret".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("own"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static StreamServer serve(Future<Connection> accepted, String host) throws Exception {
        return Streams.startServer(
                connection -> {
                    connection.detach();
                    accepted.setResult(connection);
                },
                host,
                0,
                StreamOptions.DEFAULT.withServer(ServerOptions.DEFAULT.withTls(tls)));
    }

    private static Connection connect(String host, int port) throws Exception {
        return Streams.openConnection(
                host, port, StreamOptions.DEFAULT.withConnect(ConnectOptions.DEFAULT.withTls(tls)));
    }

    @Nested
    @Loop(clock = Loop.Time.REAL)
    class OnTheMachinesNetwork extends StreamContract {

        @Override
        protected StreamPair connect() throws Exception {
            Future<Connection> accepted = createFuture();
            try (StreamServer server = serve(accepted, "localhost")) {
                Connection client = TlsStreamsTest.connect("localhost", server.port());
                return new StreamPair(client, accepted.await());
            }
        }
    }

    @Nested
    class OnASimulatedNetwork extends StreamContract {

        private SimulatedNetwork network;

        @BeforeEach
        void keep(SimulatedNetwork injected) {
            network = injected;
            network.host("server");
            network.host("client");
        }

        @Override
        protected StreamPair connect() throws Exception {
            Future<Connection> accepted = createFuture();
            try (StreamServer server =
                    network.host("server").run(() -> serve(accepted, "server"))) {
                int port = server.port();
                Connection client =
                        network.host("client").run(() -> TlsStreamsTest.connect("server", port));
                return new StreamPair(client, accepted.await());
            }
        }
    }
}
