package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The semantics of asyncio's StreamReader, on readers that are fed by hand. */
class StreamReaderTest extends StreamFixture {

    private StreamReader reader(int limit, String... pieces) {
        var reader = new StreamReader(limit);
        for (String piece : pieces) {
            reader.feedData(bytes(piece));
        }
        return reader;
    }

    private StreamReader ended(String... pieces) {
        StreamReader reader = reader(64, pieces);
        reader.feedEof();
        return reader;
    }

    // ---------------------------------------------------------------- read

    @Test
    void readOfZeroReturnsAtOnce() {
        run(
                () -> {
                    StreamReader reader = reader(64, "data");

                    assertThat(reader.read(0)).isEmpty();
                    assertThat(reader.read(new byte[0])).isZero();
                    assertThat(reader.readInto(ByteBuffer.allocateDirect(0))).isZero();
                    assertThat(reader.buffered()).isEqualTo(4);
                });
    }

    @Test
    void readReturnsWhatIsThereAndAtMostSoMuch() {
        run(
                () -> {
                    StreamReader reader = reader(64, "hello ", "world");

                    assertThat(text(reader.read(100))).isEqualTo("hello world");
                    reader.feedData(bytes("abc"));
                    assertThat(text(reader.read(2))).isEqualTo("ab");
                    assertThat(text(reader.read(2))).isEqualTo("c");
                });
    }

    @Test
    void readOfNegativeReadsToTheEnd() {
        run(
                () -> {
                    StreamReader reader = reader(4);
                    var all = loop.createTask(() -> text(reader.read(-1)));
                    settle();
                    reader.feedData(bytes("part 1, "));
                    settle();
                    reader.feedData(bytes("longer than the limit"));
                    settle();
                    assertThat(all.done()).isFalse();
                    reader.feedEof();

                    assertThat(all.await()).isEqualTo("part 1, longer than the limit");
                });
    }

    @Test
    void readAtTheEndReturnsNothing() {
        run(
                () -> {
                    StreamReader reader = ended("x");

                    assertThat(reader.atEof()).isFalse();
                    assertThat(text(reader.read(5))).isEqualTo("x");
                    assertThat(reader.atEof()).isTrue();
                    assertThat(reader.read(5)).isEmpty();
                    assertThat(reader.read()).isEmpty();
                    assertThat(reader.read(new byte[3])).isEqualTo(-1);
                    assertThat(reader.readInto(ByteBuffer.allocateDirect(3))).isEqualTo(-1);
                    assertThat(reader.readLine()).isEmpty();
                    assertThat(reader.readLine(StandardCharsets.UTF_8)).isNull();
                });
    }

    @Test
    void readAllKeepsWhatIsTooMuch() {
        run(
                () -> {
                    StreamReader reader = ended("12345");

                    assertThatThrownBy(() -> reader.readAll(4))
                            .isInstanceOf(LimitOverrunException.class)
                            .hasMessageContaining("4 bytes");
                    assertThat(text(reader.readAll(5))).isEqualTo("12345");
                    assertThatThrownBy(() -> reader.readAll(-1))
                            .isInstanceOf(IllegalArgumentException.class);
                });
    }

