"""Signs zones with dnssec-signzone, and makes their DS records."""

import base64
import dataclasses
import hashlib
import pathlib
import re
import subprocess
import time

import defects
import rdata
import wire

ALGORITHM = "ECDSAP256SHA256"
RSA_BITS = {"RSASHA1": 1024, "NSEC3RSASHA1": 1024, "RSASHA256": 2048, "RSASHA512": 2048}
VALID_FROM_S, VALID_UNTIL_S = -3600, 30 * 86400
SHA256_DIGEST = 2
# Digest types by number (RFC 4509, RFC 6605); one that nobody knows looks like SHA-256.
DIGESTS = {1: hashlib.sha1, 4: hashlib.sha384}
# More iterations are refused by dnssec-signzone, but not by ldns-signzone.
ITERATIONS_MAX = 150
KEY_RECORD = re.compile(r"^[^;]\S*\s+IN\s+DNSKEY\s+(.*)$", re.MULTILINE)
PRIVATE_KEY = re.compile(r"^PrivateKey: (\S+)$", re.MULTILINE)


class SigningError(Exception):
    """dnssec-keygen or a signer failed."""


@dataclasses.dataclass(frozen=True)
class Key:
    """A key of a zone; `base` is its files' name, `dnskey` its record's data.

    `role`: "" for a key that signs everything, "ksk", "zsk", or "next" for
    one that is published and does not sign yet.
    """

    base: str
    dnskey: str
    role: str
    directory: pathlib.Path

    def private(self):
        """The 32 octets of a P-256 key."""
        text = (self.directory / f"{self.base}.private").read_text(encoding="ascii")
        return base64.b64decode(PRIVATE_KEY.search(text)[1])


def _run(argv, directory):
    done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SigningError(f"{' '.join(argv)}:\n{done.stderr}")
    return done.stdout


def make_key(name, directory, kind=ALGORITHM):
    """`kind`: an algorithm, with the size of an RSA key behind a colon and a role behind a slash, or without."""
    algorithm, _, role = kind.partition("/")
    algorithm, _, bits = algorithm.partition(":")
    size = ["-b", bits or str(RSA_BITS[algorithm])] if algorithm in RSA_BITS else []
    flag = [] if role == "zsk" else ["-f", "KSK"]
    base = _run(["dnssec-keygen", "-q", *flag, "-a", algorithm, *size, name], directory).strip()
    text = (directory / f"{base}.key").read_text(encoding="ascii")
    *head, key = KEY_RECORD.search(text)[1].split(None, 3)
    dnskey = " ".join([*head, "".join(key.split())])
    return Key(base, dnskey, role, directory)


def sign(name, text, keys, *, denial="nsec", iterations=0, salt="-", dates=None):
    """The signed zone as text, one record a line."""
    directory, base = keys[0].directory, keys[0].base
    source = directory / f"{base}.zone"
    records = "".join(f"{name} DNSKEY {key.dnskey}\n" for key in keys)
    source.write_text(text + records, encoding="ascii")
    since, until = dates or validity()
    target = f"{base}.signed"
    if iterations > ITERATIONS_MAX:
        argv = ["ldns-signzone", "-n", "-t", str(iterations), "-s", salt.removeprefix("-"),
                "-o", name, "-i", since, "-e", until, "-f", target]
    else:
        # -z: a key does the work of both; -x: each does its own.
        split = ["-x"] if any(key.role == "zsk" for key in keys) else ["-z"]
        argv = ["dnssec-signzone", "-q", "-P", *split, "-O", "full", "-o", name,
                "-s", since, "-e", until, "-f", target,
                *_denial_options(denial, iterations, salt)]
    bases = [key.base for key in keys if key.role != "next"]
    _run([*argv, source.name, *bases], directory)
    signed = (directory / target).read_text(encoding="ascii")
    # ldns-signzone writes comments behind the keys.
    return re.sub(r"\s*;\{.*", "", signed)


def _denial_options(denial, iterations, salt):
    if denial == "nsec":
        return []
    return ["-3", salt, "-H", str(iterations), *(["-A"] if denial == "optout" else [])]


def validity(text=""):
    """(inception, expiration); `text` is like `-60d:-30d`, from now."""
    offsets = [int(part.rstrip("d")) * 86400 for part in text.split(":") if part]
    return tuple(time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + offset))
                 for offset in offsets or (VALID_FROM_S, VALID_UNTIL_S))


# Delegation signer records


def ds_line(name, dnskey, *, digest_type=SHA256_DIGEST, algorithm=None):
    """`algorithm`: what the DS says of the key, by default the truth."""
    octets = wire.encode_name(name) + rdata.dnskey(dnskey)
    digest = DIGESTS.get(digest_type, hashlib.sha256)(octets).hexdigest()
    algorithm = algorithm or dnskey.split()[2]
    return f"{name} DS {defects.key_tag(dnskey)} {algorithm} {digest_type} {digest}"


def ds_lines(name, key, kinds):
    """One line for each kind: good, wrong, algorithm, or digest-N."""
    for kind in kinds:
        word, _, number = kind.partition("-")
        if word == "digest":
            yield ds_line(name, key, digest_type=int(number))
        elif word == "algorithm":
            yield ds_line(name, key, algorithm=8)
        elif word == "wrong":
            yield ds_line(name, defects.wrong_key(key))
        else:
            yield ds_line(name, key)


def anchor(name, dnskey):
    """A trust anchor as a master file: the DNSKEY and its DS."""
    ds = ds_line(name, dnskey).split(None, 2)[2]
    return f"{name} 300 IN DNSKEY {dnskey}\n{name} 300 IN DS {ds}\n"
