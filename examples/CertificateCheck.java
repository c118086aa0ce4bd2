// Who is at the other end of a TLS connection, and until when? Prints the certificates that a
// server shows, and whether one can trust them. The exit code is 0 if so, and 1 if not.
// Run it: ./heddle run examples/CertificateCheck.java example.org[:443] [authorities.pem]

import static dev.heddle.Asyncio.*;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;
import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.TlsOptions;

import javax.net.ssl.SSLException;

final Duration PATIENCE = Duration.ofSeconds(10);

Connection connect(String host, int port, TlsOptions tls) throws IOException {
    var connect = ConnectOptions.DEFAULT.withTls(tls).withConnectTimeout(PATIENCE);
    return Streams.openConnection(host, port, StreamOptions.DEFAULT.withConnect(connect));
}

void show(Connection connection) {
    var session = connection.getExtraInfo(ExtraInfo.SSL_SESSION);
    IO.println("  address:    " + connection.peername());
    IO.println("  protocol:   " + session.getProtocol());
    IO.println("  cipher:     " + session.getCipherSuite());
    for (var certificate : connection.getExtraInfo(ExtraInfo.PEERCERT)) {
        show((java.security.cert.X509Certificate) certificate);
    }
}

void show(java.security.cert.X509Certificate certificate) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    IO.println("  certificate of " + certificate.getSubjectX500Principal().getName());
    IO.println("    issued by " + certificate.getIssuerX500Principal().getName());
    IO.println("    valid     %s to %s: %s".formatted(day(from), day(until), left(from, until)));
}

LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
}

String left(Instant from, Instant until) {
    Instant now = Instant.now();
    if (now.isBefore(from)) {
        return "NOT YET";
    }
    long days = Duration.between(now, until).toDays();
    return now.isAfter(until) ? "EXPIRED %d days ago".formatted(-days) : days + " days left";
}

/** Returns why {@code e} has happened: the innermost cause says it best. */
String reason(Throwable e) {
    return e.getCause() == null ? e.getMessage() : reason(e.getCause());
}

/** Returns whether the server can be trusted. */
boolean check(String host, int port, TlsOptions tls) throws IOException {
    IO.println(host + ":" + port);
    try (var connection = connect(host, port, tls)) {
        show(connection);
        IO.println("Trusted.");
        return true;
    } catch (SSLException e) {
        try (var connection = connect(host, port, tls.withoutVerification())) {
            show(connection); // just to see who that is
        }
        IO.println("NOT TRUSTED: " + reason(e));
        return false;
    }
}

void main(String... args) {
    if (args.length == 0) {
        IO.println("HOST or HOST:PORT, please, and a file with authorities if need be");
        System.exit(2);
    }
    var target = args[0].split(":", 2);
    int port = target.length == 2 ? Integer.parseInt(target[1]) : 443;
    boolean trusted =
            run(
                    () -> {
                        try {
                            var tls = TlsOptions.client();
                            return check(
                                    target[0],
                                    port,
                                    args.length > 1 ? tls.withTrust(Path.of(args[1])) : tls);
                        } catch (IOException e) {
                            IO.println("Cannot tell: " + reason(e));
                            return false;
                        }
                    });
    System.exit(trusted ? 0 : 1);
}
