#!/usr/bin/python3
"""Nothing goes to a private address that was not allowed: lab_private.py DCVREADY, inside the lab.

Every packet of this private machine is looked at while names are checked that lead to such addresses in every way. With
--allow-private-addresses the same checks must be seen to send to each of them.
"""

import ipaddress
import socket
import struct
import subprocess
import threading

import hosts
import plan
from world import World

HERE = "192.0.2.1"
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x0800, 0x86DD
BUFFER = 16 << 20
LINK_HEADER = 14
# Where nobody is, and the lab's own servers.
PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10",
                                           "0.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128")))
OWN = ipaddress.ip_network(f"{plan.PREFIX}.0.0/16")
# Without a way there nothing would be sent in any case.
ROUTES = (("172.16.0.0/12",), ("192.168.0.0/16",), ("169.254.0.0/16",), ("100.64.0.0/10",), ("local", "fd00::/16"))
# From here this machine speaks to its other loopback addresses, and what they answer goes here.
CALLER = ipaddress.ip_address("127.0.0.1")
NETWORKS = ("10.53.1.{}", "172.16.1.{}", "192.168.1.{}", "169.254.1.{}", "127.0.1.{}", "100.64.1.{}", "fd00::{}",
            "::ffff:10.53.2.{}")
OPTIONS = ("--method", "any", "--smtp", "--ca", "sectigo,letsencrypt", "--deadline", "8")
IN_WORLD = (*OPTIONS, "--dnssec", "resolver", "--no-whois")
# A zone of the lab of which one name server is there.
NAME_SERVER = ("ns-private-glue.example", "10.53.0.53")
# Names of the lab whose registries lead to 10.53.0.N: a registrar's WHOIS server, an RDAP link, an RDAP redirect.
REGISTRIES = {"whois-private.com": "10.53.0.43", "rdap-private.net": "10.53.0.44", "rdap-redirect-private.org": "10.53.0.44"}


# Packets


def ends(packet, protocol):
    """Where an IP packet comes from and goes to; None: it is none."""
    if protocol == ETH_P_IP and len(packet) >= 20:
        return ipaddress.ip_address(packet[12:16]), ipaddress.ip_address(packet[16:20])
    if protocol == ETH_P_IPV6 and len(packet) >= 40:
        return ipaddress.ip_address(packet[8:24]), ipaddress.ip_address(packet[24:40])
    return None


def forbidden(source, target):
    """Is it one that nobody may send? What the lab's own servers send are answers."""
    return source not in OWN and target not in OWN and target != CALLER and any(target in network for network in PRIVATE)


