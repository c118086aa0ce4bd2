"""Heddle's JMH benchmarks, in asyncio or uvloop: the same names, shapes and numbers of operations.

    micro.py LOOP [--rounds N] [--seconds S] [NAME...]

LOOP is asyncio or uvloop. As in JMH, each benchmark is called again and again for some seconds,
which makes a round; the first round warms up and is dropped. Prints, as JSON, nanoseconds an
operation for each benchmark: the best round by the clock, and the best by the CPU time of the process.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from itertools import repeat

from loops import new_loop

N = 10_000
BATCH = 1000
COMPETITORS = 10
TIMERS = 100_000


# ---------------------------------------------------------------- SwitchBenchmark


async def switch_alone():
    await yield_times(N)


async def switch_alone_with_channel():
    """The same with one channel more: each turn of these loops asks the kernel in any case."""
    loop = asyncio.get_running_loop()
    source, sink = os.pipe()
    loop.add_reader(source, do_nothing)
    await yield_times(N)
    loop.remove_reader(source)
    os.close(source)
    os.close(sink)


async def switch_two():
    await yield_in_turns(2)


async def switch_hundred():
    await yield_in_turns(100)


async def yield_in_turns(count):
    tasks = [asyncio.create_task(yield_times(N // count)) for _ in range(count)]
    for task in tasks:
        await task


async def yield_times(times):
    for _ in repeat(None, times):
        await asyncio.sleep(0)


async def switch_ping_pong():
    loop = asyncio.get_running_loop()
    calls = [loop.create_future(), loop.create_future()]

    async def answer(mine, other):
        for _ in repeat(None, N // 2):
            await calls[mine]
            calls[mine] = loop.create_future()
            calls[other].set_result(None)

    ping = asyncio.create_task(answer(0, 1))
    pong = asyncio.create_task(answer(1, 0))
    calls[0].set_result(None)
    await ping
    await pong


# ---------------------------------------------------------------- SpawnBenchmark


async def nothing():
    pass


async def spawn_one_by_one():
    for _ in repeat(None, N):
        await asyncio.create_task(nothing())


async def spawn_batch():
    await in_batches(nothing)


async def spawn_batch_suspending():
    await in_batches(lambda: asyncio.sleep(0))


async def in_batches(coroutine):
    for _ in range(N // BATCH):
        tasks = [asyncio.create_task(coroutine()) for _ in range(BATCH)]
        for task in tasks:
            await task


# ---------------------------------------------------------------- SyncBenchmark


async def lock_free():
    lock = asyncio.Lock()
    for _ in repeat(None, N):
        await lock.acquire()
        lock.release()


async def lock_contended():
    await compete(asyncio.Lock())


async def semaphore_free():
    semaphore = asyncio.Semaphore(5)
    for _ in repeat(None, N):
        await semaphore.acquire()
        semaphore.release()


async def semaphore_contended():
    await compete(asyncio.Semaphore(5))


async def compete(primitive):
    async def competitor():
        for _ in repeat(None, N // COMPETITORS):
            await primitive.acquire()
            await asyncio.sleep(0)
            primitive.release()

    tasks = [asyncio.create_task(competitor()) for _ in range(COMPETITORS)]
    for task in tasks:
        await task


async def queue_of_one():
    queue = asyncio.Queue(1)

    async def consume():
        for _ in repeat(None, N):
            await queue.get()

    consumer = asyncio.create_task(consume())
    for _ in repeat(None, N):
        await queue.put("item")
    await consumer


async def group_spawn():
    for _ in range(N // BATCH):
        async with asyncio.TaskGroup() as group:
            for _ in repeat(None, BATCH):
                group.create_task(nothing())


# ---------------------------------------------------------------- LoopBenchmark


async def call_soon_chain():
    loop = asyncio.get_running_loop()
    end = loop.create_future()
    left = N

    def link():
        nonlocal left
        left -= 1
        if left == 0:
            end.set_result(None)
        else:
            loop.call_soon(link)

    loop.call_soon(link)
    await end


async def future_wake_up():
    loop = asyncio.get_running_loop()
    for _ in repeat(None, N):
        future = loop.create_future()
        loop.call_soon(future.set_result, None)
        await future


async def timer_add_and_cancel():
    loop = asyncio.get_running_loop()
    timers = []
    for i in range(TIMERS):
        timers.append(loop.call_later(60 + i * 7919 % TIMERS * 0.001, do_nothing))
    for timer in timers:
        timer.cancel()
    await asyncio.sleep(0)


def do_nothing():
    pass


# ---------------------------------------------------------------- GeneratorBenchmark


def nested(depth):
    if depth > 0:
        yield from nested(depth - 1)
    while True:
        yield "value"


def generator_next(depth):
    values = nested(depth)
    next(values)
    calls = N if depth < 100 else N // 10

    async def run():
        for _ in repeat(None, calls):
            next(values)

    return run, calls


# ---------------------------------------------------------------- the measurement


def benchmarks():
    """Yields name, coroutine function, operations a call."""
    yield "SwitchBenchmark.alone", switch_alone, N
    yield "SwitchBenchmark.aloneWithChannel", switch_alone_with_channel, N
    yield "SwitchBenchmark.two", switch_two, N
    yield "SwitchBenchmark.hundred", switch_hundred, N
    yield "SwitchBenchmark.pingPong", switch_ping_pong, N
    yield "SpawnBenchmark.oneByOne", spawn_one_by_one, N
    yield "SpawnBenchmark.batch", spawn_batch, N
    yield "SpawnBenchmark.batchSuspending", spawn_batch_suspending, N
    yield "SyncBenchmark.lockFree", lock_free, N
    yield "SyncBenchmark.lockContended", lock_contended, N
    yield "SyncBenchmark.semaphoreFree", semaphore_free, N
    yield "SyncBenchmark.semaphoreContended", semaphore_contended, N
    yield "SyncBenchmark.queueOfOne", queue_of_one, N
    yield "SyncBenchmark.groupSpawn", group_spawn, N
    yield "LoopBenchmark.callSoonChain", call_soon_chain, N
    yield "LoopBenchmark.futureWakeUp", future_wake_up, N
    yield "LoopBenchmark.timerAddAndCancel", timer_add_and_cancel, TIMERS
    for depth in 0, 1, 10, 100, 1000:
        yield f"GeneratorBenchmark.next[{depth}]", *generator_next(depth)


def measure(loop, benchmark, operations, rounds, seconds):
    wall, cpu = [], []
    for _ in range(rounds + 1):
        calls = 0
        begin, begin_cpu = time.perf_counter(), time.process_time()
        while time.perf_counter() - begin < seconds:
            loop.run_until_complete(benchmark())
            calls += 1
        wall.append((time.perf_counter() - begin) * 1e9 / (calls * operations))
        cpu.append((time.process_time() - begin_cpu) * 1e9 / (calls * operations))
    return {"ns": min(wall[1:]), "cpuNs": min(cpu[1:])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("loop", choices=["asyncio", "uvloop"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("names", nargs="*")
    args = parser.parse_intermixed_args()

    sys.setrecursionlimit(10_000)  # a generator that yields from another one is a call deeper
    loop = new_loop(args.loop)
    results = {}
    for name, benchmark, operations in benchmarks():
        if not args.names or any(part in name for part in args.names):
            results[name] = measure(loop, benchmark, operations, args.rounds, args.seconds)
    loop.close()
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
