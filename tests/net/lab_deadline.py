#!/usr/bin/python3
"""A check with every probe on ends by its deadline, whoever hangs, and judges everything else: lab_deadline.py DCVREADY, inside the lab.

One peer hangs in each run. What counts is the report's own clock, not how long the machine took.
"""

import contextlib
import dataclasses
import socket
import threading

import hosts
import personas
import plan
import webhosts
from world import World

DEADLINE_S = 6
CAS = "sectigo,letsencrypt"
HERE = "192.0.2.1"  # this machine, where the lab has no server
HTTP, HTTPS, WHOIS = 80, 443, 43
# The file for another method has another name.
GOOD = {"sectigo email": "ready", "sectigo dns": "ready", "sectigo http": "not-ready",
        "letsencrypt dns": "ready", "letsencrypt http": "ready", "letsencrypt tls-alpn": "ready"}
# How conversations ended.
MET = {"http": {"talked"}, "alpn": {"talked"}, "smtp": {"talked"}, "whois": {"none"}}
WEB_UNKNOWN = {"sectigo http": "unknown", "letsencrypt http": "unknown"}
NO_ALPN = {"letsencrypt tls-alpn": "not-ready"}


@dataclasses.dataclass(frozen=True)
class Case:
    web: str = "web-tls-acme"  # at the name; a service of the lab, or an address
    mail: str = "smtp-accept"
    whois: str = "none"        # state of the registration
    verdicts: dict = dataclasses.field(default_factory=dict)  # where they are not GOOD
    met: dict = dataclasses.field(default_factory=dict)       # likewise
    told: tuple = ()           # findings that must be there
    cut: bool = False          # the deadline was reached


SILENT_MAIL = {"told": ("smtp-unasked", "deadline"), "met": {"smtp": {"deadline"}}, "cut": True}
# By the first label of the name, in a world of its own.
CASES = {
    "sound": Case(),
    "smtp-banner": Case(mail="smtp-hang", **SILENT_MAIL),
    "smtp-starttls": Case(mail="smtp-tls-hang", **SILENT_MAIL),
    "smtp-rcpt": Case(mail="smtp-hang-rcpt", **SILENT_MAIL),
    "smtp-octets": Case(mail="smtp-tarpit", **SILENT_MAIL),
    "http-head": Case("web-silent", verdicts=WEB_UNKNOWN | NO_ALPN, met={"http": {"deadline"}, "alpn": {"refused"}},
                      told=("web-unlearned", "deadline"), cut=True),
    "http-octets": Case("web-slow", verdicts=WEB_UNKNOWN | NO_ALPN, met={"http": {"deadline"}, "alpn": {"refused"}},
                        told=("web-unlearned", "deadline"), cut=True),
    "http-body": Case(HERE, verdicts=WEB_UNKNOWN | NO_ALPN, met={"http": {"deadline"}, "alpn": {"refused"}},
                      told=("web-unlearned", "deadline"), cut=True),
    "tls": Case("web-tls-silent", verdicts={"letsencrypt tls-alpn": "unknown"}, met={"alpn": {"deadline"}},
                told=("web-unlearned", "deadline"), cut=True),
    "whois": Case(whois="silent", met={"whois": {"unreachable"}}, told=("registry-failed",)),
    "whois-octets": Case(whois="slow", met={"whois": {"unreachable"}}, told=("registry-failed",)),
}
# Those of the lab's names whose servers hang, and how much of it all; `-ok` gives the rest.
RDAP = ("rdap-silent.org", "rdap-slow.org")
SERVERS = ("ns-dead.example", "ns-slow.example")


def address_of(word):
    return plan.SERVICES.get(word, word)


def zone_of(extra=""):
    lines = [extra]
    for label, case in CASES.items():
        lines += [f"{label}.example. A {address_of(case.web)}", f"{label}.example. MX 10 mail.{label}.example.",
                  f"mail.{label}.example. A {address_of(case.mail)}"]
    return "\n".join([*lines, ""])


def registered():
    return {f"{label}.example": {"state": "ok" if case.whois == "none" else case.whois} for label, case in CASES.items()}


# Peers of our own


