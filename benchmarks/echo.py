"""Runs the echo servers for benchmarks/echo, and makes its tables.

    echo.py --build DIRECTORY --java JAVA --java-arguments ARGUMENTS --class-path PATH --title TITLE
            [--rounds N] [--seconds S] [--warm S] [--only TEXT] [-o FILE]

All servers run from the beginning to the end, on one core; the load takes them in turns, from another core. What is
measured is the CPU time that the kernel has counted for a server's process meanwhile. Of the rounds the median counts.
"""

import argparse
import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

BEGIN = "<!-- benchmarks/echo: begin -->"
END = "<!-- benchmarks/echo: end -->"

PEERS = Path(__file__).parent / "peers"
LOAD_CORE, SERVER_CORE = "0", "1"
MIB = 1 << 20
MOST_WARM_UPS = 20
TARGET_NIO, TARGET_PROTOCOL, TARGET_STREAMS, TARGET_BULK = 1.05, 1.10, 1.18, 1.10


class Load:
    """A kind of load, and the table that comes of it."""

    def __init__(self, title, unit, connections, size, base, tls=False):
        self.title, self.unit, self.base, self.tls = title, unit, base, tls
        self.connections, self.size = connections, size

    def run(self, build, port, seconds):
        command = ["taskset", "-c", LOAD_CORE, build / "echo_load", port, self.connections, self.size, seconds]
        command += ["tls"] if self.tls else []
        output = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True).stdout
        return json.loads(output)


SMALL = Load("64-byte messages, 50 connections", "message", 50, 64, "C epoll")
BULK = Load("messages of 1 MiB, 4 connections", "MiB", 4, MIB, "bare NIO")
TLS_BULK = Load("TLS 1.3, messages of 1 MiB, 4 connections", "MiB", 4, MIB, "bare SSLEngine", tls=True)


