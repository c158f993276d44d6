#!/usr/bin/python3
"""Each way in which DNSSEC fails in the lab is told by its own cause, in the same words everywhere: test_causes.py DCVREADY, inside the lab."""

import collections
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "scenario"), str(TOP / "contrib" / "lab")]

import personas  # noqa: E402
from tool import Failure, run_checks  # noqa: E402

# Commands that show the findings to people; each is given the name and the answers. All of them must say what JSON says.
TEXTS = (
    ("check", "--ca", "sectigo"),
)

# RFC 8914 §4, and 27 of RFC 9276.
EDE = {"signature-expired": 7, "signature-not-yet-valid": 8, "signature-invalid": 6, "signature-missing": 10, "signer-wrong": 6, "key-missing": 9,
       "key-unfit": 11, "dnskey-missing": 9, "ds-mismatch": 9, "algorithm-mismatch": 9, "denial-missing": 12, "denial-wrong": 6, "alias-wrong": 6,
       "nsec3-unknown": 6, "too-much-work": 6, "chain-unanswered": 5, "algorithm-unknown": 1, "digest-unknown": 2, "nsec3-iterations": 27}
STATE = collections.defaultdict(lambda: "bogus", {"chain-unanswered": "indeterminate", "algorithm-unknown": "insecure", "digest-unknown": "insecure",
                                                  "nsec3-iterations": "insecure"})

# A name of the lab, what it shows, and the RRset that the finding names; `zone`: the one at fault, where that is not the name's own; `resolver`: the
# faulty one that has to be asked.
Case = collections.namedtuple("Case", "name cause owner type zone resolver", defaults=("", ""))
CASES = (
    Case("bogus-expired.example", "signature-expired", "bogus-expired.example", "DNSKEY"),
    Case("bogus-expired-txt.example", "signature-expired", "_validation-contactemail.bogus-expired-txt.example", "TXT"),
    Case("bogus-future.example", "signature-not-yet-valid", "bogus-future.example", "DNSKEY"),
    Case("bogus-sig.example", "signature-invalid", "bogus-sig.example", "DNSKEY"),
    Case("bogus-caa.example", "signature-invalid", "bogus-caa.example", "CAA"),
    Case("bogus-missing.example", "signature-missing", "bogus-missing.example", "DNSKEY"),
    Case("bogus-missing-txt.example", "signature-missing", "_validation-contactemail.bogus-missing-txt.example", "TXT"),
    Case("bogus-stray-key.example", "key-missing", "bogus-stray-key.example", "MX"),
    Case("bogus-key-flag.example", "key-unfit", "bogus-key-flag.example", "DNSKEY"),
    Case("revoked-key.example", "key-unfit", "revoked-key.example", "DNSKEY"),
    Case("bogus-unsigned.example", "dnskey-missing", "bogus-unsigned.example", "DNSKEY"),
    Case("bogus-ds.example", "ds-mismatch", "bogus-ds.example", "DS"),
    Case("bogus-ds-algorithm.example", "algorithm-mismatch", "bogus-ds-algorithm.example", "DS"),
    Case("bogus-denial.example", "denial-missing", "bogus-denial.example", "CAA"),
    Case("bogus-denial-type.example", "denial-wrong", "bogus-denial-type.example", "CAA"),
    Case("nsec3-unknown.example", "nsec3-unknown", None, None),
    Case("keytrap.example", "too-much-work", "keytrap.example", "DNSKEY"),
    Case("www.sub.dname-secure.example", "alias-wrong", "www.sub.dname-secure.example", "CNAME", "dname-secure.example", "wrong-alias"),
    Case("bogus-signer.example", "signer-wrong", "bogus-signer.example", "MX", "example.net"),
    Case("dnskey-servfail.example", "chain-unanswered", "dnskey-servfail.example", "DNSKEY"),
    Case("unknown-alg.example", "algorithm-unknown", "unknown-alg.example", "DS"),
    Case("unknown-digest.example", "digest-unknown", "unknown-digest.example", "DS"),
    Case("nsec3-iterations.example", "nsec3-iterations", None, None),
    # Broken at the parent, each in its way.
    Case("bogus-parent-expired.example", "signature-expired", "bogus-parent-expired.example", "DS", "example"),
    Case("bogus-parent-sig.example", "signature-invalid", "bogus-parent-sig.example", "DS", "example"),
    Case("bogus-parent-missing.example", "signature-missing", "bogus-parent-missing.example", "DS", "example"),
    Case("unproven-insecure.example", "signature-missing", "unproven-insecure.example", "NSEC", "example"),
    Case("child.broken-parent.example", "signature-invalid", "child.broken-parent.example", "DS", "broken-parent.example"),
)


