"""Breaks signed zones on purpose.

A zone is the text that signing.sign() returns: one record a line. Each
function takes it and returns it broken.
"""

import base64
import calendar
import re
import struct
import time

import p256
import rdata
import wire

RECORD = re.compile(r"(?P<owner>\S+)\s+(?P<ttl>\d+)\s+IN\s+(?P<type>\S+)\s+(?P<rdata>.*)")


def _covered(record):
    """The type a record belongs to: an RRSIG's is the one that it covers."""
    return record["rdata"].split()[0] if record["type"] == "RRSIG" else record["type"]


def _edit(text, edit):
    """The zone of edit(record), a list of lines, for each record."""
    records = filter(None, map(RECORD.match, text.splitlines()))
    return "".join(f"{line}\n" for record in records for line in edit(record))


def _is_signature(record, types, owner=None):
    """Does it sign one of these types? "ANY" stands for all types."""
    return (record["type"] == "RRSIG" and owner in (None, record["owner"])
            and ("ANY" in types or _covered(record) in types))


def _with_rdata(record, fields):
    return record[0][:record.start("rdata") - record.start()] + " ".join(map(str, fields))


def strip(text, types):
    """Without the records of these types and their signatures."""
    return _edit(text, lambda record: [] if {record["type"], _covered(record)} & set(types)
                 else [record[0]])


def strip_signatures(text, types, owner=None):
    return _edit(text, lambda record: [] if _is_signature(record, types, owner)
                 else [record[0]])


def spoil_signatures(text, types, owner=None):
    """The signatures over these types do not verify."""
    def edit(record):
        if not _is_signature(record, types, owner):
            return [record[0]]
        *head, signature = record["rdata"].split(None, 8)
        return [_with_rdata(record, [*head, flip_bits(signature)])]
    return _edit(text, edit)


def flood_signatures(text, count):
    """Each signature stands beside `count` others that do not verify."""
    def edit(record):
        if record["type"] != "RRSIG":
            return [record[0]]
        *head, signature = record["rdata"].split(None, 8)
        return [record[0], *(_with_rdata(record, [*head, flip_bits(signature, mask)])
                             for mask in range(1, count + 1))]
    return _edit(text, edit)


def with_algorithm(dnskey, algorithm):
    flags, protocol, _, key = dnskey.split(None, 3)
    return f"{flags} {protocol} {algorithm} {key}"


def change_algorithm(text, algorithm):
    """Claim another algorithm number in the only DNSKEY and all signatures."""
    tags = []

    def change_key(record):
        if record["type"] != "DNSKEY":
            return [record[0]]
        changed = with_algorithm(record["rdata"], algorithm)
        tags.append(key_tag(changed))
        return [_with_rdata(record, [changed])]

    def change_signature(record):
        if record["type"] != "RRSIG":
            return [record[0]]
        fields = record["rdata"].split()
        fields[1], fields[6] = algorithm, tags[0]
        return [_with_rdata(record, fields)]
    return _edit(_edit(text, change_key), change_signature)


def change_hash(text, algorithm):
    """Claim another hash algorithm in all NSEC3 records; how they are found stays."""
    return _edit(text, lambda record: [_with_rdata(record, [algorithm, *record["rdata"].split()[1:]])]
                 if record["type"] == "NSEC3" else [record[0]])


def replace_keys(text, dnskey):
    """Another DNSKEY instead of the only one; the signatures stay."""
    return _edit(text, lambda record: [_with_rdata(record, [dnskey])]
                 if record["type"] == "DNSKEY" else [record[0]])


def wrong_key(dnskey):
    """Another key: the same in appearance, with other bits."""
    *head, key = dnskey.split(None, 3)
    return " ".join([*head, flip_bits(key)])


def flip_bits(text, mask=0x55):
    """Base64 of the same length that stands for other octets."""
    raw = base64.b64decode("".join(text.split()))
    return base64.b64encode(bytes(octet ^ mask for octet in raw)).decode()


def key_tag(dnskey):
    """RFC 4034 appendix B."""
    octets = rdata.dnskey(dnskey)
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    return (total + (total >> 16)) & 0xFFFF


def colliding_keys(dnskey, count):
    """RSA keys with the tag of this one; nobody has the private part of them."""
    *head, key = dnskey.split(None, 3)
    octets = base64.b64decode("".join(key.split()))
    for mask in range(1, count + 1):
        changed = bytearray(octets)
        # The modulus begins after 4 octets of length and exponent, with 0x90 or more: these come before it, in the order of RFC 4034 §6.3.
        changed[4] = 0x80 | mask & 0x0f
        changed[5:12] = bytes(octet ^ mask for octet in changed[5:12])
        yield " ".join([*head, _with_tag(head, changed, key_tag(dnskey))])


def _with_tag(head, key, tag):
    """The key with two octets of it chosen so that it gets this tag."""
    def with_word(word):
        # An even offset of the record's data: the sum takes octets in pairs.
        struct.pack_into("!H", key, 32, word)
        return base64.b64encode(key).decode()

    missing = tag - key_tag(" ".join([*head, with_word(0)]))
    # The carry is added to the sum.
    near = (with_word((missing + carry) % 0x10000) for carry in (0, -1, 1))
    return next(text for text in near if key_tag(" ".join([*head, text])) == tag)


# Signatures that no tool makes


def resign(text, types, key, signer, *, owner=None, dnskey=None, dates=None):
    """New signatures over these types, by a P-256 key in the name of `signer`.

    `dnskey`: the key as the signatures name it, by default as it is; `dates`:
    (inception, expiration) as they are in RRSIG records, by default the old.
    """
    rrsets = {}
    for record in filter(None, map(RECORD.match, text.splitlines())):
        rrsets.setdefault((record["owner"], record["type"]), []).append(record["rdata"])
    private, tag = key.private(), key_tag(dnskey or key.dnskey)

    def edit(record):
        if not _is_signature(record, types, owner):
            return [record[0]]
        covered, algorithm, labels, ttl, *times = record["rdata"].split()[:6]
        until, since = reversed(dates) if dates else times
        fields = [covered, algorithm, labels, ttl, until, since, tag, signer]
        rrset = rrsets[record["owner"], covered]
        signature = p256.sign(private, _signed_octets(record["owner"], fields, rrset))
        return [_with_rdata(record, [*fields, base64.b64encode(signature).decode()])]
    return _edit(text, edit)


def _seconds(stamp):
    return calendar.timegm(time.strptime(stamp, "%Y%m%d%H%M%S"))


def _signed_octets(owner, fields, rrset):
    """RFC 4034 §3.1.8.1; not for wildcards."""
    covered, algorithm, labels, ttl, until, since, tag, signer = fields
    rrtype = rdata.type_number(covered)
    start = struct.pack("!HBBIIIH", rrtype, int(algorithm), int(labels), int(ttl),
                        _seconds(until), _seconds(since), tag)
    octets = start + wire.encode_name(signer)
    for data in sorted(rdata.encode(covered, text) for text in rrset):
        octets += wire.encode_name(owner.lower()) + wire.RR_FIXED.pack(
            rrtype, wire.CLASS_IN, int(ttl), len(data)) + data
    return octets
