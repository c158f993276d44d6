"""Certificate signing requests and certificates for tests, octet by octet: also those that no program makes.

A specification has a line "key value" for each thing; what is left out is as usual:

name, ip, email, uri    an alternative name, may be repeated; in names \\x1b and the like are octets
subject TYPE=VALUE      an attribute of the subject (CN, O, OU, C, L, ST), may be repeated
key KIND                "rsa:2048", "rsa-3:2048" (public exponent 3), "ec:P-256", "ed25519", "dsa:2048", or a weak one:
                        "rsa-roca", "rsa-close", "rsa-factor", "rsa-one" (exponent 1). "KIND LABEL": equal labels are equal keys
md NAME                 "sha256", "sha1", "md5"
damage signature        one octet of it is changed
from DATE, days NUMBER  of a certificate
"""

import base64
import datetime
import hashlib
import ipaddress
import pathlib
import secrets
import subprocess
import tempfile
import textwrap
import threading

# ---- DER -----------------------------------------------------------------------------------------------------------------------------

SEQUENCE, SET, UTF8, INTEGER, OCTETS, BITS, OID, NULL, TIME = 0x30, 0x31, 0x0C, 0x02, 0x04, 0x03, 0x06, 0x05, 0x18


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value):
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    octets = [first * 40 + second]
    for number in rest:
        group = [number & 0x7F]
        while number := number >> 7:
            group.insert(0, 0x80 | number & 0x7F)
        octets += group
    return der(OID, bytes(octets))


def bits(octets):
    return der(BITS, b"\0", octets)


# ---- keys ----------------------------------------------------------------------------------------------------------------------------

RSA = der(SEQUENCE, oid("1.2.840.113549.1.1.1"), der(NULL))
DIGEST_INFO = {"md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
SIGNATURES = {
    ("rsa", "md5"): "1.2.840.113549.1.1.4", ("rsa", "sha1"): "1.2.840.113549.1.1.5", ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("ec", "sha1"): "1.2.840.10045.4.1", ("ec", "sha256"): "1.2.840.10045.4.3.2", ("dsa", "sha256"): "2.16.840.1.101.3.4.3.2",
    ("ed25519", "sha256"): "1.3.101.112",
}
SMALL_PRIMES = [n for n in range(3, 168) if all(n % d for d in range(2, n))]


def prime(number):
    """Miller and Rabin's test; enough for numbers that nobody chose to deceive it."""
    if number % 2 == 0 or any(number % small == 0 for small in SMALL_PRIMES if number != small):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(8):
        x = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % number
            if x == number - 1:
                break
        else:
            return False
    return True


def some_prime(size):
    """A prime of `size` bits, of which the two highest are set, that is 2 modulo 3 (the exponent 3 has an inverse)."""
    while True:
        number = secrets.randbits(size) | 3 << (size - 2) | 1
        if number % 3 == 2 and prime(number):
            return number


def next_prime(number):
    number += 2
    while number % 3 != 2 or not prime(number):
        number += 2
    return number


def roca_prime(size):
    """A prime as the library of CVE-2017-15361 made them: a power of 65537 modulo a product of small primes."""
    product = 1
    for small in SMALL_PRIMES:
        product *= small
    lowest, highest = 3 << (size - 2), 1 << size
    while True:
        number = lowest + secrets.randbelow(highest - lowest - 2 * product)
        number += product - number % product + pow(65537, secrets.randbits(64), product)
        if prime(number):
            return number


class RsaKey:
    """A key of these primes, which signs here: programs for it refuse what is wrong with some."""
    family = "rsa"

    def __init__(self, primes, exponent=65537):
        self.modulus, order = 1, 1
        for factor in primes:
            self.modulus, order = self.modulus * factor, order * (factor - 1)
        self.private = pow(exponent, -1, order)
        self.spki = der(SEQUENCE, RSA, bits(der(SEQUENCE, integer(self.modulus), integer(exponent))))

    def sign(self, data, md):
        """RFC 8017 §8.2.1."""
        size = (self.modulus.bit_length() + 7) // 8
        info = der(SEQUENCE, der(SEQUENCE, oid(DIGEST_INFO[md]), der(NULL)), der(OCTETS, hashlib.new(md, data).digest()))
        padded = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.private, self.modulus).to_bytes(size, "big")


