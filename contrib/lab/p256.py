"""ECDSA over P-256 with SHA-256 (RFC 6605), for signatures that no tool makes.

Slow and open to every side channel: for keys that live as long as a lab.
"""

import hashlib
import hmac

PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GENERATOR = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
             0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def _add(first, second):
    """The sum of two points; None is the point at infinity."""
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2) = first, second
    if x1 == x2 and (y1 + y2) % PRIME == 0:
        return None
    # The curve's a is -3.
    slope = ((3 * x1 * x1 - 3) * pow(2 * y1, -1, PRIME) if first == second
             else (y2 - y1) * pow(x2 - x1, -1, PRIME))
    x = (slope * slope - x1 - x2) % PRIME
    return x, (slope * (x1 - x) - y1) % PRIME


def _multiply(scalar):
    """`scalar` times the generator."""
    total, power = None, GENERATOR
    while scalar:
        if scalar & 1:
            total = _add(total, power)
        power = _add(power, power)
        scalar >>= 1
    return total


def sign(private, message):
    """The 64 octets of r and s; `private` is the key's 32 octets."""
    secret = int.from_bytes(private, "big")
    digest = hashlib.sha256(message).digest()
    nonce = int.from_bytes(hmac.digest(private, digest, "sha512"), "big") % (ORDER - 1) + 1
    r = _multiply(nonce)[0] % ORDER
    s = pow(nonce, -1, ORDER) * (int.from_bytes(digest, "big") + r * secret) % ORDER
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
