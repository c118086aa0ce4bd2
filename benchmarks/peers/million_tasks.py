"""What very many tasks cost: dev.heddle.benchmarks.MillionTasks, in asyncio or uvloop.

    million_tasks.py LOOP parked|parked-shared|sleeping|sleeping-without-gc [TASKS]

LOOP is asyncio or uvloop. CPython's collector of cycles looks at all tasks again and again while
they are made and finds nothing, which takes most of the time: hence the last mode. Each run wants a process of its own and prints one line of JSON.
"""

import asyncio
import gc
import json
import sys
import time

from loops import run

finished = 0


async def parked(count, shared):
    finish(await start(1000, shared))
    await asyncio.sleep(0)
    before = resident()

    global finished
    finished = 0
    futures = await start(count, shared)
    each = (resident() - before) // count

    finish(futures)
    await asyncio.sleep(0)
    check(count)
    return {"tasks": count, "bytes": each, "residentBytes": each, "peakMiB": peak()}


async def start(count, shared):
    loop = asyncio.get_running_loop()
    futures = []
    for i in range(count):
        if i == 0 or not shared:
            futures.append(loop.create_future())
        loop.create_task(wait_for(futures[-1]))
    await asyncio.sleep(0)  # now each of them has come to its wait
    return futures


async def wait_for(future):
    await future
    global finished
    finished += 1


def finish(futures):
    for future in futures:
        future.set_result(None)


async def sleeping(count, collect):
    if not collect:
        gc.disable()
    begin = time.monotonic()
    tasks = [asyncio.create_task(sleep()) for _ in range(count)]
    for task in tasks:
        await task
    seconds = time.monotonic() - begin
    check(count)
    return {"tasks": count, "seconds": round(seconds, 2), "peakMiB": peak()}


async def sleep():
    await asyncio.sleep(1)
    global finished
    finished += 1


def check(count):
    if finished != count:
        raise AssertionError(f"{finished} of {count} tasks have finished")


def resident():
    gc.collect()
    return memory("VmRSS")


def peak():
    return memory("VmHWM") >> 20


def memory(field):
    """Returns what Linux says of this process, in bytes."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    raise KeyError(field)


if __name__ == "__main__":
    loop, mode = sys.argv[1:3]
    tasks = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    main = {
        "parked": lambda: parked(tasks, shared=False),
        "parked-shared": lambda: parked(tasks, shared=True),
        "sleeping": lambda: sleeping(tasks, collect=True),
        "sleeping-without-gc": lambda: sleeping(tasks, collect=False),
    }[mode]
    print(json.dumps(run(loop, main())))
