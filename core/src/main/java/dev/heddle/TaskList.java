package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The pending tasks of a loop, in the order in which they were made: a doubly linked list. */
final class TaskList {

    private @Nullable Task<?> first;
    private @Nullable Task<?> last;
    private int size;

    void add(Task<?> task) {
        task.previous = last;
        if (last == null) {
            first = task;
        } else {
            last.next = task;
        }
        last = task;
        size++;
    }

    void remove(Task<?> task) {
        Task<?> before = task.previous;
        Task<?> after = task.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        task.previous = null;
        task.next = null;
        size--;
    }

    int size() {
        return size;
    }

    /** Returns what it holds as far as another thread can see; ends even if it changes. */
    List<Task<?>> copyFromOutside() {
        var list = new ArrayList<Task<?>>();
        int most = size;
        for (Task<?> task = first; task != null && list.size() < most; task = task.next) {
            list.add(task);
        }
        return list;
    }

    List<Task<?>> copy() {
        var list = new ArrayList<Task<?>>(size);
        for (Task<?> task = first; task != null; task = task.next) {
            list.add(task);
        }
        return list;
    }
}
