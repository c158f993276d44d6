"""WHOIS servers (RFC 3912): what each answers, and how it behaves."""

import dataclasses

import registrations
import talks
import whoistexts

QUERY_MAX = 1024
REGISTRAR_SERVER = "whois.registrar.example"
LOOP_SERVERS = ("whois-loop-a.registrar.example", "whois-loop-b.registrar.example")
# Where the states send those who ask.
REFERRALS = {
    "loop": LOOP_SERVERS[0],
    "private-referral": "whois-private.registrar.example",
    "dead-referral": "whois-nobody.registrar.example",
    "lost-referral": "whois-gone.registrar.example",
}
REGISTRY_SERVERS = {"jp": "whois.jprs.jp", "com": "whois.verisign-grs.com", "net": "whois.verisign-grs.com",
                    "org": "whois.nic.org", "example": "whois.nic.example", "shop": "whois.nic.shop"}
GARBAGE = bytes(range(256)) * 8


@dataclasses.dataclass(frozen=True)
class Reply:
    """`manner`: "" or a way to send it, see send()."""

    octets: bytes
    manner: str = ""


class Book:
    """All registrations; `servers` maps top-level domains to their WHOIS servers."""

    def __init__(self, domains, servers):
        self.domains = domains
        self.servers = servers
        self.handles = {}
        for domain, registration in domains.items():
            for _, email in registration["whois"]["contacts"]:
                self.handles[whoistexts.handle(domain, email)] = email, registration["whois"]

    def find(self, domain):
        """The registration, or None where the domain is free."""
        found = self.domains.get(domain, {}).get("whois")
        return None if found is None or found["state"] == "free" else found

    def is_above(self, domain):
        """Are there domains below it, as below co.jp?"""
        return any(name.endswith(f".{domain}") for name in self.domains)


# What the states of a domain make of an answer


def _misbehave(registration, text, limited, encoding):
    """The reply with the registration's way to behave; `text`: the honest answer."""
    state, honest = registration["state"], text.encode(encoding, errors="replace")
    fixed = {
        "rate-limited": limited.encode(),
        "refused": whoistexts.REFUSED.encode(),
        "garbage": GARBAGE,
        "help": whoistexts.JPRS_HELP.encode(),
        "empty": b"",
        "long-line": b"Domain Name: " + b"x" * 600000 + b"\r\n" + honest,
    }
    manners = {"slow", "silent", "huge", "endless"}
    return Reply(fixed.get(state, honest), state if state in manners else "")


def _with_referral(registration):
    """The registration with the server that its state refers to."""
    refer = REFERRALS.get(registration["state"])
    return registration | {"refer": refer} if refer else registration


def _shown(domain, registration):
    """The domain that the answer is for."""
    return "other-than-asked." + domain.partition(".")[2] if registration["state"] == "other" else domain


# Roles: each takes the book and the query, and gives the reply


def iana(book, query):
    """Refers to the server of the top-level domain."""
    tld = query.rpartition(".")[2]
    return Reply(whoistexts.iana(tld, book.servers.get(tld)).encode())


def jprs(book, query, *, encoding="utf-8"):
    """JPRS: `NAME` or `CONTACT HANDLE`, with /e for English."""
    asked, slash, option = query.partition("/")
    japanese = not (slash and option == "e")
    no_match = whoistexts.NO_MATCH_JA if japanese else whoistexts.NO_MATCH_EN
    word, _, name = asked.partition(" ")
    if word == "contact":
        return _jprs_contact(book, name.strip().upper(), japanese, encoding)
    if word == "domain" and name:
        asked = name
    if not asked or " " in asked:
        return Reply(whoistexts.JPRS_HELP.encode(encoding))
    registration = book.find(asked)
    if registration is None and book.is_above(asked):
        registration = registrations.default() | {"state": "reserved", "expires": None}
    if registration is None:
        return Reply(no_match.encode(encoding))
    kind = whoistexts.jprs_attribute if whoistexts.is_attribute(asked) else whoistexts.jprs_general
    registration = _with_referral(registration)
    text = kind(_shown(asked, registration), registration, japanese)
    return _misbehave(registration, text, whoistexts.JPRS_LIMITED, encoding)


