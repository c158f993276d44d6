"""The lab's address plan and directories.

Resolvers and worlds listen inside 127.53.0.0/16, the authoritative servers on
documentation addresses, which programs take for public ones; all on port 53,
but for TLS and HTTPS. On the host's loopback, where such addresses cannot be
had, everything is inside 127.53.0.0/16.
"""

import os
import pathlib
import time

LAB_PROGRAM = pathlib.Path(__file__).resolve().parent / "lab"
ZONE_SOURCES = LAB_PROGRAM.parent / "zones"
PORTFOLIO = LAB_PROGRAM.parent / "portfolio.txt"

PORT = 53
# Where the honest servers are when a relay that loses packets stands before them.
BEHIND_PORT = 8053
TLS_PORT = 853
HTTPS_PORT = 443
WHOIS_PORT = 43
SMTP_PORT = 25
HTTP_PORT = 80
PREFIX = "127.53"

# `lab` sets it where it uses the host's loopback interface.
ON_HOST_VARIABLE = "DCV_LAB_ON_HOST"
ON_HOST = bool(os.environ.get(ON_HOST_VARIABLE))
# Networks that are local to the private machine of `lab run` as a whole.
LOCAL_NETWORKS = ("198.51.100.0/24", "203.0.113.0/24")


def _authority(part, number, public):
    """127.53.PART.NUMBER, or the documentation address."""
    return f"{PREFIX}.{part}.{number}" if ON_HOST else public


