#!/usr/bin/python3
"""Asks the lab's registries about every domain of contrib/lab/zones/registry.zone: what is learned, and what was sent for it.

lab_registry.py DCVREADY [DOMAIN...], inside the lab.

Each domain is looked up with a cache of its own: recorded and replayed, then out of the cache, without it, and without registries.
"""

import collections
import datetime
import json
import os
import pathlib
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
LAB = TOP / "contrib" / "lab"
sys.path[:0] = [str(LAB), str(TOP / "tests" / "scenario")]

import plan  # noqa: E402
from registry_cases import CASES, CONTACTS_MAX, RDAP, RDAP_REGISTRAR  # noqa: E402
from tool import Failure, Tool, enter_lab  # noqa: E402
from world import World  # noqa: E402

WORKERS = 4
SOURCE = LAB / "zones" / "registry.zone"
# Contacts approve on that day.
ASK = ("check", "--ca", "sectigo", "--as-of", "2025-06-01", "--no-authority", "--format", "json", "--facts")
PATIENCE_S = "3"  # with servers that do not answer
TOLD = {"found", "none", "free", "reserved", "suspended", "redacted"}


# What was learned


def days_left(entry):
    """From the day of the answer; JPRS's days end at midnight in Japan, 15:00 UTC."""
    if entry["expires"] is None:
        return "-"
    learned, end = (datetime.datetime.fromisoformat(entry[key]).date() for key in ("at", "expires"))
    return (end - learned).days


def person(contact):
    return (f"{contact['role']}={contact['email']}{'@' + contact['handle'] if contact['handle'] else ''}{'!' if contact['withheld'] else ''}")


def shown(entry):
    people = ", ".join(person(contact) for contact in entry["contacts"])
    why = f": {entry['why']}" if entry["why"] else ""
    return (f"{entry['kind']} {entry['state']} [{people}] {entry['registrar'] or '-'} {'+'.join(entry['statuses']) or '-'} {days_left(entry)} "
            f"by {entry['server']} via {entry['path']} x{entry['exchanges']}{why}")


def facts_of(text):
    return [entry for entry in json.loads(text)[0]["facts"] if entry["kind"] in ("whois", "rdap")]


# What was said


class Log:
    """Lines that the registries' servers write from here on."""

    def __init__(self):
        self._path = plan.query_log()
        self._at = self._path.stat().st_size

    def lines(self):
        """Pairs of the server and what was said to it."""
        with open(self._path, encoding="latin-1") as file:
            file.seek(self._at)
            lines = [line.rstrip("\n").split("\t") for line in file]
        return [(line[2], line[4].removesuffix("\\r\\n")) for line in lines if line[1] in ("whois", "rdap")]

    def of(self, words):
        """Those that speak of a domain or its handles."""
        return [f"{server} {what}" for server, what in self.lines() if any(re.search(rf"(^|[ /]){re.escape(word)}($|[ /])", what) for word in words)]


def words_of(domain, case):
    return [domain, *(line.split()[2].removesuffix("/e") for line in case.sent if " CONTACT " in line)]


# One domain


def differ(title, found, wanted):
    if found == wanted:
        return
    lists = isinstance(found, list) and isinstance(wanted, list) and set(map(str, found)) != set(map(str, wanted))
    rows = ([f"found: {row}" for row in found if row not in wanted] + [f"wanted: {row}" for row in wanted if row not in found] if lists
            else [f"found: {found}", f"wanted: {wanted}"])
    raise Failure("".join([f"{title}:", *(f"\n    {row[:500]}" for row in rows)]))


