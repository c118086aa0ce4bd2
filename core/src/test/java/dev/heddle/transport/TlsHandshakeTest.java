package dev.heddle.transport;

import static dev.heddle.transport.OpenSsl.Made.CA;
import static dev.heddle.transport.OpenSsl.Made.CLIENT;
import static dev.heddle.transport.OpenSsl.Made.EXAMPLE;
import static dev.heddle.transport.OpenSsl.Made.EXPIRED;
import static dev.heddle.transport.OpenSsl.Made.LOCALHOST;
import static dev.heddle.transport.OpenSsl.Made.OTHER_CA;
import static dev.heddle.transport.OpenSsl.Made.RENEWED;
import static dev.heddle.transport.OpenSsl.Made.STRANGER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Future;
import dev.heddle.transport.MemoryTransport.Cut;
import dev.heddle.transport.TlsOptions.ClientAuth;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/** How a handshake goes, and what is said when it fails. */
class TlsHandshakeTest extends TlsFixture {

    private record Failures(Throwable client, @Nullable Throwable server) {}

    /** Runs a handshake that the client must fail in. */
    private Throwable clientFailure(TlsOptions clientOptions, TlsOptions serverOptions) {
        return failures(clientOptions, serverOptions).client;
    }

    private Failures failures(TlsOptions clientOptions, TlsOptions serverOptions) {
        return virtual.runUntilComplete(
                () -> {
                    begin(clientOptions, serverOptions, Cut.whole());
                    Throwable error = failureOf(clientReady);
                    Throwable other = failureOf(serverReady);
                    assertThat(client.events).isEmpty();
                    assertThat(server.events).isEmpty();
                    assertThat(virtual.time()).as("nothing waited for a timer").isLessThan(1);
                    settle();
                    assertThat(wire().isClosing()).isTrue();
                    assertThat(wire().other().isClosing()).isTrue();
                    return new Failures(error, other);
                });
    }

    // ---------------------------------------------------------------- certificates

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefused() throws Exception {
        Failures failures = failures(TlsOptions.client().withTrust(OTHER_CA), serving());

        assertThat(failures.client)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageStartingWith("The TLS handshake with localhost:443 failed: the")
                .hasMessageContaining("certificate for localhost, 127.0.0.1 is not trusted")
                .hasMessageContaining("issued by CN=Test authority ca")
                .hasMessageContaining("withTrust");
        assertThat(failures.server)
                .hasMessageContaining("the peer refused with the alert 'certificate_unknown'");
    }

    @Test
    void theAuthoritiesOfTheJdkDoNotKnowOurs() {
        assertThat(clientFailure(TlsOptions.client(), serving()))
                .hasMessageContaining("is not trusted");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        assertThat(clientFailure(trusting(), EXAMPLE.server()))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("the certificate for *.example.org is not for localhost")
                .hasMessageContaining("withServerName");
    }

    @Test
    void anExpiredCertificateIsRefused() {
        assertThat(clientFailure(trusting(), EXPIRED.server()))
                .hasMessageContaining("the certificate for localhost has expired on 20");
    }

    @Test
    void verificationCanBeTurnedOff() {
        virtual.runUntilComplete(
                () -> {
                    connect(TlsOptions.client().withoutVerification(), EXPIRED.server());
                    closeBoth();
                });
    }

