package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

class SequentialStyleTest {

    private static final Pattern ANSWER =
            Pattern.compile("   ([0-9]+)[.,]([0-9]{2}) s: (request [123] gets row [123])");

    /** The hundredths of a second at which a style has answered each of its requests. */
    private record Style(String name, List<Integer> times) {}

    @Test
    void everyStyleButOneAfterTheOtherServesAllRequestsAtTheSameTime() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "SequentialStyle.java");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        List<Style> styles = parse(result.out());
        assertThat(styles.stream().map(Style::name))
                .containsExactly(
                        "1. One after the other: easy to read, but slow",
                        "2. A callback each: fast, but in pieces",
                        "3. A sub-generator each: fast, in one piece",
                        "4. A task each: fast, and the code of number 1");
        // A query takes 30 hundredths of a second; what is printed is rounded.
        List<Integer> slow = styles.getFirst().times();
        assertThat(slow.get(0)).isGreaterThanOrEqualTo(30);
        assertThat(slow.get(1) - slow.get(0)).isGreaterThanOrEqualTo(29);
        assertThat(slow.get(2) - slow.get(1)).isGreaterThanOrEqualTo(29);
        assertThat(styles.subList(1, 4))
                .allSatisfy(
                        style -> {
                            int first = style.times().getFirst();
                            assertThat(first).isGreaterThanOrEqualTo(30);
                            assertThat(style.times().getLast() - first).isLessThan(58);
                        });
    }

    private static List<Style> parse(String output) {
        var styles = new ArrayList<Style>();
        for (String line : output.lines().toList()) {
            if (!line.startsWith(" ")) {
                styles.add(new Style(line, new ArrayList<>()));
                continue;
            }
            List<Integer> times = styles.getLast().times();
            int request = times.size() + 1;
            var answer = ANSWER.matcher(line);
            assertThat(answer.matches()).as(line).isTrue();
            assertThat(answer.group(3)).isEqualTo("request %d gets row %d", request, request);
            times.add(Integer.parseInt(answer.group(1) + answer.group(2)));
        }
        assertThat(styles).allSatisfy(style -> assertThat(style.times()).hasSize(3));
        return styles;
    }
}
