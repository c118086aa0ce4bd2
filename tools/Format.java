import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Formats every Java file of the repository with google-java-format (AOSP style), or with --check
 * tells which ones are not formatted, and fails.
 *
 * <p>Run from the root by ./format and by mvn verify, which both fetch the formatter first. All
 * files go to one JVM of it, by way of a file of arguments, however many they are.
 */
static final Path FORMATTER = Path.of("target/tools/google-java-format.jar");

void main(String[] args) throws Exception {
    boolean check = List.of(args).equals(List.of("--check"));
    if (args.length > 0 && !check) {
        System.err.println("Usage: ./format [--check]");
        System.exit(2);
    }

    Path files = FORMATTER.resolveSibling("java-files");
    Files.write(files, javaFiles());
    var command = new ArrayList<>(List.of(java(), "-jar", FORMATTER.toString(), "--aosp"));
    command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    command.add("@" + files);

    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0 && check) {
        System.err.println("The Java files above are not formatted: run ./format");
    }
    System.exit(exit);
}

String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
}

List<String> javaFiles() throws IOException {
    var found = new ArrayList<String>();
    FileVisitor<Path> visitor =
            new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                    String name = dir.getFileName().toString();
                    return name.equals("target") || name.startsWith(".") && name.length() > 1
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".java")) {
                        found.add(file.normalize().toString());
                    }
                    return FileVisitResult.CONTINUE;
                }
            };
    Files.walkFileTree(Path.of("."), visitor);
    return found;
}
