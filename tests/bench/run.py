#!/usr/bin/python3
"""The bench: what an audit of many names costs, beside a bare c-ares loop, dnsperf and, where one is given, another tool.

run.py [--sizes 10k,100k,1M] [--command audit|check|TEMPLATE] [--shuffle] [--tld-signed SHARE] [--repeat N] [--perf] [--json FILE]

What is measured
    For each size, in this order: the audit, bare (bare.c), dnsperf, and the peer, each after a short warm-up. All ask the one Knot of world.py
    over the loopback. The audit is given names. The others are given as many questions as the audit was seen to ask, of the same types and
    about the same names: the server counts, so that nobody's own account is needed.
    CPU is user + system time of the command and of all that it started and waited for (wait4), so the kernel's work for its packets, reading its
    input and writing its output are in it. CPU per lookup divides that by what the server was asked; the ratios divide one by another.
    RSS is the largest of one process of the command (ru_maxrss; small: less than the bench itself has). Dropped are packets for which the server's
    socket had no room: they were sent in a burst, and wait for their time-out. Growth compares CPU per name between sizes.
    The client has one core and the server another, where there are two.

What is not
    The network: nothing is late or lost, no answer is large, and each comes from one address. Recursion: the server answers from memory what a
    resolver would fetch. The work of the server, which is what bounds the wall clock of the fast ones. Signed domains: those of the world are
    unsigned; with --tld-signed the SHARE of them is below a signed registry, and has to be proven unsigned. Conversations: registries and mail hosts
    are not asked. CPU that a busy machine takes in caches and clock rate: the ratios of one run hold, figures of two runs differ by more.

The peer: DCV_BENCH_PEER is a command that reads names, one a line, from its standard input, and asks one question about each; '{resolver}' in it
becomes ADDRESS:PORT. It is given the owner names of the same questions.

The status is 1 where something does not run or a result is wrong, never for a figure; 77 where a program is not installed.
"""

import argparse
import json
import os
import pathlib
import random
import shlex
import shutil
import statistics
import subprocess
import sys

import measure
import portfolio
import questions
import results
import table
import world

TOP = world.HERE.parents[1]
COMMON = "--resolver {resolver} --trust-anchor {anchor} --format jsonl -o {output}"
COMMANDS = {
    "audit": f"{{dcvready}} audit {COMMON} --summary json {{names}}",
    "check": f"{{dcvready}} check {COMMON} --no-authority --no-whois @{{names}}",
}
WARM_UP = 1000
# What a check by e-mail asks about every name itself, at the least.
RECORD_TYPES = ("A", "AAAA", "CAA", "MX", "SOA", "TXT")
# The server's socket holds about 190 packets; what is more, sent at once, is lost, and waits for its time-out.
IN_FLIGHT = 150
# Enough to see everything run: with check, whose reports are long, fewer.
SMOKE = {"audit": [1500], "check": [300]}
SMOKE_DOMAINS = 300
SEED = 20260301


class Failed(Exception):
    """A command did not run, or its results are wrong."""


