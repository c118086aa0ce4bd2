package dev.heddle.testing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Each piece of Java in docs/testing.md is in a source file of this package, which runs. */
class GuideTest {

    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String SOURCES = "testing/src/test/java/dev/heddle/testing/guide";

    @Test
    void snippetsOfTheGuideAreCompiledAndRun() throws IOException {
        Path root = root();
        String sources = "";
        try (Stream<Path> files = Files.list(root.resolve(SOURCES))) {
            for (Path file : files.toList()) {
                sources += withoutSpace(Files.readString(file));
            }
        }
        List<String> snippets = new ArrayList<>();
        Matcher matcher = JAVA.matcher(Files.readString(root.resolve("docs/testing.md")));
        while (matcher.find()) {
            snippets.add(withoutSpace(matcher.group(1)));
        }

        assertThat(snippets).hasSizeGreaterThan(5);
        for (String snippet : snippets) {
            assertThat(sources.contains(snippet)).as(snippet).isTrue();
        }
    }

    /** The formatter breaks lines elsewhere than a guide would. */
    private static String withoutSpace(String text) {
        return text.replaceAll("\\s", "");
    }

    private static Path root() {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve("docs/testing.md"))) {
                return dir;
            }
        }
        throw new AssertionError("docs/testing.md is not above " + Path.of("").toAbsolutePath());
    }
}
