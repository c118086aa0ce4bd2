"""Makes the tables of docs/benchmarks.md of the results that benchmarks/compare has gathered.

    table.py DIRECTORY --tasks N [-o FILE]

DIRECTORY holds SYSTEM.NAME.ROUND.json: from JMH, peers/micro.py and the two probes of many tasks.
Of each round the best value counts, and of the rounds the median.
"""

import argparse
import json
import re
import statistics
from collections import defaultdict
from pathlib import Path

BEGIN = "<!-- benchmarks/compare: begin -->"
END = "<!-- benchmarks/compare: end -->"

MICRO = [
    ("task switch, alone", "SwitchBenchmark.alone", "switch"),
    ("task switch, alone, a channel watched", "SwitchBenchmark.aloneWithChannel", "switch"),
    ("task switch, two tasks", "SwitchBenchmark.two", "switch"),
    ("task switch, 100 tasks", "SwitchBenchmark.hundred", "switch"),
    ("task switch by futures, ping-pong", "SwitchBenchmark.pingPong", "switch"),
    ("spawn and join, one by one", "SpawnBenchmark.oneByOne", "spawn"),
    ("spawn and join, 1,000 at a time", "SpawnBenchmark.batch", "spawn"),
    ("the same, each suspends once", "SpawnBenchmark.batchSuspending", None),
    ("lock, free", "SyncBenchmark.lockFree", "sync"),
    ("lock, 10 tasks compete", "SyncBenchmark.lockContended", "sync"),
    ("semaphore, free", "SyncBenchmark.semaphoreFree", "sync"),
    ("semaphore of 5, 10 tasks compete", "SyncBenchmark.semaphoreContended", "sync"),
    ("queue with room for one, an item", "SyncBenchmark.queueOfOne", "sync"),
    ("task group, 1,000 tasks in it, a task", "SyncBenchmark.groupSpawn", "sync"),
    ("callSoon chain", "LoopBenchmark.callSoonChain", None),
    ("timer add and cancel, of 100,000", "LoopBenchmark.timerAddAndCancel", None),
    ("future wake-up", "LoopBenchmark.futureWakeUp", None),
    ("generator: next value", "GeneratorBenchmark.next[0]", None),
    ("yield from, depth 1", "GeneratorBenchmark.next[1]", None),
    ("yield from, depth 10", "GeneratorBenchmark.next[10]", "delegation"),
    ("yield from, depth 100", "GeneratorBenchmark.next[100]", "delegation"),
    ("yield from, depth 1,000", "GeneratorBenchmark.next[1000]", "delegation"),
]

# What the JDK's own virtual threads have in its place.
THREADS = {
    "SwitchBenchmark.alone": "JdkBenchmark.yieldAlone",
    "SwitchBenchmark.pingPong": "JdkBenchmark.parkPingPong",
    "SpawnBenchmark.oneByOne": "JdkBenchmark.startAndJoin",
}

MANY = [
    ("bytes a parked task, a future each", "parked", "parked", "bytes", "parked"),
    ("bytes a parked task, one future for all", "parked-shared", "parked-shared", "bytes", "parked"),
    ("{tasks} tasks sleep 1 s: seconds", "sleeping", "sleeping", "seconds", "sleeping"),
    ("... peak memory, MiB", "sleeping", "sleeping", "peakMiB", "memory"),
    ("... as the first thing a process does", "sleeping-cold", "sleeping", "seconds", "sleeping"),
    ("... with CPython's collector off", "sleeping", "sleeping-without-gc", "seconds", None),
]

TARGETS = {
    "switch": "6 × asyncio, and below uvloop",
    "spawn": "10 × asyncio, and below uvloop",
    "sync": "5 × asyncio",
    "delegation": "within 1.5 × depth 1",
    "parked": "900 bytes",
    "sleeping": "5 s",
    "memory": "1.3 GiB",
}

FLAGS = [
    ("default", "none"),
    ("serial", "`-XX:+UseSerialGC`"),
    ("parallel", "`-XX:+UseParallelGC -XX:+UseCompactObjectHeaders`"),
    ("untracked", "`-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Djdk.trackAllThreads=false`"),
]


class Results:
    """Values by system, benchmark and field; several if there were several rounds."""

    def __init__(self, directory):
        self.values = defaultdict(list)
        self.machine = (directory / "machine").read_text()
        for file in sorted(directory.glob("*.json")):
            system, name, *_ = file.name.split(".")
            self.read(system, name, json.loads(file.read_text()))

    def read(self, system, name, content):
        if isinstance(content, list):
            prefix = "vectors " if name == "vectors" else ""
            for benchmark in content:
                self.read_jmh(system, prefix, benchmark)
        elif "tasks" in content:
            for field, value in content.items():
                self.values[system, name, field].append(value)
        else:
            for benchmark, fields in content.items():
                for field, value in fields.items():
                    self.values[system, benchmark, field].append(value)

    def read_jmh(self, system, prefix, benchmark):
        name = prefix + ".".join(benchmark["benchmark"].split(".")[-2:])
        if "params" in benchmark:
            name += "[" + ",".join(benchmark["params"].values()) + "]"
        iterations = [value for fork in benchmark["primaryMetric"]["rawData"] for value in fork]
        self.values[system, name, "ns"].append(min(iterations))
        for metric, content in benchmark["secondaryMetrics"].items():
            if metric.endswith("gc.alloc.rate.norm"):
                self.values[system, name, "bytes"].append(content["score"])

    def get(self, system, name, field):
        values = self.values.get((system, name, field))
        return statistics.median(values) if values else None


