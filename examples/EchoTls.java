// The echo of EchoServer.java, so that nobody on the way can read or change it: TLS on both sides.
// Without arguments it makes a certificate for this one run, which only its own client trusts.
// Run it: ./heddle run examples/EchoTls.java [chain.pem key.pem]

import static dev.heddle.Asyncio.*;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;
import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.TlsOptions;

import java.security.KeyStore;

import javax.net.ssl.SSLException;

void echo(Connection connection) throws IOException {
    for (String line : connection.reader().lines()) {
        connection.write(line + "\n");
    }
}

void talk(int port, StreamOptions options) throws IOException {
    try (var connection = Streams.openConnection("localhost", port, options)) {
        var session = connection.getExtraInfo(ExtraInfo.SSL_SESSION);
        IO.println("Protocol: " + session.getProtocol());
        IO.println("Cipher suite: " + session.getCipherSuite());
        IO.println("The server is " + session.getPeerPrincipal());
        connection.write("A secret\n");
        IO.println("Received: " + connection.readLine(UTF_8));
    }
}

StreamOptions serverWith(TlsOptions tls) {
    return StreamOptions.DEFAULT.withServer(ServerOptions.DEFAULT.withTls(tls));
}

StreamOptions clientWith(TlsOptions tls) {
    return StreamOptions.DEFAULT.withConnect(ConnectOptions.DEFAULT.withTls(tls));
}

void serveAndTalk(Path chain, Path key) throws IOException {
    var shows = serverWith(TlsOptions.server(chain, key));
    try (var server = Streams.startServer(this::echo, "localhost", 0, shows)) {
        talk(server.port(), clientWith(TlsOptions.client().withTrust(chain)));
        try {
            talk(server.port(), clientWith(TlsOptions.client()));
        } catch (SSLException e) {
            IO.println("Who does not trust the certificate does not talk: " + e.getMessage());
        }
    }
}

// ---------------------------------------------------------------- a certificate for this run

/** Makes a directory with chain.pem and key.pem, by the tool that comes with each JDK. */
Path makeCertificate() throws Exception {
    Path directory = Files.createTempDirectory("echo-tls");
    directory.toFile().deleteOnExit();
    Path store = directory.resolve("store.p12");
    store.toFile().deleteOnExit();
    var options =
            "-genkeypair -alias echo -keyalg EC -dname CN=localhost -ext SAN=dns:localhost"
                    + " -validity 1 -storetype PKCS12 -storepass secret -keystore";
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(options.split(" ")));
    command.add(store.toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
        throw new IOException("keytool has failed: " + said);
    }

    char[] password = "secret".toCharArray();
    var keys = KeyStore.getInstance(store.toFile(), password);
    writePem(directory, "chain.pem", "CERTIFICATE", keys.getCertificate("echo").getEncoded());
    writePem(directory, "key.pem", "PRIVATE KEY", keys.getKey("echo", password).getEncoded());
    return directory;
}

void writePem(Path directory, String name, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(content);
    String pem = "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(type, base64);
    Files.writeString(directory.resolve(name), pem).toFile().deleteOnExit();
}

void main(String... args) {
    run(
            () -> {
                if (args.length == 2) {
                    serveAndTalk(Path.of(args[0]), Path.of(args[1]));
                } else {
                    Path made = toThread(this::makeCertificate); // the loop goes on meanwhile
                    serveAndTalk(made.resolve("chain.pem"), made.resolve("key.pem"));
                }
            });
}
