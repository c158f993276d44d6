"""Configuration, start and stop of the servers."""

import ctypes
import dataclasses
import importlib.util
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys

import personas
import plan
import talks
import webhosts
import wire

READY_S = 10
STOP_S = 3
PACKAGES = {
    "knotd": "knot", "nsd": "nsd", "unbound": "unbound",
    "dnssec-signzone": "bind9-utils", "dnssec-keygen": "bind9-utils",
    "ldns-signzone": "ldnsutils",
    "nginx": "nginx-light", "ip": "iproute2", "openssl": "openssl",
}
MODULES = {"aiosmtpd": "python3-aiosmtpd"}
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class ServerError(Exception):
    """A server is missing or does not start."""


@dataclasses.dataclass(frozen=True)
class Server:
    """A process of the lab. `probe` is true once the server answers."""

    name: str
    argv: list
    addresses: tuple
    probe: object


def check_programs(programs=tuple(PACKAGES)):
    """Raise ServerError with the Debian packages that are missing."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    missing = {PACKAGES[name] for name in programs if not shutil.which(name, path=path)}
    missing |= {package for name, package in MODULES.items() if not importlib.util.find_spec(name)}
    if missing:
        raise ServerError("missing programs; install the Debian packages: "
                          + " ".join(sorted(missing)))
    os.environ["PATH"] = path


# Configurations


def answers(address, name="localhost.", rrtype="SOA", *, port=plan.PORT):
    """A probe: the server answers this question without an error."""
    def probe():
        try:
            reply = wire.udp_ask(address, wire.make_query(name, rrtype), 0.2, port)
        except OSError:
            return False
        return wire.rcode_name(reply) == "NOERROR"
    return probe


def accepts(address):
    """A probe: the server accepts TCP connections."""
    def probe():
        try:
            socket.create_connection((address, plan.PORT), 0.2).close()
        except OSError:
            return False
        return True
    return probe


def knot(name, directory, addresses, zones, *, port=plan.PORT):
    """`zones` maps zone names to files."""
    state = directory / name
    state.mkdir()
    listen = ", ".join(f"{address}@{port}" for address in addresses)
    entries = "".join(f'  - domain: "{zone}"\n    file: "{file}"\n'
                      for zone, file in zones.items())
    config = directory / f"{name}.conf"
    config.write_text(f"""\
