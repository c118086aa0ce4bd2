package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Which loop is the current one, and for whom. */
class LoopCurrentTest extends LoopFixture {

    private final EventLoop other = open(EventLoop.builder().name("other"));

    @AfterEach
    void unset() {
        Asyncio.setEventLoop(null);
    }

    @Test
    void outsideOfALoopThereIsNoRunningOne() {
        assertThat(EventLoop.runningOrNull()).isNull();
        assertThatThrownBy(Asyncio::getRunningLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop")
                .hasMessageContaining(Thread.currentThread().getName());
    }

    @Test
    void callbacksAndTasksSeeTheLoopThatRunsThem() {
        List<EventLoop> seen = new ArrayList<>();
        loop.callSoon(() -> seen.add(Asyncio.getRunningLoop()));
        loop.callLater(0, () -> seen.add(Asyncio.getRunningLoop()));

        run(() -> seen.add(Asyncio.getRunningLoop()));

        assertThat(seen).hasSize(3).containsOnly(loop);
        assertThat(EventLoop.runningOrNull()).isNull();
    }

    @Test
    void otherThreadsDoNotSeeItMeanwhile() {
        Callable<EventLoop> running = EventLoop::runningOrNull;

        run(
                () -> {
                    assertThat(onOtherThread(running)).isNull();
                    assertThat(loop.runInExecutor(null, running).await()).isNull();
                });
    }

    @Test
    void getEventLoopNeverMakesOne() {
        assertThatThrownBy(Asyncio::getEventLoop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is no current event loop");
    }

    @Test
    void getEventLoopReturnsTheOneThatWasSetForTheThread() {
        Asyncio.setEventLoop(loop);

        assertThat(Asyncio.getEventLoop()).isSameAs(loop);
        assertThatThrownBy(() -> onOtherThread(Asyncio::getEventLoop))
                .isInstanceOf(IllegalStateException.class);

        Asyncio.setEventLoop(null);

        assertThatThrownBy(Asyncio::getEventLoop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theRunningLoopGoesBeforeTheOneThatWasSet() {
        Asyncio.setEventLoop(other);

        assertThat(run(Asyncio::getEventLoop)).isSameAs(loop);
        assertThat(Asyncio.getEventLoop()).isSameAs(other);
    }

    @Test
    void currentTaskIsNullInACallback() {
        List<Object> seen = new ArrayList<>();
        Task<Boolean> task = loop.createTask(() -> seen.add(Asyncio.currentTask()));
        loop.callSoon(() -> seen.add(Asyncio.currentTask()));

        turns(1);

        assertThat(seen).containsExactly(task, null);
        assertThatThrownBy(Asyncio::currentTask).isInstanceOf(IllegalStateException.class);
    }
}