class Domain:
    def __init__(self, program, directory, domain):
        self.domain, self.case = domain, CASES[domain]
        self.tool = Tool(program)
        self.tool.environment["XDG_CACHE_HOME"] = str(directory / domain)
        self.tape = directory / f"{domain}.tape"
        self.patience = ("--timeout", PATIENCE_S) if self.case.slow else ()

    def ask(self, *more):
        """The output, and what was sent."""
        log = Log()
        out = self.tool.run(*ASK, *self.patience, self.domain, *more).stdout
        return out, log.of(words_of(self.domain, self.case))

    def first(self):
        """Recorded, then replayed."""
        out, sent = self.ask("--record", self.tape)
        facts = facts_of(out)
        differ("learned", [shown(entry) for entry in facts], self.case.facts)
        differ("sent", sent, self.case.sent)
        if any(re.search(r"^x 10\.", line) for line in self.tape.read_text(encoding="utf-8").splitlines()):
            raise Failure("a private address was talked to")
        replayed, sent = self.ask("--replay", self.tape)
        differ("sent by a replay", sent, [])
        if replayed != out:
            raise Failure("the replay differs")
        return facts

    def again(self, facts):
        """What was told comes out of the cache; what was not is asked for again."""
        out, sent = self.ask()
        told = any(entry["state"] in TOLD for entry in facts)
        kept = [entry | {"cached": True, "exchanges": 0} for entry in facts if entry["state"] in TOLD]
        if told:
            differ("out of the cache", facts_of(out), kept)
        elif any(entry["cached"] for entry in facts_of(out)):
            raise Failure("a failure was kept")
        differ("sent again", sent, [] if told else self.case.sent)

    def without(self):
        out, sent = self.ask("--no-cache")
        differ("learned without the cache", [shown(entry) for entry in facts_of(out)], self.case.facts)
        differ("sent without the cache", sent, self.case.sent)
        out, sent = self.ask("--no-whois")
        differ("learned without registries", facts_of(out), [])
        differ("sent without registries", sent, [])

    def check(self, everything):
        facts = self.first()
        if everything:
            self.again(facts)
            self.without()


def outcome(program, directory, domain, everything):
    try:
        Domain(program, directory, domain).check(everything)
    except (Failure, KeyError) as failure:
        return f"{domain}: {failure}"
    return None


def domains_of(path):
    """Those of a file of zones, and twins that are registered."""
    names, twins = [], set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("zone whois-") or line.startswith("zone rdap-"):
            names.append(line.split()[1].rstrip("."))
        elif line.startswith(("- ", "+ ")) and names:
            twins.add(names[-1])
    return names, [f"{name.partition('.')[0]}-ok.{name.partition('.')[2]}" for name in names if name in twins]


def check_bounds():
    """What is expected of each domain keeps to the bounds: no question twice, but where a server sends back to itself, and few handles."""
    for domain, case in CASES.items():
        if len(set(case.sent)) != len(case.sent) and "redirect-loop" not in domain:
            yield f"{domain}: asked twice"
        if sum(" CONTACT " in line for line in case.sent) > CONTACTS_MAX:
            yield f"{domain}: too many handles"


# Options and bases


def run(tool, *arguments, status=None):
    return tool.run(*ASK, *arguments, status=status)


def check_one_asking(tool, _):
    """Names of one base domain share one asking."""
    log = Log()
    done = run(tool, "--no-cache", "whois-handles.co.jp", "www.whois-handles.co.jp", "mail.whois-handles.co.jp")
    documents = json.loads(done.stdout)
    facts = [entry for document in documents for entry in document["facts"] if entry["kind"] == "whois"]
    differ("documents", len(documents), 3)
    differ("cached", sorted((entry["cached"], entry["exchanges"]) for entry in facts), [(False, 3), (True, 0), (True, 0)])
    differ("sent", [server for server, _ in log.lines()], ["rdap-bootstrap", "whois-iana", "whois-jprs", "whois-jprs", "whois-jprs"])


