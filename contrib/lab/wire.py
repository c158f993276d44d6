"""As much of the DNS wire format (RFC 1035 §4) as the lab needs."""

import dataclasses
import random
import socket
import struct

from plan import PORT

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28,
    "DNAME": 39, "OPT": 41, "DS": 43, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48,
    "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "CAA": 257,
}
TYPE_NAMES = {number: name for name, number in TYPES.items()}

RCODES = {
    "NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4,
    "REFUSED": 5,
}
RCODE_NAMES = {number: name for name, number in RCODES.items()}

HEADER = struct.Struct("!HHHHHH")
RR_FIXED = struct.Struct("!HHIH")
CLASS_IN = 1
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
OPCODE_MASK = 0x7800
DO = 0x8000
EDE_OPTION = 15
UDP_PAYLOAD = 1232


class Malformed(Exception):
    """The bytes are not a DNS message."""


@dataclasses.dataclass(frozen=True)
class Question:
    """The question of a message and where it stands in it."""

    name: str
    rrtype: int
    end: int

    @property
    def type_name(self):
        return TYPE_NAMES.get(self.rrtype, f"TYPE{self.rrtype}")


@dataclasses.dataclass(frozen=True)
class Record:
    """A record's type and the offsets of its fields in the message."""

    rrtype: int
    section: int
    ttl_at: int
    rdata_at: int
    end: int


def encode_name(name):
    labels = [label for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(l)]) + l.encode() for l in labels) + b"\0"


def skip_name(message, offset):
    """The offset after the name at `offset`; a pointer ends a name."""
    while True:
        length = message[offset]
        if length >= 0xC0:
            return offset + 2
        offset += 1 + length
        if length == 0:
            return offset


def question(message):
    """The (only) question of a message; raises Malformed."""
    try:
        if HEADER.unpack_from(message)[2] != 1:
            raise Malformed("not one question")
        labels, offset = [], HEADER.size
        while message[offset]:
            length = message[offset]
            labels.append(message[offset + 1:offset + 1 + length].decode("latin-1"))
            offset += 1 + length
        rrtype, _ = struct.unpack_from("!HH", message, offset + 1)
    except (struct.error, IndexError) as error:
        raise Malformed(str(error)) from error
    return Question(".".join(labels) + ".", rrtype, offset + 5)


def records(message):
    """The records after the question, in order; raises Malformed."""
    counts = HEADER.unpack_from(message)[3:]
    offset = question(message).end
    try:
        for section, count in enumerate(counts):
            for _ in range(count):
                at = skip_name(message, offset)
                rrtype, _, _, length = RR_FIXED.unpack_from(message, at)
                rdata_at = at + RR_FIXED.size
                offset = rdata_at + length
                yield Record(rrtype, section, at + 4, rdata_at, offset)
    except (struct.error, IndexError) as error:
        raise Malformed(str(error)) from error


# Where names stand in the data of a type that may be compressed (RFC 3597 §4): the octets before them, and how many.
NAMES_IN = {"NS": (0, 1), "CNAME": (0, 1), "SOA": (0, 2), "MX": (2, 1)}


def read_name(message, offset):
    """The name at `offset` as octets without compression, and the offset after it."""
    end, name = skip_name(message, offset), b""
    while message[offset]:
        length = message[offset]
        if length >= 0xC0:
            offset = struct.unpack_from("!H", message, offset)[0] & 0x3FFF
            continue
        name += message[offset:offset + 1 + length]
        offset += 1 + length
    return name + b"\0", end


def _plain_rdata(message, record):
    """The data of a record without compression."""
    before, count = NAMES_IN.get(TYPE_NAMES.get(record.rrtype), (0, 0))
    offset = record.rdata_at + before
    data = message[record.rdata_at:offset]
    for _ in range(count):
        name, offset = read_name(message, offset)
        data += name
    return data + message[offset:record.end]


def question_name(message):
    return read_name(message, HEADER.size)[0]


