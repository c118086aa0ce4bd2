"""The other side of a connection, by CPython's asyncio.

peer.py server        listens, prints its port, echoes what each client sends, by lines
peer.py client PORT   sends lines and a large block, reads the echo, and prints "as sent"

It ends after a minute in any case.
"""

import asyncio
import hashlib
import sys

LINES = [b"line %d: %s\n" % (i, b"x" * (i % 300)) for i in range(1000)]
BLOCK = bytes(range(256)) * 8192  # 2 MiB, some newlines in it


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def server():
    listener = await asyncio.start_server(echo, "127.0.0.1", 0)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the test closes it
    listener.close()


async def client(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in LINES:
        writer.write(line)
        await writer.drain()
        assert await reader.readline() == line

    async def send():
        writer.write(BLOCK)
        await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    back = await reader.readexactly(len(BLOCK))
    assert hashlib.sha256(back).digest() == hashlib.sha256(BLOCK).digest()
    assert await reader.read() == b""
    await sending
    writer.close()
    await writer.wait_closed()
    print("as sent", flush=True)


async def main():
    async with asyncio.timeout(60):
        if sys.argv[1] == "server":
            await server()
        else:
            await client(int(sys.argv[2]))


asyncio.run(main())
