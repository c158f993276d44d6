"""The zones of the CAA test suite as sources for the lab (contrib/lab/README.md).

The suite's zones are BIND master files; what their operators did to the servers stands in OPTIONS. The lab signs with keys of its own,
delegates, and writes the DS, so all of that is left out here.
"""

import re

# Options of contrib/lab/README.md. After `but` stands the defect; the lab makes a sound twin `…-ok` of each such zone. Parents and
# children are on different servers, or a resolver sees no delegation. The first server is Knot: NSD reads no tags in upper case, nor
# of more than 15 letters.
OPTIONS = {
    "caatestsuite.com.": "bare ns=first",
    "ipv6only.caatestsuite.com.": "bare ns=ipv6",
    "caatestsuite-dnssec.com.": "bare signed ns=second",
    "expired.caatestsuite-dnssec.com.": "bare signed ns=first but dates=-60d:-30d",
    "missing.caatestsuite-dnssec.com.": "bare signed ns=first but strip=RRSIG,NSEC",
    "blackhole.caatestsuite-dnssec.com.": "bare signed ns=first but ns=auth-drop",
    "servfail.caatestsuite-dnssec.com.": "bare signed ns=first but ns=auth-servfail",
    "refused.caatestsuite-dnssec.com.": "bare signed ns=first but ns=auth-refused",
}
MADE_BY_THE_LAB = {"SOA", "DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"}
ADDRESSES = {"A", "AAAA"}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;.*|[()]|[^\s;()"]+')


def entries(text):
    """Lists of the words of each entry of a master file; the first is "" where the owner is that of the entry before."""
    words, depth = [], 0
    for line in text.splitlines():
        found = [token for token in TOKEN.findall(line) if not token.startswith(";")]
        if found and depth == 0:
            words = [""] if line[0].isspace() else []
        for token in found:
            depth += {"(": 1, ")": -1}.get(token, 0)
        words += [token for token in found if token not in "()"]
        if found and depth == 0:
            yield words


def records(text):
    """(owner, type, rdata) of a master file, as they stand there."""
    owner = "@"
    for first, *rest in entries(text):
        if first.startswith("$"):
            continue
        owner = first or owner
        while rest[0].upper() == "IN" or rest[0].isdigit():
            rest = rest[1:]
        yield owner, rest[0].upper(), " ".join(rest[1:])


def absolute(name, zone):
    return name if name.endswith(".") else zone if name == "@" else f"{name}.{zone}"


def kept(zone, text):
    """The records that the lab does not make: no signatures, no servers of zones that it serves, and not their addresses."""
    found = list(records(text))
    delegations = {record for record in found if record[1] == "NS" and absolute(record[0], zone) in OPTIONS}
    servers = {absolute(host, zone) for _, _, host in delegations}
    for record in found:
        owner, rrtype, _ = record
        glue = rrtype in ADDRESSES and absolute(owner, zone) in servers
        if rrtype not in MADE_BY_THE_LAB and record not in delegations and not glue:
            yield record


def source(directory):
    """All zones of the suite in `directory`, in the lab's form. Zones without a file there are empty: nobody ever reads them."""
    lines = []
    for zone, options in OPTIONS.items():
        path = directory / zone
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines += ["", f"zone {zone} {options}", *(" ".join(record) for record in kept(zone, text))]
    return "\n".join([*lines, ""])