def check_many(tool, _):
    """Of many domains each server is asked for each once, and IANA once for each top-level domain."""
    log = Log()
    names = ["whois-general.jp", "whois-suspended-ok.jp", "whois-free.jp", "whois-contacts.com", "whois-hold-ok.com", "rdap-contacts.org"]
    run(tool, "--no-cache", *names)
    lines = log.lines()
    differ("questions", sorted(collections.Counter(lines).values()), [1] * len(lines))
    differ("of IANA", sorted(what for server, what in lines if server in ("whois-iana", "rdap-bootstrap")),
           ["GET /rdap/dns.json HTTP/1.1", "com", "jp"])


def check_whois_server(tool, _):
    """It is asked in IANA's place, and RDAP is, too, where there is some; its word is final."""
    log = Log()
    done = run(tool, "--no-cache", "--whois-server", "whois-old.jprs.jp", "whois-general.jp")
    entry = facts_of(done.stdout)[-1]
    differ("told", (entry["state"], entry["server"], entry["path"], [contact["email"] for contact in entry["contacts"]]),
           ("found", "whois-old.jprs.jp", "whois-old.jprs.jp", ["owner@whois-general.jp"]))
    differ("sent", [line for line in log.lines() if line[0] != "rdap-bootstrap"], [("whois-jprs-old", "whois-general.jp")])
    done = run(tool, "--no-cache", "--whois-server", f"{plan.SERVICES['whois-jprs-old']}:43", "whois-handles.co.jp")
    differ("of handles, in Japanese", [contact["email"] for contact in facts_of(done.stdout)[-1]["contacts"]],
           ["admin@whois-handles.co.jp", "tech@example.net"])
    done = run(tool, "--no-cache", "--whois-server", "whois.registrar.example", "whois-nobody-ok.com")
    differ("of another", facts_of(done.stdout)[-1]["path"], "whois.registrar.example")
    # Who names a private address means it; the lab loses what is sent there.
    done = run(tool, "--no-cache", "--timeout", "1", "--whois-server", "whois-private.registrar.example", "whois-general.jp")
    differ("private", (facts_of(done.stdout)[-1]["why"], facts_of(done.stdout)[-1]["exchanges"]), ("no answer in time", 1))
    for bad in ("", "a b", "host:0", "host:65536", "http://host/"):
        done = run(tool, "--whois-server", bad, "example.jp", status=2)
        differ(f"lines for {bad!r}", (done.stderr.count("\n"), done.stdout), (1, ""))


def check_jprs_old(tool, _):
    """ISO-2022-JP says the same as UTF-8."""
    for domain in ("whois-general.jp", "whois-proxy.jp", "whois-reserved.jp", "whois-suspended.jp", "whois-free.jp", "whois-deleted.co.jp",
                   "whois-no-mail.co.jp", "whois-city.shinjuku.tokyo.jp"):
        old, new = (facts_of(run(tool, "--no-cache", *more, domain).stdout)[-1] for more in (("--whois-server", "whois-old.jprs.jp"), ()))
        for key in ("state", "contacts", "expires", "statuses"):
            differ(f"{domain}, {key}", old[key], new[key])


BOOTSTRAP = '{"version": "1.0", "publication": "2026-11-20T00:00:00Z", "services": [[["%s"], ["https://%s/"]]]}'