def openssl(*arguments, stdin=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise ValueError(f"openssl {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class OpensslKey:
    """A key of a kind that the command `openssl` makes."""

    def __init__(self, family, *options):
        self.family = family
        self.text = openssl("genpkey", "-quiet", *options)
        self.spki = openssl("pkey", "-pubout", "-outform", "DER", stdin=self.text)

    def sign(self, data, md):
        with tempfile.TemporaryDirectory() as work:
            key, file = pathlib.Path(work, "key"), pathlib.Path(work, "data")
            key.write_bytes(self.text)
            file.write_bytes(data)
            digest = ["-digest", md] if self.family != "ed25519" else []
            return openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", *digest, "-in", file)


def dsa_key(size):
    with tempfile.NamedTemporaryFile() as file:
        file.write(openssl("genpkey", "-quiet", "-genparam", "-algorithm", "DSA", "-pkeyopt", f"dsa_paramgen_bits:{size}"))
        file.flush()
        return OpensslKey("dsa", "-paramfile", file.name)


def rsa_key(size, exponent=65537):
    return OpensslKey("rsa", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{size}", "-pkeyopt", f"rsa_keygen_pubexp:{exponent}")


def close_primes():
    first = some_prime(1024)
    return RsaKey((first, next_prime(first)))


KEYS = {
    "rsa": rsa_key,
    "rsa-3": lambda size: rsa_key(size, 3),
    "ec": lambda curve: OpensslKey("ec", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"),
    "ed25519": lambda: OpensslKey("ed25519", "-algorithm", "ED25519"),
    "dsa": dsa_key,
    "rsa-roca": lambda: RsaKey((roca_prime(1024), roca_prime(1024))),
    "rsa-close": close_primes,
    "rsa-factor": lambda: RsaKey((487, some_prime(1024), some_prime(1015))),
    "rsa-one": lambda: RsaKey((some_prime(1024), some_prime(1024)), 1),
}


class KeyRing:
    """Keys by kind and label, each made once."""

    def __init__(self):
        self._keys = {}
        self._lock = threading.Lock()

    def key(self, kind, label):
        with self._lock:
            if (kind, label) not in self._keys:
                name, _, size = kind.partition(":")
                self._keys[kind, label] = KEYS[name](*([size] if size else []))
            return self._keys[kind, label]


RING = KeyRing()

# ---- requests and certificates ---------------------------------------------------------------------------------------------------------

ATTRIBUTES = {"CN": "2.5.4.3", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10", "OU": "2.5.4.11"}
EXTENSION_REQUEST, ALTERNATIVE_NAMES = "1.2.840.113549.1.9.14", "2.5.29.17"
GENERAL_NAMES = {"name": 0x82, "email": 0x81, "uri": 0x86, "ip": 0x87}
SINGLE = {"key": "rsa:2048", "md": "sha256", "damage": "", "from": "2026-09-01", "days": "199"}


def octets(text):
    """Characters in UTF-8, "\\x1b" as the octet."""
    return text.encode("utf-8").decode("unicode_escape").encode("latin-1")


def read(text):
    """Lists by key of those that may be repeated, "names" for all alternative ones in order; texts of the others."""
    found = {"subject": [], "names": [], **SINGLE}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if key in GENERAL_NAMES:
            found["names"].append((key, value))
        elif key == "subject":
            found["subject"].append(value.partition("=")[::2])
        elif key in SINGLE:
            found[key] = value
        else:
            raise ValueError(f"no key \"{key}\" of a request or certificate")
    return found


def subject(attributes):
    return der(SEQUENCE, *(der(SET, der(SEQUENCE, oid(ATTRIBUTES[kind]), der(UTF8, octets(value)))) for kind, value in attributes))


def alternative_names(names):
    """The list of extensions, with this one or none."""
    if not names:
        return b""
    values = [der(GENERAL_NAMES[kind], ipaddress.ip_address(value).packed if kind == "ip" else octets(value)) for kind, value in names]
    return der(SEQUENCE, der(SEQUENCE, oid(ALTERNATIVE_NAMES), der(OCTETS, der(SEQUENCE, *values))))


def signed(body, key, md, damage):
    signature = key.sign(body, md)
    if damage == "signature":
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    return der(SEQUENCE, body, algorithm(key, md), bits(signature))


def algorithm(key, md):
    parameters = [der(NULL)] if key.family == "rsa" else []
    return der(SEQUENCE, oid(SIGNATURES[key.family, md]), *parameters)


def request(found, key):
    extensions = alternative_names(found["names"])
    attributes = der(SEQUENCE, oid(EXTENSION_REQUEST), der(SET, extensions)) if extensions else b""
    body = der(SEQUENCE, integer(0), subject(found["subject"]), key.spki, der(0xA0, attributes))
    return signed(body, key, found["md"], found["damage"])


def time(day, seconds):
    moment = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return der(TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())


def certificate(found, key):
    """Of an imaginary CA, whose signature nobody can verify."""
    first = datetime.date.fromisoformat(found["from"])
    last = first + datetime.timedelta(days=int(found["days"]))
    extensions = alternative_names(found["names"])
    body = der(SEQUENCE, der(0xA0, integer(2)), integer(0x1234567890), algorithm(key, found["md"]), subject([("O", "Example CA")]),
               der(SEQUENCE, time(first, 0), time(last, -1)), subject(found["subject"]), key.spki,
               der(0xA3, extensions) if extensions else b"")
    return signed(body, key, found["md"], found["damage"])


def build(kind, text):
    """PEM of a specification; `kind`: "csr" or "cert"."""
    found = read(text)
    name, _, label = found["key"].partition(" ")
    key = RING.key(name, label or kind)
    title, data = ("CERTIFICATE REQUEST", request(found, key)) if kind == "csr" else ("CERTIFICATE", certificate(found, key))
    lines = textwrap.wrap(base64.b64encode(data).decode(), 64)
    return "\n".join([f"-----BEGIN {title}-----", *lines, f"-----END {title}-----", ""])


def write(directory, kind, text):
    """The path of a new file; `kind`: "csr" or "cert"."""
    with tempfile.NamedTemporaryFile("w", dir=directory, suffix=f".{kind}", encoding="ascii", delete=False) as file:
        file.write(build(kind, text))
    return pathlib.Path(file.name)
