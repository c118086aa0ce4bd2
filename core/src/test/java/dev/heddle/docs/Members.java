package dev.heddle.docs;

import dev.heddle.Asyncio;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells whether a name in the documentation is one of the public API.
 *
 * <p>A name is {@code Class}, {@code Class.member}, {@code package.Class.member} with the package
 * below {@code dev.heddle}, or a full one of the JDK.
 */
final class Members {

    private static final String ROOT = "dev.heddle";

    private final Set<String> exported = exportedPackages();

    /** What {@code module-info.java} exports; these tests run on the class path, without it. */
    private static Set<String> exportedPackages() {
        return ModuleFinder.of(classes())
                .find(ROOT)
                .orElseThrow(() -> new AssertionError("No module-info in " + classes()))
                .descriptor()
                .exports()
                .stream()
                .filter(e -> !e.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    /** Where the classes of the core are. */
    static Path classes() {
        try {
            return Path.of(
                    Asyncio.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns what is wrong with a name; nothing if it is one of the public API. */
    Optional<String> problem(String name) {
        String[] parts = name.split("\\.", -1);
        int i = 0;
        while (i < parts.length && !startsUpper(parts[i])) {
            i++;
        }
        if (i == parts.length) {
            return Optional.of("'%s' names no class".formatted(name));
        }
        String packageName = packageName(String.join(".", Stream.of(parts).limit(i).toList()));
        Class<?> type = load(packageName + "." + parts[i]);
        if (!isPublic(type)) {
            return Optional.of("no public class '%s' in %s".formatted(parts[i], packageName));
        }
        if (!isExported(type)) {
            return Optional.of("%s is not exported: '%s'".formatted(packageName, name));
        }
        for (i++; i < parts.length; i++) {
            Class<?> nested = startsUpper(parts[i]) ? load(type.getName() + "$" + parts[i]) : null;
            if (nested == null) {
                boolean last = i == parts.length - 1;
                return last && hasPublicMember(type, parts[i])
                        ? Optional.empty()
                        : Optional.of("no public '%s' in %s".formatted(parts[i], type.getName()));
            }
            if (!isPublic(nested)) {
                return Optional.of(nested.getName() + " is not public");
            }
            type = nested;
        }
        return Optional.empty();
    }

    private static boolean startsUpper(String part) {
        return !part.isEmpty() && Character.isUpperCase(part.charAt(0));
    }

    private static String packageName(String given) {
        if (given.isEmpty()) {
            return ROOT;
        }
        return given.startsWith("java.") ? given : ROOT + "." + given;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Members.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static boolean isPublic(Class<?> type) {
        return type != null && Modifier.isPublic(type.getModifiers());
    }

    private boolean isExported(Class<?> type) {
        return type.getModule().isNamed()
                ? type.getModule().isExported(type.getPackageName())
                : exported.contains(type.getPackageName());
    }

    /** Without those of each object: {@code wait} of an event is not that of {@code Object}. */
    private static boolean hasPublicMember(Class<?> type, String name) {
        return Stream.of(type.getFields()).anyMatch(field -> field.getName().equals(name))
                || Stream.of(type.getMethods())
                        .filter(method -> method.getDeclaringClass() != Object.class)
                        .anyMatch(method -> method.getName().equals(name));
    }
}