class Watch:
    """Collects the private addresses to which something was sent."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.settimeout(0.2)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.seen, self.packets = set(), 0

    def _take(self):
        packet, (_, protocol, *_) = self._socket.recvfrom(LINK_HEADER + 64)
        found = ends(packet[LINK_HEADER:], protocol)
        self.packets += found is not None
        if found is not None and forbidden(*found):
            self.seen.add(found[1])

    def _run(self):
        while True:
            try:
                self._take()
            except TimeoutError:
                if self._ended.is_set():
                    return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        _, dropped = struct.unpack("II", self._socket.getsockopt(263, 6, 8))  # SOL_PACKET, PACKET_STATISTICS
        self._socket.close()
        if dropped or not self.packets:
            raise hosts.Failure(f"{self.packets} packets were seen, {dropped} lost")


# Ways that lead there


def record(address):
    return f"{'AAAA' if ':' in address else 'A'} {address}"


def literal(address):
    return f"[{address}]" if ":" in address else address


def way_address(_, name, address):
    """The name itself: its web server, and its mail host without an MX."""
    return [f"{name}. {record(address)}"], None


def way_alias(_, name, address):
    return [f"{name}. CNAME to.{name}.", f"to.{name}. {record(address)}"], None


def way_mx(_, name, address):
    return [f"{name}. MX 10 mail.{name}.", f"mail.{name}. {record(address)}"], None


def way_second_mx(services, name, address):
    """Behind a host where nobody is."""
    return [f"{name}. MX 10 dead.{name}.", f"dead.{name}. A {services['smtp-nobody']}", f"{name}. MX 20 mail.{name}.",
            f"mail.{name}. {record(address)}"], None


def way_contact(services, name, address):
    """The domain of a contact."""
    return [f"{name}. MX 10 mail.{name}.", f"mail.{name}. A {services['smtp-accept']}", f"to.{name}. MX 10 mail.to.{name}.",
            f'_validation-contactemail.{name}. TXT "dcv@to.{name}"', f"mail.to.{name}. {record(address)}"], None


def way_redirect(_, name, address):
    return [f"{name}. A {HERE}", f"to.{name}. {record(address)}"], f"http://to.{name}/"


def way_redirect_tls(_, name, address):
    return [f"{name}. A {HERE}", f"to.{name}. {record(address)}"], f"https://to.{name}/"


def way_redirect_literal(_, name, address):
    return [f"{name}. A {HERE}"], f"http://{literal(address)}/"


# No CA follows it: not even what is allowed is sent.
NEVER = (way_redirect_literal,)
WAYS = (way_address, way_alias, way_mx, way_second_mx, way_contact, way_redirect, way_redirect_tls, *NEVER)


class Redirecting:
    """A web server that sends each host elsewhere."""

    def __init__(self, targets):
        self._targets = targets
        self._listener = socket.create_server((HERE, 80), backlog=500)
        threading.Thread(target=self._run, daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(10)
            lines = connection.recv(4096).decode("latin-1").split("\r\n")
            host = next(line[6:] for line in lines if line.lower().startswith("host: "))
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {self._targets[host]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()


def make_world():
    """The zone, the redirects, the names, and where they lead if that is allowed."""
    lines, targets, names, wanted = [], {}, [], set()
    for number, way in enumerate(WAYS, 1):
        for at, network in enumerate(NETWORKS):
            address, name = network.format(number), f"{way.__name__.removeprefix('way_').replace('_', '-')}-{at}.example"
            records, target = way(plan.SERVICES, name, address)
            lines += records
            names.append(name)
            if target:
                targets[name] = target
            if way not in NEVER:
                wanted.add(ipaddress.ip_address(address.removeprefix("::ffff:")))
    return "\n".join([*lines, ""]), targets, names, wanted


# The runs


def addresses_of(watch):
    return {str(address) for address in watch.seen}


def check(tool, options, wanted):
    """Sends to these addresses and no others where that is allowed, else to none."""
    with Watch() as forbidden:
        tool.run("check", *options)
    hosts.expect("without the option", set(), addresses_of(forbidden))
    with Watch() as allowed:
        tool.run("check", *options, "--allow-private-addresses")
    hosts.expect("with --allow-private-addresses", {str(address) for address in wanted}, addresses_of(allowed))


def run(tool, _):
    for route in ROUTES:
        subprocess.run(["ip", *(["-6"] if ":" in route[-1] else []), "route", "add", *route, "dev", "lo"], check=True)
    zone, targets, names, wanted = make_world()
    with World(zone) as world, Redirecting(targets):
        failed = hosts.run_all([lambda: check(tool, (*IN_WORLD, "--resolver", world.resolver, *names), wanted)])
    for name, address in REGISTRIES.items():
        failed += hosts.run_all([lambda n=name, a=address: check(tool, ("--ca", "sectigo", "--no-authority", "--no-cache", "--deadline", "6", n),
                                                                 {ipaddress.ip_address(a)})])
    name, address = NAME_SERVER
    options = ("--ca", "sectigo", "--no-whois", name)
    # The lab's resolver may ask that server, too; what it knows it does not ask for again.
    tool.run("check", *options)
    failed += hosts.run_all([lambda: check(tool, options, {ipaddress.ip_address(address)})])
    return 2 + len(REGISTRIES), failed


if __name__ == "__main__":
    hosts.main_of(run, __doc__)
