package dev.heddle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The entrance of everything that {@code ./heddle} does besides running a program, which the
 * launcher does itself to save the time that this class takes to start.
 *
 * <p>Exit codes: 0 for success, 1 for a failure of the command, 2 for a wrong use of it.
 */
@Command(
        name = "heddle",
        description = "asyncio for the JVM.",
        subcommands = {Run.class, HelpCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n")
public final class Main implements Runnable {

    @Spec private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return commandLine().execute(args);
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(new UsageErrors())
                .setUsageHelpAutoWidth(true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }
}