def size(text):
    """10k, 1M, 1500."""
    factor = {"k": 1000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    return int(text[:-1] if factor > 1 else text) * factor


def options_of(arguments):
    parser = argparse.ArgumentParser(description="What an audit of many names costs.")
    parser.add_argument("--sizes", default="10k,100k,1M", help="how many names, with commas between (default: %(default)s)")
    parser.add_argument("--command", default="auto", help="audit, check, or a command with {dcvready}, {resolver}, {anchor}, {names} and {output} "
                        "in it (default: audit, or check where there is no audit)")
    parser.add_argument("--dcvready", type=pathlib.Path, default=TOP / "build/release/bin/dcvready")
    parser.add_argument("--bare", type=pathlib.Path, default=TOP / "build/release/bin/bare")
    parser.add_argument("--dir", type=pathlib.Path, default=TOP / "build/release/bench", help="for worlds, which are kept, and all that is written")
    parser.add_argument("--tld-signed", type=float, default=0.0, metavar="SHARE", help="of the domains below a signed registry: 0 to 1")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, help="questions of bare and of dnsperf (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=1, help="how often; the median counts")
    parser.add_argument("--shuffle", action="store_true", help="names in a random order, always the same")
    parser.add_argument("--perf", action="store_true", help="show where the audit of the first size spends its time")
    parser.add_argument("--smoke", action="store_true", help="a small world, only to see that everything runs and the results are right")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    options.sizes = [size(text) for text in options.sizes.replace(";", ",").split(",")]
    for key in ("dcvready", "bare", "dir"):
        setattr(options, key, getattr(options, key).resolve())
    return options


def cores():
    """(of the client, of the server)"""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def template(options):
    """The command line to measure, and a word for it."""
    if options.command in COMMANDS:
        return options.command, COMMANDS[options.command]
    if options.command != "auto":
        return shlex.split(options.command)[0], options.command
    known = subprocess.run([options.dcvready, "audit", "--help"], capture_output=True, check=False).returncode == 0
    return ("audit", COMMANDS["audit"]) if known else ("check", COMMANDS["check"])


class Bench:
    """One world, and what is run in it."""

    def __init__(self, options, env):
        self.options, self.env = options, os.environ | env
        self.client, self.server = cores()
        self.counter = measure.Counter(env["BENCH_CONTROL"], env["BENCH_RESOLVER"])
        self.resolver, self.names = env["BENCH_RESOLVER"], pathlib.Path(env["BENCH_NAMES"])
        self.word, self.template = template(options)
        self.work = options.dir / "run"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def fill(self, text, **values):
        values |= {"dcvready": self.options.dcvready, "resolver": self.resolver, "anchor": self.env["BENCH_ANCHOR"]}
        words = shlex.split(text)
        for key, value in values.items():
            words = [word.replace(f"{{{key}}}", str(value)) for word in words]
        return words

    def run(self, command, what, fine=(0,), **more):
        errors = self.work / f"{what}.stderr"
        cost = measure.run(command, counter=self.counter, cpu=self.client, env=self.env, stderr=errors, **more)
        if cost.status not in fine:
            raise Failed(f"{what}: status {cost.status}: {measure.show(command)}\n{measure.tail(errors)}\n{cost.stdout[-2000:]}")
        return cost

    # ---- the audit

    def prepare(self, count):
        """The names of one size, in a file."""
        path = self.work / f"names-{count}.txt"
        measure.head(self.names, path, count)
        if self.options.shuffle:
            measure.apart(shuffle, path)
        return path

    def audit_command(self, names):
        output = self.work / "audit.jsonl"
        output.unlink(missing_ok=True)
        return self.fill(self.template, names=names, output=output), output

    def audit(self, names, count):
        command, output = self.audit_command(names)
        # 1: not all are ready; 3: of some it cannot be told.
        cost = self.run(command, self.word, fine=(0, 1, 3))
        tally = results.check(output if output.exists() else self.work / f"{self.word}.stderr.stdout", names)
        summary = results.summary(measure.tail(self.work / f"{self.word}.stderr", 200)) or results.summary(cost.stdout)
        row = figures(cost, cost.asked, names=count, success=1 - tally.failed / count)
        return row | {
            "questions": cost.questions,
            "verdicts": tally.verdicts,
            "needed": tally.queries + tally.cached or None,
            "cached": results.said(summary, "cached", "cache_hits", "hits") or tally.cached or None,
            "said_exchanges": results.said(summary, "exchanges", "queries"),
            "retries": results.said(summary, "retries", "retried"),
            "output_octets": output.stat().st_size if output.exists() else None,
        }

    # ---- the yardsticks

    def bare(self, file, count):
        cost = self.run([self.options.bare, "-n", self.options.in_flight, self.resolver, file], "bare", fine=(0, 1))
        numbers = dict(word.split("=") for word in cost.stdout.split())
        if int(numbers["lookups"]) != count:
            raise Failed(f"bare: {numbers['lookups']} lookups of {count}")
        return figures(cost, count, success=1 - int(numbers["failures"]) / count)

    def dnsperf(self, file, count):
        address, port = self.resolver.rsplit(":", 1)
        how = ["-D", "-T", "1", "-b", "1024", "-q", self.options.in_flight, "-n", "1"]
        cost = self.run(["dnsperf", "-d", file, "-s", address, "-p", port, *how], "dnsperf")
        done = next(line.split()[2] for line in cost.stdout.splitlines() if "Queries completed:" in line)
        return figures(cost, count, success=int(done) / count)

    def peer(self, owners, count):
        cost = self.run(self.fill(os.environ["DCV_BENCH_PEER"]), "peer", stdin=owners)
        return figures(cost, count, success=min(1.0, cost.asked / count)) | {"command": os.environ["DCV_BENCH_PEER"]}

    def yardsticks(self):
        yield "bare", self.bare, "questions"
        if shutil.which("dnsperf"):
            yield "dnsperf", self.dnsperf, "questions"
        if os.environ.get("DCV_BENCH_PEER"):
            yield "peer", self.peer, "owners"

    # ---- one size

    def once(self, names, count):
        """What each costs, by its name."""
        rows = {self.word: self.audit(names, count)}
        lists = {"questions": self.work / "questions.txt", "owners": self.work / "owners.txt"}
        asked = questions.write(names, count, rows[self.word]["questions"], lists["questions"], lists["owners"])
        for name, measured, given in self.yardsticks():
            rows[name] = measured(lists[given], asked)
        return rows

    def warm_up(self, count):
        self.once(self.prepare(min(count, WARM_UP)), min(count, WARM_UP))

    def measure(self, count):
        if not self.options.smoke:
            self.warm_up(count)
        names = self.prepare(count)
        runs = [self.once(names, count) for _ in range(self.options.repeat)]
        rows = {name: median([run[name] for run in runs]) for name in runs[0]}
        return {"names": count, "record_types": len(RECORD_TYPES), "command": self.word, "rows": rows}

    def perf(self, count):
        """The ten functions in which the audit spends most."""
        names, data = self.prepare(count), self.work / "perf.data"
        command, _ = self.audit_command(names)
        self.run(["perf", "record", "-q", "-F", "999", "-o", data, "--", *command], "perf", fine=(0, 1, 3))
        report = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-g", "none"], capture_output=True, text=True,
                                check=False).stdout
        return [line.strip() for line in report.splitlines() if line.strip() and not line.startswith("#")][:10]


