package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The picture of {@link TraceDiagram} while it is being drawn, from top to bottom. */
final class TraceDrawing {

    private static final int LEFT = 110; // for the times
    private static final int COLUMN = 260;
    private static final int TOP = 70;
    private static final int LINE = 16;
    private static final double LONGEST_PAUSE = 48;
    private static final double NANOS_PER_MICRO = 1000;

    private static final String STYLE =
            """
            <style>
            text { font: 11px sans-serif; fill: #222; }
            .title { font-size: 14px; font-weight: bold; }
            .name { font-size: 13px; font-weight: bold; }
            .time { fill: #777; font-family: monospace; }
            .host { stroke: #bbb; stroke-dasharray: 4 4; }
            .line { stroke: #1f5fa8; fill: none; marker-end: url(#head); }
            .lost { stroke: #c62828; stroke-dasharray: 3 3; }
            .cross { stroke: #c62828; stroke-width: 2; fill: none; }
            .mark { fill: #555; }
            .fault { stroke: #c62828; stroke-width: 2; fill: #c62828; }
            .fault-label { fill: #c62828; }
            </style>
            <defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"
            markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#1f5fa8"/></marker></defs>
            <rect width="100%" height="100%" fill="#fff"/>
            """;

    /** What a message and its end have in common. */
    private record Message(
            @Nullable Object from, @Nullable Object to, String what, int size, Duration sent) {}

    private final String title;
    private final Map<String, Integer> columns = new LinkedHashMap<>();
    private final Map<Message, Deque<Double>> underWay = new LinkedHashMap<>();
    private final StringBuilder shapes = new StringBuilder();
    private Duration time = Duration.ZERO;
    private String timeShown = "";
    private double y = TOP;

    TraceDrawing(String title) {
        this.title = title;
    }

    /** Makes columns for the hosts of an event, before any is drawn. */
    void column(TraceEvent event) {
        column(TraceDiagram.host(event.from()));
        column(TraceDiagram.host(event.to()));
    }

    private void column(@Nullable String host) {
        if (host != null) {
            columns.putIfAbsent(host, columns.size());
        }
    }

    private double x(@Nullable String host) {
        Integer number = host == null ? null : columns.get(host);
        return LEFT + COLUMN * (number == null ? 0 : number + 0.5);
    }

    private double right() {
        return LEFT + COLUMN * Math.max(1.0, columns.size());
    }

    // ---------------------------------------------------------------- events

    void add(TraceEvent event) {
        advance(event);
        String from = TraceDiagram.host(event.from());
        String to = TraceDiagram.host(event.to());
        switch (event.kind()) {
            case SEND ->
                    underWay.computeIfAbsent(message(event, event.what()), m -> new ArrayDeque<>())
                            .add(y);
            case DELIVER -> arrow(event, x(from), startOf(event), x(to), y, "line");
            case DROP -> lost(event, x(from), x(to));
            case FAULT -> fault(event);
            default -> mark(event, x(from), event.kind() == Kind.ERROR ? "fault" : "mark");
        }
    }

    /** Goes down to the next line, further if time has passed. */
    private void advance(TraceEvent event) {
        double micros = event.time().minus(time).toNanos() / NANOS_PER_MICRO;
        y += LINE + Math.min(LONGEST_PAUSE, 4 * Math.log10(1 + Math.max(0, micros)));
        time = event.time();
        String shown = TraceEvent.seconds(time);
        if (!shown.equals(timeShown)) {
            timeShown = shown;
            text(4, y + 4, "time", "start", shown);
        }
    }

    private static Message message(TraceEvent event, String what) {
        Duration sent = event.sent();
        return new Message(
                event.from(), event.to(), what, event.size(), sent == null ? event.time() : sent);
    }

    /** Returns where the message was drawn that arrives now. */
    private double startOf(TraceEvent event) {
        Double start = takeStart(event);
        return start == null ? y : start;
    }

