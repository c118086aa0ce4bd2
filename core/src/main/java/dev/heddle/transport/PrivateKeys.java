package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Makes private keys of PEM blocks, in all the forms that openssl has written in its time. */
final class PrivateKeys {

    private static final String EXPECTED = "expected a private key (BEGIN PRIVATE KEY)";

    private static final Map<String, String> ALGORITHMS =
            Map.of(
                    Der.RSA,
                    "RSA",
                    "1.2.840.113549.1.1.10",
                    "RSASSA-PSS",
                    Der.EC,
                    "EC",
                    "1.3.101.112",
                    "EdDSA", // Ed25519
                    "1.3.101.113",
                    "EdDSA"); // Ed448

    private PrivateKeys() {}

    /**
     * Returns the first private key in {@code text}, which may have certificates too.
     *
     * @param password of a key that is encrypted; null for none
     */
    static PrivateKey parse(String text, String source, char @Nullable [] password)
            throws PemException {
        byte[] curve = null;
        List<Pem.Block> blocks = Pem.blocks(text, source);
        for (Pem.Block block : blocks) {
            if (block.headers() && block.label().endsWith("PRIVATE KEY")) {
                throw new PemException(
                        ("%s: the key is encrypted in a form of old that is not supported."
                                        + " Convert it: openssl pkcs8 -topk8 -in OLD -out NEW")
                                .formatted(block.where()),
                        null);
            }
            switch (block.label()) {
                case "EC PARAMETERS" -> curve = block.der();
                case "PRIVATE KEY" -> {
                    return ofPkcs8(block.der(), block.where());
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    return ofPkcs8(decrypted(block, password), block.where());
                }
                case "RSA PRIVATE KEY" -> {
                    return ofPkcs8(Der.pkcs8OfRsa(block.der()), block.where());
                }
                case "EC PRIVATE KEY" -> {
                    byte[] named = curve;
                    return reading(block.where(), () -> make(Der.pkcs8OfEc(block.der(), named)));
                }
                default -> {}
            }
        }
        throw new PemException(
                "%s: %s, and found %s".formatted(source, EXPECTED, Pem.describe(text, source)),
                null);
    }

    private static PrivateKey ofPkcs8(byte[] der, String where) throws PemException {
        return reading(where, () -> make(der));
    }

    private static PrivateKey make(byte[] pkcs8) throws GeneralSecurityException, IOException {
        String identifier = Der.algorithmOfPkcs8(pkcs8);
        String algorithm = ALGORITHMS.get(identifier);
        if (algorithm == null) {
            throw new IOException(
                    "expected a key of RSA, EC, Ed25519 or Ed448, and found one of "
                            + Excerpts.of(identifier, 60));
        }
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static byte[] decrypted(Pem.Block block, char @Nullable [] password)
            throws PemException {
        if (password == null) {
            throw new PemException(
                    "%s: the key is encrypted, and no password is given".formatted(block.where()),
                    null);
        }
        var spec = new PBEKeySpec(password);
        try {
            var info = new EncryptedPrivateKeyInfo(block.der());
            Cipher cipher = Cipher.getInstance(info.getAlgName());
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(info.getAlgName()).generateSecret(spec),
                    info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new PemException(
                    "%s: the key cannot be decrypted; is the password right? (%s)"
                            .formatted(block.where(), e.getMessage()),
                    e);
        } finally {
            spec.clearPassword();
        }
    }

    private interface Reading {
        PrivateKey read() throws GeneralSecurityException, IOException;
    }

    private static PrivateKey reading(String where, Reading reading) throws PemException {
        try {
            return reading.read();
        } catch (GeneralSecurityException | IOException e) {
            throw new PemException(
                    "%s: not a private key that can be read: %s".formatted(where, e.getMessage()),
                    e);
        }
    }

    /** Tells whether the two belong together; true if that cannot be found out. */
    static boolean match(PrivateKey key, PublicKey certified) {
        if (key instanceof RSAKey mine && certified instanceof RSAKey theirs) {
            return mine.getModulus().equals(theirs.getModulus());
        }
        String algorithm = certified.getAlgorithm();
        String family = algorithm.startsWith("Ed") ? "Ed" : algorithm; // EdDSA, Ed25519
        if (!key.getAlgorithm().startsWith(family)) {
            return false;
        }
        String scheme =
                switch (family) {
                    case "EC" -> "SHA256withECDSA";
                    case "Ed" -> "EdDSA";
                    default -> null;
                };
        if (scheme == null || isOpaque(key)) {
            return true;
        }
        try {
            byte[] sample = {1, 2, 3};
            Signature signer = Signature.getInstance(scheme);
            signer.initSign(key);
            signer.update(sample);
            byte[] signature = signer.sign();
            signer.initVerify(certified);
            signer.update(sample);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A key in a hardware module may want a provider of its own; it is not tried out. */
    private static boolean isOpaque(PrivateKey key) {
        return key.getEncoded() == null;
    }
}
