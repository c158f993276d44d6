#!/usr/bin/python3
"""Unbound's replay files with modern algorithms: does dcvready's validator judge as Unbound does?

test_rpl.py ORACLE

Each step of a file that asks is asked at a resolver that stands before the file's servers (rpl_resolver.py), validated by
tests/dnssec/oracle.c at the file's date with its anchors, and recorded; the tape is replayed without that resolver, and must say the same.
Where Unbound awaits AD, the verdict must be secure; where SERVFAIL, bogus; else insecure, or that there is no anchor (RFC 4035 §4.3).
"""

import dataclasses
import pathlib
import subprocess
import sys
import tempfile

import corpus
import rpl
from rpl_resolver import Answer, Resolver, Server

FILES = 17
REASONS = {
    "sentinel": "RFC 8509 §3.1: a resolver fails these names on purpose, but not when asked with CD; what it has of them validates",
    "negative-anchor": "RFC 7646: dcvready has no negative trust anchors (domain-insecure), and without one this name has no chain",
    "unreadable": "RFC 1035 §3.4.1: an address of five octets is no record: Unbound drops it, dcvready reads no such message",
}
# Steps that are judged otherwise: the file, the name asked for, what dcvready says instead and why.
OTHERWISE = {
    ("root_key_sentinel.rpl", "root-key-sentinel-not-ta-19036."): ("secure", "sentinel"),
    ("root_key_sentinel.rpl", "root-key-sentinel-is-ta-20326."): ("secure", "sentinel"),
    ("val_negcache_nta.rpl", "ant.testzone.nlnetlabs.nl."): ("indeterminate chain-unanswered", "negative-anchor"),
    ("val_scrub_rr_length.rpl", "www.example.com."): ("failed malformed", "unreadable"),
}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A line of the oracle."""

    rcode: str
    security: str
    cause: str

    def __str__(self):
        if self.security == "failed":
            return f"failed {self.rcode}"
        return self.security if self.cause == "-" else f"{self.security} {self.cause}"

    def agrees(self, awaited):
        """With the answer that the file awaits?"""
        if awaited.rcode == "SERVFAIL":
            return self.security == "bogus"
        if "AD" in awaited.flags:
            return self.security == "secure"
        return self.security == "insecure" or str(self) == "indeterminate no-anchor"


def date_of(scenario):
    """UNIX time at which the file is judged; where it leaves the dates unchecked, when its last signature begins."""
    if scenario.date != "-1":
        return rpl.seconds_of(scenario.date)
    sections = (section for found in scenario.ranges for entry in found.entries for section in entry.sections.values())
    return max(int.from_bytes(record.rdata[12:16], "big") for section in sections for record in section
               if record.rrtype == rpl.TYPES["RRSIG"])


def questions(scenario):
    """(step, seconds passed, question, awaited answer): each question with the answer that the file awaits."""
    asked, passed_s = None, 0
    for step in scenario.steps:
        passed_s += step.elapsed_s
        if step.kind == "QUERY":
            asked = step
        elif step.kind == "CHECK_ANSWER":
            if asked is None or step.entry.question != asked.entry.question:
                raise ValueError(f"step {step.number} awaits an answer to no question")
            yield asked.number, passed_s, asked.entry.question, step.entry


def judge(oracle, anchors, address, date, question, *tape):
    name, rrtype = question
    line = f"{rpl.text_of(name)} {name_of_type(rrtype)}\n"
    command = [oracle, anchors, address, "--at", str(date), *map(str, tape)]
    done = subprocess.run(command, input=line, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        sys.exit(f"{oracle}: {done.returncode}: {done.stderr}")
    return Verdict(*done.stdout.split("\n", maxsplit=1)[0].split()[2:])


def name_of_type(rrtype):
    known = {rpl.TYPES[name]: name for name in ("A", "AAAA", "TXT")}
    return known.get(rrtype, f"TYPE{rrtype}")


def same_answer(resolver, question, awaited):
    """Does the resolver hand out the answer section that the file awaits? Of a SERVFAIL none is known."""
    answer = resolver.ask(*question)
    if answer is None or awaited.rcode == "SERVFAIL":
        return awaited.rcode == "SERVFAIL"
    return {record.identity for record in answer.answer} == {record.identity for record in awaited.sections["ANSWER"]}


def check(oracle, path, directory, tally):
    """All steps of a file; returns how many there are."""
    scenario = rpl.read(path)
    anchors, tape = directory / "anchors", directory / "tape"
    anchors.write_text("".join(f"{anchor}\n" for anchor in scenario.anchors), encoding="ascii")
    resolver, count = Resolver(scenario), 0
    with Server(resolver) as address:
        for number, passed_s, question, awaited in questions(scenario):
            resolver.moment, resolver.now_s = number, passed_s
            sections = awaited.sections
            made = Answer(awaited.rcode, sections["ANSWER"], sections["AUTHORITY"])
            resolver.given = {question: made} if awaited.rcode != "SERVFAIL" else {}
            verdict = judge(oracle, anchors, address, date_of(scenario), question, "--record", tape)
            again = judge(oracle, anchors, address, date_of(scenario), question, "--replay", tape)
            name, count = rpl.text_of(question[0]), count + 1
            what = f"{path.name} step {number} {name} {name_of_type(question[1])}"
            print(f"{what}: Unbound {awaited.rcode}{' AD' * ('AD' in awaited.flags)}, dcvready {verdict}")
            otherwise = OTHERWISE.get((path.name, name))
            if again != verdict:
                tally.fault(f"{what}: {verdict}, and replayed {again}")
            elif not same_answer(resolver, question, awaited):
                tally.fault(f"{what}: the resolver does not hand out what the file awaits")
            elif otherwise is not None and str(verdict) == otherwise[0]:
                tally.explain(otherwise[1])
            elif verdict.agrees(awaited):
                tally.agree()
            else:
                tally.fault(f"{what}: {verdict}")
    return count


def main(oracle):
    files = sorted(corpus.find("dnssec/unbound").glob("*.rpl"))
    tally = corpus.Tally(REASONS)
    if len(files) != FILES:
        tally.fault(f"{len(files)} files, not {FILES}")
    with tempfile.TemporaryDirectory() as directory:
        for path in files:
            if check(oracle, path, pathlib.Path(directory), tally) == 0:
                tally.fault(f"{path.name}: nothing is asked")
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1])
