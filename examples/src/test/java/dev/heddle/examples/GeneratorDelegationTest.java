package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class GeneratorDelegationTest {

    @Test
    void whatIsSentThrownAndClosedReachesTheInnermostGenerator() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "GeneratorDelegation.java");

        assertThat(result).isEqualTo(new ProgramRunner.Result(0, EXPECTED, ""));
    }

    private static final String EXPECTED =
            """
            A weekend
              Saturday
                send 12.0: the average is 12.0
                send 18.0: the average is 15.0
              Sunday
                send 20.0: the average is 20.0
                send 95.0: the average is 57.5
                that was the kettle: the average is 20.0
              the station closes, after 2 whole days
              returned {Saturday=15.0, Sunday=20.0}
            A week that is cut short
              Monday
                send 7.0: the average is 7.0
                the averager closes, at 7.0
              the station closes, after 0 whole days
            A tree
              loom
                shaft
                  heddle
                  heddle
                reed
                beam
              has 6 parts
            """;
}
