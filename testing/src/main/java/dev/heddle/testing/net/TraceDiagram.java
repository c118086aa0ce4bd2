package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Draws a trace as a sequence diagram: a column for each host, time downwards, an arrow for each
 * message from when it was sent to when it arrived. Lost messages end in a red cross, faults are
 * red lines.
 *
 * <p>Time is not to scale: every event has a line of its own, and long pauses are only hinted at;
 * the figures at the left tell.
 */
public final class TraceDiagram {

    /** More events are not drawn, unless it is asked for. */
    public static final int DEFAULT_LIMIT = 2000;

    private final String title;
    private final List<TraceEvent> events;
    private final int left;

    private TraceDiagram(String title, List<TraceEvent> events, int left) {
        this.title = title;
        this.events = events;
        this.left = left;
    }

    /** Makes a diagram of the first {@value #DEFAULT_LIMIT} events. */
    public static TraceDiagram of(String title, List<TraceEvent> trace) {
        return of(title, trace, DEFAULT_LIMIT);
    }

    /** Makes a diagram of the first {@code limit} events; it says how many there are more. */
    public static TraceDiagram of(String title, List<TraceEvent> trace, int limit) {
        Checks.positive(limit, "limit");
        Objects.requireNonNull(title, "title");
        int shown = Math.min(limit, trace.size());
        return new TraceDiagram(title, List.copyOf(trace.subList(0, shown)), trace.size() - shown);
    }

    /** Returns a picture on its own. */
    public String svg() {
        var drawing = new TraceDrawing(title);
        events.forEach(drawing::column);
        events.forEach(drawing::add);
        if (left > 0) {
            drawing.remark("and " + left + " events more");
        }
        return drawing.svg();
    }

    /** Returns a page with the picture, and the trace as text below it. */
    public String html() {
        var text = new StringBuilder();
        events.forEach(event -> text.append(escape(event.toString())).append('\n'));
        if (left > 0) {
            text.append("and ").append(left).append(" events more\n");
        }
        return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>%s</title>
        <style>body { font-family: sans-serif; margin: 1em; } pre { font-size: 12px; }</style>
        </head>
        <body>
        %s<pre>
        %s</pre>
        </body>
        </html>
        """
                .formatted(escape(title), svg(), text);
    }

    /**
     * Writes a page if the name ends in {@code .html}, and else a picture.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeTo(Path file) throws IOException {
        boolean page = file.toString().endsWith(".html");
        Files.writeString(file, page ? html() : svg());
    }

    /** Returns the text so that it is nothing but text in XML and HTML. */
    static String escape(String text) {
        var safe = new StringBuilder(text.length() + 16);
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '<' -> safe.append("&lt;");
                                case '>' -> safe.append("&gt;");
                                case '&' -> safe.append("&amp;");
                                case '"' -> safe.append("&quot;");
                                case '\'' -> safe.append("&#39;");
                                default -> safe.appendCodePoint(isText(c) ? c : 0xFFFD);
                            }
                        });
        return safe.toString();
    }

    /** XML allows neither most control characters nor half surrogates, in whatever form. */
    private static boolean isText(int c) {
        return (c >= ' ' && c != 0x7F && !(c >= 0xD800 && c < 0xE000) && c < 0xFFFE)
                || c > 0xFFFF
                || c == '\n'
                || c == '\t';
    }

    /** Returns the name of a column; null for none. */
    static @Nullable String host(@Nullable Place place) {
        return place == null ? null : place.host();
    }
}
