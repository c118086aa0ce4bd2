package dev.heddle;

import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A program's main in as many loops as the command line says. */
@Timeout(60)
class LoopGroupMainTest {

    private final String before = System.getProperty(LoopCount.PROPERTY);

    @AfterEach
    void putBack() {
        if (before == null) {
            System.clearProperty(LoopCount.PROPERTY);
        } else {
            System.setProperty(LoopCount.PROPERTY, before);
        }
    }

    private static Set<String> carriersOfMain() {
        Set<String> carriers = ConcurrentHashMap.newKeySet();
        LoopGroup.runMain(() -> carriers.add(LoopGroupFixture.carrier()));
        return carriers;
    }

    @Test
    void itRunsInOneLoopByDefault() {
        System.clearProperty(LoopCount.PROPERTY);

        assertThat(carriersOfMain()).containsExactly("heddle-main-0");
    }

    @Test
    void itRunsInEachLoopThatTheCommandLineAsksFor() {
        System.setProperty(LoopCount.PROPERTY, "3");

        assertThat(carriersOfMain())
                .containsExactlyInAnyOrder("heddle-main-0", "heddle-main-1", "heddle-main-2");
    }

    @Test
    void wrongNumberIsRefusedBeforeAnythingRuns() {
        System.setProperty(LoopCount.PROPERTY, "many");

        assertThatThrownBy(LoopGroupMainTest::carriersOfMain)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'many'");
    }

    @Test
    void failureOfOneIsThrownAsItIs() {
        System.setProperty(LoopCount.PROPERTY, "2");
        var failure = new IOException("port taken");

        assertThatThrownBy(
                        () ->
                                LoopGroup.runMain(
                                        () -> {
                                            throw failure;
                                        }))
                .isSameAs(failure);
    }

    @Test
    void insideOfALoopItIsRefused() {
        run(
                () ->
                        assertThatThrownBy(() -> LoopGroup.runMain(() -> sleep(0)))
                                .isInstanceOf(IllegalStateException.class));
    }

    static final class Serves {
        static void main() {
            System.setProperty(LoopCount.PROPERTY, "2");
            var ready = new CountDownLatch(2);
            LoopGroup.runMain(
                    () -> {
                        try {
                            ready.countDown();
                            ready.await();
                            if (LoopGroup.current().loops().getFirst()
                                    == Asyncio.getRunningLoop()) {
                                IO.println("ready");
                            }
                            sleep(1000);
                        } finally {
                            sleep(0.01);
                            IO.println("cleaned up");
                        }
                    });
            IO.println("never");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCCancelsAll() throws Exception {
        try (var program = RunForked.start(Serves.class)) {
            program.prints("ready").interrupt();

            program.prints("cleaned up").prints("cleaned up").exits(130);
            assertThat(program.errors()).isEmpty();
        }
    }
}
