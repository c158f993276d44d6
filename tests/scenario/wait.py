#!/usr/bin/python3
"""`dcvready wait` beside servers whose zones change while it waits: wait.py DCVREADY

Two authoritative servers, of two implementations, below a root of their own, and a resolver. What happens next is decided by
what the tool has said, not by time.
"""

import fcntl
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading

from tool import LAB, SOURCE, Failure, Tool, enter_lab

sys.path.insert(0, str(LAB))

import personas  # noqa: E402
import plan  # noqa: E402
import servers  # noqa: E402
import wire  # noqa: E402

ROOT, FIRST, SECOND, RESOLVER, OTHER_RESOLVER = (f"{plan.WORLDS}.{number}" for number in (1, 2, 3, 4, 5))
ZONES = ("wait.example", "other.example", "half.example", "lame.example", "gone.example", "deep.wait.example")
# Names of the root zone's own: servers that are there, and such that are not.
HOSTS = {"ns1": FIRST, "ns2": SECOND, "ns3": plan.NOBODY, "ns4": personas.ADDRESS["auth-refused"]}
NAMED = {"wait.example": ("ns1", "ns2"), "other.example": ("ns2",), "half.example": ("ns1", "ns3"), "lame.example": ("ns1", "ns4"),
         "gone.example": ("ns3",), "deep.wait.example": ("ns2",)}
RECORDS = {
    "wait.example": [
        'two TXT "other"', 'two TXT "wanted"', 'long TXT "wan" "ted"', 'wrong TXT "Wanted"', 'odd TXT "a\\027b"',
        "alias CNAME target.other.example.", "near CNAME two", "loop CNAME loop.other.example.",
        '_validation-contactemail.mail TXT "DCV@Example.NET"',
        "deep NS ns2.hosts.example.",
    ],
    "other.example": ['target TXT "wanted"', "loop CNAME loop.wait.example."],
    "half.example": ['@ TXT "wanted"'], "lame.example": ['@ TXT "wanted"'], "gone.example": [], "deep.wait.example": ['_here TXT "wanted"'],
}
# Long enough for a slow machine to come to its second step while the resolver remembers, short enough to wait for.
NEGATIVE_S = 8
ENOUGH_S = 90
HERE = ("--allow-private-addresses", "--resolver", RESOLVER)
ONCE = (*HERE, "--deadline", 0)


def require(condition, text):
    if not condition:
        raise Failure(text)


class Bench:
    """The servers; records may be added to one of them."""

    def __init__(self, directory):
        self.directory = directory
        self.serials = {}
        self.processes = {}
        self.records = {server: {zone: list(lines) for zone, lines in RECORDS.items()} for server in ("first", "second")}

    def file(self, server, zone):
        return self.directory / f"{server}-{zone}"

    def write(self, server, zone):
        serial = self.serials[server, zone] = self.serials.get((server, zone), 0) + 1
        lines = [f"$ORIGIN {zone}.", "$TTL 300", f"@ {NEGATIVE_S} SOA ns1.hosts.example. hostmaster {serial} 7200 900 1209600 {NEGATIVE_S}",
                 *(f"@ NS {host}.hosts.example." for host in NAMED[zone]), *self.records[server][zone], ""]
        self.file(server, zone).write_text("\n".join(lines), encoding="ascii")

    def root(self):
        lines = ["$ORIGIN .", "$TTL 300", "@ SOA ns. hostmaster. 1 7200 900 1209600 300", "@ NS ns.", f"ns. A {ROOT}"]
        lines += [f"{host}.hosts.example. A {address}" for host, address in HOSTS.items()]
        lines += [f"{zone}. NS {host}.hosts.example." for zone in ZONES if zone != "deep.wait.example" for host in NAMED[zone]]
        file = self.directory / "root.zone"
        file.write_text("\n".join([*lines, ""]), encoding="ascii")
        return file

    def start(self):
        for server in ("first", "second"):
            for zone in ZONES:
                self.write(server, zone)
        first = [zone for zone in ZONES if "ns1" in NAMED[zone]]
        second = [zone for zone in ZONES if "ns2" in NAMED[zone]]
        parts = [servers.knot("root", self.directory, [ROOT], {".": self.root()}),
                 servers.knot("first", self.directory, [FIRST], {f"{zone}.": self.file("first", zone) for zone in first}),
                 servers.nsd("second", self.directory, [SECOND], {f"{zone}.": self.file("second", zone) for zone in second}),
                 servers.unbound("resolver", self.directory, RESOLVER, ROOT),
                 servers.unbound("other", self.directory, OTHER_RESOLVER, ROOT)]
        self.processes = servers.start_all(parts, self.directory, die_with_parent=True)

    def stop(self):
        servers.stop_all(self.processes.values())

    def add(self, server, record, zone="wait.example"):
        """Publishes a record on one server, and returns when it is there."""
        self.records[server][zone].append(record)
        self.write(server, zone)
        self.processes[server].send_signal(signal.SIGHUP)
        address = {"first": FIRST, "second": SECOND}[server]
        name = f"{record.split()[0]}.{zone}."
        require(plan.wait_until(lambda: holds(address, name), ENOUGH_S), f"{server} does not load {name}")


