package dev.heddle.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Says what is wrong with the arguments, what was probably meant, and where to read more. */
final class UsageErrors implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        var err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        var commands = command.getSubcommands().keySet();
        err.println(name + ": " + message(error, command));
        if (!commands.isEmpty()) {
            err.println("Commands: " + String.join(", ", commands));
        }
        err.println("More: " + name + " --help");
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String message(ParameterException error, CommandLine command) {
        if (!(error instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(error.getMessage());
        }
        String given = unmatched.getUnmatched().getFirst();
        boolean option = given.startsWith("-");
        var known =
                option
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet();
        return "unknown %s '%s'.".formatted(option ? "option" : "command", given)
                + nearest(given, known).map(" Did you mean '%s'?"::formatted).orElse("");
    }

    /** Returns the word that is at most two slips of the finger away from {@code given}. */
    static Optional<String> nearest(String given, Collection<String> words) {
        return words.stream()
                .filter(word -> distance(given, word) <= Math.min(2, given.length() - 1))
                .min(Comparator.comparingInt(word -> distance(given, word)));
    }

    /**
     * Counts the letters to add, drop, replace, or swap with their neighbour (restricted edit
     * distance).
     */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