def with_name(message, name):
    """The message with another question name; nothing in it is compressed."""
    fixed = message[question(message).end - 4:question(message).end]
    octets = message[:HEADER.size] + name + fixed
    owner_at = question(message).end
    for record in records(message):
        data = _plain_rdata(message, record)
        head = message[record.ttl_at - 4:record.rdata_at - 2]
        octets += read_name(message, owner_at)[0] + head + struct.pack("!H", len(data)) + data
        owner_at = record.end
    return octets


def without_authority(message):
    """The message without its authority section; the additional one must be an OPT."""
    end = question(message).end
    opt = max((record.end for record in records(message) if record.section == 1), default=end)
    counts = list(HEADER.unpack_from(message))
    counts[4] = 0
    return HEADER.pack(*counts) + message[HEADER.size:end] + message[opt:]


def denied_in(message):
    """The apex of the zone that denies what was asked, or None."""
    soa, owner_at = None, question(message).end
    for record in records(message):
        if record.section == 0:
            return None
        if record.rrtype == TYPES["SOA"]:
            soa = read_name(message, owner_at)[0]
        owner_at = record.end
    return soa


def find_opt(message):
    """The OPT record of a message, or None."""
    for record in records(message):
        if record.rrtype == TYPES["OPT"]:
            return record
    return None


def flags(message):
    return HEADER.unpack_from(message)[1]


def with_flags(message, *, clear=0, put=0):
    """The message with some header flags cleared, then some set."""
    value = flags(message) & ~clear | put
    return message[:2] + struct.pack("!H", value) + message[4:]


def rcode_name(message):
    rcode = flags(message) & 0xF
    return RCODE_NAMES.get(rcode, f"RCODE{rcode}")


def extended_errors(message):
    """The EDE info-codes (RFC 8914) of a message."""
    opt = find_opt(message)
    codes, offset = [], opt.rdata_at if opt else 0
    while opt and offset < opt.end:
        option, length = struct.unpack_from("!HH", message, offset)
        if option == EDE_OPTION:
            codes.append(struct.unpack_from("!H", message, offset + 4)[0])
        offset += 4 + length
    return codes


def make_query(name, rrtype, *, edns=True, do=True, extra_flags=0):
    """A recursive query with a random id; `rrtype` is a mnemonic."""
    header = HEADER.pack(random.getrandbits(16), RD | extra_flags, 1, 0, 0, int(edns))
    asked = encode_name(name) + struct.pack("!HH", TYPES[rrtype], CLASS_IN)
    opt = b"\0" + RR_FIXED.pack(TYPES["OPT"], UDP_PAYLOAD, DO if do else 0, 0)
    return header + asked + (opt if edns else b"")


def make_reply(query, rcode, *, put=0, answer=b"", authority=b"", edns=False):
    """A reply to `query`, with an OPT only if `edns`; each section is at most one record."""
    ident, value = HEADER.unpack_from(query)[:2]
    value = value & (OPCODE_MASK | RD | CD) | QR | RCODES[rcode] | put
    opt = b"\0" + RR_FIXED.pack(TYPES["OPT"], UDP_PAYLOAD, 0, 0) if edns else b""
    header = HEADER.pack(ident, value, 1, int(bool(answer)), int(bool(authority)), int(edns))
    return header + query[HEADER.size:question(query).end] + answer + authority + opt


def record_octets(type_name, ttl_s, data):
    """A record of the name in the question."""
    owner = struct.pack("!H", 0xC000 | HEADER.size)
    return owner + RR_FIXED.pack(TYPES[type_name], CLASS_IN, ttl_s, len(data)) + data


def udp_ask(address, query, timeout_s, port=PORT):
    """One query over UDP, one answer; raises OSError (TimeoutError)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout_s)
        sock.connect((address, port))
        sock.send(query)
        return sock.recv(65535)


def tcp_ask(address, query, timeout_s):
    """One query over TCP; raises OSError (TimeoutError, EOFError if closed)."""
    with socket.create_connection((address, PORT), timeout_s) as sock:
        stream = sock.makefile("rwb")
        stream.write(struct.pack("!H", len(query)) + query)
        stream.flush()
        length = stream.read(2)
        if len(length) < 2:
            raise EOFError("connection closed")
        return stream.read(*struct.unpack("!H", length))
