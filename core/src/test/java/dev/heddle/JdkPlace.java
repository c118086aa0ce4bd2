package dev.heddle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Where something is done that unblocks a task: a kind of thread, the same one for all actions. */
enum JdkPlace {
    TASK,
    CALLBACK,
    PLATFORM_THREAD,
    VIRTUAL_THREAD,
    VIRTUAL_THREAD_ON_THE_LOOP;

    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** One thread, or task, of a kind. Open it off the loop, use and close it in a task. */
    static final class Actor implements AutoCloseable {

        private final JdkPlace place;
        private final EventLoop loop;
        private ExecutorService executor;
        private Task<Void> task;
        private Future<List<Object>> inbox;

        Actor(JdkPlace place, EventLoop loop) throws Exception {
            this.place = place;
            this.loop = loop;
            if (place == PLATFORM_THREAD) {
                executor = Executors.newSingleThreadExecutor();
            } else if (place == VIRTUAL_THREAD) {
                executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
                executor.submit(() -> true).get(); // starts the thread here, off the loop
            }
        }

        /** Suspends the calling task until {@code action} was done there. */
        void perform(Action action) {
            Future<Boolean> done = loop.createFuture();
            switch (place) {
                case TASK -> {
                    if (task == null) {
                        inbox = loop.createFuture();
                        task = loop.createTask(this::serve);
                    }
                    inbox.setResult(List.of(action, done));
                }
                case CALLBACK -> loop.callSoon(() -> perform(action, done));
                default -> {
                    if (executor == null) { // made in a task, it has its threads on the loop
                        executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
                    }
                    loop.runInExecutor(executor, () -> doNow(action)).await();
                    return;
                }
            }
            done.await();
        }

        @SuppressWarnings("unchecked")
        private void serve() {
            for (List<Object> order; !(order = inbox.await()).isEmpty(); ) {
                inbox = loop.createFuture();
                perform((Action) order.get(0), (Future<Boolean>) order.get(1));
            }
        }

        private static void perform(Action action, Future<Boolean> done) {
            try {
                done.setResult(doNow(action));
            } catch (Exception e) {
                done.setException(e);
            }
        }

        private static boolean doNow(Action action) throws Exception {
            action.run();
            return true;
        }

        @Override
        public void close() {
            if (task != null) {
                inbox.setResult(new ArrayList<>());
                task.await();
            }
            if (executor != null) {
                executor.shutdown();
            }
        }
    }
}
