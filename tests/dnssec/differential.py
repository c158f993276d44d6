#!/usr/bin/python3
"""Does dcvready's validation agree with Unbound's? Every name of the lab's zones, and names that are not there, with every type.

differential.py ORACLE, inside the lab (contrib/lab/lab run). Unbound is the lab's validating resolver; for a sample of the questions
delv and unbound-host are asked, too. Prints every difference and `N passed, N failed`.
"""

import collections
import os
import pathlib
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

LAB = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab"
sys.path.insert(0, str(LAB))
import wire  # noqa: E402
import zonesource  # noqa: E402

TYPES = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CAA", "CNAME", "DS", "DNSKEY")
LABELS = ("_validation-contactemail", "www", "no-such-name", "deep.below.no-such-name")
# What Unbound makes of a failure is not always about DNSSEC: servers that are silent or lame, and loops.
AT_ONCE, TIMEOUT_S = 16, 12
SAMPLE = 120
SEED = 20261121

# (question, what dcvready says, what Unbound says): differences that have a reason.
EXPLAINED = {}

Verdict = collections.namedtuple("Verdict", "rcode security")


def owners(zone):
    """The zone's own names: its apex, those in its lines, and some that are made."""
    found = {zone.name}
    for line in zone.text().splitlines():
        match = re.match(r"^([a-z0-9_*.-]+)\s", line)
        if match and match[1] not in ("@", "IN"):
            name = match[1] if match[1].endswith(".") else zonesource.under(match[1], zone.name)
            if name.endswith(zone.name):
                found.add(name.replace("*", "any-label"))
    return found | {zonesource.under(label, zone.name) for label in LABELS}


def questions():
    """Names of all zones with all types, in an order of their own."""
    names = set()
    for zone in zonesource.read_all().values():
        some = sorted(owners(zone))
        names |= set(some if len(some) <= 40 else some[:20] + random.Random(SEED).sample(some[20:], 20))
    return [(name, rrtype) for name in sorted(names) for rrtype in TYPES]


def ask(name, rrtype, extra_flags=0):
    query = wire.make_query(name, rrtype, extra_flags=extra_flags)
    address = os.environ["DCV_LAB_RESOLVER"]
    for _ in range(2):
        try:
            reply = wire.udp_ask(address, query, TIMEOUT_S)
            return wire.tcp_ask(address, query, TIMEOUT_S) if wire.flags(reply) & wire.TC else reply
        except (TimeoutError, EOFError, ConnectionError):
            continue
    return None


def of_unbound(question):
    """AD is secure, an answer without it insecure, a SERVFAIL that CD turns into an answer bogus (RFC 4035 §4.3)."""
    reply = ask(*question)
    if reply is None:
        return Verdict("timeout", "failed")
    rcode = wire.rcode_name(reply)
    if rcode in ("NOERROR", "NXDOMAIN"):
        return Verdict(rcode, "secure" if wire.flags(reply) & wire.AD else "insecure")
    again = ask(*question, extra_flags=wire.CD)
    if rcode == "SERVFAIL" and again is not None and wire.rcode_name(again) in ("NOERROR", "NXDOMAIN"):
        return Verdict(wire.rcode_name(again), "bogus")
    return Verdict(rcode, "failed")


def of_dcvready(oracle, asked):
    text = "".join(f"{name} {rrtype}\n" for name, rrtype in asked)
    command = [oracle, os.environ["DCV_LAB_ANCHOR"], os.environ["DCV_LAB_RESOLVER"]]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{oracle}: {done.returncode}: {done.stderr}")
    *lines, counts = done.stdout.splitlines()
    verdicts = {}
    for line in lines:
        name, rrtype, rcode, security, cause = line.split()
        verdicts[name, rrtype] = (Verdict(rcode, security), cause)
    return verdicts, counts


def by_delv(question):
    """delv's word: secure, insecure or bogus; None where it cannot tell."""
    name, rrtype = question
    command = ["delv", "-a", os.environ["DCV_LAB_DELV_ANCHOR"], "+root=.", f"@{os.environ['DCV_LAB_RESOLVER']}", name, rrtype]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    text = done.stdout + done.stderr
    if "fully validated" in text:
        return "secure"
    if "unsigned answer" in text:
        return "insecure"
    return "bogus" if re.search(r"resolution failed: .*(SERVFAIL|broken|valid|insecurity)", text) else None


def by_unbound_host(question):
    name, rrtype = question
    command = ["unbound-host", "-v", "-f", os.environ["DCV_LAB_ANCHOR"], "-r", "-t", rrtype, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    for word, said in (("(BOGUS", "bogus"), ("(secure)", "secure"), ("(insecure)", "insecure")):
        if word in done.stdout:
            return said
    return None


def main(oracle):
    asked = questions()
    started = time.monotonic()
    ours, counts = of_dcvready(oracle, asked)
    middle = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        theirs = dict(zip(asked, pool.map(of_unbound, asked)))
    passed = failed = 0
    seen = collections.Counter()
    for question in asked:
        (verdict, cause), other = ours[question], theirs[question]
        both_failed = verdict.security == "failed" and other.security == "failed"
        if verdict == other or both_failed or EXPLAINED.get(question) == (verdict.security, other.security):
            passed += 1
        else:
            failed += 1
            print(*question, "dcvready:", *verdict, cause, "Unbound:", *other)
        seen[verdict.security] += 1
    print(f"{len(asked)} questions: {dict(seen)}; {counts[2:]}; "
          f"dcvready {middle - started:.1f} s, Unbound {time.monotonic() - middle:.1f} s")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
