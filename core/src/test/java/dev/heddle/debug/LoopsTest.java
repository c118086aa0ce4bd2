package dev.heddle.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.debug.sample.Hanging;
import dev.heddle.debug.sample.Sample;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What tools get to know of the loops of a JVM. */
class LoopsTest extends DebugFixture {

    private final EventLoop real = open(EventLoop.builder().name("looked at"));

    @Test
    void toolHasTheBeanMadeByItsClassNameAlone() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        var name = new ObjectName(Loops.NAME);
        Task<Void> napping = real.createTask(Sample::nap);
        napping.setName("napping");

        whileRunning(
                real,
                () -> {
                    server.createMBean("dev.heddle.debug.Loops", name);
                    try {
                        assertThat((String[]) server.getAttribute(name, "Loops"))
                                .contains("looked at");
                        assertThat((int) server.getAttribute(name, "TaskCount")).isPositive();
                        assertThat(call(server, name, "tree"))
                                .contains("(T) napping waits for sleep until");
                        assertThat(call(server, name, "tasksJson"))
                                .contains("\"name\":\"napping\"");
                        assertThat(call(server, name, "statusJson"))
                                .contains("{\"name\":\"looked at\",\"answered\":true,\"lag\":");
                    } finally {
                        server.unregisterMBean(name);
                    }
                    real.callSoonThreadsafe(napping::cancel);
                });
    }

    private static String call(MBeanServer server, ObjectName name, String operation)
            throws Exception {
        return (String) server.invoke(name, operation, new Object[0], new String[0]);
    }

    @Test
    void statusCountsWhatThereIs() {
        run(
                () -> {
                    loop.callLater(5, () -> {}).cancel();
                    loop.callLater(6, () -> {});
                    loop.callSoon(() -> {});
                    Task<Void> child = loop.createTask(() -> {});

                    LoopStatus status = LoopStatus.of(loop, Duration.ofSeconds(1));

                    assertThat(status.name()).isEqualTo("test");
                    assertThat(status.answered()).isTrue();
                    assertThat(status.tasks()).isEqualTo(2);
                    assertThat(status.ready()).isEqualTo(2);
                    assertThat(status.timers()).isBetween(1, 2);
                    assertThat(status.openChannels()).isZero();
                    assertThat(status.turns()).isPositive();
                    child.await();
                });
    }

    @Test
    void loopThatHangsDoesNotAnswer() throws Exception {
        var hanging = new CountDownLatch(1);
        var release = new CountDownLatch(1);

        whileRunning(
                real,
                () -> {
                    real.callSoonThreadsafe(
                            () -> {
                                hanging.countDown();
                                Hanging.await(release);
                            });
                    hanging.await();

                    LoopStatus status = LoopStatus.of(real, Duration.ofMillis(1));

                    assertThat(status.answered()).isFalse();
                    release.countDown();
                });
    }

    @Test
    void busyRatioIsThePartOfTheTimeThatIsNotSpentInPolls() {
        VirtualClock time = Clock.virtual();
        var meter = new LoopMeter(loop, time);
        assertThat(meter.busyRatio()).isNull();

        time.advance(Duration.ofSeconds(1));
        meter.beforePoll(0);
        time.advance(Duration.ofSeconds(3));
        meter.afterPoll();

        assertThat(meter.busyRatio()).isEqualTo(0.25);
        time.advance(Duration.ofSeconds(1));
        assertThat(meter.busyRatio()).isEqualTo(1.0);
    }

    @Test
    void meterThatNobodyAsksForAMinuteGoes() {
        VirtualClock time = Clock.virtual();
        var meter = new LoopMeter(loop, time);
        assertThat(meter.busyRatio()).isNull();

        time.advance(Duration.ofSeconds(61));
        meter.beforePoll(0);
        meter.afterPoll();

        assertThat(meter.busyRatio()).isNull();
    }
}
