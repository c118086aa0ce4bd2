package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LoopLocalTest extends LoopFixture {

    @Test
    void isMadeOnceForEachLoop() {
        List<EventLoop> made = new ArrayList<>();
        var local =
                new LoopLocal<Object>(
                        l -> {
                            made.add(l);
                            return new Object();
                        });
        EventLoop other = open(EventLoop.builder());

        Object mine = run(() -> local.get());

        assertThat(run(() -> local.get())).isSameAs(mine);
        assertThat(other.runUntilComplete(() -> local.get())).isNotSameAs(mine);
        assertThat(made).containsExactly(loop, other);
    }

    @Test
    void isClosedWithItsLoop() {
        List<String> closed = new ArrayList<>();
        var local = new LoopLocal<AutoCloseable>(l -> () -> closed.add("closed"));
        run(() -> local.get());
        assertThat(closed).isEmpty();

        loop.close();

        assertThat(closed).containsExactly("closed");
    }

    @Test
    void aCloseThatFailsIsReported() {
        var error = new IllegalStateException("no");
        var local =
                new LoopLocal<AutoCloseable>(
                        l ->
                                () -> {
                                    throw error;
                                });
        run(() -> local.get());

        loop.close();

        assertThat(takeError().exception()).isSameAs(error);
    }

    @Test
    void withoutARunningLoopItIsAnError() {
        var local = new LoopLocal<>(l -> "value");

        assertThatThrownBy(local::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anotherThreadMayNotAskWhileTheLoopRuns() {
        var local = new LoopLocal<>(l -> "value");

        run(
                () ->
                        assertThatThrownBy(() -> onOtherThread(() -> local.get(loop)))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("callSoonThreadsafe"));
    }
}
