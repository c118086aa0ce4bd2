package dev.heddle.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tables of {@code docs/asyncio-map.md}. The text in the first cell of its header tells what a
 * table is about.
 */
final class AsyncioMap {

    static final String ASYNCIO = "asyncio";
    static final String TRIO = "trio, anyio";
    static final String PYTHON = "Python";
    static final String HEDDLE = "in Heddle";
    static final String EXAMPLE = "a line of Python";

    private static final String FILE = "docs/asyncio-map.md";
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** A row of a table, which is below {@code header}. Its text tells where it is. */
    record Row(int line, List<String> header, List<String> cells) {

        String kind() {
            return header.getFirst();
        }

        /** Returns what the cell below a title holds. */
        String cell(String title) {
            int i = header.indexOf(title);
            if (i < 0 || i >= cells.size()) {
                throw new AssertionError(this + ": there is no cell below '" + title + "'");
            }
            return cells.get(i);
        }

        /** Returns the pieces of code in a cell, in order. */
        List<String> code(String title) {
            return CODE.matcher(cell(title)).results().map(m -> m.group(1)).toList();
        }

        @Override
        public String toString() {
            return "%s:%d: | %s |".formatted(FILE, line, String.join(" | ", cells));
        }
    }

    private final List<Row> rows = new ArrayList<>();

    private AsyncioMap() {}

    static AsyncioMap read() {
        try {
            return parse(Files.readAllLines(find()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file is in the project's directory, and tests run in that of the module. */
    private static Path find() {
        Path here = Path.of("").toAbsolutePath();
        return Stream.iterate(here, dir -> dir != null, Path::getParent)
                .map(dir -> dir.resolve(FILE))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + FILE + " in or above " + here));
    }

    static AsyncioMap parse(List<String> lines) {
        var map = new AsyncioMap();
        List<String> header = List.of();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.startsWith("|")) {
                header = List.of();
            } else if (header.isEmpty()) {
                header = cells(line);
                i++; // the row of dashes
            } else {
                var row = new Row(i + 1, header, cells(line));
                if (row.cells.size() != header.size()) {
                    throw new AssertionError(row + ": it wants cells for " + header);
                }
                map.rows.add(row);
            }
        }
        return map;
    }

    private static List<String> cells(String line) {
        return Stream.of(line.substring(1).split("\\|", -1))
                .limit(Math.max(0, line.chars().filter(c -> c == '|').count() - 1))
                .map(String::strip)
                .toList();
    }

    /** Returns all rows of the tables of a kind. */
    List<Row> rows(String kind) {
        return rows.stream().filter(row -> row.kind().equals(kind)).toList();
    }

    /** Returns all rows that say what is in Heddle. */
    List<Row> mappings() {
        return rows.stream().filter(row -> row.header.contains(HEDDLE)).toList();
    }
}
