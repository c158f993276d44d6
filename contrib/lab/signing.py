"""Signs zones with dnssec-signzone and breaks signed zones on purpose."""

import base64
import hashlib
import re
import struct
import subprocess
import time

import wire

ALGORITHM = "ECDSAP256SHA256"
VALID_FROM_S, VALID_UNTIL_S = -3600, 30 * 86400
SHA256_DIGEST = 2
DENIAL_OPTIONS = {
    "nsec": [],
    "nsec3": ["-3", "-", "-H", "0"],
    "optout": ["-3", "-", "-H", "0", "-A"],
}
# A line of dnssec-signzone -O full.
RECORD = re.compile(r"(?P<owner>\S+)\s+(?P<ttl>\d+)\s+IN\s+(?P<type>\S+)\s+(?P<rdata>.*)")
KEY_RECORD = re.compile(r"^[^;]\S*\s+IN\s+DNSKEY\s+(.*)$", re.MULTILINE)


class SigningError(Exception):
    """dnssec-keygen or dnssec-signzone failed."""


def _run(argv, directory):
    done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SigningError(f"{' '.join(argv)}:\n{done.stderr}")
    return done.stdout


def make_key(name, directory):
    """Generate the zone's only key; returns (base name, DNSKEY rdata text)."""
    base = _run(["dnssec-keygen", "-q", "-f", "KSK", "-a", ALGORITHM, name],
                directory).strip()
    text = (directory / f"{base}.key").read_text(encoding="ascii")
    return base, KEY_RECORD.search(text)[1]


def sign(name, text, key, directory, *, denial="nsec", dates=None):
    """The signed zone as text, one record a line."""
    base, dnskey = key
    source = directory / f"{base}.zone"
    source.write_text(f"{text}{name} DNSKEY {dnskey}\n", encoding="ascii")
    start, end = (_stamp(offset) for offset in dates or (VALID_FROM_S, VALID_UNTIL_S))
    _run(["dnssec-signzone", "-q", "-P", "-z", "-O", "full", "-o", name,
          "-s", start, "-e", end, "-f", f"{base}.signed", *DENIAL_OPTIONS[denial],
          source.name, base], directory)
    return (directory / f"{base}.signed").read_text(encoding="ascii")


def _stamp(offset_s):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + offset_s))


def parse_dates(text):
    """`-60d:-30d` as seconds from now."""
    return tuple(int(part.rstrip("d")) * 86400 for part in text.split(":"))


# Delegation signer records


def _rdata(dnskey):
    flags, protocol, algorithm, *key = dnskey.split()
    fixed = struct.pack("!HBB", int(flags), int(protocol), int(algorithm))
    return fixed + base64.b64decode("".join(key))


def key_tag(dnskey):
    """RFC 4034 appendix B."""
    rdata = _rdata(dnskey)
    rdata += b"\0" * (len(rdata) % 2)
    total = sum(struct.unpack(f"!{len(rdata) // 2}H", rdata))
    return (total + (total >> 16)) & 0xFFFF


def ds_line(name, dnskey):
    digest = hashlib.sha256(wire.encode_name(name) + _rdata(dnskey)).hexdigest()
    algorithm = dnskey.split()[2]
    return f"{name} DS {key_tag(dnskey)} {algorithm} {SHA256_DIGEST} {digest}"


def anchor(name, dnskey):
    """A trust anchor as a master file: the DNSKEY and its DS."""
    ds = ds_line(name, dnskey).split(None, 2)[2]
    return f"{name} 300 IN DNSKEY {dnskey}\n{name} 300 IN DS {ds}\n"


# Mutilation: each takes the signed zone's text and returns it broken


def _covered(record):
    """The type a record belongs to: an RRSIG's is the one that it covers."""
    return record["rdata"].split()[0] if record["type"] == "RRSIG" else record["type"]


def strip(text, types):
    """Leave out the records of these types and their signatures."""
    records = [RECORD.match(line) for line in text.splitlines()]
    kept = [record[0] for record in records
            if record and not {record["type"], _covered(record)} & set(types)]
    return "\n".join(kept) + "\n"


def spoil_signatures(text, covered):
    """Change the signatures over one type; "ANY" stands for all types."""
    def spoil(line):
        record = RECORD.match(line)
        if not record or record["type"] != "RRSIG":
            return line
        if covered not in ("ANY", _covered(record)):
            return line
        *head, signature = record["rdata"].split(None, 8)
        return " ".join([line[:record.start("rdata")], *head, flip_bits(signature)])
    return "\n".join(map(spoil, text.splitlines())) + "\n"


def with_algorithm(dnskey, algorithm):
    flags, protocol, _, key = dnskey.split(None, 3)
    return f"{flags} {protocol} {algorithm} {key}"


def change_algorithm(text, dnskey, algorithm):
    """Claim another algorithm number in the DNSKEY and all signatures."""
    tag = key_tag(with_algorithm(dnskey, algorithm))

    def change(line):
        record = RECORD.match(line)
        if not record or record["type"] not in ("DNSKEY", "RRSIG"):
            return line
        start = line[:record.start("rdata")]
        if record["type"] == "DNSKEY":
            return start + with_algorithm(record["rdata"], algorithm)
        fields = record["rdata"].split()
        fields[1], fields[6] = str(algorithm), str(tag)
        return start + " ".join(fields)
    return "\n".join(map(change, text.splitlines())) + "\n"


def wrong_key(dnskey):
    """Another key: the same in appearance, with other bits."""
    *head, key = dnskey.split(None, 3)
    return " ".join([*head, flip_bits(key)])


def flip_bits(text):
    """Base64 of the same length that stands for other octets."""
    raw = base64.b64decode("".join(text.split()))
    return base64.b64encode(bytes(octet ^ 0x55 for octet in raw)).decode()
