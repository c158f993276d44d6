"""What the lab's registries tell of the domains of contrib/lab/zones/registry.zone, and what is sent for it."""

import collections
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab"))

import whoistexts  # noqa: E402

CONTACTS_MAX = 4
IANA, JPRS, THIN, REGISTRAR = "whois.iana.org", "whois.jprs.jp", "whois.verisign-grs.com", "whois.registrar.example"
RDAP, RDAP_REGISTRAR = "https://rdap.registry.example/", "https://rdap.registrar.example/"
# By what the log calls them.
HOSTS = {"whois-jprs": JPRS, "whois-thin": THIN, "whois-registrar": REGISTRAR, "whois-example": "whois.nic.example", "whois-org": "whois.nic.org",
         "whois-loop-a": "whois-loop-a.registrar.example", "whois-loop-b": "whois-loop-b.registrar.example",
         "whois-private": "whois-private.registrar.example", "whois-nobody": "whois-nobody.registrar.example",
         "whois-gone": "whois-gone.registrar.example", "rdap-registry": RDAP, "rdap-registrar": RDAP_REGISTRAR,
         "rdap-private": "https://rdap-private.registrar.example/", "rdap-nobody": "https://rdap-nobody.registrar.example/",
         "rdap-wrong-name": "https://wrong-name.registry.example/", "rdap-self-signed": "https://self-signed.registry.example/"}
NOT_ASKED = {"whois-private", "whois-gone", "rdap-private"}  # nothing is sent to a private address
NOT_LOGGED = {"whois-nobody", "rdap-nobody", "rdap-wrong-name", "rdap-self-signed"}  # the talk ends before anything is said
ABUSE, NO_REGISTRANT = "abuse=abuse@registrar.example", "registrant="

# `facts`: what is told, a line each, see shown(); `sent`: words of the log. Of a domain whose server keeps silent, `slow`.
Case = collections.namedtuple("Case", "facts sent slow", defaults=(False,))


def fact(kind, state, contacts, servers, *, told_by, statuses, expires, registrar, why, exchanges):
    path = " ".join(HOSTS[server] for server in servers)
    return (f"{kind} {state} [{', '.join(contacts)}] {registrar or '-'} {'+'.join(statuses) or '-'} {'-' if expires is None else expires} "
            f"by {HOSTS[told_by or servers[-1]]} via {f'{IANA} ' if kind == 'whois' else ''}{path} x{exchanges}{f': {why}' if why else ''}")


def said_to(servers, what):
    return [f"{server} {what}" for server in servers if server not in NOT_ASKED | NOT_LOGGED]


def jp(domain, state, *contacts, statuses=("ok",), expires=365, why="", handles=None):
    """`contacts` of general-use domains; of others `handles`, those whose contact has no address with that in front of `=`."""
    sent = [f"{domain}/e"] + [f"CONTACT {name}/e" for name in handles or ()]
    told = fact("whois", state, contacts, ["whois-jprs"], told_by=None, statuses=statuses, expires=expires, registrar=None, why=why,
                exchanges=len(sent))
    return {domain: Case([told], [f"whois-jprs {words}" for words in sent])}


def free_jp(domain):
    return jp(domain, "free", statuses=(), expires=None)


def by_handles(domain, state, *people, statuses=("Connected",), why="", told=None):
    """`people`: "ROLE ADDRESS" as the lab's zone says; `told`: contacts where not all are."""
    pairs = [person.partition(" ")[::2] for person in people]
    handles = list(dict.fromkeys(whoistexts.handle(domain, email) for _, email in pairs))[:CONTACTS_MAX]
    shown = [f"{role}={email}@{whoistexts.handle(domain, email)}" for role, email in pairs] if told is None else told
    return jp(domain, state, *shown, statuses=statuses, handles=handles, why=why)


def com(domain, state, *contacts, to="whois-registrar", statuses=("ok",), expires=365, registrar="Example Registrar", why="", told_by=None):
    """`to`: the servers that are asked after the registry's."""
    servers = ["whois-thin", *(to.split() if to else ())]
    exchanges = len(servers) - len(NOT_ASKED & set(servers))
    told = fact("whois", state, contacts, servers, told_by=told_by, statuses=statuses, expires=expires, registrar=registrar, why=why,
                exchanges=exchanges)
    return {domain: Case([told], said_to(servers, domain))}


