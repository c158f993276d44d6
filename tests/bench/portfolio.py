"""What the domains of a world publish: alike in kind to a mixed portfolio, the same on every machine.

A domain is a number; all about it follows from that number. Its names are the domain, www, and three hosts more, one in fifty of which is
gone from the DNS. The numbers in the names keep them from being anybody's.
"""

import zlib

TLDS = ("com", "jp", "org")
SIGNED_TLD = "net"
SUFFIXES = ("com", "jp", "com", "co.jp", "org", "com", "ne.jp", "jp")
HOSTERS = 500
CDNS = 40
HOSTS = ("shop", "mail", "api", "dev", "blog", "vpn", "webmail", "portal", "img", "m", "stg.www", "autodiscover", "cdn", "intra", "id", "ftp")
WORDS = ("north", "office", "paper", "river", "stone", "trade", "union", "works", "garden", "light", "bridge", "harbour", "print", "cedar")
ISSUERS = ("letsencrypt.org", "digicert.com", "globalsign.com", "sectigo.com", "jprs.jp", "pki.goog", "amazon.com", "secomtrust.net")
NAMES_A_DOMAIN = 5


def draw(number, what, sides):
    """A die for each property of each domain: 0 … sides - 1."""
    return zlib.crc32(f"{what}/{number}".encode()) % sides


def in_signed_tld(number, share):
    return draw(number, "signed", 1000) < share * 1000


def domain(number, share=0.0):
    """The registered name; `share` of all are below the signed TLD."""
    first, second = WORDS[draw(number, "first", len(WORDS))], WORDS[draw(number, "second", len(WORDS))]
    label = (f"{first}-{second}", first, f"{first}{second}")[draw(number, "shape", 3)]
    suffix = SIGNED_TLD if in_signed_tld(number, share) else SUFFIXES[draw(number, "suffix", len(SUFFIXES))]
    return f"{label}-{number:06d}.{suffix}"


def hosts(number):
    """The labels of its hosts beside www."""
    first, step = draw(number, "host", len(HOSTS)), 1 + 2 * draw(number, "step", len(HOSTS) // 2)
    return [HOSTS[(first + i * step) % len(HOSTS)] for i in range(NAMES_A_DOMAIN - 2)]


def names(number, share=0.0):
    name = domain(number, share)
    return [name, f"www.{name}", *(f"{host}.{name}" for host in hosts(number))]


def _address(number):
    return f"A 192.0.2.{number % 250 + 1}"


def _host_records(number, name):
    for host in hosts(number):
        kind = draw(number, host, 50)
        if kind < 24:
            yield f"{host}.{name}. CNAME www.{name}."
        elif kind < 36:
            yield f"{host}.{name}. CNAME pop{draw(number, 'cdn', CDNS)}.hoster0.org."
        elif kind < 49:
            yield f"{host}.{name}. {_address(number + 1)}"
            if kind < 42:
                yield f"{host}.{name}. AAAA 2001:db8::{number % 65536:x}"


def _mail_records(number, name):
    kind = draw(number, "mail", 20)
    if kind == 0:
        yield f"{name}. MX 0 ."
    elif kind < 4 and "mail" not in hosts(number):
        yield f"{name}. MX 10 mail.{name}."
        yield f"mail.{name}. {_address(number + 2)}"
    elif kind < 19:  # a few hosters have most of the domains
        hoster = draw(number, "hoster", HOSTERS) * draw(number, "large", HOSTERS) // HOSTERS
        yield f"{name}. MX 10 mx1.hoster{hoster}.org."
        yield f"{name}. MX 20 mx2.hoster{hoster}.org."
        yield f'{name}. TXT "v=spf1 include:spf.hoster{hoster}.org -all"'


def _validation_records(number, name):
    if draw(number, "contact", 10) == 0:
        yield f'_validation-contactemail.{name}. TXT "hostmaster@{name}"'
    if draw(number, "caa", 4) == 0:
        for i in range(1 + draw(number, "issuers", 3)):
            yield f'{name}. CAA 0 issue "{ISSUERS[draw(number, f"issuer{i}", len(ISSUERS))]}"'
        if draw(number, "caa-contact", 20) == 0:
            yield f'{name}. CAA 0 contactemail "pki@{name}"'
    if draw(number, "mta-sts", 50) == 0:
        yield f'_mta-sts.{name}. TXT "v=STSv1; id=1"'
    if draw(number, "wildcard", 50) == 0:
        yield f"*.{name}. {_address(number)}"


def records(number, share=0.0):
    """The lines of one domain, without SOA and NS."""
    name = domain(number, share)
    yield f"{name}. {_address(number)}"
    yield f"www.{name}. {_address(number)}"
    if draw(number, "ipv6", 3) == 0:
        yield f"{name}. AAAA 2001:db8::{number % 65536:x}"
        yield f"www.{name}. AAAA 2001:db8::{number % 65536:x}"
    yield from _host_records(number, name)
    yield from _mail_records(number, name)
    yield from _validation_records(number, name)


def shared_records():
    """What many domains point at, in the zone of org."""
    for number in range(HOSTERS):
        for host in ("mx1", "mx2"):
            yield f"{host}.hoster{number}.org. A 198.51.100.{number % 250 + 1}"
    for number in range(CDNS):
        yield f"pop{number}.hoster0.org. A 203.0.113.{number + 1}"
