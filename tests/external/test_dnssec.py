#!/usr/bin/python3
"""The vectors of Unbound for signatures and digests: test_sigs.*, test_signatures.* and test_ds.*.

An entry is a message; those whose question begins with "bogus" must not verify, all others must. The first entry of a file holds the keys.
Signatures are checked at the time at which they begin to hold. Of test_ds.* the question says whether DS and DNSKEY belong together.
"""

import calendar
import collections
import re
import sys
import time

import corpus

REASONS = {
    "retired": "made with RSAMD5, DSA or GOST, which hardly a validator verifies (RFC 8624 §3.1)",
    "any-algorithm": "one good signature is enough, be there a wrong one of another algorithm beside it (RFC 6840 §5.11)",
    "revoked": "a revoked key signs itself to tell so (RFC 5011 §2.1); no data rest on it",
}
RETIRED = {1, 3, 6, 12}

TOKEN = re.compile(r'"[^"]*"|;.*|[()]|[^\s();"]+')

Entry = collections.namedtuple("Entry", "question records")
Record = collections.namedtuple("Record", "owner type rdata fields")


def read_record(fields):
    """TTL and class may be left out."""
    at = 1
    while fields[at].isdigit() or fields[at] == "IN":
        at += 1
    return Record(fields[0].lower(), fields[at], fields[at + 1:], fields)


def read_entries(path):
    question, records, section = None, [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = [token for token in TOKEN.findall(line) if token[0] not in ";()"]
        if not fields:
            continue
        if fields[0] == "ENTRY_BEGIN":
            question, records = None, []
        elif fields[0] == "ENTRY_END":
            yield Entry(question, records)
        elif fields[0] == "SECTION":
            section = fields[1]
        elif section == "QUESTION":
            question = fields[0].lower()
        else:
            records.append(read_record(fields))


def covers(record, owner, rrtype):
    return record.owner == owner and rrtype in (record.type, record.type == "RRSIG" and record.rdata[0])


def rrsets(records):
    """RRsets with the signatures over them; those without are glue."""
    for owner, rrtype in dict.fromkeys((record.owner, record.type) for record in records if record.type != "RRSIG"):
        found = [record for record in records if covers(record, owner, rrtype)]
        signatures = [record for record in found if record.type == "RRSIG"]
        if signatures:
            yield [record for record in found if record.type != "RRSIG"] + signatures, signatures


def begins(signature):
    return calendar.timegm(time.strptime(signature.rdata[5], "%Y%m%d%H%M%S"))


def lines(records):
    return "".join(" ".join(record.fields) + "\n" for record in records)


def reason_for(path, signatures, good):
    """Why an RRset is not what the file says, as far as that may be."""
    algorithms = {int(signature.rdata[1]) for signature in signatures}
    if not good and algorithms <= RETIRED:
        return "retired"
    if good and len(algorithms) > 1:
        return "any-algorithm"
    if not good and path.name == "test_sigs.revoked":
        return "revoked"
    return None


def check_signatures(tally, program, path):
    keys, *entries = read_entries(path)
    cases = [(entry, rrset, signatures) for entry in entries for rrset, signatures in rrsets(entry.records)]
    values = [f"{max(map(begins, signatures))}\n{lines(keys.records)}\n{lines(rrset)}".encode() for _, rrset, signatures in cases]
    for (entry, rrset, signatures), (answer,) in zip(cases, corpus.ask(program, "signature", values)):
        good = answer == "secure"
        if good != entry.question.startswith("bogus"):
            tally.agree()
            continue
        reason = reason_for(path, signatures, good)
        if reason and answer != "unread":
            tally.explain(reason)
        else:
            tally.fault(f"{path.name}: {entry.question} {rrset[0].owner} {rrset[0].type}: {answer}")


def check_digests(tally, program, path):
    entries = list(read_entries(path))
    for entry, (answer,) in zip(entries, corpus.ask(program, "ds", [lines(entry.records).encode() for entry in entries])):
        if entry.question.startswith(answer):
            tally.agree()
        else:
            tally.fault(f"{path.name}: {entry.question}: {answer}: {lines(entry.records)}")


def main():
    directory = corpus.find("dnssec/unbound")
    tally = corpus.Tally(REASONS)
    for path in sorted([*directory.glob("test_sigs.*"), *directory.glob("test_signatures.*")]):
        check_signatures(tally, sys.argv[1], path)
    for path in sorted(directory.glob("test_ds.*")):
        check_digests(tally, sys.argv[1], path)
    tally.finish()


if __name__ == "__main__":
    main()
