"""Reads Unbound's replay files (`*.rpl`): a configuration, what scripted servers answer, and the steps of a client.

Only what a validator that asks a resolver can see is kept: trust anchors, the date, which servers are asked first, the answers by address
and step, and of the steps the questions, the answers that are awaited, and how time passes.
"""

import base64
import calendar
import dataclasses
import re
import socket
import struct
import time

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "PX": 26, "AAAA": 28, "DNAME": 39, "DS": 43, "RRSIG": 46, "NSEC": 47,
    "DNSKEY": 48, "NSEC3": 50, "TLSA": 52, "ZONEMD": 63,
}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMPL": 4, "REFUSED": 5}
TTL_S = 3600  # of records that state none
SECTIONS = ("QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL")
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
ESCAPE = re.compile(r"\\(\d{3}|.)", re.S)
BASE32HEX = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUV", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@dataclasses.dataclass(frozen=True)
class Record:
    """A resource record; `owner` is a tuple of labels in lower case."""

    owner: tuple
    rrtype: int
    ttl: int
    rdata: bytes

    @property
    def identity(self):
        """What it is but for the time that it may still be kept."""
        return self.owner, self.rrtype, self.rdata

    def target(self):
        """The name that the data are, of NS and CNAME."""
        return labels_of(self.rdata)

    def covered(self):
        """The type that a signature covers, 0 of other records."""
        return struct.unpack_from("!H", self.rdata)[0] if self.rrtype == TYPES["RRSIG"] else 0

    def wire(self):
        return octets_of(self.owner) + struct.pack("!HHIH", self.rrtype, 1, self.ttl, len(self.rdata)) + self.rdata


@dataclasses.dataclass
class Entry:
    """A message: a question or an answer, and how questions are matched with it."""

    match: set = dataclasses.field(default_factory=set)
    flags: set = dataclasses.field(default_factory=set)
    question: tuple = None  # (name, type)
    sections: dict = dataclasses.field(default_factory=lambda: {section: [] for section in SECTIONS})

    @property
    def rcode(self):
        return next(flag for flag in self.flags if flag in RCODES)

    def answers(self, name, rrtype):
        """Is it the answer to this question? Where the file says nothing of how to match, the question itself is taken."""
        if "subdomain" in self.match:
            return is_under(name, self.question[0])
        return self.question == (name, rrtype)


@dataclasses.dataclass
class Range:
    """What one address answers from step `first` to `last`."""

    first: int
    last: int
    addresses: set = dataclasses.field(default_factory=set)
    entries: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Step:
    """A step of the client: `kind` is QUERY, CHECK_ANSWER, TIME_PASSES or TRAFFIC."""

    number: int
    kind: str
    entry: Entry = None
    elapsed_s: int = 0


@dataclasses.dataclass
class Scenario:
    """A replay file."""

    title: str = ""
    anchors: list = dataclasses.field(default_factory=list)  # records as text
    date: str = ""                                           # YYYYMMDDhhmmss, "-1": none is checked
    roots: list = dataclasses.field(default_factory=list)    # (zone, address): stub and forward zones
    ranges: list = dataclasses.field(default_factory=list)
    steps: list = dataclasses.field(default_factory=list)


def name_of(text):
    """Labels of a name, which the files take for absolute with and without a final dot."""
    labels = re.findall(r"(?:\\\d{3}|\\.|[^\\.])+", text)
    return tuple(ESCAPE.sub(lambda m: chr(int(m[1])) if len(m[1]) == 3 else m[1], label).lower().encode("latin-1") for label in labels)


