"""What the servers of conversations share: their log, and some ways to behave."""

import asyncio
import ssl
import time

# The file by which the process says that all of its servers listen; a connection would be in their log.
READY = "talker.ready"
PATIENCE_S = 120
SLOW_STEP_S = 1.0
HUGE = 10 << 20
ERRORS = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError)


class Log:
    """One line per thing said: time, protocol, server, peer, what was said."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="latin-1", buffering=1)

    def write(self, protocol, server, peer, said):
        said = said.decode("latin-1").encode("unicode_escape").decode("ascii")
        print(f"{time.time():.6f}", protocol, server, peer, said, sep="\t", file=self._file)


def tls_context(directory, name):
    """A server's, with the certificate NAME.pem."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / f"{name}.pem", directory / f"{name}.key")
    return context


def peer_of(writer):
    host, port = writer.get_extra_info("peername")[:2]
    return f"{host}#{port}"


def guarded(handler):
    """A handler of connections that end one way or another."""
    async def handle(reader, writer):
        try:
            await handler(reader, writer)
        except ERRORS:
            pass
        finally:
            writer.close()
    return handle


async def until_closed(reader):
    """Say nothing until the other side has had enough."""
    await asyncio.wait_for(reader.read(), PATIENCE_S)


async def write_slowly(writer, octets):
    """One octet a second."""
    for octet in octets:
        writer.write(bytes([octet]))
        await writer.drain()
        await asyncio.sleep(SLOW_STEP_S)


async def write_much(writer, octets, size=HUGE, filler=b"% This line says nothing at all, again and again.\r\n"):
    """The octets, then the filler until `size` is reached; for ever where that is None."""
    writer.write(octets)
    block = filler * (65536 // len(filler))
    sent = len(octets)
    while size is None or sent < size:
        piece = block if size is None else block[:size - sent]
        writer.write(piece)
        sent += len(piece)
        await writer.drain()