def holds(address, name):
    """Does the server have TXT records there?"""
    try:
        reply = wire.udp_ask(address, wire.make_query(name, "TXT"), 1)
    except OSError:
        return False
    return wire.rcode_name(reply) == "NOERROR" and int.from_bytes(reply[6:8], "big") > 0


class Waiting:
    """A wait that runs; `says(…)` blocks until it has said so."""

    def __init__(self, tool, *arguments):
        argv = [tool.program, "wait", *HERE, *map(str, arguments)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=tool.environment)
        self.killer = threading.Timer(ENOUGH_S, self.process.kill)
        self.killer.start()
        self.said = []

    def says(self, *parts):
        for line in self.process.stderr:
            self.said.append(line.rstrip())
            if all(part in line for part in parts):
                return line
        raise Failure(f"ended without {parts}: {self.said[-8:]}")

    def end(self, status):
        out, err = self.process.communicate()
        self.killer.cancel()
        self.said += err.splitlines()
        require(not any("Sanitizer" in line or "runtime error" in line for line in self.said), f"crashed: {self.said[-30:]}")
        require(self.process.returncode == status, f"status {self.process.returncode}, not {status}: {self.said[-5:]} {out}")
        return out


def look(tool, *arguments, status):
    """One look, as the parsed document."""
    documents, _ = tool.json("wait", *ONCE, *arguments, status=status)
    require(len(documents) == 1, f"{len(documents)} documents")
    return documents[0]


def states(document, key="servers"):
    return {entry["server"].split("#")[0]: entry["state"] for entry in document[key]}


def require_same(found, wanted, what):
    require(found == wanted, f"{what}: {found}, not {wanted}")


# The checks


def check_propagation(tool, bench, directory):
    """On the first server only, then on the second, too; the resolver is not asked before, and then has it at once."""
    tape = directory / "propagation.tape"
    waiting = Waiting(tool, "--txt", "wanted", "--at", "_new", "--record", tape, "wait.example")
    waiting.says("_new.wait.example", "ns1.hosts.example", "lacks it")
    waiting.says("ns2.hosts.example", "lacks it")
    waiting.says(f"resolver {RESOLVER}:", "not asked until")
    bench.add("first", '_new TXT "wanted"')
    waiting.says("ns1.hosts.example", "has it")
    bench.add("second", '_new TXT "wanted"')
    waiting.says("ns2.hosts.example", "has it")
    waiting.says(f"resolver {RESOLVER}:", "has it")
    out = waiting.end(0)
    require(out.startswith("_new.wait.example") and "IN PLACE: on 2 of 2 servers and 1 of 1 resolvers." in out, out)
    require("serial 2" in out and "TTL 300 s" in out, out)
    for arguments in ([], ["--txt", "wanted", "--at", "_new", "wait.example"]):
        again = tool.run("wait", *arguments, "--replay", tape, status=0)
        require_same(again.stdout, out, "replayed")
    once = tool.run("wait", "--replay", tape, "--format", "json", status=0)
    document = json.loads(once.stdout)[0]
    require_same((document["met"], document["ended"], document["rounds"]), (True, "met", 3), "as JSON")


def check_negative_cache(tool, bench, _):
    """Both servers have it, the resolver remembers that they had not: that is told, and its end is the next look."""
    require(not holds(RESOLVER, "_late.wait.example."), "the record was there before")
    bench.add("first", '_late TXT "wanted"')
    bench.add("second", '_late TXT "wanted"')
    waiting = Waiting(tool, "--txt", "wanted", "--at", "_late", "--format", "json", "wait.example")
    waiting.says(f"resolver {RESOLVER}:", "lacks it; this may last until", "UTC")
    waiting.says(f"resolver {RESOLVER}:", "has it")
    document = json.loads(waiting.end(0))[0]
    require_same((document["rounds"], states(document, "resolvers")), (2, {RESOLVER: "has"}), "rounds and resolver")


