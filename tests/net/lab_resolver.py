#!/usr/bin/python3
"""Asks about example.jp through every faulty resolver of the lab, with validation here and left to the resolver: each kind of fault is told
apart in the facts.

lab_resolver.py DCVREADY, inside the lab (contrib/lab/lab run).
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

LAB = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab" / "lab"
NAME = "example.jp"
GOOD = {"answer", "nodata", "nxdomain"}
LIMIT_S = 60
# Aliases from zone to zone, to nowhere, made from a DNAME and from a wildcard, out of and into zones that are not signed, and into a broken one:
# what they come to does not depend on who hands out the answers.
ALIASES = ("www.chain-secure.example", "www.chain-insecure.example", "www.chain-from-insecure.example", "www.chain-nxdomain.example",
           "www.chain-bogus.example", "www.sub.dname-secure.example", "whatever.wild-cname.example", "shop.example.com")
STRIPPING = ("strips-dnssec", "hides-dnssec")

# What is expected of the facts together: outcomes (all of these, no other), transports, security; the exit status, and findings that
# there are. Status None: chance decides; then some of the outcomes and securities are enough, "answer" among them.
Expected = collections.namedtuple("Expected", "outcomes transports security status findings")


def sound(transports=("udp",), security="secure", status=0, findings=()):
    return Expected(GOOD, set(transports), {security}, status, set(findings))


def expected_of(local):
    """What is expected of each resolver, where dcvready validates (`local`), and where that is left to the resolver."""
    unknown = "unchecked" if local else "indeterminate"

    def failing(outcome, status=3, transports=("udp",), findings=()):
        return Expected({outcome}, set(transports), {unknown}, status, set(findings))

    def made_up(finding, outcomes=GOOD):
        """One resolver alone does not show that its answers are not those of the others; that they are not signed does, where it is looked at."""
        return Expected(outcomes, {"udp"}, {"secure", "bogus"}, 0, {finding}) if local else \
            Expected(outcomes, {"udp"}, {"secure", "insecure"}, 0, set())

    return {
        "relay": sound(),
        "drop": failing("timeout", 4),
        "refused": failing("refused"),
        "servfail": failing("servfail"),
        # What does not repeat the question may be anybody's: c-ares goes on waiting for the answer.
        "garbage": failing("timeout", 4),
        "wrong-id": failing("timeout", 4),
        # There is no other name of no labels: the root's answer is the right one.
        "wrong-question": Expected({"answer", "timeout"}, {"udp"}, {"secure", unknown}, 3, set()),
        "spoof-first": sound(("udp", "tcp")),
        "lower-case": sound(("tcp", "udp")),
        "tcp-only": sound(("tcp",)),
        "tc-tcp-dead": failing("truncated", transports=("tcp",), findings=("lookup-tcp",)),
        "tc-tcp-hang": failing("truncated", transports=("tcp",), findings=("lookup-tcp",)),
        "slow-50ms": sound(),
        # A lookup all of whose packets are lost, and no answer that is not true.
        "loss-30": Expected(GOOD | {"timeout"}, {"udp"}, {"secure", "indeterminate", unknown}, None, set()),
        "duplicate": sound(),
        "no-edns": sound(),
        "drops-edns": failing("timeout", 4),
        # The zones' own servers are asked instead, even where the resolver says that there are no keys at all.
        "strips-dnssec": sound(findings=("dnssec-asked-directly",)) if local
        else sound(security="indeterminate", status=3, findings=("dnssec-stripped",)),
        "hides-dnssec": sound(findings=("dnssec-asked-directly",)) if local
        else sound(security="indeterminate", findings=("dnssec-stripped",)),
        # What the resolver says of its own validation does not count.
        "strips-ad": sound() if local else sound(security="indeterminate", status=3, findings=("dnssec-not-validating",)),
        "short": failing("malformed"),
        "compression-loop": failing("malformed"),
        "wrong-source": failing("timeout", 4),
        "slow-servfail": failing("servfail"),
        "stale-txt": made_up("dnssec-signature-missing"),
        "stale-nodata": made_up("dnssec-denial-missing"),
        "split-view": sound(),
        "nxdomain-a": made_up("dnssec-denial-missing", outcomes=GOOD - {"nxdomain"}),
        "wrong-alias": sound(),
        # What they withhold is asked for at the zones' servers; a DS record that came before that was known is not asked for again.
        "strips-denials": sound(findings=("dnssec-asked-directly",)) if local else sound(),
        "no-dnskey": sound(findings=("dnssec-asked-directly",)) if local else sound(),
        "no-ds": Expected(GOOD, {"udp"}, {"secure", "indeterminate"}, None, set()),
    }


def resolvers():
    listed = subprocess.run([str(LAB), "personas"], capture_output=True, text=True, check=True).stdout
    rows = (line.split("\t") for line in listed.splitlines())
    return {name: address for name, address in rows if not name.startswith("auth-")}


def check(tool, mode, address, name=NAME):
    # The longest fault answers after 3 s, and is asked twice.
    command = [tool, "check", "--format", "json", "--facts", "--dnssec", mode, "--resolver", address, "--timeout", "8", "--deadline", "30",
               "--ca", "sectigo", name]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    try:
        return ran.returncode, json.loads(ran.stdout)[0], ran.stderr
    except (ValueError, IndexError):
        return ran.returncode, {"facts": [], "findings": []}, ran.stderr + ran.stdout


def seen_in(report):
    dns = [fact for fact in report["facts"] if fact["kind"] == "dns"]
    return {key: {fact[key] for fact in dns} for key in ("outcome", "transport", "security")}


def faults(tool, mode, expected, address):
    status, report, errors = check(tool, mode, address)
    seen = seen_in(report)
    if status != expected.status and expected.status is not None:
        yield f"exit status {status}, not {expected.status}: {errors.strip()}"
    if not report["facts"]:
        yield f"no facts: {errors.strip()}"
    if seen["outcome"] != expected.outcomes and not (expected.status is None and "answer" in seen["outcome"] <= expected.outcomes):
        yield f"outcomes {sorted(seen['outcome'])}, not {sorted(expected.outcomes)}"
    if not seen["transport"] <= expected.transports:
        yield f"transports {sorted(seen['transport'])}, not {sorted(expected.transports)}"
    if seen["security"] != expected.security and not (expected.status is None and seen["security"] <= expected.security):
        yield f"security {sorted(seen['security'])}, not {sorted(expected.security)}"
    ids = {finding["id"] for finding in report["findings"]}
    if not expected.findings <= ids:
        yield f"findings {sorted(ids)} without {sorted(expected.findings - ids)}"


def states(tool, address, name):
    """How each lookup about the name ended, and what became of its validation; which cuts were looked for depends on the answers."""
    _, report, _ = check(tool, "local", address, name)
    return {(fact["name"], fact["type"]): (fact["outcome"], fact["security"], fact["trust"] and fact["trust"]["cause"])
            for fact in report["facts"] if fact["kind"] == "dns" and fact["type"] not in ("DS", "DNSKEY")}


def alias_faults(tool, listed, name):
    """Differences between what an honest resolver and a stripping one lead to."""
    honest = states(tool, listed["relay"], name)
    if not honest:
        yield "no facts"
    for resolver in STRIPPING:
        found = states(tool, listed[resolver], name)
        for question in sorted(set(honest) | set(found)):
            if honest.get(question) != found.get(question):
                yield f"{' '.join(question)} by {resolver}: {found.get(question)}, not {honest.get(question)}"


def main():
    tool = sys.argv[1]
    if "DCV_LAB" not in os.environ:
        sys.exit("not inside the lab: contrib/lab/lab run -- " + " ".join(sys.argv))
    listed = resolvers()
    bad = 0
    modes = {mode: expected_of(mode == "local") for mode in ("local", "resolver")}
    for name in sorted(set(listed) ^ set(modes["local"])):
        print(f"{name}: {'nothing is expected of it' if name in listed else 'the lab has no such resolver'}")
        bad += 1
    runs = [(mode, name) for mode, expected in modes.items() for name in sorted(set(listed) & set(expected))]
    with ThreadPoolExecutor(max_workers=8) as pool:
        results = pool.map(lambda run: list(faults(tool, run[0], modes[run[0]][run[1]], listed[run[1]])), runs)
        for (mode, name), found in zip(runs, results):
            for fault in found:
                print(f"{name}, validated by {mode}: {fault}")
            bad += bool(found)
        for name, found in zip(ALIASES, pool.map(lambda name: list(alias_faults(tool, listed, name)), ALIASES)):
            for fault in found:
                print(f"{name}: {fault}")
            bad += bool(found)
    print(f"{len(runs) + len(ALIASES)} runs, {bad} faults")
    sys.exit(1 if bad or not runs else 0)


if __name__ == "__main__":
    main()