class Server:
    """The process of an echo server."""

    def __init__(self, name, command, targets=()):
        self.name, self.command, self.targets = name, list(map(str, command)), dict(targets)
        self.process = self.port = None
        self.results = {}

    def start(self):
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *self.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for this program alone, which ends the servers
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} does not start: {shlex.join(self.command)}")
        self.port = int(line)

    def stop(self):
        if self.process:
            self.process.stdin.close()  # which is what it ends with
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def cpu(self):
        """Seconds of CPU time, of all its threads, also those that have ended; see clock_getcpuclockid(3)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def warm_up(self, load, build, seconds):
        """Loads it until it has had so many seconds of CPU time: on a busy machine that takes longer."""
        begin = self.cpu()
        for _ in range(MOST_WARM_UPS):
            load.run(build, self.port, seconds / 2)
            if self.cpu() - begin >= 0.9 * seconds:
                return

    def measure(self, load, build, seconds):
        cpu = self.cpu()
        result = load.run(build, self.port, seconds)
        units = result["messages"] * (load.size / MIB if load.unit == "MiB" else 1)
        cpu = self.cpu() - cpu
        self.results.setdefault(load, []).append((cpu / units * 1e6, units / result["seconds"], cpu / result["seconds"]))

    def get(self, load):
        """Returns CPU µs a unit, units a second, and how busy its core was; None if it was not measured."""
        if load not in self.results:
            return None
        return [statistics.median(column) for column in zip(*self.results[load])]


def servers(args):
    java = [args.java, *shlex.split(args.java_arguments), "-cp", args.class_path]
    java += ["dev.heddle.benchmarks.echo.EchoServers"]
    netty = [args.java, "--enable-native-access=ALL-UNNAMED", *java[1:]]  # else it warns
    python = ["/usr/bin/python3", "-B", PEERS / "echo_server.py"]
    pem = [args.build / "certificate.pem", args.build / "key.pem"]
    store = [*pem, args.build / "store.p12"]
    plain = [
        Server("C epoll", [args.build / "echo_epoll"]),
        Server("bare NIO", [*java, "nio"]),
        Server("Heddle, protocol", [*java, "protocol"], {SMALL: TARGET_PROTOCOL, BULK: TARGET_BULK}),
        Server("Heddle, streams", [*java, "streams"], {SMALL: TARGET_STREAMS, BULK: TARGET_BULK}),
        Server("Netty, NIO", [*netty, "netty-nio"]),
        Server("Netty, native epoll", [*netty, "netty-epoll"]),
        Server("blocking sockets on virtual threads", [*java, "threads"]),
        Server("asyncio, protocol", [*python, "asyncio", "protocol"]),
        Server("asyncio, streams", [*python, "asyncio", "streams"]),
        Server("uvloop, protocol", [*python, "uvloop", "protocol"]),
        Server("uvloop, streams", [*python, "uvloop", "streams"]),
    ]
    tls = [
        Server("bare SSLEngine", [*java, "nio", *store]),
        Server("Heddle, protocol", [*java, "protocol", *store], {TLS_BULK: TARGET_BULK}),
        Server("Heddle, streams", [*java, "streams", *store], {TLS_BULK: TARGET_BULK}),
        Server("Netty, NIO", [*netty, "netty-nio", *store]),
        Server("asyncio, streams (OpenSSL)", [*python, "asyncio", "streams", *pem]),
        Server("uvloop, streams (OpenSSL)", [*python, "uvloop", "streams", *pem]),
    ]
    return plain, tls


def measure(args, plan):
    """Takes the servers in turns; warms each up first, for the sake of the JITs."""
    for load, server in plan:
        say(f"warming up {server.name}: {load.title}")
        server.warm_up(load, args.build, args.warm)
    for number in range(1, args.rounds + 1):
        for load, server in plan:
            say(f"round {number} of {args.rounds}: {server.name}, {load.title}")
            server.measure(load, args.build, args.seconds)


def say(text):
    print(time.strftime("%T"), "", text, file=sys.stderr)


def table(load, measured):
    base = next((server.get(load) for server in measured if server.name == load.base), None)
    lines = [
        [f"{load.title}", f"CPU µs a {load.unit}", f"ratio to {load.base}", f"{load.unit}s a second"]
        + ["rounds, CPU µs", "core busy", "target", "reached"],
        ["---", "---:", "---:", "---:", "---:", "---:", "---", "---"],
    ]
    for server in measured:
        result = server.get(load)
        if result is None:
            continue
        cpu, rate, busy = result
        rounds = [values[0] for values in server.results[load]]
        ratio = cpu / base[0] if base else None
        target = server.targets.get(load)
        reached = "" if target is None or ratio is None else "yes" if ratio <= target else "**no**"
        lines.append(
            [server.name, number(cpu), f"{ratio:.2f}" if ratio else "–", f"{rate:,.0f}"]
            + [f"{number(min(rounds))} to {number(max(rounds))}", f"{busy:.0%}"]
            + [f"≤ {target:.2f}" if target else "", reached]
        )
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def number(value):
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def document(args, plain, tls):
    tables = [table(SMALL, plain), table(BULK, plain), table(TLS_BULK, tls)]
    return args.title.strip() + "\n\n" + "\n".join(tables)


def write(file, text):
    old = file.read_text() if file.exists() else ""
    if BEGIN in old and END in old:
        before, rest = old.split(BEGIN, 1)
        text = before + BEGIN + "\n\n" + text + "\n" + END + rest.split(END, 1)[1]
    elif old:
        text = f"{old}\n{BEGIN}\n\n{text}\n{END}\n"
    file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--java", required=True)
    parser.add_argument("--java-arguments", default="")
    parser.add_argument("--class-path", required=True)
    parser.add_argument("--title", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--warm", type=float, default=6)
    parser.add_argument("--only", default="")
    parser.add_argument("-o", type=Path)
    args = parser.parse_args()

    wanted = [text.strip() for text in args.only.split("+")]
    plain, tls = ([s for s in some if any(text in s.name for text in wanted)] for some in servers(args))
    plan = [(SMALL, s) for s in plain] + [(BULK, s) for s in plain] + [(TLS_BULK, s) for s in tls]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for server in plain + tls:
            server.start()
        measure(args, plan)
    finally:
        for server in plain + tls:
            server.stop()
    text = document(args, plain, tls)
    print(text, end="")
    if args.o:
        write(args.o, text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