server:
    rundir: "{state}"
    listen: [ {listen} ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
    tcp-reuseport: off
database:
    storage: "{state}"
    journal-db-max-size: 1M
    timer-db-max-size: 1M
    catalog-db-max-size: 5M
    kasp-db-max-size: 5M
log:
  - target: stderr
    any: warning
template:
  - id: default
    semantic-checks: off
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
{entries}""", encoding="ascii")
    return Server(name, ["knotd", "-c", str(config)], tuple(addresses),
                  answers(addresses[0], next(iter(zones)), port=port))


def nsd(name, directory, addresses, zones, *, port=plan.PORT):
    state = directory / name
    state.mkdir()
    listen = "".join(f"    ip-address: {address}@{port}\n" for address in addresses)
    entries = "".join(f'zone:\n    name: "{zone}"\n    zonefile: "{file}"\n'
                      for zone, file in zones.items())
    config = directory / f"{name}.conf"
    config.write_text(f"""\
server:
{listen}    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "{state}"
    database: ""
    pidfile: ""
    xfrdfile: "{state}/xfrd.state"
    xfrdir: "{state}"
    zonelistfile: "{state}/zone.list"
    cookie-secret-file: ""
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
remote-control:
    control-enable: no
{entries}""", encoding="ascii")
    return Server(name, ["nsd", "-d", "-c", str(config)], tuple(addresses),
                  answers(addresses[0], next(iter(zones)), port=port))


def listeners(address, tls):
    """Settings for DNS over TLS and over HTTPS, with the keys in `tls`."""
    return f"""\
    interface: {address}@{plan.TLS_PORT}
    interface: {address}@{plan.HTTPS_PORT}
    tls-port: {plan.TLS_PORT}
    https-port: {plan.HTTPS_PORT}
    http-endpoint: "/dns-query"
    tls-service-key: "{tls / 'resolver.key'}"
    tls-service-pem: "{tls / 'resolver.pem'}"
"""


def unbound(name, directory, address, upstream, anchor=None, *, ipv6=False, port=plan.PORT,
            tls=None):
    """A resolver below the root server `upstream`; validates with `anchor`.

    With `tls`, the directory of its keys, it serves TLS and HTTPS, too.
    Without `ipv6` it asks no server over IPv6, nor for the address of one.
    It asks from its own address, by which a relay knows that it is no client.

    The infra-* and outbound-* settings make it give up on a silent server
    within seconds, and yet not hold one silent question against the server's
    other answers. discard-timeout: late answers are sent, not dropped.
    """
    hints = directory / f"{name}.hints"
    hints.write_text(f". 3600 NS ns1.\nns1. 3600 A {upstream}\n", encoding="ascii")
    validation = (f'module-config: "validator iterator"\n    trust-anchor-file: "{anchor}"'
                  if anchor else 'module-config: "iterator"')
    config = directory / f"{name}.conf"
    config.write_text(f"""\
server:
    interface: {address}
    port: {port}
    outgoing-interface: {address}
{f"    outgoing-interface: {plan.IPV6}" if ipv6 else ""}
{listeners(address, tls) if tls else ""}    {validation}
    root-hints: "{hints}"
    directory: "{directory}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    log-servfail: yes
    val-log-level: 2
    ede: yes
    num-threads: 1
    do-ip6: {"yes" if ipv6 else "no"}
    access-control: 0.0.0.0/0 allow
    do-not-query-localhost: no
    do-not-query-address: {plan.LOST_NETWORKS[0]}
    local-zone: "test." nodefault
    local-zone: "127.in-addr.arpa." nodefault
    qname-minimisation: yes
    rrset-roundrobin: no
    edns-buffer-size: {wire.UDP_PAYLOAD}
    max-udp-size: {wire.UDP_PAYLOAD}
    msg-cache-size: 2m
    rrset-cache-size: 2m
    key-cache-size: 1m
    neg-cache-size: 1m
    infra-host-ttl: 0
    infra-cache-min-rtt: 50
    infra-cache-max-rtt: 1500
    outbound-msg-retry: 2
    discard-timeout: 0
    aggressive-nsec: no
    target-fetch-policy: "0 0 0 0 0"
    outgoing-range: 450
    num-queries-per-thread: 400
    incoming-num-tcp: 100
    unwanted-reply-threshold: 0
remote-control:
    control-enable: no
""", encoding="ascii")
    return Server(name, ["unbound", "-d", "-p", "-c", str(config)], (address,),
                  answers(address, rrtype="A", port=port))


def proxy(name, directory, parts, arguments):
    """`parts` are the (persona, address, upstream) that `arguments` select."""
    addresses = tuple(address for _, address, _ in parts)
    listening = [address for persona, address, _ in parts if persona.tcp]
    argv = [sys.executable, str(plan.LAB_PROGRAM), "proxy",
            "--log", str(directory / "queries.log"), *arguments]
    probe = accepts(listening[-1]) if listening else _bound(addresses[-1])
    return Server(name, argv, addresses, probe)


def talker(directory):
    """Registries, mail hosts and odd web servers; `directory` holds keys and registrations."""
    ready = directory / talks.READY
    ready.unlink(missing_ok=True)
    argv = [sys.executable, "-B", str(plan.LAB_PROGRAM.parent / "talker.py"), "--log", str(directory / "queries.log"),
            str(directory)]
    return Server("talker", argv, tuple(plan.SERVICES.values()), ready.exists)


def nginx(directory):
    """The other web servers."""
    state = directory / "nginx"
    state.mkdir()
    config = directory / "nginx.conf"
    # On the host's loopback there are no others than IPv4's.
    addresses = {name: address for name, address in plan.SERVICES.items() if ":" not in address or is_local(address)}
    config.write_text(webhosts.configuration(directory, state, addresses), encoding="ascii")
    # nginx writes the file when it listens.
    return Server("nginx", ["nginx", "-e", "stderr", "-p", str(state), "-c", str(config)],
                  tuple(addresses[name] for name in webhosts.PORT_80 if name in addresses), (state / "nginx.pid").exists)


def _bound(address):
    """A probe: somebody holds the UDP port."""
    def probe():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind((address, plan.PORT))
            except OSError:
                return True
        return False
    return probe


def lab_parts(port=plan.PORT):
    """(persona, address, upstream) of every persona of the lab."""
    silent = personas.BY_NAME["auth-drop"]
    return [*((persona, personas.ADDRESS[name], f"{personas.upstream(persona)}@{port}")
              for name, persona in personas.BY_NAME.items()),
            *((silent, address, plan.FIRST) for address in plan.SILENT)]


def relay_parts():
    """The same for a relay on the address of each honest server, which is behind it."""
    addresses = [plan.ROOT, *plan.TLD_ADDRESS.values(), plan.FIRST, *plan.CROWD, plan.SECOND,
                 plan.NEAR, plan.RESOLVER, plan.PLAIN_RESOLVER]
    if is_local(plan.IPV6):
        addresses.append(plan.IPV6)
    relay = personas.BY_NAME["relay"]
    return [(relay, address, f"{address}@{plan.BEHIND_PORT}") for address in addresses]


def is_local(address):
    """Is this an address of this machine?"""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
    except OSError:
        return False
    return True


def lab_servers(directory, build, *, loss=0, seed=0):
    """All servers of the lab, configured in `directory`.

    With `loss` each direction of UDP loses so many percent between a client
    and any server, but nothing between servers.
    """
    def zones(server):
        files = sorted((build / f"{server}.d").iterdir())
        return {path.name.removesuffix("zone"): path for path in files}

    anchor = directory / "root.anchor"
    shutil.copy(build / "root.anchor", anchor)
    shutil.copy(plan.registrations_file(build), directory)
    tls = directory / "tls"
    shutil.rmtree(tls, ignore_errors=True)
    shutil.copytree(build / "tls", tls)
    port = plan.BEHIND_PORT if loss else plan.PORT
    here_ipv6, over_ipv6 = is_local(plan.IPV6), zones("ipv6")
    # The resolvers look for IPv6 addresses only where a zone has no other:
    # that changes what they do about silent servers.
    ipv6 = here_ipv6 and bool(over_ipv6.keys() - {*zones("first"), *zones("second")})
    lossy = ["--loss", str(loss), "--seed", str(seed)] if loss else []
    return [
        knot("root", directory, [plan.ROOT], zones("root"), port=port),
        nsd("tld", directory, list(plan.TLD_ADDRESS.values()), zones("tld"), port=port),
        knot("first", directory, [plan.FIRST, *plan.CROWD], zones("first"), port=port),
        nsd("second", directory, [plan.SECOND, plan.NEAR], zones("second"), port=port),
        *([knot("ipv6", directory, [plan.IPV6], over_ipv6, port=port)] if here_ipv6 else []),
        *([proxy("relays", directory, relay_parts(), ["--relays", *lossy])] if loss else []),
        unbound("resolver", directory, plan.RESOLVER, plan.ROOT, anchor, ipv6=ipv6, port=port,
                tls=tls),
        unbound("plain", directory, plan.PLAIN_RESOLVER, plan.ROOT, ipv6=ipv6, port=port),
        proxy("proxy", directory, lab_parts(), lossy),
        talker(directory),
        nginx(directory),
    ]


# Processes


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(server, directory, *, die_with_parent):
    """Start one server in its own session; its output goes to a log file."""
    with open(directory / f"{server.name}.log", "ab") as log:
        return subprocess.Popen(
            server.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=directory, start_new_session=True,
            preexec_fn=_die_with_parent if die_with_parent else None)


def wait_ready(server, process, directory):
    """Wait until the server answers; raise ServerError with its log."""
    plan.wait_until(lambda: process.poll() is not None or server.probe(), READY_S)
    if process.poll() is None and server.probe():
        return
    log = (directory / f"{server.name}.log").read_text(errors="replace").strip()
    raise ServerError(f"{server.name} does not start: {log or 'no answer'}")


def start_all(servers, directory, *, die_with_parent):
    """Start the servers together, wait for all; returns their processes."""
    processes = {}
    try:
        for server in servers:
            processes[server.name] = start(
                server, directory, die_with_parent=die_with_parent)
        for server in servers:
            wait_ready(server, processes[server.name], directory)
    except BaseException:
        stop_all(processes.values())
        raise
    return processes


def stop_all(processes):
    """End children of this process."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# Processes that an earlier `lab start` left running


def command_line(pid):
    """The arguments of a live process, or None; a zombie has none."""
    try:
        raw = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None
    return raw.decode(errors="replace").rstrip("\0").split("\0") if raw else None
