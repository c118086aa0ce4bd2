package dev.heddle.testing;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the annotations of a test ask for.
 *
 * @param virtualLimit null for none
 * @param realLimit null for none
 * @param seed null if the test is not one of {@link Seeds}
 */
record TestOptions(
        boolean virtual,
        boolean debug,
        boolean deadlocks,
        @Nullable Duration virtualLimit,
        @Nullable Duration realLimit,
        boolean shuffled,
        boolean shuffledReady,
        @Nullable Long seed) {

    private static final String LIMIT_PROPERTY = "heddle.limit";
    private static final Pattern TIME = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

    @Loop
    @TimeLimit
    @Shuffled
    private static final class Defaults {}

    static TestOptions of(ExtensionContext context, @Nullable Long seed) {
        Loop loop = find(context, Loop.class).orElseGet(() -> byDefault(Loop.class));
        TimeLimit limit =
                find(context, TimeLimit.class).orElseGet(() -> byDefault(TimeLimit.class));
        Optional<Shuffled> shuffled = find(context, Shuffled.class);
        return new TestOptions(
                loop.clock() == Loop.Time.VIRTUAL,
                loop.debug(),
                loop.deadlocks(),
                time(limit.virtual()),
                "none".equals(System.getProperty(LIMIT_PROPERTY)) ? null : time(limit.real()),
                shuffled.isPresent() || seed != null,
                shuffled.map(Shuffled::ready).orElse(false),
                seed);
    }

    private static <A extends Annotation> A byDefault(Class<A> type) {
        return Defaults.class.getAnnotation(type);
    }

    private static <A extends Annotation> Optional<A> find(
            ExtensionContext context, Class<A> type) {
        List<AnnotatedElement> places = new ArrayList<>();
        context.getTestMethod().ifPresent(places::add);
        context.getTestClass().ifPresent(places::add);
        List<Class<?>> around = context.getEnclosingTestClasses();
        places.addAll(around.reversed());
        return places.stream()
                .flatMap(place -> AnnotationSupport.findAnnotation(place, type).stream())
                .findFirst();
    }

    static @Nullable Duration time(String text) {
        if (text.equals("none")) {
            return null;
        }
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "@TimeLimit: \"%s\" is not a time. Write a number and ms, s, m, h or d, as in 30s; or none"
                            .formatted(text));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