class Hanging:
    """A server that takes every connection, says something, and then nothing more."""

    def __init__(self, port, says=b""):
        self._listener = socket.create_server((HERE, port), backlog=100)
        self._says = says
        self._open = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.sendall(self._says)
                self._open.append(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for connection in self._open:
            connection.close()


# What the report says


def met_of(seen):
    """How the conversations of each kind ended."""
    found = {kind: {fact["met"] for fact in seen.facts(kind)} for kind in ("http", "alpn", "smtp")}
    return found | {"whois": {fact["state"] for fact in seen.facts("whois")}}


def verdicts_of(seen):
    return {f"{ca['ca']} {ca['method']}": ca["verdict"] for ca in seen.report["cas"]}


def check_time(title, seen):
    if seen.report["elapsed_ms"] > 1000 * DEADLINE_S:
        raise hosts.Failure(f"{title}: {seen.report['elapsed_ms']} ms")


def look(tool, directory, title, name, *options):
    file = directory / "token"
    seen = hosts.Seen(tool, directory / title, name, "--method", "any", "--smtp", "--ca", CAS, "--deadline", DEADLINE_S,
                      "--token-file", file, *options)
    check_time(f"{title}, {name}", seen)
    return seen


def check(title, seen, case):
    hosts.expect(f"{title}: verdicts", GOOD | case.verdicts, verdicts_of(seen))
    hosts.expect(f"{title}: met", MET | case.met, met_of(seen))
    ids = {finding["id"] for finding in seen.report["findings"]}
    missing = set(case.told) - ids
    if missing or ("deadline" in ids) != case.cut:
        raise hosts.Failure(f"{title}: {sorted(missing)} not said; {sorted(ids)}")


# The runs


def in_world(world, tool, directory, title, label, case):
    def job():
        asked = ("--whois-server", world.whois_server) if title == "world" else ()
        seen = look(tool, directory, title, f"{label}.example", "--resolver", world.resolver, "--dnssec", "resolver", "--no-cache", *asked)
        check(f"{title}, {label}", seen, case)
    return job


def as_twin(tool, directory, name):
    """One of the lab's names: what its twin has, it has, but for what hangs."""
    def job():
        first, _, rest = name.partition(".")
        twin = look(tool, directory, "lab", f"{first}{hosts.TWIN}.{rest}", "--no-cache")
        seen = look(tool, directory, "lab", name, "--no-cache")
        hosts.expect(f"{name}: verdicts", verdicts_of(twin), verdicts_of(seen))
        for kind in ("http", "alpn", "smtp"):
            hosts.expect(f"{name}: {kind}", met_of(twin)[kind], met_of(seen)[kind])
    return job


def silent_resolver(tool, directory):
    """Beside one that answers it does no harm."""
    silent = personas.ADDRESS["drop"]
    wanted = look(tool, directory, "resolver", "web-ok.example", "--no-cache")
    seen = look(tool, directory, "resolvers", "web-ok.example", "--resolver", silent, "--resolver", plan.RESOLVER, "--no-cache", "--timeout", "1")
    hosts.expect("two resolvers: verdicts", verdicts_of(wanted), verdicts_of(seen))
    hosts.expect("two resolvers: met", met_of(wanted), met_of(seen))


def nobody_answers(tool, directory, name, *options):
    """Nothing is known, in time."""
    def job():
        seen = look(tool, directory, "silence", name, "--no-cache", *options)
        hosts.expect(f"{name}: verdicts", {"unknown"}, set(verdicts_of(seen).values()))
    return job


def run(tool, directory):
    (directory / "token").write_text(f"{webhosts.TOKEN}\n", encoding="ascii")
    for title in ("world", "bootstrap", "iana", "lab", "resolvers", "resolver", "silence"):
        (directory / title).mkdir()
    bootstrap = f"data.iana.org. A {address_of('web-tls-silent')}"
    iana = f"data.iana.org. A {address_of('web-tls-closed')}\nwhois.iana.org. A {HERE}"
    with Hanging(HTTP, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ndcv"), Hanging(WHOIS), \
            World(zone_of(), whois=registered()) as world, World(zone_of(bootstrap), whois=registered()) as no_bootstrap, \
            World(zone_of(iana)) as no_iana:
        jobs = [in_world(world, tool, directory, "world", label, case) for label, case in CASES.items()]
        jobs.append(in_world(no_bootstrap, tool, directory, "bootstrap", "sound", Case(met={"whois": {"unreachable"}})))
        jobs.append(in_world(no_iana, tool, directory, "iana", "sound", Case(met={"whois": {"unreachable"}}, told=("registry-failed",))))
        jobs += [as_twin(tool, directory, name) for name in (*RDAP, *SERVERS)]
        jobs += [lambda: silent_resolver(tool, directory), nobody_answers(tool, directory, "auth-drop.example"),
                 nobody_answers(tool, directory, "web-ok.example", "--resolver", personas.ADDRESS["drop"])]
        return len(jobs), hosts.run_all(jobs)


if __name__ == "__main__":
    hosts.main_of(run, __doc__)
