package dev.heddle.benchmarks.echo;

import java.io.File;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate and its key, which was made for this run.
 *
 * @param certificate a PEM file
 * @param key a PEM file
 * @param store a PKCS #12 file that has both
 */
record TlsFiles(String certificate, String key, String store) {

    private static final char[] PASSWORD = "heddle".toCharArray();

    SSLContext context() throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(new File(store), PASSWORD), PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
