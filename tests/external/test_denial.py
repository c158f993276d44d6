#!/usr/bin/python3
"""Denials in the zones of RFC 4035 and RFC 5155, and vectors of NSEC3 hashes: test_denial.py DENIALS

The zones are without their denial records: these are made here once more, and are those of the RFCs where these show them.
"""

import pathlib
import re
import sys

import corpus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "dnssec"))
import zone_model  # noqa: E402

# RFC 4035 appendix B: the question, the owners of the records sent, what they prove.
NSEC_EXAMPLES = (
    ("B.2", "nxdomain ml.example", "b.example example", "good"),
    ("B.3", "nodata ns1.example MX", "ns1.example", "good"),
    ("B.4", "cut a.example", "a.example", "unproven"),
    ("B.5", "cut b.example", "b.example", "unsigned"),
    ("B.6", "expanded a.z.w.example 2", "x.y.w.example", "good"),
    ("B.7", "nodata a.z.w.example AAAA", "x.y.w.example *.w.example", "good"),
    ("B.8", "nodata example DS", "example", "none"),
)
# RFC 5155 appendix B; every record of its zone has the Opt-Out flag.
NSEC3_EXAMPLES = (
    ("B.1", "nxdomain a.c.x.w.example", "example x.w.example a.example", "opt-out"),
    ("B.2", "nodata ns1.example MX", "ns1.example", "good"),
    ("B.2.1", "nodata y.w.example A", "y.w.example", "good"),
    ("B.3", "cut c.example", "a.example example", "opt-out"),
    ("B.3", "cut mc.c.example", "a.example example", "opt-out"),
    ("B.4", "expanded a.z.w.example 2", "ns2.example", "opt-out"),
    ("B.5", "nodata a.z.w.example AAAA", "w.example ns2.example *.w.example", "opt-out"),
    ("B.6", "nodata example DS", "example", "none"),
)
ITERATIONS, SALT = 12, bytes.fromhex("aabbccdd")
ENTRY = re.compile(
    r"SECTION QUESTION\s+(\S+)\s.*?"
    r"SECTION ANSWER\s+([0-9a-v]{32})\.(\S+)\s.*?"
    r"SECTION AUTHORITY\s+\S+\s+NSEC3 (\d+ \d+ \d+ \S+)",
    re.S,
)


def without(records):
    """The records, and then these with one left out."""
    yield records
    for record in records:
        yield [other for other in records if other != record]


def check_examples(program, chain, owners, examples, apex):
    """Faults of the examples, and of each proof with a record left out: it must prove nothing."""
    cases, meant = [], []
    for clause, question, names, expected in examples:
        records = [chain.records[owners.index(zone_model.name_of(name))] for name in names.split()]
        for part in without(records):
            cases.append((apex, question, part))
            right = {expected} if part == records else {zone_model.NONE[question.split()[0]]}
            if question.startswith("nodata") and expected == "opt-out":
                right.add(expected)  # without the wildcard, the span may still hold an unsigned delegation
            meant.append((clause, right))
    answers = zone_model.ask(program, cases)
    faults = [f"{clause} {case[1]}: {answer}, not {' or '.join(right)}, by {case[2]}"
              for (clause, right), case, answer in zip(meant, cases, answers) if answer not in right]
    return faults, {"cases": len(cases)}


def check_hash_labels(chain, text):
    """The hashes that the zone file lists are those of the model."""
    listed = re.findall(r"^; H\((\S+)\)\s*= ([0-9a-v]{32})$", text, re.M)
    faults = [f"H({name})" for name, digest in listed if chain.hash(zone_model.name_of(name)) != digest]
    return faults, {"hashes": len(listed)}


def check_vectors(program, text):
    """A record that a listed hash owns matches the name; with the last digit changed it does not."""
    cases, meant = [], []
    for name, digest, zone, parameters in ENTRY.findall(text):
        wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
        for owner, right in ((digest, "good"), (wrong, "none")):
            cases.append((zone, f"nodata {name} AAAA", [f"{owner}.{zone} 300 IN NSEC3 {parameters} {'0' * 32} MX"]))
            meant.append(right)
    answers = zone_model.ask(program, cases)
    return [f"{case}: {answer}" for case, right, answer in zip(cases, meant, answers) if answer != right], {"vectors": len(cases)}


def main():
    program = sys.argv[1]
    directory = corpus.find("dnssec")
    zones = directory / "rfc" / "NLnetLabs-domain" / "test-data" / "zonefiles"
    rfc4035 = (zones / "rfc4035-appendix-A.zone").read_text(encoding="ascii")
    rfc5155 = (zones / "rfc5155-appendix-A.zone").read_text(encoding="ascii")
    nsec = zone_model.Nsec(zone_model.Zone(rfc4035))
    zone = zone_model.Zone(rfc5155)
    opt_out = zone_model.Nsec3(zone, ITERATIONS, SALT, True)
    whole = zone_model.Nsec3(zone, ITERATIONS, SALT, False)
    hashed = [name for _, name in opt_out.owners]
    good = [
        zone_model.report("RFC 4035 appendix B", *check_examples(program, nsec, nsec.owners, NSEC_EXAMPLES, "example")),
        zone_model.report("RFC 5155 appendix B", *check_examples(program, opt_out, hashed, NSEC3_EXAMPLES, "example")),
        zone_model.report("RFC 5155 appendix A", *check_hash_labels(opt_out, rfc5155)),
        zone_model.report("hashes", *check_vectors(program, (directory / "unbound" / "test_nsec3_hash.1").read_text(encoding="ascii"))),
    ]
    for title, chain, text in (("RFC 4035", nsec, rfc4035), ("RFC 5155", opt_out, rfc5155), ("RFC 5155 without opt-out", whole, rfc5155)):
        good.append(zone_model.report(title, *zone_model.compare(program, chain, zone_model.names_around(zone_model.Zone(text), text))))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
