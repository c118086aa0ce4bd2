package dev.heddle.internal;

/** The error that says how to start the JVM for Heddle. */
final class MissingFlags {

    private MissingFlags() {}

    static IllegalStateException error(Throwable cause) {
        int jdk = Runtime.version().feature();
        if (jdk != 25) {
            return new IllegalStateException(
                    "Heddle runs on JDK 25, and this is JDK "
                            + jdk
                            + " ("
                            + System.getProperty("java.home")
                            + "). Install a JDK 25, for example Temurin 25, and run with its java.",
                    cause);
        }
        Module module = Jdk25.class.getModule();
        String target = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        String opens = "--add-opens=java.base/java.lang=" + target;
        String exports = "--add-exports=java.base/jdk.internal.vm=" + target;
        return new IllegalStateException(
                """
                Heddle schedules virtual threads itself, and this JVM was started without the two flags that let it.
                  java:      java %1$s %2$s ...
                  Maven:     <argLine>%1$s %2$s</argLine>  in the configuration of maven-surefire-plugin
                  Gradle:    tasks.withType(Test) { jvmArgs '%1$s', '%2$s' }
                             application { applicationDefaultJvmArgs = ['%1$s', '%2$s'] }
                  manifest of the jar given to java -jar:
                             Add-Opens: java.base/java.lang
                             Add-Exports: java.base/jdk.internal.vm
                  or without any of it:  ./heddle run FILE.java\
                """
                        .formatted(opens, exports),
                cause);
    }
}
