package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.stream.Collectors;

class AddressOrderTest {

    /** Letters stand for addresses of IPv6, figures for IPv4. */
    @ParameterizedTest(name = "{0}, {1} first: {2}")
    @CsvSource({
        "a b c 1 2 3, 1, a 1 b 2 c 3",
        "1 2 a b, 1, 1 a 2 b",
        "a b c 1, 2, a b 1 c",
        "a b c 1 2, 3, a b c 1 2",
        "a b c 1 2, 9, a b c 1 2",
        "a 1 2 3, 1, a 1 2 3",
        "a b 1 2, 0, a b 1 2",
        "a, 1, a",
        "a b c, 1, a b c",
        "1 a 2 b 3 c, 2, 1 2 a 3 b c",
    })
    void familiesTakeTurnsAfterTheFirstOnes(String given, int first, String expected) {
        var addresses = Arrays.stream(given.split(" ")).map(AddressOrderTest::address).toList();

        assertThat(
                        AddressOrder.interleave(addresses, first).stream()
                                .map(AddressOrderTest::letter)
                                .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    private static InetAddress address(String letter) {
        return InetAddress.ofLiteral(
                Character.isDigit(letter.charAt(0)) ? "192.0.2." + letter : "2001:db8::" + letter);
    }

    private static String letter(InetAddress address) {
        String text = address.getHostAddress();
        return text.substring(text.length() - 1);
    }
}
