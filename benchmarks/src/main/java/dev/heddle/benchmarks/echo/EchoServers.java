package dev.heddle.benchmarks.echo;

import java.io.IOException;

/**
 * The echo servers in Java that {@code benchmarks/echo} compares. Each run wants a JVM of its own.
 *
 * <pre>
 * EchoServers nio|netty-nio|netty-epoll|threads|protocol|streams      plain TCP
 * EchoServers nio|netty-nio|protocol|streams CERTIFICATE KEY STORE    TLS 1.3, by the JDK's engine
 * </pre>
 *
 * <p>Prints its port, and ends when its standard input does. The certificate and the key come as
 * PEM files, and once more as a PKCS #12 store whose password is {@code heddle}.
 */
public final class EchoServers {

    private EchoServers() {}

    public static void main(String[] args) throws Exception {
        endWithInput();
        server(args).serve(System.out::println);
    }

    private static EchoServer server(String... args) {
        var tls = args.length == 1 ? null : new TlsFiles(args[1], args[2], args[3]);
        return switch (args[0]) {
            case "nio" -> tls == null ? new NioEcho() : new EngineEcho(tls);
            case "netty-nio", "netty-epoll" -> new NettyEcho(args[0].equals("netty-epoll"), tls);
            case "threads" -> new ThreadEcho();
            case "protocol", "streams" -> new HeddleEcho(args[0].equals("streams"), tls);
            default -> throw new IllegalArgumentException("No such echo server: " + args[0]);
        };
    }

    private static void endWithInput() {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                System.in.read();
                            } catch (IOException e) {
                                // It ends all the same.
                            }
                            Runtime.getRuntime().halt(0);
                        });
    }
}
