package dev.heddle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code docs/asyncio-map.md} names each public name of asyncio once, and each place that it names
 * in Heddle exists.
 */
class AsyncioMapTest {

    /*
     * The names in asyncio-names.txt are what this prints under CPython 3.14.2, and 3.15.0rc1 the same:
     *
     * import asyncio.subprocess, contextvars, inspect
     * names = set('''
     *     AbstractEventLoopPolicy AbstractEventLoopPolicy.get_event_loop DefaultEventLoopPolicy
     *     AbstractEventLoopPolicy.new_event_loop AbstractEventLoopPolicy.set_event_loop
     *     WindowsSelectorEventLoopPolicy WindowsProactorEventLoopPolicy ProactorEventLoop IocpProactor
     *     open_unix_connection start_unix_server Condition.acquire Condition.locked Condition.release
     *     IncompleteReadError.expected IncompleteReadError.partial LimitOverrunError.consumed
     *     subprocess.Process.pid subprocess.Process.stdin subprocess.Process.stdout
     *     subprocess.Process.stderr subprocess.DEVNULL subprocess.PIPE subprocess.STDOUT
     *     loop.slow_callback_duration staggered.staggered_race TaskGroup.cancel
     * '''.split()) # what is deprecated, of one platform, made in __init__, semi-public, or of 3.15
     * instead = {"AbstractEventLoop": "loop", "AbstractServer": "Server"}
     * things = {n: getattr(asyncio, n) for n in asyncio.__all__}
     * things |= {"contextvars." + n: getattr(contextvars, n) for n in contextvars.__all__}
     * things["subprocess.Process"] = asyncio.subprocess.Process
     * for name, thing in things.items():
     *     names.add(name)
     *     if inspect.isclass(thing): # with its members, except for inherited ones
     *         bases = [b for b in thing.__mro__[1:] if not b.__name__.startswith("_")]
     *         names |= {instead.get(name, name) + "." + m for m in dir(thing)
     *                   if not m.startswith("_") and not any(hasattr(b, m) for b in bases)}
     * print(*sorted(names), sep="\n")
     */
    private static final String NAMES = "/asyncio-names.txt";

    private static final List<String> TOPICS = List.of("debugging and tools");

    private static final Pattern MEMBERS = Pattern.compile("`[\\w.]+`(, `[\\w.]+`)*");
    private static final Pattern NONE = Pattern.compile("none: \\S.*");
    private static final Pattern MODULE = Pattern.compile("in module `heddle-[a-z]+`");
    private static final Pattern LATER = Pattern.compile("comes with (.+)");

    private final AsyncioMap map = AsyncioMap.read();
    private final Members members = new Members();

    // ---------------------------------------------------------------- what is in Heddle

    @Test
    void namedMembersArePublicInAnExportedPackage() {
        var problems = new ArrayList<String>();
        int checked = 0;

        for (AsyncioMap.Row row : map.mappings()) {
            if (MEMBERS.matcher(row.cell(AsyncioMap.HEDDLE)).matches()) {
                for (String name : row.code(AsyncioMap.HEDDLE)) {
                    members.problem(name).ifPresent(p -> problems.add(p + ", in " + row));
                    checked++;
                }
            }
        }

        assertThat(problems).isEmpty();
        assertThat(checked).isGreaterThan(150);
    }

    @Test
    void eachRowSaysWhereOrWhyNotOrWithWhatItComes() {
        List<String> problems =
                map.mappings().stream()
                        .filter(row -> !saysSomething(row.cell(AsyncioMap.HEDDLE)))
                        .map(row -> "wants `members`, none: reason, or comes with: " + row)
                        .toList();

        assertThat(problems).isEmpty();
    }

    private static boolean saysSomething(String cell) {
        Matcher later = LATER.matcher(cell);
        return later.matches()
                ? TOPICS.contains(later.group(1))
                : MEMBERS.matcher(cell).matches()
                        || NONE.matcher(cell).matches()
                        || MODULE.matcher(cell).matches();
    }

