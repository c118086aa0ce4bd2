package dev.heddle.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;

/**
 * Describes {@code heddle run} for the help, and finds what is wrong with its arguments.
 *
 * <p>The launcher runs the program: it becomes the program's JVM, so that start-up pays for one JVM
 * and signals and the exit code need no go-between.
 */
@Command(
        name = "run",
        description = "Run a Java program.",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  HEDDLE_JAVA_HOME   The JDK 25 to use; without it, the one that is found.",
            "  HEDDLE_JAVA_OPTS   More options for the program's JVM, such as -Xmx1g.",
            "  HEDDLE_NO_BUILD    If set, never build: run what is there.",
            "",
            "The exit code is the program's: 1 if it does not compile or throws."
        })
final class Run implements Runnable {

    @Spec private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(
            names = "--loops",
            paramLabel = "N",
            converter = Loops.class,
            description = {
                "In how many event loops LoopGroup.runMain runs the program, each on a thread of"
                        + " its own: 1 to 1024, or auto for one on each processor. Without it, 1."
            })
    private @Nullable String loops;

    @Parameters(
            index = "0",
            paramLabel = "FILE.java",
            description = "The program: a source file, compiled in memory each time.")
    private String file;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments for the program.")
    private List<String> arguments = List.of();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "the launcher runs programs: ./heddle run %s%s %s"
                        .formatted(
                                loops == null ? "" : "--loops " + loops + " ",
                                file,
                                String.join(" ", arguments)));
    }
}
