package dev.heddle;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a group does not keep: tasks that have ended, and threads of a loop that is closed. */
class TaskGroupLeakTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private static boolean isCollected(WeakReference<?> reference) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (reference.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        return reference.get() == null;
    }

    private static WeakReference<Task<?>> endedTaskOf(TaskGroup group) {
        Task<?> task = group.createTask(() -> sleep(1, new Object()));
        task.await();
        return new WeakReference<>(task);
    }

    @Test
    void endedTaskIsDroppedWhileTheGroupIsOpen() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    WeakReference<Task<?>> ended = endedTaskOf(group);

                                    assertThat(isCollected(ended)).isTrue();
                                    assertThat(group)
                                            .hasToString("TaskGroup(ENTERED, 0 tasks, 0 errors)");
                                }));
    }

    @Test
    void endedTaskIsDroppedFromTheScopeAroundTheGroupToo() {
        run(
                () ->
                        new CancelScope()
                                .run(
                                        scope ->
                                                taskGroup(
                                                        group -> {
                                                            var ended = endedTaskOf(group);

                                                            assertThat(isCollected(ended)).isTrue();
                                                            assertThat(scope.tasks).hasSize(1);
                                                        })));
    }

    @Test
    void errorsDoNotReferToTheGroupOrItsTasks() {
        var tasks = new ArrayList<WeakReference<?>>();
        ExceptionGroup thrown =
                run(
                        () ->
                                catchThrowableOfType(
                                        ExceptionGroup.class,
                                        () ->
                                                taskGroup(
                                                        group -> {
                                                            tasks.add(new WeakReference<>(group));
                                                            tasks.add(failingTaskOf(group));
                                                        })));

        assertThat(tasks).hasSize(2).allMatch(TaskGroupLeakTest::isCollected);
        assertThat(thrown.leaves()).hasSize(1);
    }

    private static WeakReference<Task<?>> failingTaskOf(TaskGroup group) {
        return new WeakReference<>(
                group.createTask(
                        () -> {
                            throw new IOException("disk");
                        }));
    }

    @Test
    void closingTheLoopUnwindsAGroupThatWaitsForItsTasks() {
        Task<Void> host =
                loop.createTask(
                        () -> {
                            try {
                                taskGroup(
                                        group -> {
                                            group.createTask(() -> sleepLong("a"));
                                            group.createTask(() -> sleepLong("b"));
                                        });
                            } finally {
                                log.add("host unwound");
                            }
                        });
        turns(2);
        Thread thread = host.strand.thread();

        loop.close();

        assertThat(takeErrors()).hasSize(3);
        assertThat(log).containsExactlyInAnyOrder("a unwound", "b unwound", "host unwound");
        assertThat(host.done()).isTrue();
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void closingTheLoopUnwindsABodyAndItsTasks() {
        Task<Void> host =
                loop.createTask(
                        () ->
                                taskGroup(
                                        group -> {
                                            group.createTask(() -> sleepLong("task"));
                                            sleepLong("body");
                                        }));
        turns(2);

        loop.close();

        assertThat(takeErrors()).hasSize(2);
        assertThat(log).containsExactlyInAnyOrder("task unwound", "body unwound");
        assertThat(host.done()).isTrue();
    }

    private void sleepLong(String name) {
        try {
            sleep(100);
        } finally {
            log.add(name + " unwound");
        }
    }
}
