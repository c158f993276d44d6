#!/usr/bin/python3
"""Runs the rows of fixtures/golden/ through the command line, against servers.

run.py DCVREADY [ID...]

Each row becomes a small world: its records are served, and its contacts are told by a WHOIS server.
"""

import json
import pathlib
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenario"))

from tool import FIXTURES, LAB, Failure, Tool, enter_lab  # noqa: E402

sys.path.insert(0, str(LAB))

import servers  # noqa: E402
from world import World  # noqa: E402

WORKERS = 3
FIVE = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
SUFFIXES = {"jp", "co.jp", "com", "net", "org", "pl", "fi"}
MAIL_HOST = "mx.mail-host.example"
RANK = ("malformed", "not-offered", "unknown", "retired", "future", "discouraged", "permitted")
USABLE = {"discouraged", "permitted"}
QUERY_TIMEOUT_S = "1"


class ZonedWorld(World):
    """An unsigned world in which some names are zones of their own; `apexes` maps them to their lines."""

    def __init__(self, zone, apexes, **options):
        super().__init__(zone, **options)
        self._apexes = apexes

    def _parts(self, server_address):
        parts = list(super()._parts(server_address))
        files = {".": self._directory / "root.zone"}
        for apex, lines in self._apexes.items():
            files[f"{apex}."] = self._directory / f"{apex}.zone"
            files[f"{apex}."].write_text("\n".join(["$TTL 300", *lines, ""]), encoding="ascii")
        (self._directory / "server").rmdir()
        parts[0] = servers.knot("server", self._directory, [server_address], files)
        return parts


def base_of(name):
    labels = name.removeprefix("*.").split(".")
    for count in range(1, len(labels) + 1):
        if ".".join(labels[-count:]) not in SUFFIXES:
            return ".".join(labels[-count:])
    return name


def levels(name):
    """The name and its parents down to the base domain."""
    name = name.removeprefix("*.")
    base = base_of(name)
    while True:
        yield name
        if name == base or "." not in name:
            return
        name = name.split(".", 1)[1]


class Given:
    """The column `given`."""

    def __init__(self, text, name):
        self.records, self.contacts = [], []
        self.without_mx, self.persona, self.secure = {}, None, False
        for item in re.findall(r'(?:"[^"]*"|[^;"])+', text):
            self._take(item.strip())
        self.mail_domains = set(levels(name))
        for _, rrtype, value in self.records:
            if rrtype == "CNAME":
                self.mail_domains |= set(levels(value.rstrip(".")))
        addresses = re.findall(r'@([a-z0-9.-]+[a-z0-9])', text.replace('" "', ""))
        self.mail_domains |= set(addresses)
        self.base = base_of(name)

    def _take(self, item):
        word, _, rest = item.partition(" ")
        if word == "WHOIS":
            self.contacts += [pair.partition("=")[::2] for pair in rest.split()]
        elif word in ("NOMX", "NULLMX", "NOMAIL"):
            self.without_mx[rest] = word
        elif word in ("SERVFAIL", "TIMEOUT"):
            self.persona = {"SERVFAIL": "auth-servfail-caa", "TIMEOUT": "auth-drop-mx"}[word]
            self.secure = rest.endswith("zone secure")
        else:
            rrtype, _, value = rest.partition(" ")
            self.records.append((word.replace("ct.", "_validation-contactemail.", 1) if word.startswith("ct.") else word, rrtype, value))

    def _lines(self):
        """Pairs of owner and line."""
        aliases = {owner for owner, rrtype, _ in self.records if rrtype == "CNAME"}
        for owner, rrtype, value in self.records:
            if rrtype == "CNAME" and not value.endswith("."):
                value += "."
            yield owner, f"{owner}. {rrtype} {value}" + (" 1 7200 900 1209600 300" if rrtype == "SOA" else "")
            if rrtype == "SOA":
                yield owner, f"{owner}. NS ns1.{owner}."
        for domain in sorted(self.mail_domains - aliases):
            for text in {None: [f"MX 10 {MAIL_HOST}.", "A 192.0.2.80"], "NOMX": ["A 192.0.2.80"],
                         "NULLMX": ["MX 0 .", "A 192.0.2.80"], "NOMAIL": ['TXT "no mail"']}[self.without_mx.get(domain)]:
                yield domain, f"{domain}. {text}"
        yield MAIL_HOST, f"{MAIL_HOST}. A 192.0.2.25"

    def world(self):
        apexes = {owner: [] for owner, rrtype, _ in self.records if rrtype == "SOA"}
        rest = []
        for owner, line in self._lines():
            apex = next((apex for apex in apexes if owner == apex or owner.endswith(f".{apex}")), None)
            (apexes[apex] if apex else rest).append(line)
        zone = "\n".join([*rest, ""])
        whois = {self.base: {"contacts": self.contacts}} if self.contacts else None
        if apexes:
            return ZonedWorld(zone, apexes, whois=whois)
        return World(zone, sign=self.secure, persona=self.persona, whois=whois)

    def registry(self, world):
        """Options that lead to the contacts."""
        return ["--whois-server", world.whois_server, "--no-cache"] if self.contacts else ["--no-whois"]