def check_bootstrap_option(tool, directory):
    """A file in the place of IANA's: nobody asks for that one."""
    file = directory / "bootstrap.json"
    file.write_text(BOOTSTRAP % ("com", "rdap.registrar.example"), encoding="utf-8")
    log = Log()
    done = run(tool, "--no-cache", "--rdap-bootstrap", file, "whois-contacts.com")
    differ("told", [(entry["kind"], entry["state"], entry["path"]) for entry in facts_of(done.stdout)], [("rdap", "found", RDAP_REGISTRAR)])
    differ("sent", log.lines(), [("rdap-registrar", "GET /domain/whois-contacts.com HTTP/1.1")])
    done = run(tool, "--no-cache", "--rdap-bootstrap", file, "rdap-contacts.org")
    differ("not in the file", [entry["kind"] for entry in facts_of(done.stdout)], ["whois"])
    file.write_text(BOOTSTRAP.replace("https", "http") % ("com", "rdap.registrar.example"), encoding="utf-8")
    done = run(tool, "--no-cache", "--rdap-bootstrap", file, "whois-contacts.com")
    differ("in clear only", [entry["kind"] for entry in facts_of(done.stdout)], ["whois"])
    for name, text in (("garbage", "no JSON"), ("empty", ""), ("list", "[]"), ("none", "{}"), ("half", BOOTSTRAP[:40]),
                       ("version", BOOTSTRAP.replace("1.0", "2.0") % ("com", "rdap.registrar.example"))):
        bad = directory / f"{name}.json"
        bad.write_text(text, encoding="utf-8")
        done = run(tool, "--rdap-bootstrap", bad, "example.org")
        differ(f"{name}: {done.stderr}", (done.returncode, done.stderr.count("\n"), done.stdout, str(bad) in done.stderr), (2, 1, "", True))
    for bad in (directory / "missing.json", directory):
        done = run(tool, "--rdap-bootstrap", bad, "example.org", status=2)
        differ(f"{bad}: {done.stderr}", (done.stderr.count("\n"), done.stdout, str(bad) in done.stderr), (1, "", True))


SHIPPED = "https://rdap.publicinterestregistry.org/"


class Cached:
    """A cache with a bootstrap file in it."""

    def __init__(self, tool, directory, text):
        self.tool = tool
        self.directory = directory
        tool.environment["XDG_CACHE_HOME"] = str(directory)
        self.file = directory / "dcvready" / "rdap-dns.json"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.parent.chmod(0o700)
        self.put(text)

    def put(self, text, age_s=0):
        self.file.write_bytes(b"dcvready-cache 1 %d\n" % len(text.encode()) + text.encode())
        then = time.time() - age_s
        os.utime(self.file, (then, then))

    def ask(self, domain, *more):
        """The path to what is told of the domain, whatever was told before."""
        for other in self.file.parent.glob("domain-*"):
            other.unlink()
        return facts_of(run(self.tool, *more, domain).stdout)[0]["path"]


def check_bootstrap_age(tool, directory):
    """IANA's file is kept for a day, and then fetched again; so is one that is not ours."""
    text = BOOTSTRAP % ("org", "rdap.registrar.example")
    cache = Cached(tool, directory, text)
    for age_h, path in ((0, RDAP_REGISTRAR), (23, RDAP_REGISTRAR), (25, RDAP)):
        cache.put(text, age_h * 3600)
        log = Log()
        differ(f"{age_h} hours old", cache.ask("rdap-hold-ok.org"), path)
        differ(f"fetched after {age_h} hours", ("rdap-bootstrap", "GET /rdap/dns.json HTTP/1.1") in log.lines(), path == RDAP)
    differ("kept again", RDAP.encode() in cache.file.read_bytes(), True)
    cache.file.write_bytes(text.encode())
    differ("without the mark", cache.ask("rdap-hold-ok.org"), RDAP)


# Ways not to have IANA's file: the host has no address, refuses, has another's certificate, or tells of something else.
NO_IANA = {"no address": None, "refused": "whois-nobody", "certificate": "rdap-wrong-name", "no such file": "rdap-registrar"}


def check_bootstrap_unreachable(tool, directory):
    """Then the old copy serves, however old; without one, or with one that cannot be read, the shipped subset."""
    text = BOOTSTRAP % ("org", "rdap.registrar.example")
    cache = Cached(tool, directory / "unreachable", text)
    registrar = f"rdap.registrar.example. A {plan.SERVICES['rdap-registrar']}\nrdap-hold-ok.org. MX 10 mail.example.net.\n"
    for title, service in NO_IANA.items():
        host = f"data.iana.org. A {plan.SERVICES[service]}\n" if service else ""
        with World(registrar + host) as world:
            there = ("--resolver", world.resolver, "--dnssec", "resolver")
            cache.put(text, 25 * 3600)
            differ(title, cache.ask("rdap-hold-ok.org", *there), RDAP_REGISTRAR)
            cache.put("garbage", 25 * 3600)
            differ(f"{title}, and a copy that cannot be read", cache.ask("rdap-hold-ok.org", *there), SHIPPED)
            cache.file.unlink()
            differ(f"{title}, and no copy", cache.ask("rdap-hold-ok.org", *there), SHIPPED)


