"""The faulty-server proxy: plays personas in front of honest servers."""

import asyncio
import collections
import itertools
import random
import socket
import struct
import time

import personas
import wire
from plan import PORT, PREFIX

UPSTREAM_TIMEOUT_S = 30
PROTOCOL_ERRORS = (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError,
                   wire.Malformed)


class QueryLog:
    """One line per query: time, persona, transport, qname, qtype."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="latin-1", buffering=1)

    def write(self, persona, transport, question):
        name = question.name.encode("unicode_escape").decode()
        print(f"{time.time():.6f}", persona, transport, name,
              question.type_name, sep="\t", file=self._file)


class Loss:
    """Loses datagrams, the same ones whenever the same is asked as often.

    Each direction loses its share by itself, so that some of what seems
    unanswered was answered.
    """

    def __init__(self, share, seed, log):
        self._share = share
        self._seed = seed
        self._log = log
        self._asked = collections.Counter()

    def directions(self, server, client, query):
        """Which of "query" and "reply" get lost on the way."""
        if client.startswith(f"{PREFIX}."):
            return set()  # between servers of the lab
        asked = wire.question(query)
        key = f"{server} {asked.name.lower()} {asked.rrtype}"
        self._asked[key] += 1
        dice = random.Random(f"{self._seed} {key} {self._asked[key]}")
        lost = {word for word in ("query", "reply") if dice.random() < self._share}
        for word in sorted(lost):
            self._log.write("loss", word, asked)
        return lost


class UdpUpstream(asyncio.DatagramProtocol):
    """Asks one server over one socket, many queries at a time."""

    def __init__(self):
        self._transport = None
        self._waiting = {}
        self._idents = itertools.cycle(range(65536))

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        future = self._waiting.get(data[:2])
        if future and not future.done():
            future.set_result(data)

    def error_received(self, exc):
        """The server is down: the queries time out."""

    async def ask(self, query):
        ident = struct.pack("!H", next(self._idents))
        future = asyncio.get_running_loop().create_future()
        self._waiting[ident] = future
        self._transport.sendto(ident + query[2:])
        try:
            reply = await asyncio.wait_for(future, UPSTREAM_TIMEOUT_S)
        finally:
            self._waiting.pop(ident, None)
        return query[:2] + reply[2:]


async def read_framed(reader):
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    return await reader.readexactly(length)


def write_framed(writer, message):
    writer.write(struct.pack("!H", len(message)) + message)


def tcp_upstream(address, port):
    """A function that asks a server over TCP, a connection a query."""
    async def ask(query):
        reader, writer = await asyncio.open_connection(address, port)
        try:
            write_framed(writer, query)
            return await asyncio.wait_for(read_framed(reader), UPSTREAM_TIMEOUT_S)
        finally:
            writer.close()
    return ask


class Stage(asyncio.DatagramProtocol):
    """One persona on one address, over UDP and TCP.

    `upstream` is an address, or one with a port behind an @; `log` and `loss`
    may be None.
    """

    def __init__(self, persona, address, upstream, log, loss):
        self._persona = persona
        self._address = address
        host, _, port = upstream.partition("@")
        self._upstream = host, int(port or PORT)
        self._log = log
        self._loss = loss
        self._ask_udp = None
        self._ask_tcp = tcp_upstream(*self._upstream)
        self._transport = None
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._other_port = socket.socket(family, socket.SOCK_DGRAM)
        self._tasks = set()

    async def open(self):
        loop = asyncio.get_running_loop()
        _, upstream = await loop.create_datagram_endpoint(
            UdpUpstream, remote_addr=self._upstream)
        self._ask_udp = upstream.ask
        self._other_port.bind((self._address, 0))
        await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self._address, PORT))
        if self._persona.tcp:
            await asyncio.start_server(self._serve_tcp, self._address, PORT, backlog=256)

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        task = asyncio.create_task(self._serve_datagram(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve_datagram(self, query, client):
        try:
            lost = self._loss.directions(self._address, client[0], query) if self._loss else ()
            if "query" in lost:
                return
            replies = await self._play(query, "udp", self._ask_udp)
        except PROTOCOL_ERRORS:
            return
        if "reply" in lost:
            return
        for reply in replies:
            if isinstance(reply, personas.FromOtherPort):
                self._other_port.sendto(reply, client)
            else:
                self._transport.sendto(reply, client)

    async def _serve_tcp(self, reader, writer):
        try:
            while True:
                query = await read_framed(reader)
                for reply in await self._play(query, "tcp", self._ask_tcp):
                    write_framed(writer, reply)
        except PROTOCOL_ERRORS:
            pass
        finally:
            writer.close()

    async def _play(self, query, transport, ask):
        if self._log:
            self._log.write(self._persona.name, transport, wire.question(query))
        exchange = personas.Exchange(query, transport, ask, self._ask_tcp)
        return await self._persona.behaviour(exchange)


async def _serve(parts, log, loss):
    for persona, address, upstream in parts:
        await Stage(persona, address, upstream, log, loss).open()
    await asyncio.Event().wait()


def serve(parts, log_path, *, logs_queries=True, loss_percent=0, seed=0):
    """Play each (persona, address, upstream) of `parts`, for ever."""
    log = QueryLog(log_path)
    loss = Loss(loss_percent / 100, seed, log) if loss_percent else None
    asyncio.run(_serve(parts, log if logs_queries else None, loss))