def reached(target, heddle, asyncio, uvloop, results):
    """Tells whether Heddle's value reaches the target."""
    if target in ("switch", "spawn"):
        times = 6 if target == "switch" else 10
        return asyncio / heddle >= times and heddle < uvloop
    if target == "sync":
        return asyncio / heddle >= 5
    if target == "delegation":
        return heddle <= 1.5 * results.get("heddle", "GeneratorBenchmark.next[1]", "ns")
    return heddle <= {"parked": 900, "sleeping": 5, "memory": 1.3 * 1024}[target]


def number(value):
    if value is None:
        return "–"
    if isinstance(value, float) and value < 100:
        return f"{value:.3g}" if value < 10 else f"{value:.1f}"
    return f"{value:,.0f}"


def ratio(peer, heddle):
    return "–" if peer is None or heddle is None else f"{peer / heddle:.1f}"


def table(header, alignment, rows):
    lines = [header, ["---:" if right else "---" for right in alignment], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def compared(results, tasks):
    rows = []
    entries = [(title, name, name, "ns", target) for title, name, target in MICRO] + MANY
    for title, name, peer_name, field, target in entries:
        heddle = results.get("heddle", name, field)
        asyncio = results.get("asyncio", peer_name, field)
        uvloop = results.get("uvloop", peer_name, field)
        threads = THREADS.get(name, name.replace("SyncBenchmark", "ThreadSyncBenchmark"))
        threads = results.get("heddle", threads, field) if threads != name else None
        if tasks < 1_000_000 and target in ("parked", "sleeping", "memory"):
            target = None  # it is about a million
        done = reached(target, heddle, asyncio, uvloop, results) if target else None
        rows.append(
            [
                title.format(tasks=f"{tasks:,}"),
                number(heddle),
                number(asyncio),
                number(uvloop),
                number(threads),
                ratio(asyncio, heddle),
                ratio(uvloop, heddle),
                ratio(threads, heddle),
                TARGETS[target] if target else "",
                "" if done is None else "yes" if done else "**no**",
            ]
        )
    header = "benchmark (ns, unless it says otherwise)|Heddle|asyncio|uvloop|virtual threads|asyncio/Heddle|uvloop/Heddle|threads/Heddle"
    return table((header + "|target|reached").split("|"), [0, 1, 1, 1, 1, 1, 1, 1, 0, 0], rows)


def alone(results):
    rows = []
    for system, name, field in sorted(results.values, key=natural):
        if system == "heddle" and field == "ns":
            values = results.values[system, name, "ns"]
            rows.append(
                [
                    re.sub("^vectors (.*)", r"\1, `-XX:MaxVectorSize=16`", name),
                    number(statistics.median(values)),
                    f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else "",
                    number(round(results.get(system, name, "bytes"))),
                ]
            )
    header = ["JMH benchmark", "ns", "rounds", "bytes allocated"]
    return table(header, [0, 1, 1, 1], rows)


def natural(key):
    """Orders by text, and numbers in it by value."""
    return [[int(part) if part.isdigit() else part for part in re.split(r"(\d+)", s)] for s in key]


def flags(results):
    rows = []
    for name, title in FLAGS:
        parked, sleeping = f"flags-{name}-parked", f"flags-{name}-sleeping"
        cells = [
            results.get("heddle", parked, "bytes"),
            results.get("heddle", parked, "residentBytes"),
            results.get("heddle", sleeping, "seconds"),
            results.get("heddle", sleeping, "peakMiB"),
        ]
        if cells[0] is not None:
            rows.append([title, *map(number, cells)])
    header = ["flags of the JVM", "heap bytes a parked task", "resident bytes", "sleep, s", "peak, MiB"]
    return table(header, [0, 1, 1, 1, 1], rows) if rows else ""


def noise(results):
    """How much of the peers' time other processes had: what they waited for, they did not compute."""
    shares = [
        wall / cpu
        for (system, name, field), walls in results.values.items()
        if field == "ns" and system != "heddle"
        for wall, cpu in zip(walls, results.values[system, name, "cpuNs"])
    ]
    return f"time by the clock / CPU time, in the peers: {statistics.median(shares):.2f}"


def document(results, tasks):
    facts = [*results.machine.splitlines(), noise(results)]
    parts = [
        "".join(f"- {fact}\n" for fact in facts),
        compared(results, tasks),
        "Heddle and the JDK alone:\n",
        alone(results),
    ]
    by_flags = flags(results)
    if by_flags:
        parts += [f"Heddle with {tasks:,} tasks and other flags:\n", by_flags]
    return "\n".join(parts)


def write(file, text):
    old = file.read_text() if file.exists() else ""
    if BEGIN in old and END in old:
        before, rest = old.split(BEGIN, 1)
        text = before + BEGIN + "\n\n" + text + "\n" + END + rest.split(END, 1)[1]
    file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("-o", type=Path)
    args = parser.parse_args()

    text = document(Results(args.directory), args.tasks)
    print(text, end="")
    if args.o:
        write(args.o, text)


if __name__ == "__main__":
    main()