    @Test
    void readIntoFillsAnyKindOfBuffer() {
        run(
                () -> {
                    StreamReader reader = reader(64, "abcdef");
                    var heap = ByteBuffer.allocate(10).position(2).slice().limit(3);
                    var direct = ByteBuffer.allocateDirect(2);

                    assertThat(reader.readInto(heap)).isEqualTo(3);
                    assertThat(reader.readInto(direct)).isEqualTo(2);

                    assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(bytes("abc")));
                    assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes("de")));
                    assertThat(reader.buffered()).isEqualTo(1);
                });
    }

    // ---------------------------------------------------------------- readExactly

    @Test
    void readExactlyWaitsForAll() {
        run(
                () -> {
                    StreamReader reader = reader(64, "ab");
                    var three = loop.createTask(() -> text(reader.readExactly(5)));
                    settle();
                    reader.feedData(bytes("c"));
                    settle();
                    reader.feedData(bytes("defg"));

                    assertThat(three.await()).isEqualTo("abcde");
                    assertThat(reader.buffered()).isEqualTo(2);
                    assertThat(reader.readExactly(0)).isEmpty();
                    assertThat(reader.buffered()).isEqualTo(2);
                });
    }

    @Test
    void readExactlyIsNotLimited() {
        run(
                () -> {
                    StreamReader reader = reader(3);
                    var all = loop.createTask(() -> text(reader.readExactly(10)));
                    for (int i = 0; i < 5; i++) {
                        settle();
                        reader.feedData(bytes("xy"));
                    }

                    assertThat(all.await()).isEqualTo("xyxyxyxyxy");
                });
    }

    @Test
    void readExactlyAtTheEndHandsOutThePart() {
        run(
                () -> {
                    for (int limit : new int[] {2, 64}) { // by the buffer, and directly
                        StreamReader reader = reader(limit, "abc");
                        reader.feedEof();

                        var e =
                                catchThrowableOfType(
                                        IncompleteReadException.class, () -> reader.readExactly(5));
                        assertThat(text(e.partial())).isEqualTo("abc");
                        assertThat(e.expected()).isEqualTo(5);
                        assertThat(e).isInstanceOf(EOFException.class);
                        assertThat(e).hasMessage("The stream ended after 3 of 5 bytes");
                        assertThat(reader.atEof()).isTrue();
                    }
                });
    }

    @Test
    void readExactlyOfANegativeNumberIsRefused() {
        run(
                () ->
                        assertThatThrownBy(() -> reader(64).readExactly(-1))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("-1"));
    }

    // ---------------------------------------------------------------- readUntil

    @Test
    void readUntilFindsASeparatorCutAtEveryPlace() {
        run(
                () -> {
                    for (String separator : List.of("|", "\r\n", "abcabd", "aab")) {
                        String whole = "some aa abca data" + separator + "rest";
                        for (int cut = 0; cut <= whole.length(); cut++) {
                            StreamReader reader = reader(64);
                            var read =
                                    loop.createTask(() -> text(reader.readUntil(bytes(separator))));
                            settle();
                            reader.feedData(bytes(whole.substring(0, cut)));
                            settle();
                            reader.feedData(bytes(whole.substring(cut)));

                            assertThat(read.await()).isEqualTo("some aa abca data" + separator);
                            settle();
                            assertThat(text(reader.read(10))).isEqualTo("rest");
                        }
                    }
                });
    }

    @Test
    void readUntilFindsASeparatorThatComesByteByByte() {
        run(
                () -> {
                    String separator = "aaaab";
                    StreamReader reader = reader(64);
                    var read = loop.createTask(() -> text(reader.readUntil(bytes(separator))));
                    for (char c : "aaaaaaaaaab!".toCharArray()) {
                        settle();
                        reader.feedData(bytes(String.valueOf(c)));
                    }

                    assertThat(read.await()).isEqualTo("aaaaaaaaaab");
                });
    }

    @Test
    void ofSeveralSeparatorsTheOneCountsThatEndsFirst() {
        run(
                () -> {
                    assertThat(until("line1\r\nline2\n", "\n", "\r\n")).isEqualTo("line1\r\n");
                    assertThat(until("abcdef", "cdef", "d")).isEqualTo("abcd");
                    assertThat(until("abcdef", "ef", "bcd")).isEqualTo("abcd");
                    assertThat(until("abcdef", "zzz", "f")).isEqualTo("abcdef");
                });
    }

    private String until(String data, String... separators) throws IOException {
        var all = new byte[separators.length][];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes(separators[i]);
        }
        return text(reader(64, data).readUntil(all));
    }

    @Test
    void severalSeparatorsAreFoundCutAtEveryPlace() {
        run(
                () -> {
                    String whole = "to be <!-- or --x> not ->";
                    for (int cut = 0; cut <= whole.length(); cut++) {
                        StreamReader reader = reader(64);
                        var read =
                                loop.createTask(
                                        () -> text(reader.readUntil(bytes("-->"), bytes("->"))));
                        settle();
                        reader.feedData(bytes(whole.substring(0, cut)));
                        settle();
                        reader.feedData(bytes(whole.substring(cut)));

                        assertThat(read.await()).isEqualTo(whole);
                    }
                });
    }

    @Test
    void emptySeparatorsAreRefused() {
        run(
                () -> {
                    StreamReader reader = reader(64, "data");

                    assertThatThrownBy(() -> reader.readUntil(bytes("")))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> reader.readUntil(bytes("a"), bytes("")))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(reader::readUntil)
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThat(reader.buffered()).isEqualTo(4);
                });
    }

    @Test
    void readUntilAtTheEndHandsOutThePart() {
        run(
                () -> {
                    StreamReader reader = ended("some da");

                    var e =
                            catchThrowableOfType(
                                    IncompleteReadException.class,
                                    () -> reader.readUntil(bytes("$$$")));
                    assertThat(text(e.partial())).isEqualTo("some da");
                    assertThat(e.expected()).isNull();
                    assertThat(reader.atEof()).isTrue();
                });
    }

    @Test
    void theLimitOfReadUntilIsStrict() {
        run(
                () -> {
                    assertThat(text(reader(3, "123$$").readUntil(bytes("$$")))).isEqualTo("123$$");
                    StreamReader found = reader(3, "1234$$");
                    StreamReader notFound = reader(3, "1234$");

                    var one =
                            catchThrowableOfType(
                                    LimitOverrunException.class,
                                    () -> found.readUntil(bytes("$$")));
                    var other =
                            catchThrowableOfType(
                                    LimitOverrunException.class,
                                    () -> notFound.readUntil(bytes("$$")));

                    assertThat(one.consumed()).isEqualTo(4);
                    assertThat(one).hasMessageContaining("Separator is found");
                    assertThat(other.consumed()).isEqualTo(4);
                    assertThat(other).hasMessageContaining("Separator is not found");
                    assertThat(found.buffered()).isEqualTo(6);
                    assertThat(notFound.buffered()).isEqualTo(5);
                });
    }

    @Test
    void asMuchAsTheLimitWithoutASeparatorWaitsForMore() {
        run(
                () -> {
                    StreamReader reader = reader(3, "123$");
                    var read = loop.createTask(() -> text(reader.readUntil(bytes("$$"))));
                    settle();
                    assertThat(read.done()).isFalse();
                    reader.feedData(bytes("$"));

                    assertThat(read.await()).isEqualTo("123$$");
                });
    }

    // ---------------------------------------------------------------- lines

    @Test
    void readLineReturnsTheNewlineAndThePartAtTheEnd() {
        run(
                () -> {
                    StreamReader reader = ended("one\n", "tw", "o\r\n\nthree");

                    assertThat(text(reader.readLine())).isEqualTo("one\n");
                    assertThat(text(reader.readLine())).isEqualTo("two\r\n");
                    assertThat(text(reader.readLine())).isEqualTo("\n");
                    assertThat(text(reader.readLine())).isEqualTo("three");
                    assertThat(text(reader.readLine())).isEmpty();
                });
    }

    @Test
    void aLineThatIsTooLongIsDroppedWithItsNewlineAndNoOther() {
        run(
                () -> {
                    StreamReader reader = reader(3, "li", "ne1\nok\n");

                    assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
                    assertThat(text(reader.readLine())).isEqualTo("ok\n");
                    assertThat(reader.buffered()).isZero();
                });
    }

    @Test
    void ofALineWithoutItsNewlineThatIsTooLongEverythingIsDropped() {
        run(
                () -> {
                    StreamReader reader = reader(7);
                    var read = start(reader::readLine);
                    settle();
                    reader.feedData(bytes("1234567"));
                    settle();
                    assertThat(read.done()).isFalse();
                    reader.feedData(bytes("8"));

                    assertThat(errorOf(read)).isInstanceOf(LimitOverrunException.class);
                    assertThat(reader.buffered()).isZero();
                    reader.feedData(bytes("next\n"));
                    assertThat(text(reader.readLine())).isEqualTo("next\n");
                });
    }

    @Test
    void aLineOfExactlyTheLimitIsRead() {
        run(
                () -> {
                    assertThat(text(reader(3, "123\n").readLine())).isEqualTo("123\n");
                    assertThatThrownBy(() -> reader(3, "1234\n").readLine())
                            .isInstanceOf(LimitOverrunException.class);
                });
    }

    @Test
    void aTextLineHasNoLineEnd() {
        run(
                () -> {
                    StreamReader reader = ended("å\n\r\nplain\r\n\rend\r");

                    assertThat(reader.readLine(StandardCharsets.ISO_8859_1)).isEqualTo("å");
                    assertThat(reader.readLine(StandardCharsets.UTF_8)).isEmpty();
                    assertThat(reader.readLine(StandardCharsets.UTF_8)).isEqualTo("plain");
                    assertThat(reader.readLine(StandardCharsets.UTF_8)).isEqualTo("\rend\r");
                    assertThat(reader.readLine(StandardCharsets.UTF_8)).isNull();
                });
    }

    @Test
    void aReaderCanBeWalkedOverByLines() {
        run(
                () -> {
                    var lines = new ArrayList<String>();
                    for (byte[] line : ended("a\nb\nc")) {
                        lines.add(text(line));
                    }
                    for (String line : ended("d\ne").lines()) {
                        lines.add(line);
                    }
                    ended("f\n\ng\n").lines().stream()
                            .filter(s -> !s.isEmpty())
                            .forEach(lines::add);

                    assertThat(lines).containsExactly("a\n", "b\n", "c", "d", "e", "f", "g");
                });
    }

    @Test
    void anErrorInAWalkIsThrownAsItIs() {
        run(
                () -> {
                    var error = new IOException("broken");
                    StreamReader reader = reader(64, "a\n");
                    var lines = reader.lines().iterator();

                    assertThat(lines.next()).isEqualTo("a");
                    reader.setException(error);
                    assertThatThrownBy(lines::hasNext).isSameAs(error);
                    assertThatThrownBy(() -> reader.iterator().next()).isSameAs(error);
                });
    }

    // ---------------------------------------------------------------- errors and misuse

    @Test
    void anErrorIsThrownByAllReadsAsTheObjectItIs() {
        run(
                () -> {
                    var error = new IOException("broken");
                    StreamReader reader = reader(64, "data\n");
                    assertThat(reader.exception()).isNull();
                    reader.setException(error);

                    assertThat(reader.exception()).isSameAs(error);
                    assertThatThrownBy(() -> reader.read(1)).isSameAs(error);
                    assertThatThrownBy(() -> reader.read()).isSameAs(error);
                    assertThatThrownBy(() -> reader.read(new byte[1])).isSameAs(error);
                    assertThatThrownBy(() -> reader.readExactly(1)).isSameAs(error);
                    assertThatThrownBy(() -> reader.readUntil(bytes("x"))).isSameAs(error);
                    assertThatThrownBy(reader::readLine).isSameAs(error);
                });
    }

    @Test
    void anErrorWakesWhoReads() {
        run(
                () -> {
                    var error = new IOException("broken");
                    StreamReader reader = reader(64);
                    var read = start(() -> reader.readExactly(3));
                    settle();
                    reader.feedData(bytes("ab"));
                    reader.setException(error);

                    assertThat(errorOf(read)).isSameAs(error);
                    assertThat(reader.buffered()).isEqualTo(2);
                });
    }

    @Test
    void feedDataAfterTheEndIsRefusedUnlessItIsEmpty() {
        run(
                () -> {
                    StreamReader reader = ended();

                    assertThatThrownBy(() -> reader.feedData(bytes("x")))
                            .isInstanceOf(IllegalStateException.class);
                    reader(64).feedData(new byte[0]);
                });
    }

    @Test
    void aLimitMustBePositive() {
        run(
                () ->
                        assertThatThrownBy(() -> new StreamReader(0))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("limit"));
    }

    @Test
    void itsTextTellsWhatItDoes() {
        run(
                () -> {
                    assertThat(reader(64, "abc"))
                            .hasToString("StreamReader(fed by hand, open, 3 bytes buffered)");
                    assertThat(ended().toString()).contains("at its end");
                });
    }
}
