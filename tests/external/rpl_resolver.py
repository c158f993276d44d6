"""A recursive resolver over the scripted servers of a replay file (rpl.py), for clients that validate by themselves.

It does what such a client asks for with CD: it follows delegations and aliases, keeps what it learns for its TTL, and hands everything out
unjudged, with its signatures. What no server is scripted to answer is a SERVFAIL.
"""

import dataclasses
import socket
import socketserver
import struct
import threading

import rpl

CNAME, NS, DS = rpl.TYPES["CNAME"], rpl.TYPES["NS"], rpl.TYPES["DS"]
ALIASES_MAX, REFERRALS_MAX = 12, 12
UDP_MAX = 1232
HEADER = struct.Struct("!HHHHHH")
QR, TC, RD, RA, CD = 0x8000, 0x0200, 0x0100, 0x0080, 0x0010
OPT = b"\0" + struct.pack("!HHIH", 41, UDP_MAX, 0x8000, 0)


@dataclasses.dataclass
class Answer:
    """What the resolver hands out."""

    rcode: str
    answer: list
    authority: list

    def ttl(self):
        return min((record.ttl for record in self.answer + self.authority), default=0)

    def wire(self, query, end):
        """The message in reply to a query, the question of which ends at `end`."""
        ident, flags = HEADER.unpack_from(query)[:2]
        flags = QR | RA | flags & (RD | CD) | rpl.RCODES[self.rcode]
        records = b"".join(record.wire() for record in self.answer + self.authority)
        header = HEADER.pack(ident, flags, 1, len(self.answer), len(self.authority), 1)
        return header + query[HEADER.size:end] + records + OPT


class Resolver:
    """Asked at a step of the scenario; `now_s` is how much time has passed in it."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.delegations = {}  # zone: addresses
        for zone, address in scenario.roots:
            self.delegations.setdefault(zone, set()).add(address)
        self.known = {}        # question: (answer, until)
        self.moment, self.now_s = 0, 0
        self.given = {}        # question: an answer that the resolver makes of what it has in its cache

    def ask(self, name, rrtype):
        """The answer, or None."""
        answer, until_s = self.known.get((name, rrtype), (None, 0))
        if answer is None or until_s <= self.now_s:
            answer = self._resolve(name, rrtype)
        if answer is None:
            return self.given.get((name, rrtype))
        self.known[name, rrtype] = answer, self.now_s + answer.ttl()
        return answer

    def _resolve(self, name, rrtype):
        """Asks the servers, and again for each alias that leads on."""
        answer, authority = [], []
        for _ in range(ALIASES_MAX):
            entry = self._iterate(name, rrtype)
            if entry is None:
                return None
            authority += [record for record in entry.sections["AUTHORITY"] if record not in authority]
            found, name, ended = follow(entry, name, rrtype)
            answer += found
            if ended:
                return Answer(entry.rcode, answer, authority)
        return None

    def _iterate(self, name, rrtype):
        """The answer of a server that does not refer to others."""
        for _ in range(REFERRALS_MAX):
            zone = self._zone_of(name, rrtype)
            entry = zone is not None and self._script(self.delegations[zone], name, rrtype)
            if not entry:
                return None
            if not self._refers(entry, zone, name):
                return entry
        return None

    def _zone_of(self, name, rrtype):
        """The deepest zone known above the name; of a DS it is above the cut (RFC 4035 §3.1.4.1)."""
        zones = [zone for zone in self.delegations if rpl.is_under(name, zone) and (rrtype != DS or zone != name)]
        return max(zones, key=len, default=None)

    def _script(self, addresses, name, rrtype):
        for found in self.scenario.ranges:
            if not found.first <= self.moment <= found.last or not found.addresses & addresses:
                continue
            for entry in found.entries:
                if entry.answers(name, rrtype):
                    return entry
        return None

    def _refers(self, entry, zone, name):
        """Notes a delegation further down."""
        servers = [record for record in entry.sections["AUTHORITY"] if record.rrtype == NS and len(record.owner) > len(zone)]
        if entry.sections["ANSWER"] or not servers or not rpl.is_under(name, servers[0].owner):
            return False
        hosts = {record.target() for record in servers}
        addresses = {socket.inet_ntop(socket.AF_INET, record.rdata) for record in entry.sections["ADDITIONAL"]
                     if record.owner in hosts and record.rrtype == rpl.TYPES["A"]}
        self.delegations[servers[0].owner] = addresses
        return True


def follow(entry, name, rrtype):
    """The records of the answer section that lead from the name on, where they lead, and whether they end there.

    Where a CNAME and other data are at one name, which RFC 2181 §10.1 forbids, the first of them counts.
    """
    found = []
    for _ in range(ALIASES_MAX):
        there = [record for record in entry.sections["ANSWER"] if record.owner == name]
        first = next((record.rrtype for record in there if record.rrtype in (rrtype, CNAME)), None)
        if first is None:
            return found, name, not found or entry.rcode != "NOERROR"
        found += [record for record in there if first in (record.rrtype, record.covered())]
        if first == rrtype:
            return found, name, True
        name = next(record.target() for record in there if record.rrtype == CNAME)
    return found, name, True


# Over UDP and TCP


def read_question(query):
    """Name, type and end of the question."""
    labels = rpl.labels_of(query[HEADER.size:])
    end = HEADER.size + len(rpl.octets_of(labels)) + 4
    return tuple(label.lower() for label in labels), struct.unpack_from("!H", query, end - 4)[0], end


class Server:
    """A resolver on a port of the loopback interface; a context manager, which gives `ADDRESS#PORT`."""

    def __init__(self, resolver):
        self.resolver = resolver
        self.lock = threading.Lock()
        self.servers = []

    def reply(self, query, room):
        name, rrtype, end = read_question(query)
        with self.lock:
            answer = self.resolver.ask(name, rrtype) or Answer("SERVFAIL", [], [])
        octets = answer.wire(query, end)
        if len(octets) <= room:
            return octets
        cut = dataclasses.replace(answer, answer=[], authority=[]).wire(query, end)
        return cut[:2] + struct.pack("!H", HEADER.unpack_from(cut)[1] | TC) + cut[4:]

    def __enter__(self):
        reply = self.reply

        class Packet(socketserver.BaseRequestHandler):
            """A question over UDP."""

            def handle(self):
                query, sock = self.request
                sock.sendto(reply(query, UDP_MAX), self.client_address)

        class Stream(socketserver.StreamRequestHandler):
            """Questions over TCP."""

            def handle(self):
                while length := self.rfile.read(2):
                    octets = reply(self.rfile.read(struct.unpack("!H", length)[0]), 65535)
                    self.wfile.write(struct.pack("!H", len(octets)) + octets)

        stream = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stream)
        stream.daemon_threads = True
        self.servers = [stream, socketserver.UDPServer(stream.server_address, Packet)]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return "{}:{}".format(*stream.server_address)

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()
