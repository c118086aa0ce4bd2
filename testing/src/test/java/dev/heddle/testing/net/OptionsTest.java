package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Distributions, and the limits of the options. */
class OptionsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long NANOS = SECOND.toNanos();

    private static LongStream draw(Delay delay) {
        var random = new SplittableRandom(1);
        return LongStream.generate(() -> delay.nanos(random)).limit(10_000);
    }

    @Test
    void constantsAreConstantAndDrawNothing() {
        var random = new SplittableRandom(1);
        Delay delay = Delay.constant(SECOND);

        assertThat(delay.nanos(random)).isEqualTo(NANOS);
        assertThat(Delay.NONE.nanos(random)).isZero();
        assertThat(random.nextLong()).isEqualTo(new SplittableRandom(1).nextLong());
    }

    @Test
    void uniformTimesStayBetweenTheirLimits() {
        Delay delay = Delay.uniform(SECOND, SECOND.multipliedBy(3));
        var statistics = draw(delay).summaryStatistics();

        assertThat(statistics.getMin()).isBetween(NANOS, NANOS + NANOS / 100);
        assertThat(statistics.getMax()).isBetween(3 * NANOS - NANOS / 100, 3 * NANOS);
        assertThat(statistics.getAverage()).isCloseTo(2.0 * NANOS, within(0.03 * NANOS));
    }

    @Test
    void exponentialTimesHaveTheirMean() {
        var statistics = draw(Delay.exponential(SECOND)).summaryStatistics();

        assertThat(statistics.getMin()).isNotNegative();
        assertThat(statistics.getAverage()).isCloseTo(1.0 * NANOS, within(0.05 * NANOS));
    }

    @Test
    void halfOfTheLogNormalTimesAreShorterThanTheMedian() {
        long shorter = draw(Delay.logNormal(SECOND, 1)).filter(t -> t < NANOS).count();

        assertThat(shorter).isBetween(4_800L, 5_200L);
    }

    @Test
    void sumsAddUp() {
        Delay delay = Delay.constant(SECOND).plus(Delay.uniform(SECOND, SECOND));

        assertThat(delay.nanos(new SplittableRandom(1))).isEqualTo(2 * NANOS);
        assertThat(delay).hasToString("PT1S + uniform(PT1S, PT1S)");
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        assertThatThrownBy(() -> Delay.constant(SECOND.negated()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Delay.uniform(SECOND, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("most");
        assertThatThrownBy(() -> Delay.logNormal(SECOND, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sigma");
        assertThatThrownBy(() -> LinkOptions.DEFAULT.withLoss(1.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loss");
        assertThatThrownBy(() -> LinkOptions.DEFAULT.withDuplication(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("duplication");
        assertThatThrownBy(() -> LinkOptions.DEFAULT.withBandwidth(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bandwidth");
        assertThatThrownBy(() -> TcpModel.DEFAULT.withMss(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mss");
        assertThatThrownBy(() -> TcpModel.DEFAULT.withTimeouts(Duration.ZERO, SECOND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("synTimeout");
        assertThatThrownBy(() -> NetworkOptions.DEFAULT.withTrace(0, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("traceLimit");
        assertThatThrownBy(() -> Chaos.DEFAULT.withCrash(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("crash");
    }

    @Test
    void everyOptionCanBeChanged() {
        LinkOptions link =
                LinkOptions.DEFAULT
                        .withLatency(SECOND)
                        .withJitter(Delay.NONE)
                        .withBandwidth(1)
                        .withQueue(2)
                        .withLoss(0.3)
                        .withDuplication(0.4)
                        .withReordering(0.5, Delay.NONE);
        assertThat(link)
                .isEqualTo(
                        new LinkOptions(
                                Delay.constant(SECOND).plus(Delay.NONE),
                                1,
                                2,
                                0.3,
                                0.4,
                                0.5,
                                Delay.NONE));
        TcpModel tcp =
                TcpModel.DEFAULT
                        .withBuffers(1, 2)
                        .withMss(3)
                        .withSegmentation(Segmentation.RANDOM)
                        .withTimeouts(SECOND, SECOND);
        assertThat(tcp)
                .isEqualTo(
                        new TcpModel(
                                1,
                                2,
                                3,
                                Segmentation.RANDOM,
                                SECOND,
                                SECOND,
                                TcpModel.DEFAULT.leastRto(),
                                TcpModel.DEFAULT.finWait()));
        assertThat(
                        NetworkOptions.DEFAULT
                                .withSeed(1)
                                .withLink(link)
                                .withLoopback(link)
                                .withTcp(tcp)
                                .withDatagramBuffer(2)
                                .withNames(Delay.NONE, SECOND)
                                .withTrace(3, true))
                .isEqualTo(new NetworkOptions(1, link, link, tcp, 2, Delay.NONE, SECOND, 3, true));
        assertThat(
                        Chaos.NONE
                                .withTimes(Delay.NONE, Delay.NONE)
                                .withPartition(0.1)
                                .withOneWay(0.2)
                                .withIsolation(0.3)
                                .withCrash(0.4)
                                .withReset(0.5)
                                .withSlowness(0.6)
                                .withNames(0.7))
                .isEqualTo(new Chaos(Delay.NONE, Delay.NONE, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7));
    }
}