    @Test
    void theFacadeIsInTheMapAsAWhole() {
        var named = new TreeSet<String>();
        map.mappings().forEach(row -> named.addAll(row.code(AsyncioMap.HEDDLE)));

        List<String> missing =
                Stream.of(Asyncio.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(method -> "Asyncio." + method.getName())
                        .filter(name -> !named.contains(name))
                        .distinct()
                        .toList();

        assertThat(missing).isEmpty();
        assertThat(named).contains("Asyncio.run");
    }

    // ---------------------------------------------------------------- what is in asyncio

    @Test
    void eachNameOfAsyncioIsThereOnce() throws IOException {
        List<String> names = asyncioNames();
        var missing = new TreeSet<>(names);
        var seen = new TreeSet<String>();
        var problems = new ArrayList<String>();

        for (AsyncioMap.Row row : map.rows(AsyncioMap.ASYNCIO)) {
            for (String name : row.code(AsyncioMap.ASYNCIO)) {
                if (!seen.add(name)) {
                    problems.add("'%s' is there twice, again in %s".formatted(name, row));
                } else if (!missing.remove(name)) {
                    problems.add("asyncio has no '%s', in %s".formatted(name, row));
                }
            }
        }

        assertThat(problems).isEmpty();
        assertThat(missing).isEmpty();
        assertThat(names).hasSizeGreaterThan(300).doesNotHaveDuplicates().isSorted();
    }

    private static List<String> asyncioNames() throws IOException {
        try (InputStream in = AsyncioMapTest.class.getResourceAsStream(NAMES)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void cellsOfAsyncioHoldNothingButNames() {
        List<AsyncioMap.Row> others =
                map.rows(AsyncioMap.ASYNCIO).stream()
                        .filter(row -> !MEMBERS.matcher(row.cell(AsyncioMap.ASYNCIO)).matches())
                        .toList();

        assertThat(others).isEmpty();
    }

    // ---------------------------------------------------------------- the checks themselves

    @Test
    void membersOfClassesNestedClassesAndPackagesAreFound() {
        assertThat(
                        Stream.of(
                                        "Task",
                                        "Task.addDoneCallback",
                                        "ReturnWhen.FIRST_COMPLETED",
                                        "ContextVar.Token.close",
                                        "generator.Generator.send",
                                        "java.util.concurrent.TimeoutException")
                                .map(members::problem))
                .allSatisfy(problem -> assertThat(problem).isEmpty());
    }

    @Test
    void membersThatAreMissingOrNotPublicOrOfEachObjectAreRefused() {
        assertThat(
                        Stream.of(
                                        "gather",
                                        "Tusk",
                                        "Task.addCallback",
                                        "Task.cancel.now",
                                        "Task.cancelRequests",
                                        "EventLoop.currentTaskFor",
                                        "Strand",
                                        "Timeout.State",
                                        "internal.Jdk",
                                        "sun.Asyncio",
                                        "java.util.Lost",
                                        "Handle.wait")
                                .map(members::problem))
                .allSatisfy(problem -> assertThat(problem).isPresent());
    }

    @Test
    void tablesAreReadWithTheirLines() {
        AsyncioMap two =
                AsyncioMap.parse(
                        List.of(
                                "# A title",
                                "",
                                "| asyncio | in Heddle |",
                                "|---|---|",
                                "| `a`, `b` | `C.d` |",
                                "between | them",
                                "| Python | in Heddle |",
                                "|---|---|",
                                "| `e` | none: so |"));

        AsyncioMap.Row first = two.rows("asyncio").getFirst();
        assertThat(two.rows("asyncio")).hasSize(1);
        assertThat(first.code("asyncio")).containsExactly("a", "b");
        assertThat(first.cell("in Heddle")).isEqualTo("`C.d`");
        assertThat(first).hasToString("docs/asyncio-map.md:5: | `a`, `b` | `C.d` |");
        assertThat(two.mappings()).hasSize(2);
    }

    @Test
    void otherTopicsOrNoReasonAreRefused() {
        assertThat(
                        Stream.of("", "none", "none: ", "later", "comes with luck", "`Task`. So")
                                .filter(AsyncioMapTest::saysSomething))
                .isEmpty();
        assertThat(Stream.of("none: so", "comes with debugging and tools", "`Task`, `Task.cancel`"))
                .allMatch(AsyncioMapTest::saysSomething);
    }
}
