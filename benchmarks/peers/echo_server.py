"""Echo servers of asyncio and uvloop.

    echo_server.py LOOP protocol|streams [CERTIFICATE KEY]

Prints its port, and ends when its standard input does. With a certificate and a key (PEM) it speaks TLS.
"""

import asyncio
import ssl
import sys

import loops


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def echo(reader, writer):
    try:
        while data := await reader.read(256 * 1024):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the load ends in the midst of a message
    writer.close()


def tls(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def main(style, *files):
    loop = asyncio.get_running_loop()
    options = {"ssl": tls(*files)} if files else {}
    if style == "protocol":
        server = await loop.create_server(Echo, "127.0.0.1", 0, **options)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", 0, **options)
    print(server.sockets[0].getsockname()[1], flush=True)
    end = loop.create_future()
    loop.add_reader(sys.stdin, lambda: end.done() or end.set_result(None))
    await end


if __name__ == "__main__":
    loops.run(sys.argv[1], main(*sys.argv[2:]))
