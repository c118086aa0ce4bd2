package dev.heddle.cli;

import picocli.CommandLine.IVersionProvider;

import java.io.IOException;
import java.util.Properties;

/** Heddle's version, which the build takes from the parent pom, and that of the JDK. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        var properties = new Properties();
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        }
        return new String[] {
            "Heddle %s on JDK %s".formatted(properties.getProperty("version"), Runtime.version())
        };
    }
}
