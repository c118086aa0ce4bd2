package dev.heddle.testing;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** One of the runs of a test with {@link Seeds}. */
final class SeedRun implements TestTemplateInvocationContext {

    private static final String KEY = "seed";
    static final String SEED_PROPERTY = "heddle.seed";
    private static final String COUNT_PROPERTY = "heddle.seeds";

    private final long seed;
    private final Namespace namespace;
    private final AtomicBoolean failed;

    private SeedRun(long seed, Namespace namespace, AtomicBoolean failed) {
        this.seed = seed;
        this.namespace = namespace;
        this.failed = failed;
    }

    /** Returns the runs, one after the other, up to the first one that fails. */
    static Stream<TestTemplateInvocationContext> all(Seeds seeds, Namespace namespace) {
        var failed = new AtomicBoolean();
        return seedsOf(seeds)
                .takeWhile(seed -> !failed.get())
                .mapToObj(seed -> new SeedRun(seed, namespace, failed));
    }

    private static LongStream seedsOf(Seeds seeds) {
        Long one = Long.getLong(SEED_PROPERTY);
        if (one != null) {
            return LongStream.of(one);
        }
        if (seeds.of().length > 0) {
            return LongStream.of(seeds.of());
        }
        int count = Integer.getInteger(COUNT_PROPERTY, seeds.value());
        return LongStream.range(seeds.from(), seeds.from() + count);
    }

    /** Returns the seed of a test without {@link Seeds}. */
    static long byDefault() {
        return Long.getLong(SEED_PROPERTY, 0);
    }

    /** Returns the run to which a store belongs, or null. */
    static @Nullable SeedRun of(Store store) {
        return store.get(KEY, SeedRun.class);
    }

    long seed() {
        return seed;
    }

    /** Takes note that the run has failed: no other is to follow. */
    void fail() {
        failed.set(true);
    }

    @Override
    public String getDisplayName(int invocationIndex) {
        return "seed " + seed;
    }

    @Override
    public void prepareInvocation(ExtensionContext context) {
        context.getStore(namespace).put(KEY, this);
    }
}