ROOT = _authority(0, 1, "198.51.100.10")
ROOT_HINTS = f". 3600 NS ns1.\nns1. 3600 A {ROOT}\n"
TLDS = ("jp", "com", "net", "org", "example", "shop")
TLD_ADDRESS = {tld: _authority(1, number, f"198.51.100.{10 + number}") for number, tld in enumerate(TLDS, 1)}
FIRST = _authority(2, 1, "198.51.100.1")
SECOND = _authority(9, 1, "203.0.113.1")
# The second server again, in the same /24 as the first.
NEAR = _authority(2, 2, "198.51.100.2")
NOBODY = _authority(2, 3, "198.51.100.3")
IPV6 = "2001:db8::53"
# For zones with very many name servers: the first server again, and silence.
CROWD_SIZE = 88
CROWD = [_authority(10, number, f"198.51.100.{100 + number}") for number in range(1, CROWD_SIZE + 1)]
SILENT = [_authority(11, number, f"203.0.113.{100 + number}") for number in range(1, CROWD_SIZE // 2 + 1)]


def _services(part, base, names):
    """Addresses for servers of other protocols; `base` is the first of the documentation addresses."""
    prefix, first = base
    return {name: _authority(part, number + 1, f"{prefix}.{first + number}") for number, name in enumerate(names)}


# Zone sources say {NAME} where they mean one of these addresses.
SERVICES = {
    # WHOIS; `whois-nobody`: the port is closed.
    **_services(5, ("198.51.100", 40), (
        "whois-iana", "whois-jprs", "whois-jprs-old", "whois-thin", "whois-example", "whois-org", "whois-shop",
        "whois-registrar", "whois-loop-a", "whois-loop-b", "whois-nobody")),
    # RDAP, over HTTPS.
    **_services(6, ("198.51.100", 60), (
        "rdap-bootstrap", "rdap-registry", "rdap-registrar", "rdap-wrong-name", "rdap-self-signed")),
    # Web servers; `web-closed`: all ports are closed.
    **_services(12, ("203.0.113", 190), (
        "web-ok", "web-other-token", "web-none", "web-soft-404", "web-soft-token", "web-empty", "web-301", "web-302", "web-303",
        "web-307", "web-308", "web-https-closed", "web-https-sound", "web-https-only", "web-relative", "web-elsewhere", "web-port",
        "web-ftp", "web-literal", "web-private-literal", "web-private", "web-gone", "web-loop", "web-chain-10", "web-chain-11",
        "web-401", "web-403", "web-410", "web-429", "web-500", "web-503",
        "web-slow", "web-late", "web-huge", "web-endless", "web-silent", "web-close", "web-garbage", "web-half", "web-long-header",
        "web-no-location", "web-bad-location", "web-escape-location", "web-scheme-relative", "web-user-location", "web-http-09",
        "web-tls-none", "web-tls-acme", "web-tls-acme-plain", "web-tls-not", "web-tls-silent", "web-tls-closed", "web-closed")),
    # The same over IPv6, which the host's loopback has not.
    **{name: f"2001:db8:80::{number}" for number, name in enumerate(
        ("web6-ok", "web6-other-token", "web6-none", "web6-closed"), 1)},
    # Mail hosts; `smtp-nobody`: the port is closed.
    **_services(7, ("203.0.113", 150), (
        "smtp-accept", "smtp-reject", "smtp-postmaster", "smtp-catchall", "smtp-greylist", "smtp-greylist-long", "smtp-plain",
        "smtp-self-signed", "smtp-wrong-name", "smtp-null-refused", "smtp-needs-tls", "smtp-utf8",
        "smtp-refuses", "smtp-busy", "smtp-hang", "smtp-close", "smtp-not-smtp", "smtp-garbage", "smtp-tarpit", "smtp-delays",
        "smtp-hang-rcpt", "smtp-close-rcpt", "smtp-busy-rcpt", "smtp-defers", "smtp-policy", "smtp-mail-refused",
        "smtp-helo-only", "smtp-tls-refused", "smtp-tls-broken", "smtp-tls-hang", "smtp-long", "smtp-endless",
        "smtp-escapes", "smtp-bare-codes", "smtp-nobody")),
}

# Names below smtp.example that a sound certificate has.
MAIL_HOSTS = [*(name.removeprefix("smtp-") for name in SERVICES if name.startswith("smtp-")), "half-lost"]
# Domains below example that a sound certificate of a web server has.
WEB_HOSTS = [f"{name}{twin}" for name in SERVICES if name.startswith("web-") for twin in ("", "-ok")]

RESOLVER = f"{PREFIX}.4.1"
RESOLVER_NAME = "resolver.example"
PLAIN_RESOLVER = f"{PREFIX}.4.2"

AUTHORITY_PERSONA_BASE = (f"{PREFIX}.3", 1) if ON_HOST else ("203.0.113", 11)
RESOLVER_PERSONA_BASE = (f"{PREFIX}.4", 10)
WORLDS = f"{PREFIX}.8"

# Addresses that `lab run` puts on its private loopback interface: without a
# global address getaddrinfo(AI_ADDRCONFIG) finds nothing at all.
GLOBAL_ADDRESSES = ("192.0.2.1/32", "2001:db8::1/128", f"{IPV6}/128",
                    *(f"{address}/128" for address in SERVICES.values() if ":" in address))
# Networks in which nobody is: there, what is sent is lost without a word.
LOST_NETWORKS = ("10.0.0.0/8", "2001:db8:53::/48")


def lab_dir():
    """Where built zones and the state of a running lab are kept."""
    given = os.environ.get("DCV_LAB_DIR")
    if given:
        return pathlib.Path(given).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache).absolute() / "dcvready-lab"


def run_dir():
    """State of the running lab; `lab run` mounts a private tmpfs here."""
    return lab_dir() / "run"


def cache_dir():
    """What commands run in the lab have for the user's cache."""
    return run_dir() / "cache"


def query_log():
    """The file in which the proxies log every query."""
    return run_dir() / "queries.log"


def anchor_file():
    """The trust anchor of the running lab: the root's DNSKEY and DS."""
    return run_dir() / "root.anchor"


def registrations_file(directory):
    """What registries know of the domains, in the directory of a build or of a running lab."""
    return directory / "registrations.json"


def ca_file():
    """The CA of the running lab, as PEM."""
    return run_dir() / "tls" / "ca.pem"


def wait_until(condition, seconds, step=0.005):
    """Poll `condition` for at most `seconds`; say whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