def folded(text):
    return re.sub(r"\s+", " ", text)


def expect(true, text):
    if not true:
        raise Failure(text)


def report_of(tool, case, tape):
    resolver = ["--resolver", personas.ADDRESS[case.resolver]] if case.resolver else []
    done = tool.run("check", "--ca", "sectigo", "--format", "json", "--facts", *resolver, "--record", tape, case.name)
    return json.loads(done.stdout)[0]


def check_facts(case, report):
    """Facts of the cause exist, and say all of it; the finding refers to them and no others."""
    trusts = [fact["trust"] if fact["kind"] == "dns" else None for fact in report["facts"]]
    zone = case.zone or case.name
    found = {number for number, trust in enumerate(trusts) if trust and trust["cause"] == case.cause}
    expect(found, f"{case.name}: no fact has the cause {case.cause}, but {sorted({t['cause'] for t in trusts if t and t['cause']})}")
    for number in found:
        fact, trust = report["facts"][number], trusts[number]
        expect(fact["security"] == STATE[case.cause], f"{case.name}: {fact['name']} {fact['type']} is {fact['security']}")
        expect(trust["ede"] == EDE[case.cause], f"{case.name}: EDE {trust['ede']}, not {EDE[case.cause]}")
        expect(trust["zone"] in (zone, None), f"{case.name}: the cause lies in {trust['zone']}")
    if case.owner:
        expect((case.owner, case.type) in {(trusts[number]["owner"], trusts[number]["type"]) for number in found},
               f"{case.name}: no fact is about {case.owner} {case.type}")
    findings = [finding for finding in report["findings"] if finding["id"] == f"dnssec-{case.cause}"]
    expect(len(findings) == 1, f"{case.name}: {len(findings)} findings dnssec-{case.cause}")
    expect(set(findings[0]["facts"]) == found, f"{case.name}: facts {findings[0]['facts']}, not {sorted(found)}")
    return findings[0]


def check_words(case, finding):
    zone, text = case.zone or case.name, finding["text"]
    # Two causes are about an RRset that any zone could be the reason for.
    named = [zone] if case.cause not in ("too-much-work", "chain-unanswered") else []
    for word in named + ([f"{case.owner} {case.type}"] if case.owner and f"{case.owner} {case.type}" in text else [case.owner or zone]):
        expect(word in text, f"{case.name}: {text!r} does not name {word}")
    expect("  " not in text and "()" not in text and "( " not in text and ", )" not in text, f"{case.name}: something is missing in {text!r}")
    expect(not re.search(r"\d{4}-\d\d-\d\dT", text), f"{case.name}: {text!r} has a time for machines")


def check_parent(case, report):
    """That the owner cannot mend it is said just where the zone at fault is above the one that he has."""
    said = [finding["text"] for finding in report["findings"] if finding["id"] == "dnssec-parent-broken"]
    above = case.zone == "example"
    expect(len(said) == above, f"{case.name}: dnssec-parent-broken {len(said)} times")
    expect(all(f"zone {case.zone}" in text for text in said), f"{case.name}: {said} does not name {case.zone}")


def check_texts(tool, case, report, tape):
    findings = [finding for finding in report["findings"] if finding["id"].startswith("dnssec-")]
    for command in TEXTS:
        shown = folded(tool.run(*command, "--replay", tape, case.name).stdout)
        for finding in findings:
            expect(folded(finding["text"]) in shown, f"{' '.join(command)} {case.name} does not say {finding['text']!r}")


def checks_of(case):
    def check(tool, directory):
        tape = directory / f"{case.name}.tape"
        report = report_of(tool, case, tape)
        finding = check_facts(case, report)
        check_words(case, finding)
        check_parent(case, report)
        check_texts(tool, case, report, tape)
    check.__name__ = f"check_{case.name}"
    return check


def check_distinct(tool, directory):
    """No two failures of different kinds read alike, when what they are about is taken out."""
    texts = {}
    for case in CASES:
        report = report_of(tool, case, directory / f"{case.name}.distinct")
        for finding in report["findings"]:
            if finding["id"] == f"dnssec-{case.cause}":
                plain = re.sub(r"\b\S*\.example\b|\b\d[\d-]*\b", "…", finding["text"])
                texts.setdefault(case.cause, set()).add(plain)
    expect(set(texts) == set(EDE), f"causes {sorted(set(EDE) - set(texts))} were not seen")
    said = [text for plain in texts.values() for text in plain]
    expect(len(set(said)) == len(said), "two causes have the same words")


if __name__ == "__main__":
    run_checks([*map(checks_of, CASES), check_distinct], __doc__)
