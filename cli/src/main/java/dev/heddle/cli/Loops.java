package dev.heddle.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code --loops} may be; the launcher and {@code LoopGroup.runMain} see it the same way. */
final class Loops implements ITypeConverter<String> {

    private static final int MOST = 1024;

    @Override
    public String convert(String value) {
        boolean number = value.matches("[1-9][0-9]{0,3}") && Integer.parseInt(value) <= MOST;
        if (!number && !value.equals("auto")) {
            throw new TypeConversionException(
                    "must be 1 to %d, or auto, and is '%s'".formatted(MOST, value));
        }
        return value;
    }
}