def thick(domain, state, *contacts, server="whois-example", statuses=("ok",), expires=365, registrar="Example Registrar", why="", slow=False):
    told = fact("whois", state, contacts, [server], told_by=None, statuses=statuses, expires=expires, registrar=registrar, why=why, exchanges=1)
    return {domain: Case([told], [f"{server} {domain}"], slow)}


def example(domain, *contacts, state="found", **more):
    return thick(domain, state, ABUSE, *contacts, **more)


def unknown(domain, state, why, **more):
    return thick(domain, state, statuses=(), expires=None, registrar=None, why=why, **more)


# RDAP: contacts of the registry come before its registrar, those of the registrar after.
BY_REGISTRY = ("registrar=@9999", ABUSE)
OWNER = "registrant=owner@example.net@C1-LAB"
OWNER_BY_WHOIS = "registrant=owner@example.net"


def rdap(domain, state, *contacts, servers=("rdap-registry",), sent=None, statuses=("ok",), expires=365, registrar="Example Registrar", why="",
         told_by=None, path=None):
    """`sent`: what the log has of it, without the method."""
    exchanges = len(sent) if sent else len(servers) - len(NOT_ASKED & set(servers))
    told = fact("rdap", state, contacts, path or servers, told_by=told_by, statuses=statuses, expires=expires, registrar=registrar, why=why,
                exchanges=exchanges)
    lines = sent or said_to(servers, f"GET /domain/{domain} HTTP/1.1")
    return {domain: Case([told], lines)}


def org(domain, *contacts, state="found", **more):
    return rdap(domain, state, *contacts, *BY_REGISTRY, **more)


def net(domain, *contacts, state="found", **more):
    return rdap(domain, state, *BY_REGISTRY, *contacts, servers=("rdap-registry", "rdap-registrar"), **more)


def then_whois(domain, state, why, *contacts, slow=False, **more):
    """RDAP fails, WHOIS tells."""
    first = rdap(domain, state, *contacts, why=why, **{"statuses": (), "expires": None, "registrar": None} | more)[domain]
    second = (example(domain, OWNER_BY_WHOIS, server="whois-org") if domain.endswith(".org")
              else com(domain, "found", ABUSE, OWNER_BY_WHOIS))[domain]
    return {domain: Case(first.facts + second.facts, first.sent + second.sent, slow)}


def net_then_whois(domain, state, why, second):
    return then_whois(domain, state, why, *BY_REGISTRY, servers=("rdap-registry", second), statuses=("ok",), expires=365,
                      registrar="Example Registrar")


def gets(domain, count=1):
    return [f"rdap-registry GET /domain/{domain} HTTP/1.1"] * count