def rows(name):
    """Dictionaries by the names of the columns."""
    lines = [line for line in (FIXTURES / "golden" / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    columns = lines[0].split("\t")
    for line in lines[1:]:
        yield dict(zip(columns, line.split("\t") + [""] * len(columns)))


def expand(text):
    """The addresses of a column."""
    found = set()
    for word in text.split():
        found |= {f"{local}@{word[2:]}" for local in FIVE} if word.startswith("5@") else {word}
    return found


def by_best_status(entries):
    """Addresses by the status of their best entry."""
    best = {}
    for entry in entries:
        if entry["address"] is not None:
            rank = RANK.index(entry["status"])
            best[entry["address"]] = max(rank, best.get(entry["address"], 0))
    permitted = {address for address, rank in best.items() if RANK[rank] in USABLE}
    return permitted, {address for address, rank in best.items() if RANK[rank] == "retired"}


def difference(what, got, expected):
    parts = []
    if got - expected:
        parts.append("unexpected " + " ".join(sorted(got - expected)))
    if expected - got:
        parts.append("missing " + " ".join(sorted(expected - got)))
    if parts:
        raise Failure(f"{what}: {', '.join(parts)}")


def equal(what, got, expected):
    if got != expected:
        raise Failure(f"{what}: {got}, not {expected}")


def options_of(row, world, given):
    cas = [] if row["ca"].startswith("(") else ["--ca", row["ca"]]
    timeout = ["--timeout", QUERY_TIMEOUT_S] if given.persona == "auth-drop-mx" else []
    # An unsigned world's root has no keys to validate with: there the server's word counts.
    validation = ["--trust-anchor", world.anchor] if world.anchor else ["--dnssec", "resolver"]
    return [*cas, "--as-of", row["as_of"], "--resolver", world.resolver, *validation, *timeout, *given.registry(world)]


def check_texts(tool, row, options, status):
    """The forms for people end with the same status and speak of the name."""
    for form in ((), ("--verbose",), ("--quiet",), ("--lang", "ja")):
        done = tool.run("check", *options, *form, row["name"], status=status)
        if row["name"] not in done.stdout + done.stderr:
            raise Failure(f"check {' '.join(form)}: does not speak of the name")


def check_judged(tool, row, options, directory, status):
    """What was recorded is judged alike."""
    path = pathlib.Path(directory) / "report.json"
    tool.run("check", *options, "--facts", "--format", "json", "-o", path, row["name"], status=status)
    report = json.loads(path.read_text(encoding="utf-8"))[0]
    cas = [] if row["ca"].startswith("(") else ["--ca", row["ca"]]
    judged, _ = tool.json("judge", *cas, "--as-of", row["as_of"], "--facts", path, status=status)
    for key in ("name", "cas", "findings", "facts"):
        equal(f"judge: {key}", judged[0][key], report[key])


def check_approvers(tool, row, options):
    """Also that `approvers` and `accepts` say what `check` says."""
    permitted, retired = expand(row["permitted"]), expand(row["retired"])
    report, status = tool.json("check", *options, row["name"])
    got = by_best_status(report[0]["cas"][0]["approvers"])
    difference("permitted", got[0], permitted)
    difference("retired", got[1], retired)
    listed, _ = tool.json("approvers", "--all", *options, row["name"])
    got = by_best_status(listed[0]["approvers"])
    difference("approvers --all: permitted", got[0], permitted)
    difference("approvers --all: retired", got[1], retired)
    plain = tool.run("approvers", *options, row["name"], status=0 if permitted else 1).stdout.split()
    difference("approvers", set(plain), permitted)
    equal("approvers: number of lines", len(plain), len(permitted))
    table = tool.run("approvers", "--all", *options, row["name"]).stdout
    difference("approvers --all as text", (permitted | retired) - set(table.split()), set())
    for address, accepted in [*((address, 0) for address in sorted(permitted)[:2]), *((address, 1) for address in sorted(retired)[:2])]:
        tool.run("accepts", *options, address, row["name"], status=accepted)
    equal("ready", status, 0 if permitted else 1)
    return status


def check_verdict(tool, row, options):
    expected = int(row["exit"])
    report, status = tool.json("check", *options, row["name"], status=expected)
    if row["verdict"] == "(error)":
        if "error" not in report[0]:
            raise Failure("no error")
        tool.run("approvers", *options, row["name"], status=expected)
        return None
    verdicts = {ca["ca"]: ca["verdict"] for ca in report[0]["cas"]}
    if row["verdict"] != "–":
        equal("verdict", verdicts, dict(zip(row["ca"].split(","), row["verdict"].split(","))))
    tool.run("approvers", *options, row["name"])
    return status


def check_row(tool, row):
    given = Given(row["given"], row["name"])
    with given.world() as world, tempfile.TemporaryDirectory() as directory:
        options = options_of(row, world, given)
        status = (check_approvers if "permitted" in row else check_verdict)(tool, row, options)
        if status is not None:
            check_texts(tool, row, options, status)
            check_judged(tool, row, options, directory, status)


def outcome(tool, row):
    """What is wrong with the row, or None."""
    try:
        check_row(tool, row)
    except Failure as failure:
        return str(failure)
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    enter_lab()
    tool = Tool(sys.argv[1])
    chosen = [row for name in ("approvers.tsv", "verdicts.tsv") for row in rows(name) if not sys.argv[2:] or row["id"] in sys.argv[2:]]
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda row: outcome(tool, row), chosen))
    for row, failure in zip(chosen, results):
        if failure:
            print(f"FAIL {row['id']} {row['ca']} {row['as_of']} {row['name']}: {failure}")
    failed = sum(result is not None for result in results)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
