"""The two event loops that Heddle is compared with."""

import asyncio


def new_loop(name):
    if name == "asyncio":
        return asyncio.new_event_loop()
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    raise ValueError(f"No such loop: {name}")


def run(name, main):
    """asyncio.run on the loop of that name; asyncio.Runner alone takes a loop in Python 3.11."""
    with asyncio.Runner(loop_factory=lambda: new_loop(name)) as runner:
        return runner.run(main)
