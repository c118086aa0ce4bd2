package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class FutureObjectTest {

    @Test
    void doneStateCallbacksAwaitingAndConversionAreAsTheProgramTells() throws Exception {
        var result = ProgramRunner.run(Duration.ofSeconds(60), "FutureObject.java");

        assertThat(result).isEqualTo(new ProgramRunner.Result(0, EXPECTED, ""));
    }

    private static final String EXPECTED =
            """
            Before it is done, and after
                         done()  cancelled()  result()                      exception()
              pending    false   false        throws InvalidStateException  throws InvalidStateException
              finished   true    false        a letter                      null
              failed     true    false        throws IOException            java.io.IOException: lost
              cancelled  true    true         throws CancelledError         throws CancelledError
            It is done once
              a second setResult() throws InvalidStateException
              cancel() returns false
              result() is still a letter
            Callbacks run from the loop, not inside setResult()
              setResult() has returned
              the callback reads a letter
            A task awaits it
              the writer writes
              the reader has a letter
            There and back
              from a future to a CompletableFuture: 8
              from a CompletableFuture to a future: 42
              cancelling one has cancelled the other: true
            """;
}
