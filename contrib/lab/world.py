"""Small worlds for tests: one zone "." that holds every name of a test.

    with World('example.jp. MX 10 mail.example.jp.\\n') as world:
        ask(world.resolver, ...)

An unsigned world is asked directly, as if its server were a resolver. A
signed world has a validating resolver in front; `anchor` is the file of its
trust anchor. A persona stands between the resolver and the server, or before
the server when there is no resolver.
"""

import pathlib
import random
import shutil
import socket
import tempfile

import personas
import plan
import registrations
import registry
import servers
import signing
import zonesource

# A world reserves an address by holding this UDP port of it.
RESERVATION_PORT = 5300
HEAD = """\
$ORIGIN .
$TTL 300
@ SOA ns1. hostmaster.example. 1 7200 900 1209600 300
@ NS ns1.
ns1. A {address}
"""


class World:
    """A context manager; may be used many times at once."""

    def __init__(self, zone, *, sign=False, persona=None, address=None, whois=None):
        """`zone`: records of ".", without SOA and NS unless it brings them.

        `address`: where the authoritative server listens; default a free one.
        `whois`: domains, with the arguments of registrations.of_values() for
        each; port 43 of the address `whois_server` tells of them, in the place
        of whois.iana.org and of the registries.
        """
        self._zone = zone
        self._sign = sign
        self._persona = persona
        self._address = address
        self._domains = {domain: registrations.of_values(**values) for domain, values in (whois or {}).items()}
        self._whois = None
        self._reserved = []
        self._processes = {}
        self._directory = None
        self.resolver = None
        self.anchor = None
        self.whois_server = None

    def __enter__(self):
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._whois:
            self._whois.close()
            self._whois = None
        servers.stop_all(self._processes.values())
        for reservation in self._reserved:
            reservation.close()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)

    def queries(self):
        """Fields of the persona's log: time, persona, transport, name, type."""
        return self._logged("queries.log")

    def whois_queries(self):
        """Fields of the log of WHOIS: time, "whois", "whois", peer, what was said."""
        return self._logged("whois.log")

    def _logged(self, name):
        text = (self._directory / name).read_text(encoding="latin-1")
        return [line.split("\t") for line in text.splitlines()]

    def _open(self):
        servers.check_programs()
        parent = plan.run_dir() if plan.run_dir().is_dir() else None
        self._directory = pathlib.Path(tempfile.mkdtemp(prefix="world-", dir=parent))
        server_address = self._address or self._reserve()
        if self._domains:
            self._open_whois(server_address)
        parts = list(self._parts(server_address))
        self._processes = servers.start_all(parts, self._directory, die_with_parent=True)

    def _open_whois(self, address):
        """In a thread of this process: a process more would take much longer to start than the whole world."""
        self.whois_server = address
        self._whois = registry.Thread(self._domains, address, self._directory / "whois.log")

    def _whois_lines(self):
        """The addresses of the servers."""
        names = ["whois.iana.org", *registry.servers_of(self._domains).values()]
        return [f"{name}. A {self.whois_server}" for name in dict.fromkeys(names)] if self._domains else []

    def _parts(self, server_address):
        """The servers from the back to the front."""
        front = self._reserve() if self._persona else server_address
        file = self._directory / "root.zone"
        file.write_text(self._text(front), encoding="ascii")
        yield servers.knot("server", self._directory, [server_address], {".": file})
        if self._persona:
            yield self._proxy(front, server_address)
        if self._sign:
            self.resolver = self._reserve()
            yield servers.unbound("resolver", self._directory, self.resolver, front,
                                  self.anchor)
        else:
            self.resolver = front

    def _proxy(self, address, upstream):
        part = (personas.BY_NAME[self._persona], address, upstream)
        return servers.proxy("proxy", self._directory, [part],
                             [self._persona, address, upstream])

    def _text(self, server_address):
        """The zone's text; `server_address` is where the resolver finds it."""
        lines = [zonesource.escape(line) for line in self._zone.splitlines()]
        brings_soa = any(" SOA " in line for line in lines)
        head = "" if brings_soa else HEAD.format(address=server_address)
        text = "\n".join([head, *lines, *self._whois_lines(), ""])
        if not self._sign:
            return text
        key = signing.make_key(".", self._directory)
        self.anchor = self._directory / "root.anchor"
        self.anchor.write_text(signing.anchor(".", key.dnskey), encoding="ascii")
        return signing.sign(".", text, [key])

    def _reserve(self):
        """A free address; nobody else gets it before the world ends."""
        for number in random.sample(range(1, 255), 254):
            address = f"{plan.WORLDS}.{number}"
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                sock.bind((address, RESERVATION_PORT))
            except OSError:
                sock.close()
                continue
            self._reserved.append(sock)
            return address
        raise servers.ServerError("no free address for a world")