def shuffle(path):
    names = path.read_bytes().splitlines(keepends=True)
    random.Random(SEED).shuffle(names)
    path.write_bytes(b"".join(names))


def figures(cost, lookups, *, names=None, success):
    return {"names": names, "lookups": lookups, "asked": cost.asked, "wall_s": cost.wall_s, "cpu_s": cost.cpu_s,
            "us_per_lookup": 1e6 * cost.cpu_s / lookups, "rss_mib": cost.rss_mib, "dropped": cost.dropped, "success": success}


def median(rows):
    """The one whose CPU time is the median."""
    middle = statistics.median_low(row["cpu_s"] for row in rows)
    return next(row for row in rows if row["cpu_s"] == middle)


def missing(options):
    programs = world.missing_programs()
    return programs + [str(path) for path in (options.dcvready, options.bare) if not path.exists()]


def perf_text(bench, options):
    if shutil.which("perf") is None:
        return "perf is not installed"
    try:
        lines = bench.perf(options.sizes[0])
    except Failed as error:
        return f"perf does not run here: {error}"
    return "\n".join([f"where {bench.word} of {options.sizes[0]:,} names spends its CPU", *lines])


def bench_all(options, env):
    bench = Bench(options, env)
    print(table.header(bench, options), flush=True)
    sizes = []
    for count in options.sizes:
        sizes.append(bench.measure(count))
        print(table.of_size(sizes[-1]), flush=True)
    print(table.growth(sizes))
    if options.perf:
        print(perf_text(bench, options))
    if options.json:
        result = {"shuffled": options.shuffle, "tld_signed": options.tld_signed, "cores": sorted({bench.client, bench.server}), "sizes": sizes}
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def main():
    options = options_of(None)
    lacking = missing(options)
    if lacking:
        print(f"bench: missing: {' '.join(lacking)}")
        return 77
    if options.smoke:
        options.shuffle, options.tld_signed = True, 0.2
        options.sizes = SMOKE.get(template(options)[0], SMOKE["check"])
    domains = SMOKE_DOMAINS if options.smoke else -(-max(options.sizes) // portfolio.NAMES_A_DOMAIN)
    directory = options.dir / f"world-{domains}-{options.tld_signed:g}"
    options.dir.mkdir(parents=True, exist_ok=True)
    try:
        with world.lock(options.dir / "lock"), world.serve(directory, domains, share=options.tld_signed, cpu=cores()[1]) as env:
            bench_all(options, env)
    except (Failed, results.Faulty) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
