package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

class ReadBufferTest extends StreamFixture {

    private final ReadBuffer buffer = new ReadBuffer(Pages.of(loop));

    @Test
    void anyMixOfOperationsKeepsTheOrderOfTheBytes() {
        var random = new Random(7);
        byte[] model = {};

        for (int round = 0; round < 20_000; round++) {
            int n = random.nextInt(random.nextInt(20) == 0 ? 20_000 : 300);
            var data = new byte[n];
            random.nextBytes(data);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    buffer.append(ByteBuffer.wrap(data));
                    model = concat(model, data);
                }
                case 2 -> {
                    buffer.putBack(data, 0, n);
                    model = concat(data, model);
                }
                default -> {
                    int taken = Math.min(model.length, random.nextInt(4) == 0 ? 1 << 30 : n * 3);
                    assertThat(buffer.take(taken)).isEqualTo(Arrays.copyOf(model, taken));
                    model = Arrays.copyOfRange(model, taken, model.length);
                }
            }
            assertThat(buffer.size()).isEqualTo(model.length);
        }

        assertThat(buffer.take(model.length)).isEqualTo(model);
    }

    @Test
    void anEmptyBufferGivesItsArrayBackForTheNextOne() {
        Pages pages = Pages.of(loop);
        byte[] first = pages.take(1);
        pages.giveBack(first);

        buffer.append(ByteBuffer.wrap(bytes("hello")));
        byte[] second = pages.take(1);
        buffer.take(5);
        byte[] third = pages.take(1);

        assertThat(second).isNotSameAs(first);
        assertThat(third).isSameAs(first);
    }

    @Test
    void pagesComeInPowersOfTwoAndHugeOnesAreNotKept() {
        Pages pages = Pages.of(loop);

        assertThat(pages.take(1)).hasSize(4096);
        assertThat(pages.take(4096)).hasSize(4096);
        assertThat(pages.take(4097)).hasSize(8192);
        byte[] huge = pages.take(1 << 20);
        pages.giveBack(huge);
        pages.giveBack(new byte[4096 * 3]);
        assertThat(huge).hasSize(1 << 20);
        assertThat(pages.take(1 << 20)).isNotSameAs(huge);
    }

    @Test
    void aSearchFindsTheFirstPlaceAtOrBehindAnother() {
        buffer.append(ByteBuffer.wrap(bytes("xxabcabab")));
        buffer.skip(2);

        assertThat(buffer.indexOf((byte) 'a', 0)).isZero();
        assertThat(buffer.indexOf((byte) 'a', 1)).isEqualTo(3);
        assertThat(buffer.indexOf((byte) 'x', 0)).isEqualTo(-1);
        assertThat(buffer.indexOf(bytes("aba"), 0)).isEqualTo(3);
        assertThat(buffer.indexOf(bytes("abab"), 0)).isEqualTo(3);
        assertThat(buffer.indexOf(bytes("ababa"), 0)).isEqualTo(-1);
        assertThat(buffer.indexOf(bytes("ab"), 6)).isEqualTo(-1);
        assertThat(buffer.indexOf(bytes("ab"), 100)).isEqualTo(-1);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }
}