    private @Nullable Double takeStart(TraceEvent event) {
        String what = event.what();
        int reason = what.indexOf(" (");
        Message key =
                message(
                        event,
                        event.kind() == Kind.DROP && reason > 0 ? what.substring(0, reason) : what);
        Deque<Double> starts = underWay.get(key);
        if (starts == null) {
            return null;
        }
        // A duplicate arrives twice: its start stays for the second time.
        return starts.size() > 1 ? starts.poll() : starts.peek();
    }

    // ---------------------------------------------------------------- shapes

    private void arrow(TraceEvent event, double x1, double y1, double x2, double y2, String style) {
        if (x1 == x2) { // to itself
            shape(
                    "<path class=\"%s\" d=\"M%.1f %.1f h30 V%.1f h-30\"/>",
                    style, x1, Math.min(y1, y2 - 6), y2);
            text(x1 + 34, y2, "label", "start", label(event));
            return;
        }
        shape(
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                style, x1, y1, x2, y2);
        text((x1 + x2) / 2, (y1 + y2) / 2 - 6, "label", "middle", label(event));
    }

    private void lost(TraceEvent event, double x1, double x2) {
        Double start = takeStart(event);
        boolean arrived = start == null;
        double y1 = start == null ? y : start;
        double x = arrived || x1 == x2 ? x2 : (x1 + x2) / 2;
        if (!arrived && x1 != x2) {
            shape(
                    "<line class=\"lost\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    x1, y1, x, y);
        }
        shape("<path class=\"cross\" d=\"M%.1f %.1f l8 8 m0 -8 l-8 8\"/>", x - 4, y - 4);
        text(x + 8, y + 4, "fault-label", "start", label(event));
    }

    private void fault(TraceEvent event) {
        String to = TraceDiagram.host(event.to());
        double x1 = event.from() == null ? LEFT : x(TraceDiagram.host(event.from()));
        double x2 = event.from() == null ? right() : to == null ? x1 : x(to);
        if (x1 == x2) {
            mark(event, x1, "fault");
            return;
        }
        shape(
                "<line class=\"fault\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                x1, y, x2, y);
        text((x1 + x2) / 2, y - 3, "fault-label", "middle", label(event));
    }

    private void mark(TraceEvent event, double x, String style) {
        shape("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", style, x, y);
        String kind = event.kind().name().toLowerCase(Locale.ROOT);
        boolean bad = style.equals("fault");
        text(
                x + 7,
                y + 4,
                bad ? "fault-label" : "label",
                "start",
                event.kind() == Kind.FAULT || event.kind() == Kind.NOTE
                        ? event.what()
                        : (kind + " " + event.what()).strip());
    }

    private static String label(TraceEvent event) {
        return event.size() > 0 ? event.what() + ", " + event.size() + " B" : event.what();
    }

    void remark(String remark) {
        y += LINE;
        text(LEFT, y, "label", "start", remark);
    }

    private void text(double x, double atY, String style, String anchor, String content) {
        shape(
                "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                style, anchor, x, atY, TraceDiagram.escape(content));
    }

    @SuppressWarnings("AnnotateFormatMethod") // Error Prone's annotation is no dependency of ours
    private void shape(String format, Object... values) {
        shapes.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    // ---------------------------------------------------------------- the picture

    String svg() {
        double bottom = y + 2 * LINE;
        String body = shapes.toString();
        shapes.setLength(0);
        text(LEFT, 20, "title", "start", title);
        columns.forEach(
                (host, number) -> {
                    double x = x(host);
                    shape(
                            "<line class=\"host\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\"/>",
                            x, TOP - 10, x, bottom);
                    text(x, TOP - 16, "name", "middle", host);
                });
        double height = bottom + LINE;
        double width = right() + LINE;
        String start =
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$.0f\""
                                + " height=\"%2$.0f\" viewBox=\"0 0 %1$.0f %2$.0f\">\n",
                        width,
                        height);
        return start + STYLE + shapes + body + "</svg>\n";
    }
}
