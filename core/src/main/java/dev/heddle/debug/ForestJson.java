package dev.heddle.debug;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/** Writes what is known of loops and their tasks as JSON. */
final class ForestJson {

    private final StringBuilder json = new StringBuilder();

    private ForestJson() {}

    static String of(TaskForest forest) {
        var writer = new ForestJson();
        writer.forest(forest);
        return writer.json.toString();
    }

    static String of(List<LoopStatus> statuses) {
        var writer = new ForestJson();
        writer.array(statuses, ForestJson::status);
        return writer.json.toString();
    }

    private void status(LoopStatus status) {
        json.append("{\"name\":");
        string(status.name());
        json.append(",\"answered\":").append(status.answered());
        json.append(",\"lag\":").append(status.lag().toNanos() / 1e9);
        json.append(",\"tasks\":").append(status.tasks());
        json.append(",\"ready\":").append(status.ready());
        json.append(",\"timers\":").append(status.timers());
        json.append(",\"openChannels\":").append(status.openChannels());
        json.append(",\"turns\":").append(status.turns());
        json.append(",\"polls\":").append(status.polls());
        json.append(",\"busyRatio\":").append(status.busyRatio()).append('}');
    }

    private void forest(TaskForest forest) {
        json.append("{\"loops\":");
        array(forest.loops(), ForestJson::loop);
        json.append(",\"tasks\":");
        array(forest.tasks(), (w, task) -> w.task(forest, task));
        json.append(",\"circles\":");
        array(
                forest.circles(),
                (w, circle) -> w.array(circle, (x, task) -> x.json.append(task.id())));
        json.append('}');
    }

    private void loop(LoopInfo loop) {
        json.append("{\"name\":");
        string(loop.name());
        json.append(",\"answered\":").append(loop.answered()).append(",\"stack\":");
        array(loop.stack(), ForestJson::frame);
        json.append('}');
    }

    private void task(TaskForest forest, TaskInfo task) {
        json.append("{\"id\":").append(task.id()).append(",\"loop\":");
        string(task.loop());
        json.append(",\"name\":");
        string(task.name());
        json.append(",\"state\":");
        string(task.state().name().toLowerCase(Locale.ROOT));
        json.append(",\"waitsFor\":");
        string(task.waitsFor());
        json.append(",\"awaits\":");
        array(task.awaits(), (w, id) -> w.json.append(id));
        json.append(",\"awaitedBy\":");
        array(forest.awaitersOf(task), (w, awaiter) -> w.json.append(awaiter.id()));
        json.append(",\"stack\":");
        array(task.stack(), ForestJson::frame);
        json.append('}');
    }

    private void frame(StackTraceElement frame) {
        json.append("{\"class\":");
        string(frame.getClassName());
        json.append(",\"method\":");
        string(frame.getMethodName());
        json.append(",\"file\":");
        string(frame.getFileName());
        json.append(",\"line\":").append(frame.getLineNumber()).append('}');
    }

    private <E> void array(Collection<E> elements, BiConsumer<ForestJson, E> write) {
        json.append('[');
        boolean first = true;
        for (E element : elements) {
            if (!first) {
                json.append(',');
            }
            first = false;
            write.accept(this, element);
        }
        json.append(']');
    }

    private void string(@Nullable String value) {
        if (value == null) {
            json.append("null");
            return;
        }
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            character(value.charAt(i));
        }
        json.append('"');
    }

    private void character(char c) {
        switch (c) {
            case '"' -> json.append("\\\"");
            case '\\' -> json.append("\\\\");
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
                if (c < ' ' || Character.isSurrogate(c) || c == 0x7f) { // also one without its pair
                    json.append("\\u%04x".formatted((int) c));
                } else {
                    json.append(c);
                }
            }
        }
    }
}