def jprs_old(book, query):
    """The same as before 2015: in ISO-2022-JP."""
    return jprs(book, query, encoding="iso2022_jp")


def _jprs_contact(book, handle, japanese, encoding):
    email, registration = book.handles.get(handle, (None, None))
    state = registration and registration["state"]
    if state == "handles-limited":
        return Reply(whoistexts.JPRS_LIMITED.encode())
    if registration is None or state == "handles-gone":
        return Reply((whoistexts.NO_MATCH_JA if japanese else whoistexts.NO_MATCH_EN).encode(encoding))
    hidden = state == "redacted" or email == registrations.WITHHELD
    text = whoistexts.jprs_contact(handle, None if hidden else email, japanese)
    return Reply(text.encode(encoding))


def thin(book, query):
    """The registry of com and net: it knows the registrar, no contacts."""
    domain = query.removeprefix("domain ").lstrip("=")
    registration = book.find(domain)
    if registration is None:
        return Reply(whoistexts.free(domain).encode())
    if registration["state"] == "reserved":
        return Reply(whoistexts.reserved(domain).encode())
    shown = _with_referral({"refer": ""} | registration)
    shown = shown if shown["refer"] else shown | {"refer": REGISTRAR_SERVER}
    here = registration["at"] == "registry"
    text = whoistexts.thin(_shown(domain, registration) if here else domain, shown)
    return _misbehave(shown, text, whoistexts.LIMITED_THIN, "utf-8") if here else Reply(text.encode())


def thick(book, query):
    """A registry that knows the contacts."""
    registration = book.find(query)
    if registration is None:
        return Reply(whoistexts.not_found(query).encode())
    if registration["state"] == "reserved":
        return Reply(whoistexts.reserved(query).encode())
    registration = _with_referral(registration)
    text = whoistexts.thick(_shown(query, registration), registration)
    return _misbehave(registration, text, whoistexts.LIMITED, "utf-8")


def registrar(book, query):
    """The registrar of all domains."""
    registration = book.find(query)
    if registration is None:
        return Reply(whoistexts.not_found(query).encode())
    if registration["at"]:
        registration = registration | {"state": "ok"}
    text = whoistexts.registrar(_shown(query, registration), registration | {"refer": REGISTRAR_SERVER})
    return _misbehave(registration, text, whoistexts.LIMITED, "utf-8")


def _loop(other):
    def role(_, query):
        """Knows nothing but another server."""
        return Reply(whoistexts.thin(query, registrations.default() | {"refer": other}).encode())
    return role


def everything(book, query):
    """All registries at one address, for worlds."""
    asked = query.partition("/")[0]
    if asked.startswith("contact ") or asked.endswith(".jp"):
        return jprs(book, query)
    return thick(book, query) if "." in query else iana(book, query)


# By the names of plan.SERVICES.
ROLES = {
    "whois-iana": iana, "whois-jprs": jprs, "whois-jprs-old": jprs_old, "whois-thin": thin, "whois-example": thick,
    "whois-org": thick, "whois-shop": thick, "whois-registrar": registrar,
    "whois-loop-a": _loop(LOOP_SERVERS[1]), "whois-loop-b": _loop(LOOP_SERVERS[0]),
}


# Serving


async def send(reply, reader, writer):
    octets = reply.octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if reply.octets is not GARBAGE else GARBAGE
    if reply.manner == "silent":
        await talks.until_closed(reader)
    elif reply.manner == "slow":
        await talks.write_slowly(writer, octets)
    elif reply.manner in ("huge", "endless"):
        await talks.write_much(writer, octets, talks.HUGE if reply.manner == "huge" else None)
    else:
        writer.write(octets)
    await writer.drain()


def handler(name, role, book, log):
    """Serves one connection: a line in, an answer out."""
    async def handle(reader, writer):
        peer = talks.peer_of(writer)
        try:
            line = await reader.readuntil(b"\n")
        except talks.ERRORS as error:
            log.write("whois", name, peer, getattr(error, "partial", b""))
            return
        log.write("whois", name, peer, line)
        await send(role(book, line[:QUERY_MAX].decode("utf-8", "replace").strip().lower()), reader, writer)
    return talks.guarded(handle)
