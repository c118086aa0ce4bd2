/** What {@code ./heddle} runs. */
module dev.heddle.cli {
    requires dev.heddle;
    requires info.picocli;
    requires static org.jspecify;

    opens dev.heddle.cli to
            info.picocli;
}
