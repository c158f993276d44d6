#!/usr/bin/python3
"""Asks about example.jp through every faulty resolver of the lab: each kind of fault is told apart in the facts.

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

# What is expected of the facts together: outcomes (all of these, no other), transports, security; the exit status, and findings that
# there are. Status None: chance decides; then some of the outcomes and securities are enough, "answer" among them.
Expected = collections.namedtuple("Expected", "outcomes transports security status findings")


def sound(transports=("udp",), security="secure", status=0, findings=()):
    return Expected(GOOD, set(transports), {security}, status, set(findings))


def failing(outcome, status=3, transports=("udp",), findings=()):
    return Expected({outcome}, set(transports), {"indeterminate"}, status, set(findings))


EXPECTED = {
    "relay": sound(),
    "drop": failing("timeout", 4),
    "refused": failing("refused"),
    "servfail": failing("servfail"),
    # What does not repeat the question may be anybody's: c-ares goes on waiting for the answer.
    "garbage": failing("timeout", 4),
    "wrong-id": failing("timeout", 4),
    # There is no other name of no labels: the root's answer is the right one.
    "wrong-question": Expected({"answer", "timeout"}, {"udp"}, {"secure", "indeterminate"}, 3, set()),
    "spoof-first": sound(("udp", "tcp")),
    "lower-case": sound(("tcp", "udp")),
    "tcp-only": sound(("tcp",)),
    "tc-tcp-dead": failing("truncated", transports=("tcp",), findings=("lookup-tcp",)),
    "tc-tcp-hang": failing("truncated", transports=("tcp",), findings=("lookup-tcp",)),
    "slow-50ms": sound(),
    # A lookup all of whose packets are lost, and no answer that is not true.
    "loss-30": Expected(GOOD | {"timeout"}, {"udp"}, {"secure", "indeterminate"}, None, set()),
    "duplicate": sound(),
    "no-edns": sound(),
    "drops-edns": failing("timeout", 4),
    "strips-dnssec": sound(security="indeterminate", status=3, findings=("dnssec-stripped",)),
    "strips-ad": sound(security="indeterminate", status=3, findings=("dnssec-not-validating",)),
    "short": failing("malformed"),
    "compression-loop": failing("malformed"),
    "wrong-source": failing("timeout", 4),
    "slow-servfail": failing("servfail"),
    "hides-dnssec": sound(security="indeterminate", findings=("dnssec-stripped",)),
    # One resolver alone does not show that its answers are not those of the others: what it makes up is not signed.
    "stale-txt": Expected({"answer", "nodata"}, {"udp"}, {"secure", "insecure"}, 0, set()),
    "stale-nodata": Expected({"answer", "nodata"}, {"udp"}, {"secure", "insecure"}, 0, set()),
    "split-view": sound(),
    # What they withhold is asked for at the zones' servers; a DS record that came before that was known is not asked for again.
    "strips-denials": sound(findings=("dnssec-asked-directly",)),
    "no-dnskey": sound(findings=("dnssec-asked-directly",)),
    "no-ds": Expected(GOOD, {"udp"}, {"secure", "indeterminate"}, None, set()),
    "nxdomain-a": Expected({"answer", "nodata"}, {"udp"}, {"secure", "insecure"}, 0, set()),
}


def resolvers():
    listed = subprocess.run([str(LAB), "personas"], capture_output=True, text=True, check=True).stdout
    rows = (line.split("\t") for line in listed.splitlines())
    return {name: address for name, address in rows if not name.startswith("auth-")}


def check(tool, address):
    # The longest fault answers after 3 s, and is asked twice.
    command = [tool, "check", "--format", "json", "--facts", "--resolver", address, "--timeout", "8", "--deadline", "30",
               "--ca", "sectigo", NAME]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    try:
        return ran.returncode, json.loads(ran.stdout)[0], ran.stderr
    except (ValueError, IndexError):
        return ran.returncode, {"facts": [], "findings": []}, ran.stderr + ran.stdout


def seen_in(report):
    dns = [fact for fact in report["facts"] if fact["kind"] == "dns"]
    return {key: {fact[key] for fact in dns} for key in ("outcome", "transport", "security")}


def faults(tool, name, address):
    expected = EXPECTED[name]
    status, report, errors = check(tool, address)
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


def main():
    tool = sys.argv[1]
    if "DCV_LAB" not in os.environ:
        sys.exit("not inside the lab: contrib/lab/lab run -- " + " ".join(sys.argv))
    listed = resolvers()
    bad = 0
    for name in sorted(set(listed) ^ set(EXPECTED)):
        print(f"{name}: {'nothing is expected of it' if name in listed else 'the lab has no such resolver'}")
        bad += 1
    names = sorted(set(listed) & set(EXPECTED))
    with ThreadPoolExecutor(max_workers=8) as pool:
        for name, found in zip(names, pool.map(lambda name: list(faults(tool, name, listed[name])), names)):
            for fault in found:
                print(f"{name}: {fault}")
            bad += bool(found)
    print(f"{len(names)} resolvers, {bad} faults")
    sys.exit(1 if bad or not names else 0)


if __name__ == "__main__":
    main()