LIMITED = "WHOIS LIMIT EXCEEDED - SEE WWW.NIC.EXAMPLE/WHOIS FOR DETAILS"
JPRS_LIMITED = "Service currently unavailable due to incoming of a large amount of requests."
TOO_MANY = "status 429: Too Many Requests: Too many requests."
CASES = {
    **jp("whois-general.jp", "found", "public=owner@whois-general.jp"),
    **jp("whois-general-utf8.jp", "found", "public=用户@whois-general-utf8.jp"),
    **jp("whois-proxy.jp", "redacted", "public=whois-proxy@registrar.example!"),
    **jp("whois-proxy-ok.jp", "found", "public=owner@example.net"),
    **by_handles("whois-handles.co.jp", "found", "admin admin@whois-handles.co.jp", "tech tech@example.net"),
    **by_handles("whois-one-handle.or.jp", "found", "admin both@example.net", "tech both@example.net"),
    # Four are asked for, and the fifth has no address that is known.
    **by_handles("whois-many-handles.ne.jp", "found", "admin one@example.net", "tech two@example.net", "tech three@example.net",
                 "tech four@example.net", "tech five@example.net",
                 told=[f"{role}={email}@{whoistexts.handle('whois-many-handles.ne.jp', email or 'five@example.net')}" for role, email in (
                     ("tech", ""), ("admin", "one@example.net"), ("tech", "two@example.net"), ("tech", "three@example.net"),
                     ("tech", "four@example.net"))]),
    **by_handles("whois-no-mail.co.jp", "none", "admin "),
    **by_handles("whois-no-mail-ok.co.jp", "found", "admin admin@whois-no-mail.co.jp"),
    **by_handles("whois-handles-limited.co.jp", "rate-limited", "admin admin@example.net", told=(), why=JPRS_LIMITED),
    **by_handles("whois-handles-limited-ok.co.jp", "found", "admin admin@example.net"),
    **by_handles("whois-handles-gone.co.jp", "unreachable", "admin admin@example.net", told=(), why="the registry does not know the handle"),
    **by_handles("whois-handles-gone-ok.co.jp", "found", "admin admin@example.net"),
    **by_handles("whois-city.shinjuku.tokyo.jp", "found", "admin admin@example.net"),
    **jp("whois-limited.jp", "rate-limited", statuses=(), expires=None, why=JPRS_LIMITED),
    **jp("whois-limited-ok.jp", "found", "public=owner@whois-limited.jp"),
    **jp("whois-reserved.jp", "reserved", "public=", statuses=("Reserved",), expires=None),
    **jp("whois-reserved-ok.jp", "none", "public="),
    **jp("whois-suspended.jp", "suspended", "public=owner@whois-suspended.jp", statuses=("Suspended",)),
    **jp("whois-suspended-ok.jp", "found", "public=owner@whois-suspended.jp"),
    **jp("whois-deleted.co.jp", "suspended", statuses=("Deleted",)),
    **by_handles("whois-deleted-ok.co.jp", "found", "admin owner@whois-deleted.co.jp"),
    **free_jp("whois-free.jp"),
    **jp("whois-free-ok.jp", "none", "public="),

    **com("whois-contacts.com", "found", ABUSE, "registrant=owner@whois-contacts.com", "admin=admin@example.net", "tech=tech@example.net",
          "billing=billing@example.net"),
    **com("whois-redacted.com", "redacted", ABUSE, "registrant=REDACTED FOR PRIVACY!", "admin=REDACTED FOR PRIVACY!"),
    **com("whois-redacted-ok.com", "found", ABUSE, "registrant=owner@example.net", "admin=owner@example.net"),
    **com("whois-hold.com", "suspended", ABUSE, to="", statuses=("clientHold", "clientTransferProhibited")),
    **com("whois-hold-ok.com", "found", ABUSE, "registrant=owner@whois-hold.com", statuses=("clientTransferProhibited",)),
    **com("whois-expires.com", "found", ABUSE, "registrant=owner@whois-expires.com", expires=20),
    **com("whois-expires-ok.com", "found", ABUSE, "registrant=owner@whois-expires.com"),
    **com("whois-expired.com", "found", ABUSE, "registrant=owner@whois-expired.com", statuses=("autoRenewPeriod",), expires=-5),
    **com("whois-expired-ok.com", "found", ABUSE, "registrant=owner@whois-expired.com"),
    **com("whois-limited.com", "rate-limited", ABUSE, why=LIMITED),
    **com("whois-limited-ok.com", "found", ABUSE, "registrant=owner@whois-limited.com"),
    **com("whois-limited-registry.com", "rate-limited", to="", statuses=(), expires=None, registrar=None,
          why="Your connection limit exceeded. Please slow down and try again later."),
    **com("whois-limited-registry-ok.com", "found", ABUSE, "registrant=owner@example.net"),
    **com("whois-loop.com", "unreachable", ABUSE, to="whois-loop-a whois-loop-b",
          why="it is referred back to a server that was asked before: whois-loop-a.registrar.example"),
    **com("whois-loop-ok.com", "found", ABUSE, "registrant=owner@whois-loop.com"),
    **com("whois-private.com", "unreachable", ABUSE, to="whois-private", why="the server has a private address"),
    **com("whois-private-ok.com", "found", ABUSE, "registrant=owner@whois-private.com"),
    **com("whois-nobody.com", "unreachable", ABUSE, to="whois-nobody", why="the connection was refused"),
    **com("whois-nobody-ok.com", "found", ABUSE, "registrant=owner@whois-nobody.com"),
    **com("whois-lost.com", "unreachable", ABUSE, to="whois-gone", why="the server has no address"),
    **com("whois-lost-ok.com", "found", ABUSE, "registrant=owner@whois-lost.com"),
    **com("whois-free.com", "free", to="", statuses=(), expires=None, registrar=None),
    **com("whois-free-ok.com", "none", ABUSE, NO_REGISTRANT),
    **com("whois-reserved.com", "reserved", to="", statuses=(), expires=None, registrar=None),
    **com("whois-reserved-ok.com", "none", ABUSE, NO_REGISTRANT),

    **example("whois-contacts.example", "registrant=owner@whois-contacts.example", "admin=admin@example.net", "abuse=abuse@example.net"),
    **example("whois-withheld.example", "registrant=REDACTED FOR PRIVACY!", "admin=admin@whois-withheld.example"),
    **example("whois-withheld-ok.example", "registrant=owner@whois-withheld.example", "admin=admin@whois-withheld.example"),
    **example("whois-form.example", "registrant=https://registrar.example/contact?domain=whois-form.example!", state="redacted"),
    **example("whois-form-ok.example", "registrant=owner@whois-form.example"),
    **example("whois-redacted.example", "registrant=REDACTED FOR PRIVACY!", state="redacted"),
    **example("whois-suspended.example", OWNER_BY_WHOIS, state="suspended", statuses=("clientHold",)),
    **thick("whois-reserved.example", "reserved", statuses=(), expires=None, registrar=None),
    **example("whois-reserved-ok.example", NO_REGISTRANT, state="none"),
    **thick("whois-free.example", "free", statuses=(), expires=None, registrar=None),
    **example("whois-free-ok.example", NO_REGISTRANT, state="none"),
    **unknown("whois-limited.example", "rate-limited", LIMITED),
    **unknown("whois-refused.example", "refused", "Access denied: this server does not answer to your address."),
    **unknown("whois-slow.example", "unreachable", "no answer in time", slow=True),
    **unknown("whois-silent.example", "unreachable", "no answer in time", slow=True),
    **unknown("whois-empty.example", "unreachable", "the server closed the connection"),
    **unknown("whois-garbage.example", "unreachable", "the answer cannot be understood"),
    **unknown("whois-other.example", "unreachable", "the answer tells of another domain"),
    # What is said before a flood counts, and a referral from a registry that knows the contacts is not followed.
    **{name: case for state in ("huge", "long-line", "endless", "loop") for name, case in
       example(f"whois-{state}.example", OWNER_BY_WHOIS).items()},
    **{name: case for state in ("redacted", "suspended", "limited", "refused", "slow", "silent", "empty", "huge", "long-line", "endless",
                                "garbage", "other", "loop") for name, case in example(f"whois-{state}-ok.example", OWNER_BY_WHOIS).items()},

    **org("rdap-contacts.org", "registrant=owner@rdap-contacts.org@C1-LAB", "admin=admin@example.net@C2-LAB", "tech=tech@example.net@C3-LAB"),
    **net("rdap-contacts.net", "registrant=owner@rdap-contacts.net@C1-LAB", "admin=admin@example.net@C2-LAB"),
    **org("rdap-redacted.org", "registrant=@C1-LAB!", state="redacted"),
    **net("rdap-redacted.net", "registrant=@C1-LAB!", state="redacted"),
    **org("rdap-differs.org", "registrant=another@rdap-differs.org@C1-LAB"),
    **org("rdap-differs-ok.org", "registrant=owner@rdap-differs.org@C1-LAB"),
    **org("rdap-hold.org", OWNER, state="suspended", statuses=("serverHold",)),
    **org("rdap-deletion.org", OWNER, statuses=("redemptionPeriod", "pendingDelete")),
    **org("rdap-transfer.org", OWNER, statuses=("pendingTransfer", "serverUpdateProhibited")),
    **org("rdap-expires.org", OWNER, expires=20),
    **rdap("rdap-free.org", "free", statuses=(), expires=None, registrar=None),
    **org("rdap-free-ok.org", state="none"),
    **rdap("rdap-reserved.org", "reserved", statuses=(), expires=None, registrar=None, why="Not Found: The name is reserved by the registry."),
    **org("rdap-reserved-ok.org", state="none"),
    **then_whois("rdap-limited.org", "rate-limited", TOO_MANY),
    **then_whois("rdap-limited-date.org", "rate-limited", TOO_MANY),
    **then_whois("rdap-refused.org", "refused", "status 403: Forbidden: Not for you."),
    **then_whois("rdap-error.org", "unreachable", "status 500: Internal Server Error: Something is broken."),
    **then_whois("rdap-slow.org", "unreachable", "the server took the connection but did not answer to the end", slow=True),
    **then_whois("rdap-silent.org", "unreachable", "the server took the connection but did not answer to the end", slow=True),
    **then_whois("rdap-empty.org", "unreachable", "the answer is no JSON: it is empty"),
    **then_whois("rdap-huge.org", "unreachable", "the answer is longer than a MiB"),
    **then_whois("rdap-deep.org", "unreachable", "the answer is no JSON: it is nested too deep at line 1, column 2087"),
    **then_whois("rdap-garbage.org", "unreachable", "the answer is no JSON: it ends too early at line 1, column 1"),
    **then_whois("rdap-html.org", "unreachable", "the answer is no JSON: it is malformed at line 1, column 1"),
    **then_whois("rdap-html-404.org", "unreachable", "HTTP status 404 without an answer of RDAP"),
    **then_whois("rdap-other.org", "unreachable", "the answer is about another domain: other-than-asked.org"),
    # Cards that cannot be read leave those that can.
    **org("rdap-broken-card.org", "registrant=list@example.org@C1-LAB", "tech=list@example.org@B0-LAB", "tech=@B1-LAB",
          why="registrant: property 1 of the jCard: it is no array of four or more"),
    **org("rdap-redirect.org", OWNER, sent=[*gets("rdap-redirect.org"), "rdap-registry GET /v2/domain/rdap-redirect.org HTTP/1.1"]),
    **then_whois("rdap-redirect-loop.org", "unreachable", "the server redirects too often", sent=gets("rdap-redirect-loop.org", 4)),
    **then_whois("rdap-redirect-private.org", "unreachable", "the server has a private address", servers=("rdap-registry", "rdap-private")),
    **then_whois("rdap-redirect-http.org", "unreachable", "the server redirects to where dcvready does not follow"),
    **then_whois("rdap-wrong-name.org", "unreachable", "the certificate does not verify: hostname mismatch",
                 servers=("rdap-registry", "rdap-wrong-name")),
    **then_whois("rdap-self-signed.org", "unreachable", "the certificate does not verify: self-signed certificate",
                 servers=("rdap-registry", "rdap-self-signed")),
    **net_then_whois("rdap-limited.net", "rate-limited", TOO_MANY, "rdap-registrar"),
    **net_then_whois("rdap-private.net", "unreachable", "the server has a private address", "rdap-private"),
    **net_then_whois("rdap-nobody.net", "unreachable", "the connection was refused", "rdap-nobody"),
    **{name: case for domain in ("redacted.net", "limited.net", "loop.net", "private.net", "nobody.net") for name, case in
       net(f"rdap-{domain.replace('.', '-ok.')}", OWNER).items()},
    **net("rdap-loop.net", OWNER),
    **{name: case for state in ("redacted", "hold", "deletion", "transfer", "expires", "limited", "limited-date", "refused", "error", "slow",
                                "silent", "empty", "huge", "deep", "garbage", "html", "html-404", "other", "broken-card", "redirect",
                                "redirect-loop", "redirect-private", "redirect-http", "wrong-name", "self-signed")
       for name, case in org(f"rdap-{state}-ok.org", OWNER).items()},
}