def check_never(tool, _bench, directory):
    tape = directory / "never.tape"
    waiting = Waiting(tool, "--txt", "wanted", "--at", "_never", "--deadline", 1, "--record", tape, "wait.example")
    out = waiting.end(1)
    require("NOT IN PLACE: on 0 of 2 servers and 0 of 1 resolvers." in out and "until the deadline." in out, out)
    require("Resolvers that asked too early may not see it until" in out, out)
    require_same(tool.run("wait", "--replay", tape, status=1).stdout, out, "replayed")
    quiet = tool.run("wait", "--replay", tape, "-q", status=1)
    require(quiet.stdout.startswith("wait.example\tnot-met\t0/2\t0/1\t2") and quiet.stderr == "", quiet.stdout + quiet.stderr)


def check_dead_server(tool, _bench, _):
    """Nobody is at the second address: it is tried three times, left out, and said to be."""
    document = look(tool, "--txt", "wanted", "half.example", status=0)
    require_same(states(document), {FIRST: "has", plan.NOBODY: "silent"}, "states")
    silent = next(entry for entry in document["servers"] if entry["state"] == "silent")
    require(silent["unanswered"] >= 3 and not silent["counts"], f"{silent}")
    text = tool.run("wait", *ONCE, "--txt", "wanted", "half.example", status=0)
    require("; left out" in text.stdout and "left out: 1;" in text.stdout, text.stdout)


def check_lame_server(tool, _bench, _):
    document = look(tool, "--txt", "wanted", "lame.example", status=0)
    require_same(states(document), {FIRST: "has", HOSTS["ns4"]: "lame"}, "states")


def check_unseen(tool, _bench, _):
    """Nobody answers for the zone: unknown."""
    document = look(tool, "--txt", "wanted", "gone.example", status=3)
    require_same((document["met"], document["seen"]), (False, False), "met and seen")
    require_same(states(document), {plan.NOBODY: "silent"}, "states")
    # Nor does the resolver: the way to the servers is not even known.
    elsewhere = ("--allow-private-addresses", "--resolver", plan.NOBODY, "--deadline", 0)
    lost, _ = tool.json("wait", *elsewhere, "--txt", "x", "wait.example", status=3)
    require_same((lost[0]["servers"], states(lost[0], "resolvers")), ([], {plan.NOBODY: "silent"}), "without a resolver")


def check_values(tool, _bench, _):
    """Exact octets; one of several records; strings joined."""
    require_same(states(look(tool, "--txt", "wanted", "two.wait.example", status=0)), {FIRST: "has", SECOND: "has"}, "one of two")
    require_same(states(look(tool, "--txt", "wanted", "long.wait.example", status=0)), {FIRST: "has", SECOND: "has"}, "joined")
    for value in ("wan", "wanted ", "WANTED"):
        require_same(states(look(tool, "--txt", value, "long.wait.example", status=1)), {FIRST: "other", SECOND: "other"}, value)
    document = look(tool, "--txt", "wanted", "wrong.wait.example", status=1)
    require_same({entry["other_value"] for entry in document["servers"] + document["resolvers"]}, {"Wanted"}, "the other value")
    odd = tool.run("wait", *ONCE, "--txt", "wanted", "odd.wait.example", status=1)
    require("\x1b" not in odd.stdout + odd.stderr and "a\\x1bb" in odd.stdout, odd.stdout)


def check_contact(tool, _bench, _):
    """The domain of an address without case, its local part with."""
    document = look(tool, "--contact", "DCV@example.net", "mail.wait.example", status=0)
    require_same(document["question"]["name"], "_validation-contactemail.mail.wait.example", "question")
    require_same(document["wanted"], {"contact": "DCV@example.net"}, "wanted")
    look(tool, "--contact", "dcv@example.net", "mail.wait.example", status=1)


def check_aliases(tool, _bench, _):
    """An alias into another zone is followed to the servers of that one; one within the zone is answered by its servers."""
    document = look(tool, "--txt", "wanted", "alias.wait.example", status=0)
    found = {(entry["asked"], entry["server"].split("#")[0]): entry["state"] for entry in document["servers"]}
    require_same(found, {("alias.wait.example", FIRST): "alias", ("alias.wait.example", SECOND): "alias",
                         ("target.other.example", SECOND): "has"}, "rows")
    require_same({entry["alias_of"] for entry in document["servers"]}, {"target.other.example", None}, "target")
    require_same(states(look(tool, "--txt", "wanted", "near.wait.example", status=0)), {FIRST: "has", SECOND: "has"}, "near")
    require(look(tool, "--txt", "wanted", "loop.wait.example", status=1)["met"] is False, "a circle is met")


