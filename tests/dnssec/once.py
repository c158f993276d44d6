#!/usr/bin/python3
"""How many signatures does an audit of signed names check? The keys of each zone above all once, however many names there are.

once.py DCVREADY ORACLE, inside the lab (contrib/lab/lab run). Names of sound, signed zones below the lab's top-level domains are checked in
one run and in several. Prints the figures and `N faults`.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "scenario"), str(HERE.parents[1] / "contrib" / "lab")]
from tool import Tool  # noqa: E402
import zonesource  # noqa: E402

OPTIONS = ("--format", "jsonl", "--facts", "--no-authority", "--allow-private-addresses")
ZONES, SEED = 50, 20261121
LABELS = ("", "www.", "one.", "two.")
TYPES = ("A", "MX", "TXT", "CAA")
RUN_TIMEOUT_S = 300
ELSEWHERE = ("example.jp.", "example.net.", "example.org.")  # and the others are below example.
OPT_OUT = ".com."  # what such a zone denies is not secure


def sound_zones():
    """Signed zones right below a top-level domain in which nothing is wrong, nor left open by an opt-out, and no alias leads elsewhere."""
    zones = zonesource.read_all()
    sound = [zone.name for zone in zones.values()
             if zone.signing and zone.name.count(".") == 2 and zone.name not in ELSEWHERE and zone.name.replace(".", "-ok.", 1) not in zones
             and zone.signing != "optout" and not zone.name.endswith(OPT_OUT) and not any("NAME " in line for line in zone.lines)]
    return [*ELSEWHERE, *sorted(random.Random(SEED).sample(sorted(sound), ZONES - len(ELSEWHERE)))]


def check(tool, names):
    """Reports of one run."""
    with tempfile.NamedTemporaryFile("w", suffix=".names", encoding="ascii") as file:
        file.write("".join(f"{name.rstrip('.')}\n" for name in names))
        file.flush()
        return [json.loads(line) for line in tool.run("check", *OPTIONS, f"@{file.name}").stdout.splitlines()]


def checks(reports):
    """Signature checks of a run."""
    return sum(report["about"]["signatures"] for report in reports)


def signatures(reports):
    """The different signatures in the answers of a run."""
    return {record["rdata"] for report in reports for fact in report["facts"] for section in ("answer", "authority")
            for record in fact.get(section, ()) if record["type"] == "RRSIG"}


def keys_checked(oracle, zones):
    """Signature checks over DNSKEY RRsets when every zone is asked for its names in one go, and how many there were at all."""
    lines = "".join(f"{label}{zone} {rrtype}\n" for zone in zones for label in LABELS for rrtype in TYPES)
    command = [oracle, os.environ["DCV_LAB_ANCHOR"], os.environ["DCV_LAB_RESOLVER"]]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    words = done.stdout.splitlines()[-1].split()
    return int(words[words.index("keys") + 1]), int(words[words.index("signatures") + 1])


def main(program, oracle):
    tool, zones, faults = Tool(program, RUN_TIMEOUT_S), sound_zones(), []
    tlds = {zone.split(".", 1)[1] for zone in zones}

    keys, made = keys_checked(oracle, zones)
    print(f"validator: {len(zones)} zones below {len(tlds)} top-level domains, {len(zones) * len(LABELS) * len(TYPES)} questions: "
          f"{made} signature checks, {keys} of them over keys")
    if keys != 1 + len(tlds) + len(zones):
        faults.append(f"{keys} checks over the keys of {1 + len(tlds) + len(zones)} zones")

    names = [label + zone for zone in zones for label in LABELS]
    reports = check(tool, names)
    total, seen = checks(reports), len(signatures(reports))
    print(f"{len(names)} names in one run: {total} signature checks, {total / len(names):.1f} a name, of {seen} different signatures; "
          f"{sum(len(report['facts']) for report in reports)} facts")
    if len(reports) != len(names) or any(report["dns"]["dnssec"] != "secure" for report in reports):
        faults.append("not every name is secure")
    if total > seen:
        faults.append(f"{total} checks of {seen} signatures: some were checked twice")

    one, two = (check(tool, [label + zone for zone in zones]) for label in ("one.", "two."))
    both = check(tool, [label + zone for zone in zones for label in ("one.", "two.")])
    shared = checks(one) + checks(two) - checks(both)
    # The root's keys, and the DS and the keys of each zone below it.
    chain = 1 + 2 * (len(tlds) + len(zones))
    print(f"{len(zones)} names: {checks(one)} and {checks(two)} checks; {2 * len(zones)} names of the same zones: {checks(both)}; "
          f"spared {shared}, {chain} of them of the chains")
    if shared < chain or checks(both) >= 2 * checks(one):
        faults.append(f"{shared} checks were spared: the chains alone have {chain}")

    for text in faults:
        print(f"FAIL {text}")
    print(f"{len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
