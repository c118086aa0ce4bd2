package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

/** What a network tells about a run, and that the seed decides it. */
@Timeout(60)
class TraceTest {

    private static final LinkOptions LIVELY =
            LinkOptions.DEFAULT.withLoss(0.05).withJitter(Delay.exponential(Duration.ofMillis(3)));

    /** Runs three clients against a server in chaos, and returns the network. */
    private static SimulatedNetwork lively(long seed) {
        var net =
                new SimulatedNetwork(
                        NetworkOptions.DEFAULT
                                .withSeed(seed)
                                .withLink(LIVELY)
                                .withTcp(TcpModel.DEFAULT.withSegmentation(Segmentation.RANDOM)));
        var all = new ArrayList<Host>();
        all.add(net.host("server"));
        net.host("server").start(SimulationFixture::serveEcho);
        for (int i = 0; i < 3; i++) {
            Host host = net.host("client" + i);
            all.add(host);
            host.start(
                    () -> {
                        while (true) {
                            try (Connection c = Streams.openConnection("server", 80)) {
                                c.write(new byte[3000]);
                                Asyncio.timeout(0.5, () -> c.readExactly(3000));
                            } catch (Exception e) {
                                net.note(String.valueOf(e.getMessage()));
                            }
                            Asyncio.sleep(0.05);
                        }
                    });
        }
        net.chaos(Chaos.DEFAULT, all, Duration.ofSeconds(5));
        try (var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build()) {
            loop.runUntilComplete(
                    () -> {
                        Asyncio.sleep(5);
                        all.forEach(net::crash);
                        Asyncio.sleep(1);
                    });
        }
        return net;
    }

    private static SimulatedNetwork small() {
        var net = new SimulatedNetwork(1);
        net.host("server").start(SimulationFixture::serveEcho);
        try (var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build()) {
            loop.runUntilComplete(
                    () -> {
                        Host client = net.host("client");
                        client.createTask(
                                        () -> {
                                            try (var c = Streams.openConnection("server", 80)) {
                                                c.write("hello");
                                                c.readExactly(5);
                                            }
                                        })
                                .await();
                        net.note("<b>\"done\" & 'over'\u0001</b>");
                        net.crash(net.host("server"));
                        Asyncio.sleep(1);
                    });
        }
        return net;
    }

    @Test
    void theSameSeedRepeatsTheRunByteForByte() {
        String first = lively(42).traceText();
        assertThat(first.lines().count()).isGreaterThan(1000);

        for (int i = 0; i < 99; i++) {
            assertThat(lively(42).traceText().equals(first)).isTrue();
        }
    }

    @Test
    void otherSeedsGiveOtherRuns() {
        var traces = new HashSet<String>();
        for (int seed = 0; seed < 10; seed++) {
            traces.add(lively(seed).traceText());
        }

        assertThat(traces).hasSize(10);
    }

    @Test
    void theTraceTellsWhatHasHappened() {
        SimulatedNetwork net = small();

        assertThat(net.traceText())
                .startsWith(
                        """
                        0.000000000 LISTEN server:80
                        0.001000000 RESOLVE client server is 10.0.0.1
                        0.001000000 SEND client:49152 → server:80 SYN
                        0.002000000 DELIVER client:49152 → server:80 SYN sent 0.001000000
                        0.002000000 SEND server:80 → client:49152 SYN-ACK
                        0.003000000 DELIVER server:80 → client:49152 SYN-ACK sent 0.002000000
                        0.003000000 CONNECT client:49152 → server:80
                        0.003000000 SEND client:49152 → server:80 data 5 bytes
                        0.004000000 DELIVER client:49152 → server:80 data 5 bytes sent 0.003000000
                        0.004000000 ACCEPT server:80 → client:49152
                        """)
                .contains("0.005000000 CLOSE client:49152 → server:80\n")
                .contains("FAULT server crash");
    }

    @Test
    void onlyTheNewestEventsAreKept() {
        var net = new SimulatedNetwork(NetworkOptions.DEFAULT.withTrace(3, false));
        for (int i = 0; i < 10; i++) {
            net.note("" + i);
        }

        assertThat(net.trace()).extracting(TraceEvent::what).containsExactly("7", "8", "9");
        assertThat(net.droppedEvents()).isEqualTo(7);
    }

    @Test
    void anEventIsOneLine() {
        var net = new SimulatedNetwork(1);
        net.note("two\nlines");

        assertThat(net.trace().getFirst()).hasToString("0.000000000 NOTE two\uFFFDlines");
    }

    // ---------------------------------------------------------------- pictures

    private static Document parse(String xml) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    @Test
    void thePictureHasColumnsArrowsAndText() throws Exception {
        Document svg = parse(TraceDiagram.of("An <echo>", small().trace()).svg());

        String text = svg.getDocumentElement().getTextContent();
        assertThat(text).contains("An <echo>", "client", "server", "data, 5 B", "crash");
        assertThat(text).contains("<b>\"done\" & 'over'\uFFFD</b>");
        var lines = svg.getElementsByTagName("line");
        int sloping = 0;
        for (int i = 0; i < lines.getLength(); i++) {
            var at = lines.item(i).getAttributes();
            if (at.getNamedItem("class").getTextContent().equals("line")) {
                double y1 = Double.parseDouble(at.getNamedItem("y1").getTextContent());
                double y2 = Double.parseDouble(at.getNamedItem("y2").getTextContent());
                assertThat(y2).isGreaterThan(y1);
                sloping++;
            }
        }
        assertThat(sloping).isGreaterThanOrEqualTo(4);
        assertThat(svg.getElementsByTagName("b").getLength()).isZero();
    }

    @Test
    void lostMessagesAndFaultsAreDrawn() throws Exception {
        List<TraceEvent> trace = lively(7).trace();
        assertThat(trace).extracting(TraceEvent::kind).contains(Kind.DROP, Kind.FAULT);
        String svg = TraceDiagram.of("Chaos", trace).svg();

        parse(svg);
        assertThat(svg).contains("class=\"cross\"", "class=\"fault\"", "(loss)");
    }

    @Test
    void aLongTraceIsCutAndSaysSo() throws Exception {
        String svg = TraceDiagram.of("Part", small().trace(), 5).svg();

        parse(svg);
        assertThat(svg).contains("events more");
        assertThatThrownBy(() -> TraceDiagram.of("None", List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class);
        parse(TraceDiagram.of("Empty", List.of()).svg());
    }

    @Test
    void filesArePagesOrPictures(@TempDir Path dir) throws Exception {
        TraceDiagram diagram = TraceDiagram.of("An </title> echo", small().trace());
        diagram.writeTo(dir.resolve("echo.svg"));
        diagram.writeTo(dir.resolve("echo.html"));

        parse(
                new String(
                        new ByteArrayInputStream(Files.readAllBytes(dir.resolve("echo.svg")))
                                .readAllBytes(),
                        StandardCharsets.UTF_8));
        assertThat(Files.readString(dir.resolve("echo.html")))
                .startsWith("<!DOCTYPE html>")
                .contains("<svg", "<title>An &lt;/title&gt; echo</title>", "DELIVER")
                .doesNotContain("<b>");
    }
}