def check_zone_below(tool, _bench, _):
    """The servers are those of the zone that holds the name, which one of the zone above tells of by referral and the other by its SOA."""
    document = look(tool, "--txt", "wanted", "--at", "_here", "deep.wait.example", status=0)
    require_same([(entry["zone"], entry["server"]) for entry in document["servers"]], [("deep.wait.example", f"{SECOND}#53")], "servers")


def check_resolvers(tool, _bench, _):
    """Each resolver is asked on its own account; one that does not answer is left out."""
    document = look(tool, "--resolver", OTHER_RESOLVER, "--resolver", plan.NOBODY, "--txt", "wanted", "two.wait.example", status=0)
    require_same(states(document, "resolvers"), {RESOLVER: "has", OTHER_RESOLVER: "has", plan.NOBODY: "silent"}, "states")


def check_names(tool, _bench, _):
    """Several names; the worst decides, and each has its document."""
    arguments = [*ONCE, "--txt", "wanted"]
    names = ["two.wait.example", "wrong.wait.example", "half.example", "a..b", "com"]
    done = tool.run("wait", *arguments, "--format", "jsonl", *names, status=2)
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    require_same([document.get("met") for document in documents], [True, False, True, None, False], "met")
    require(documents[4]["public_suffix"] and documents[4]["servers"] == [], "a public suffix was asked about")
    tool.run("wait", *arguments, *names[:3], status=1)
    tool.run("wait", *arguments, "com", status=3)


def check_schema(tool, _bench, directory):
    calls = [["two.wait.example", "wrong.wait.example", "alias.wait.example"], ["half.example", "gone.example", "a..b", "com"]]
    for number, names in enumerate(calls):
        file = directory / f"{number}.json"
        tool.run("wait", *ONCE, "--txt", "wanted", "--format", "json", "-o", file, *names)
        validate = [sys.executable, "-B", SOURCE / "tests/report/validate.py", file]
        done = subprocess.run(validate, capture_output=True, text=True, check=False)
        require(done.returncode in (0, 77), f"{done.stdout}{done.stderr}")


def check_interrupted(tool, _bench, _):
    waiting = Waiting(tool, "--txt", "wanted", "--at", "_never", "wait.example")
    waiting.says("not asked until")
    waiting.process.send_signal(signal.SIGINT)
    out = waiting.end(1)
    require("NOT IN PLACE: on 0 of 2 servers" in out and "until it was interrupted." in out, out)


def check_private(tool, _bench, _):
    """Without leave nobody at a loopback address is asked."""
    documents, _ = tool.json("wait", "--resolver", RESOLVER, "--deadline", 0, "--txt", "wanted", "two.wait.example", status=3)
    require_same(states(documents[0]), {FIRST: "private", SECOND: "private"}, "states")


def on_terminal(argv, environment, columns):
    """What a program writes to a terminal of this width as its standard error."""
    leader, follower = os.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=follower, env=environment) as process:
        os.close(follower)
        seen = b""
        try:
            while chunk := os.read(leader, 65536):
                seen += chunk
        except OSError:  # the end of a terminal
            pass
        process.wait(ENOUGH_S)
    os.close(leader)
    return seen.decode()


def check_terminal(tool, _bench, _):
    """On a terminal the lines are written over, fit into its width, and are gone at the end."""
    argv = [tool.program, "wait", *HERE, "--txt", "wanted", "--deadline", "1", "--at", "_never", "wait.example"]
    for locale, mark in (("C.UTF-8", "\u2717 "), ("C", "- ")):
        text = on_terminal(argv, tool.environment | {"TERM": "xterm", "LC_ALL": locale}, 44)
        require(f"{mark}ns1.hosts.example" in text and "next in" in text, repr(text))
        require(text.count("ns1.hosts.example") > 1 and text.rstrip().endswith("\x1b[4A\r\x1b[J"), f"not written over: {text!r}")
        lines = [line.replace("\x1b[4A\r\x1b[J", "") for line in text.split("\r\n")]
        require(max(map(len, lines)) < 44, f"too wide: {lines}")


CHECKS = [value for name, value in list(globals().items()) if name.startswith("check_")]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    enter_lab()
    tool = Tool(sys.argv[1])
    failed = 0
    with tempfile.TemporaryDirectory(dir=plan.run_dir()) as name:
        bench = Bench(pathlib.Path(name))
        try:
            bench.start()
            for check in CHECKS:
                try:
                    check(tool, bench, pathlib.Path(name))
                except Failure as failure:
                    failed += 1
                    print(f"FAIL {check.__name__.removeprefix('check_')}: {failure}")
        finally:
            bench.stop()
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    os.umask(0o022)
    main()