# What the reader is told, in part; contacts are called what the registry calls them, and what servers say stays in their words.
SAID = {
    "whois-private.com": ("learned: the server has a private address. Asked: whois.iana.org", "サーバのアドレスがプライベートアドレスです"),
    "whois-loop.com": ("before: whois-loop-a.registrar.example. Asked:",
                       "すでに問い合わせたサーバを再び紹介されました: whois-loop-a.registrar.example"),
    "whois-limited.jp": ("limits requests (Service currently unavailable due to incoming of a large amount of requests). Asked:",
                         "(Service currently unavailable due to incoming of a large amount of requests)"),
    "whois-handles.co.jp": ("WHOIS (Technical Contact) at whois-handles.co.jp", "WHOIS (登録担当者)"),
    "whois-general.jp": ("WHOIS (Contact Information) at whois-general.jp", "WHOIS (公開連絡窓口)"),
    "whois-contacts.com": ("WHOIS (technical contact) at whois-contacts.com", "WHOIS (管理担当者)"),
    "whois-deleted.co.jp": ("keeps whois-deleted.co.jp out of the DNS: suspended.", "DNS に載せていません: 停止"),
    "whois-refused.example": ("refuses to tell (Access denied: this server does not answer to your address). Asked:",
                              "(Access denied: this server does not"),
}


def check_said(tool, _):
    for domain, texts in SAID.items():
        for language, text in zip(("en", "ja"), texts):
            done = tool.run("check", "--ca", "sectigo", "--as-of", "2025-06-01", "--no-authority", "--lang", language, domain)
            said = re.sub(r"\s+", "", done.stdout)
            if re.sub(r"\s+", "", text) not in said:
                raise Failure(f"{domain} in {language}: {text} is not in {done.stdout[:1500]}")


CHECKS = [check_one_asking, check_many, check_whois_server, check_jprs_old, check_bootstrap_option, check_bootstrap_age,
          check_bootstrap_unreachable, check_said]


def run_checks(program, directory):
    """One after the other: what is counted is the log of all."""
    for check in CHECKS:
        title = check.__name__.removeprefix("check_")
        place = directory / title
        place.mkdir()
        tool = Tool(program)
        tool.environment["XDG_CACHE_HOME"] = str(place)
        try:
            check(tool, place)
        except Failure as failure:
            yield f"{title}: {failure}"


def run_domains(program, directory, names, twins):
    jobs = [(name, name in names) for name in [*names, *twins]]
    # Those that wait for silent servers first.
    jobs.sort(key=lambda job: not CASES[job[0]].slow)
    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(lambda job: outcome(program, directory, *job), jobs))
    return [wrong for wrong in done if wrong]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    enter_lab()
    names, twins = domains_of(SOURCE)
    wrong = [f"{name}: nothing is expected of it" for name in [*names, *twins] if name not in CASES]
    wrong += [f"{name}: is no domain of {SOURCE.name}" for name in CASES if name not in [*names, *twins]]
    if not wrong:
        chosen = sys.argv[2:]
        with tempfile.TemporaryDirectory() as work:
            directory = pathlib.Path(work)
            kept = ([name for name in given if not chosen or name in chosen] for given in (names, twins))
            wrong = [*check_bounds(), *run_domains(sys.argv[1], directory, *kept), *(() if chosen else run_checks(sys.argv[1], directory))]
    for line in wrong:
        print(f"FAIL {line}")
    print(f"{len(names)} domains, {len(twins)} twins, {len(wrong)} failures")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
