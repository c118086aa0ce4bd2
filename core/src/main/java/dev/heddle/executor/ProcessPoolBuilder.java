package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/** The options of a {@link ProcessPoolExecutor}. */
public final class ProcessPoolBuilder {

    private int maxWorkers = Runtime.getRuntime().availableProcessors();
    private int maxTasksPerWorker = Integer.MAX_VALUE;
    private int maxQueued = 1_000_000;
    private int maxMessageBytes = 256 << 20;
    private List<String> jvmArguments = List.of("-XX:+UseSerialGC");
    private byte @Nullable [] initializer;

    ProcessPoolBuilder() {}

    private ProcessPoolBuilder(ProcessPoolBuilder other) {
        maxWorkers = other.maxWorkers;
        maxTasksPerWorker = other.maxTasksPerWorker;
        maxQueued = other.maxQueued;
        maxMessageBytes = other.maxMessageBytes;
        jvmArguments = other.jvmArguments;
        initializer = other.initializer;
    }

    /** Makes the pool. A worker is started when the first job needs it. */
    public ProcessPoolExecutor build() {
        return new ProcessPoolExecutor(new ProcessPoolBuilder(this));
    }

    /** Sets how many workers there are at most; by default the number of processors. */
    public ProcessPoolBuilder maxWorkers(int number) {
        maxWorkers = positive(number, "maxWorkers");
        return this;
    }

    /** Sets after how many jobs a worker is replaced by a fresh one; by default never. */
    public ProcessPoolBuilder maxTasksPerWorker(int number) {
        maxTasksPerWorker = positive(number, "maxTasksPerWorker");
        return this;
    }

    /** Sets how many jobs may wait for a worker; more are rejected. 1,000,000 by default. */
    public ProcessPoolBuilder maxQueued(int number) {
        maxQueued = positive(number, "maxQueued");
        return this;
    }

    /** Sets how many bytes a serialised job, result or error may have; 256 MiB by default. */
    public ProcessPoolBuilder maxMessageBytes(int number) {
        maxMessageBytes = positive(number, "maxMessageBytes");
        return this;
    }

    /**
     * Sets more arguments for the workers' JVMs, as {@code -Xmx1g}. They replace the default, which
     * is the collector that costs least, {@code -XX:+UseSerialGC}.
     */
    public ProcessPoolBuilder jvmArguments(String... arguments) {
        jvmArguments = List.of(arguments);
        return this;
    }

    /**
     * Sets what each worker runs before its first job. If it fails, so does the job for which the
     * worker was started.
     *
     * @throws JobTransferException if it cannot be serialised
     */
    public ProcessPoolBuilder initializer(SerializableRunnable initializer) {
        this.initializer = Transfer.ofJob(Objects.requireNonNull(initializer, "initializer"));
        return this;
    }

    private static int positive(int number, String what) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " must be positive, and is " + number);
        }
        return number;
    }

    int maxWorkers() {
        return maxWorkers;
    }

    int maxTasksPerWorker() {
        return maxTasksPerWorker;
    }

    int maxQueued() {
        return maxQueued;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    List<String> jvmArguments() {
        return jvmArguments;
    }

    byte @Nullable [] initializerBytes() {
        return initializer;
    }
}