def octets_of(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def labels_of(octets):
    labels, at = [], 0
    while octets[at]:
        labels.append(octets[at + 1:at + 1 + octets[at]])
        at += 1 + octets[at]
    return tuple(labels)


def is_under(name, zone):
    """Is it the zone, or below it?"""
    return name[len(name) - len(zone):] == zone if len(name) >= len(zone) else False


def text_of(labels):
    return ".".join(label.decode("latin-1") for label in labels) + "."


def seconds_of(date):
    """UNIX time of YYYYMMDDhhmmss."""
    return calendar.timegm(time.strptime(date, "%Y%m%d%H%M%S"))


# Data of records from their words (RFC 1035 §5.1, RFC 4034, RFC 5155, RFC 3597)


def type_of(word):
    return TYPES[word] if word in TYPES else int(word.removeprefix("TYPE"))


def bitmap(words):
    """RFC 4034 §4.1.2."""
    windows = {}
    for number in map(type_of, words):
        window = windows.setdefault(number >> 8, bytearray(32))
        window[(number & 0xFF) >> 3] |= 0x80 >> (number & 7)
    trimmed = ((number, bytes(window).rstrip(b"\0")) for number, window in sorted(windows.items()))
    return b"".join(bytes([number, len(octets)]) + octets for number, octets in trimmed)


def soa(mname, rname, *numbers):
    return octets_of(name_of(mname)) + octets_of(name_of(rname)) + struct.pack("!5I", *map(int, numbers))


def txt(*words):
    strings = (word.strip('"').encode() for word in words)
    return b"".join(bytes([len(string)]) + string for string in strings)


def ds(tag, algorithm, digest_type, *digest):
    return struct.pack("!HBB", int(tag), int(algorithm), int(digest_type)) + bytes.fromhex("".join(digest))


def dnskey(flags, protocol, algorithm, *key):
    return struct.pack("!HBB", int(flags), int(protocol), int(algorithm)) + base64_of(key)


def base64_of(words):
    """The octets of base64 text; its end may lack the padding."""
    text = "".join(words)
    return base64.b64decode(text + "=" * (-len(text) % 4))


def rrsig(covered, algorithm, labels, ttl, expiration, inception, tag, signer, *signature):
    head = struct.pack("!HBBIIIH", type_of(covered), int(algorithm), int(labels), int(ttl), seconds_of(expiration), seconds_of(inception),
                       int(tag))
    return head + octets_of(name_of(signer)) + base64_of(signature)


def nsec(following, *types):
    return octets_of(name_of(following)) + bitmap(types)


def nsec3(algorithm, flags, iterations, salt, following, *types):
    salt_octets = b"" if salt == "-" else bytes.fromhex(salt)
    following_octets = base64.b32decode(following.upper().translate(BASE32HEX))
    head = struct.pack("!BBHB", int(algorithm), int(flags), int(iterations), len(salt_octets)) + salt_octets
    return head + bytes([len(following_octets)]) + following_octets + bitmap(types)


ENCODERS = {
    "A": lambda word: socket.inet_pton(socket.AF_INET, word),
    "AAAA": lambda word: socket.inet_pton(socket.AF_INET6, word),
    "NS": lambda word: octets_of(name_of(word)), "CNAME": lambda word: octets_of(name_of(word)),
    "SOA": soa, "TXT": txt, "DS": ds, "DNSKEY": dnskey, "RRSIG": rrsig, "NSEC": nsec, "NSEC3": nsec3,
}


def words_of(line):
    """Words of a line without its comment; a semicolon within quotes begins none."""
    words = []
    for word in WORD.findall(line):
        if not word.startswith('"') and ";" in word:
            words += [word.split(";")[0]] if word.split(";")[0] else []
            break
        words.append(word)
    return words


def record_of(words):
    owner, *rest = words
    ttl = int(rest.pop(0)) if rest[0].isdigit() else TTL_S
    if rest[0] == "IN":
        rest.pop(0)
    rrtype, *data = rest
    octets = bytes.fromhex("".join(data[2:])) if data[0] == "\\#" else ENCODERS[rrtype](*data)
    return Record(name_of(owner), type_of(rrtype), ttl, octets)


# The files


def setting(scenario, words, zone):
    """One line of the configuration; returns the zone that the following lines are about."""
    key, value = words[0], " ".join(words[1:]).split("#")[0].strip(' "')
    if key == "trust-anchor:":
        scenario.anchors.append(value)
    elif key == "val-override-date:":
        scenario.date = value
    elif key == "name:":
        return name_of(value)
    elif key in ("stub-addr:", "forward-addr:"):
        scenario.roots.append((zone, value))
    return zone


def read_entry(lines):
    """The entry up to ENTRY_END."""
    entry, section = Entry(), None
    for words in lines:
        match words[0]:
            case "ENTRY_END":
                return entry
            case "MATCH":
                entry.match |= set(words[1:])
            case "REPLY":
                entry.flags |= set(words[1:])
            case "ADJUST":
                pass
            case "SECTION":
                section = words[1]
            case _ if section == "QUESTION":
                entry.question = name_of(words[0]), type_of(words[-1])
            case _:
                entry.sections[section].append(record_of(words))
    raise ValueError("an entry without end")


def read_range(lines, words):
    found = Range(int(words[1]), int(words[2]))
    for line in lines:
        match line[0]:
            case "RANGE_END":
                return found
            case "ADDRESS":
                found.addresses.add(line[1])
            case "ENTRY_BEGIN":
                found.entries.append(read_entry(lines))
            case _:
                raise ValueError(f"in a range: {line}")
    raise ValueError("a range without end")


def read_step(lines, words):
    step = Step(int(words[1]), words[2])
    if step.kind in ("QUERY", "CHECK_ANSWER"):
        if next(lines)[0] != "ENTRY_BEGIN":
            raise ValueError("a step without entry")
        step.entry = read_entry(lines)
    elif step.kind == "TIME_PASSES":
        step.elapsed_s = int(words[4])
    elif step.kind != "TRAFFIC":
        raise ValueError(f"a step of kind {step.kind}")
    return step


def read(path):
    """The scenario in a file. ValueError: it holds what is not understood."""
    scenario, zone, configured = Scenario(), (), False
    lines = iter([words for words in map(words_of, path.read_text(encoding="latin-1").splitlines()) if words])
    for words in lines:
        if words[0] == "CONFIG_END":
            configured = True
        elif not configured:
            zone = setting(scenario, words, zone)
        elif words[0] == "SCENARIO_BEGIN":
            scenario.title = " ".join(words[1:])
        elif words[0] == "RANGE_BEGIN":
            scenario.ranges.append(read_range(lines, words))
        elif words[0] == "STEP":
            scenario.steps.append(read_step(lines, words))
        elif words[0] == "SCENARIO_END":
            return scenario
        else:
            raise ValueError(f"{path.name}: {words}")
    raise ValueError(f"{path.name}: no end")
