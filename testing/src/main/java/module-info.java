/** Heddle's testing kit: a JUnit extension, virtual time, seeded order, a simulated network. */
module dev.heddle.testing {
    requires transitive dev.heddle;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.heddle.testing;
    exports dev.heddle.testing.net;
}