    @Test
    void theCheckOfTheNameAloneCanBeTurnedOff() {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withHostnameVerification(false), EXAMPLE.server());
                    closeBoth();
                });
    }

    @Test
    void aNameThatIsGivenIsSentAndVerified() {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withServerName("www.example.org"), EXAMPLE.server());
                    closeBoth();
                });
    }

    @Test
    void aClientWithoutANameToVerifyIsRefusedAtOnce() {
        assertThatThrownBy(() -> Tls.client(virtual, client, trusting(), null, -1, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no host name to verify");
    }

    @Test
    void aServerWithoutACertificateIsRefusedAtOnce() {
        assertThatThrownBy(() -> Tls.server(virtual, server, TlsOptions.client(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a certificate");
    }

    @Test
    void clientAuthenticationWantsATrust() {
        TlsOptions options = serving().withClientAuth(ClientAuth.NEED);

        assertThatThrownBy(() -> Tls.server(virtual, server, options, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("withClientAuth(NEED) needs withTrust");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aServerCanWantTheClientsCertificate(String version) throws Exception {
        TlsOptions withCertificate =
                trusting().withCertificate(CLIENT.chain(), CLIENT.key()).withProtocols(version);
        TlsOptions serverOptions = serving().withTrust(CA).withClientAuth(ClientAuth.NEED);
        virtual.runUntilComplete(
                () -> {
                    connect(withCertificate, serverOptions);
                    var shown = server.transport().getExtraInfo(ExtraInfo.PEERCERT);

                    assertThat(((X509Certificate) shown.getFirst()).getSubjectX500Principal())
                            .hasToString("CN=client");
                    closeBoth();
                });
    }

    @Test
    void aClientWithoutACertificateIsRefusedIfOneIsNeeded() throws Exception {
        TlsOptions serverOptions = serving().withTrust(CA).withClientAuth(ClientAuth.NEED);
        virtual.runUntilComplete(
                () -> {
                    begin(trusting(), serverOptions, Cut.whole());

                    assertThat(failureOf(serverReady)).isInstanceOf(SSLHandshakeException.class);
                    client.await("lost"); // in TLS 1.3 it learns of it after its handshake
                });

        assertThat(client.error).hasMessageContaining("the peer sent the alert '");
    }

    @Test
    void aClientWithACertificateOfAStrangerIsRefused() throws Exception {
        TlsOptions withCertificate =
                trusting()
                        .withCertificate(STRANGER.chain(), STRANGER.key())
                        .withProtocols("TLSv1.2");
        TlsOptions serverOptions = serving().withTrust(CA).withClientAuth(ClientAuth.WANT);
        Failures failures = failures(withCertificate, serverOptions);

        assertThat(failures.server).hasMessageContaining("certificate for client is not trusted");
        assertThat(failures.client).hasMessageContaining("it does not accept our certificate");
    }

    // ---------------------------------------------------------------- several certificates

    @ParameterizedTest
    @ValueSource(strings = {"www.example.org", "localhost", "unknown.net"})
    void theNameThatIsAskedForChoosesTheCertificate(String name) throws Exception {
        Certificates both =
                Certificates.load(LOCALHOST.chain(), LOCALHOST.key())
                        .plus(Certificates.load(EXAMPLE.chain(), EXAMPLE.key()));
        String expected = name.equals("www.example.org") ? "CN=example" : "CN=localhost";

        assertThat(shown(TlsOptions.server(both), name)).isEqualTo(expected);
    }

    @Test
    void reloadedCertificatesAreForNewConnections(@org.junit.jupiter.api.io.TempDir Path directory)
            throws Exception {
        Path chain = Files.copy(LOCALHOST.chain(), directory.resolve("chain.pem"));
        Path key = Files.copy(LOCALHOST.key(), directory.resolve("key.pem"));
        Certificates certificates = Certificates.load(chain, key);
        TlsOptions options = TlsOptions.server(certificates);
        virtual.runUntilComplete(
                () -> {
                    connect(trusting(), options);
                    Files.copy(RENEWED.chain(), chain, StandardCopyOption.REPLACE_EXISTING);
                    assertThatThrownBy(certificates::reload)
                            .as("the key does not fit yet")
                            .isInstanceOf(PemException.class);
                    assertThat(shown(options, "localhost")).isEqualTo("CN=localhost");

                    Files.copy(RENEWED.key(), key, StandardCopyOption.REPLACE_EXISTING);
                    certificates.reload();
                    assertThat(shown(options, "localhost")).isEqualTo("CN=renewed");

                    client.transport().write("still there".getBytes());
                    server.awaitBytes(11);
                    closeBoth();
                });
    }

    /** Returns the subject of the certificate that a client is shown who asks for {@code name}. */
    private String shown(TlsOptions serverOptions, String name) throws Exception {
        var one = new Recorder(virtual);
        var two = new Recorder(virtual);
        TlsOptions options = TlsOptions.client().withoutVerification().withServerName(name);
        Future<String> subject = virtual.createFuture();
        Runnable whole =
                () ->
                        virtual.createTask(
                                () -> {
                                    MemoryTransport.connect(
                                            virtual,
                                            Tls.client(virtual, one, options, null, -1, null),
                                            Tls.server(virtual, two, serverOptions, null),
                                            Cut.whole());
                                    one.await("made");
                                    var chain = one.transport().getExtraInfo(ExtraInfo.PEERCERT);
                                    one.transport().close();
                                    one.await("lost");
                                    two.await("lost");
                                    subject.setResult(
                                            ((X509Certificate) chain.getFirst())
                                                    .getSubjectX500Principal()
                                                    .toString());
                                });
        if (virtual.isRunning()) {
            whole.run();
            return subject.await();
        }
        return virtual.runUntilComplete(
                () -> {
                    whole.run();
                    return subject.await();
                });
    }

    // ---------------------------------------------------------------- nothing in common

    @Test
    void noVersionInCommonIsSaid() {
        Failures failures =
                failures(trusting().withProtocols("TLSv1.2"), serving().withProtocols("TLSv1.3"));

        assertThat(failures.server)
                .hasMessageContaining("no version of TLS in common; this side speaks [TLSv1.3]");
        assertThat(failures.client)
                .hasMessageContaining("the alert 'protocol_version'")
                .hasMessageContaining("it speaks other versions of TLS");
    }

    @Test
    void noCipherSuiteInCommonIsSaid() {
        Failures failures =
                failures(
                        trusting().withCipherSuites(java.util.List.of("TLS_AES_128_GCM_SHA256")),
                        serving().withCipherSuites(java.util.List.of("TLS_AES_256_GCM_SHA384")));

        assertThat(failures.server)
                .hasMessageContaining("no cipher suite in common")
                .hasMessageContaining("[TLS_AES_256_GCM_SHA384]");
        assertThat(failures.client).hasMessageContaining("there is no cipher suite");
    }

    @Test
    void noApplicationProtocolInCommonIsSaid() {
        Failures failures = failures(trusting().withAlpn("h2"), serving().withAlpn("http/1.1"));

        assertThat(failures.server)
                .hasMessageContaining("no ALPN protocol in common; this side speaks [http/1.1]");
        assertThat(failures.client).hasMessageContaining("it speaks none of our ALPN protocols");
    }

    @Test
    void aVersionThatDoesNotExistIsSaid() {
        assertThat(clientFailure(trusting().withProtocols("TLSv9"), serving()))
                .hasMessageContaining("TLS does not know these protocols")
                .hasMessageContaining("TLSv9");
    }

    // ---------------------------------------------------------------- no TLS at all

    @Test
    void plainHttpSentToATlsServerIsShown() {
        virtual.runUntilComplete(
                () -> {
                    MemoryTransport.connect(
                                    virtual,
                                    client,
                                    Tls.server(virtual, server, serving(), serverReady),
                                    Cut.whole())
                            .inject(
                                    "GET / HTTP/1.1\r\nHost: \033[31mred\r\nX: yyyyyyyyyyyy\r\n\r\n"
                                            .getBytes());

                    assertThat(failureOf(serverReady))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("127.0.0.1:4433")
                            .hasMessageContaining(
                                    "it sent 'GET / HTTP/1.1\\r"
                                            + "\\n"
                                            + "Host: \\x1b[31mred\\r"
                                            + "\\n"
                                            + "X: yyyyy...'");
                    client.await("lost");
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 20, 21, 22, 23})
    void garbageThatLooksLikeTlsIsAnError(int type) {
        byte[] garbage = random(1000);
        garbage[0] = (byte) type;
        virtual.runUntilComplete(
                () -> {
                    MemoryTransport raw =
                            MemoryTransport.connect(
                                    virtual,
                                    client,
                                    Tls.server(virtual, server, serving(), serverReady),
                                    Cut.of(10));
                    raw.inject(garbage);
                    raw.endOutput();

                    assertThat(failureOf(serverReady))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("127.0.0.1:4433");
                    client.await("lost");
                });
    }

    @Test
    void anEndInTheHandshakeIsSaid() {
        virtual.runUntilComplete(
                () -> {
                    wire =
                            MemoryTransport.connect(
                                    virtual,
                                    Tls.client(
                                            virtual,
                                            client,
                                            trusting(),
                                            "localhost",
                                            443,
                                            clientReady),
                                    server,
                                    Cut.whole());
                    server.awaitBytes(1);
                    server.transport().close();

                    assertThat(failureOf(clientReady))
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining(
                                    "localhost:443 was reset during the TLS handshake");
                    server.await("lost");
                });

        assertThat(client.events).isEmpty();
    }

    @Test
    void aBrokenConnectionInTheHandshakeIsSaid() {
        virtual.runUntilComplete(
                () -> {
                    begin(trusting(), serving(), Cut.of(1));
                    settle();
                    wire().breakDown();

                    assertThat(failureOf(clientReady))
                            .hasMessageContaining("reset during the TLS handshake")
                            .hasRootCauseMessage("Connection reset");
                    failureOf(serverReady);
                });
    }

    @Test
    void aPeerThatSaysNothingIsLeftAfterTheHandshakeTimeout() {
        virtual.runUntilComplete(
                () -> {
                    wire =
                            MemoryTransport.connect(
                                    virtual,
                                    Tls.client(
                                            virtual,
                                            client,
                                            trusting().withHandshakeTimeout(Duration.ofSeconds(7)),
                                            "localhost",
                                            443,
                                            clientReady),
                                    server,
                                    Cut.whole());
                    double before = virtual.time();

                    assertThat(failureOf(clientReady))
                            .isInstanceOf(SocketTimeoutException.class)
                            .hasMessageContaining(
                                    "The TLS handshake with localhost:443 took more than 7s");
                    assertThat(virtual.time() - before).isBetween(7.0, 7.1);
                    server.await("lost");
                });
    }

    @Test
    void anAbortInTheHandshakeFailsIt() {
        virtual.runUntilComplete(
                () -> {
                    begin(trusting(), serving(), Cut.of(100));
                    settle();
                    Tls.transportOf((StreamingProtocol) wire().getProtocol()).abort();

                    assertThat(failureOf(clientReady))
                            .hasMessageContaining("closed here before its TLS handshake was over");
                    failureOf(serverReady);
                });

        assertThat(client.events).isEmpty();
    }

    @Test
    void anAbortBeforeTheBeginningFailsTheHandshake() {
        virtual.runUntilComplete(
                () -> {
                    StreamingProtocol tls =
                            Tls.client(virtual, client, trusting(), "localhost", 1, clientReady);
                    Tls.transportOf(tls).abort();
                    MemoryTransport.connect(virtual, tls, server, Cut.whole());

                    assertThat(failureOf(clientReady)).hasMessageContaining("closed here");
                    server.await("lost");
                });

        assertThat(client.events).isEmpty();
    }

    @Test
    void anSslContextOfTheUsersIsTaken() throws Exception {
        SSLContext context = SSLContext.getDefault();
        TlsOptions options = TlsOptions.client().withSslContext(context);

        assertThat(clientFailure(options, serving())).hasMessageContaining("localhost:443 failed");
        assertThatThrownBy(() -> options.withTrust(CA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withTrust: these options have an SSLContext");
    }

    @Test
    void whatCannotBeIsRefusedByTheOptions() {
        assertThatThrownBy(() -> trusting().withHandshakeTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("handshakeTimeout must be more than 0, and is PT0S");
        assertThatThrownBy(() -> trusting().withShutdownTimeout(Duration.ofSeconds(-1)))
                .hasMessageContaining("shutdownTimeout must be more than 0");
        assertThatThrownBy(() -> trusting().withAlpn(""))
                .hasMessageContaining("An ALPN protocol has 1 to 255 bytes");
        assertThatThrownBy(() -> trusting().withProtocols())
                .hasMessageContaining("protocols is empty");
        assertThatThrownBy(() -> trusting().withServerName(" "))
                .hasMessageContaining("serverName is blank");
    }
}
