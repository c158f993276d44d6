#!/usr/bin/python3
"""Zones made to be costly: the check ends with the cause that fits, within the bounds that src/dnssec sets itself.

limits.py DCVREADY ORACLE, inside the lab (contrib/lab/lab run). Prints what each zone cost and `N faults`.
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenario"))
from tool import SOURCE, Tool  # noqa: E402

OPTIONS = ("--format", "json", "--facts", "--allow-private-addresses")
TYPES = ("MX", "CAA", "TXT", "A")
# Zone: what DNSSEC says of it as a whole, and the causes of its facts.
ZONES = {
    "keytrap": ("bogus", {"too-much-work"}),              # CVE-2023-50387
    "many-keys": ("bogus", {"too-much-work"}),
    "nsec3-iterations": ("insecure", {"nsec3-iterations"}),  # RFC 9276 §3.2, CVE-2023-50868
    "nsec3-salt": ("secure", set()),
}
LAB_ITERATIONS = 200  # of nsec3-iterations.example


def bounds():
    """The enumerators of src/dnssec that bound the work."""
    text = "".join((SOURCE / "src" / "dnssec" / name).read_text(encoding="utf-8") for name in ("work.h", "denial.h"))
    return {name: int(value) for name, value in re.findall(r"\b(DCV_[A-Z0-9_]+) = (\d+)", text)}


def cost(oracle, name):
    """What the validator says of each type, and what all of it cost."""
    lines = "".join(f"{label}{name} {rrtype}\n" for label in ("", "nonexistent.") for rrtype in TYPES)
    command = [oracle, os.environ["DCV_LAB_ANCHOR"], os.environ["DCV_LAB_RESOLVER"]]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    *_, last = done.stdout.splitlines()
    words = last.split()[1:]
    return dict(zip(words[::2], map(int, words[1::2])))


def report_of(tool, name):
    (report,), _ = tool.json("check", *OPTIONS[2:], name)
    return report


def causes(report):
    return {fact["trust"]["cause"] for fact in report["facts"] if fact.get("trust") and fact["trust"]["cause"]}


def check(tool, oracle, slug, limits):
    """Faults of one zone, beside its sound twin."""
    security, wanted = ZONES[slug]
    report, twin = report_of(tool, f"{slug}.example"), report_of(tool, f"{slug}-ok.example")
    made, made_ok = report["about"]["signatures"], twin["about"]["signatures"]
    spent, spent_ok = cost(oracle, f"{slug}.example"), cost(oracle, f"{slug}-ok.example")
    print(f"{slug}: {report['dns']['dnssec']} {' '.join(sorted(causes(report))) or '-'}; {made} signature checks, its twin {made_ok}; "
          f"{spent['hashes']} rounds of hashing, its twin {spent_ok['hashes']}")
    if (report["dns"]["dnssec"], causes(report)) != (security, wanted):
        yield f"{report['dns']['dnssec']} {causes(report)}, not {security} {wanted}"
    if wanted and not any(finding["id"] == f"dnssec-{cause}" for finding in report["findings"] for cause in wanted):
        yield "no finding says so"
    if (twin["dns"]["dnssec"], causes(twin)) != ("secure", set()):
        yield f"the twin: {twin['dns']['dnssec']} {causes(twin)}"
    # What is tried in vain of an RRset comes on top, once for all answers that rest on it.
    if made > made_ok + limits["DCV_RRSET_OPERATIONS_MAX"] or made > limits["DCV_ANSWER_OPERATIONS_MAX"]:
        yield f"{made} signature checks"
    if spent["signatures"] > spent_ok["signatures"] + limits["DCV_RRSET_OPERATIONS_MAX"]:
        yield f"the validator: {spent}"
    if spent["hashes"] > 2 * len(TYPES) * limits["DCV_DENIAL_HASH_ROUNDS"]:
        yield f"the validator: {spent}"
    if slug == "nsec3-iterations" and spent["hashes"] != 0:
        yield f"{spent['hashes']} rounds were spent on a zone that asks for {LAB_ITERATIONS} iterations"


def main(program, oracle):
    tool, limits, faults = Tool(program), bounds(), []
    if LAB_ITERATIONS <= limits["DCV_NSEC3_ITERATIONS_MAX"]:
        faults.append("the lab's zone is within the bound of iterations")
    for slug in ZONES:
        faults += [f"{slug}: {text}" for text in check(tool, oracle, slug, limits)]
    for text in faults:
        print(f"FAIL {text}")
    print(f"{len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
