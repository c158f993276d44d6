"""Master-file text of record data as octets in canonical form (RFC 4034 §6.2).

Names are taken as fully qualified and in lower case, as dnssec-signzone
writes them.
"""

import base64
import re
import socket
import struct

import wire

STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)', re.DOTALL)
ESCAPE = re.compile(rb"\\(\d{3}|.)", re.DOTALL)


def _unescape(text):
    return ESCAPE.sub(lambda m: bytes([int(m[1])]) if len(m[1]) == 3 else m[1], text)


def _strings(text):
    """The character-strings of a text, without their length octets."""
    return [_unescape(m[1] if m[1] is not None else m[2])
            for m in STRING.finditer(text.encode("ascii"))]


def _string(octets):
    return bytes([len(octets)]) + octets


def _soa(text):
    mname, rname, *numbers = text.split()
    return (wire.encode_name(mname) + wire.encode_name(rname)
            + struct.pack("!5I", *map(int, numbers)))


def _mx(text):
    preference, host = text.split()
    return struct.pack("!H", int(preference)) + wire.encode_name(host)


def _caa(text):
    flags, tag, value = text.split(None, 2)
    return bytes([int(flags)]) + _string(tag.encode()) + _strings(value)[0]


def dnskey(text):
    flags, protocol, algorithm, *key = text.split()
    fixed = struct.pack("!HBB", int(flags), int(protocol), int(algorithm))
    return fixed + base64.b64decode("".join(key))


def _ds(text):
    tag, algorithm, digest_type, *digest = text.split()
    return (struct.pack("!HBB", int(tag), int(algorithm), int(digest_type))
            + bytes.fromhex("".join(digest)))


def type_number(name):
    return wire.TYPES[name] if name in wire.TYPES else int(name.removeprefix("TYPE"))


def _bitmap(names):
    """RFC 4034 §4.1.2."""
    windows = {}
    for number in map(type_number, names):
        window = windows.setdefault(number >> 8, bytearray(32))
        window[(number & 0xFF) >> 3] |= 0x80 >> (number & 7)
    return b"".join(bytes([number]) + _string(bytes(window).rstrip(b"\0"))
                    for number, window in sorted(windows.items()))


def _base32hex(text):
    """Without padding (RFC 4648 §7)."""
    bits = "".join(f"{int(letter, 32):05b}" for letter in text)
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits) - 7, 8))


def _nsec(text):
    following, *types = text.split()
    return wire.encode_name(following) + _bitmap(types)


def _nsec3(text):
    algorithm, flags, iterations, salt, following, *types = text.split()
    salt = bytes.fromhex("" if salt == "-" else salt)
    return (struct.pack("!BBH", int(algorithm), int(flags), int(iterations)) + _string(salt)
            + _string(_base32hex(following)) + _bitmap(types))


ENCODERS = {
    "A": lambda text: socket.inet_pton(socket.AF_INET, text),
    "AAAA": lambda text: socket.inet_pton(socket.AF_INET6, text),
    "NS": wire.encode_name, "CNAME": wire.encode_name, "DNAME": wire.encode_name,
    "SOA": _soa, "MX": _mx, "CAA": _caa, "DNSKEY": dnskey, "DS": _ds, "NSEC": _nsec, "NSEC3": _nsec3,
    "TXT": lambda text: b"".join(map(_string, _strings(text))),
}


def encode(rrtype, text):
    return ENCODERS[rrtype](text.strip())
