"""What registries and registrars know of domains: from the `whois` and `rdap` lines of zone sources.

A registration is a dictionary, the same for WHOIS and RDAP but for what an
`rdap` line says otherwise:

    state      see STATES
    at         where it is so: "" (whoever tells of contacts) or "registry"
    contacts   pairs of role and address; the address may be "withheld"
    statuses   EPP status codes
    expires    days from today, or None
    registrar  its name
    refer      the server that knows more, or ""
"""

import datetime

# States of the domain itself, the same for both protocols.
DOMAIN_STATES = {"ok", "free", "reserved", "suspended", "redacted"}
WHOIS_STATES = DOMAIN_STATES | {
    "rate-limited", "refused", "slow", "huge", "loop", "private-referral", "dead-referral", "lost-referral", "garbage", "silent",
    "empty", "other", "help", "handles-limited", "handles-gone", "long-line", "endless"}
RDAP_STATES = DOMAIN_STATES | {
    "rate-limited", "rate-limited-date", "refused", "slow", "huge", "loop", "redirect", "redirect-loop", "redirect-private",
    "redirect-http", "redirect-wrong-name", "redirect-self-signed", "private-referral", "dead-referral", "garbage", "silent", "empty",
    "other", "html-404", "html", "broken-card", "error-500", "deep"}
ROLES = ("registrant", "admin", "tech", "billing", "abuse", "public")
DEFAULT_DAYS = 365
REGISTRAR = "Example Registrar"
WITHHELD = "withheld"
FIELDS = ("contact", "status", "expires", "state", "registrar", "refer")
PROTOCOLS = ("whois", "rdap")


class RegistrationError(Exception):
    """A line cannot be read."""


def is_line(text):
    """Is it one of ours, and no record of an owner named `whois`?"""
    words = text.split(maxsplit=2)
    return words[0] in PROTOCOLS and len(words) > 1 and words[1] in FIELDS


def default():
    return {"state": "ok", "at": "", "contacts": [], "statuses": [], "expires": DEFAULT_DAYS, "registrar": REGISTRAR,
            "refer": ""}


def _state(word, known):
    state, _, at = word.partition("@")
    if state not in known or at not in ("", "registry"):
        raise RegistrationError(f"no state {word}")
    return {"state": state, "at": at}


def _contact(value):
    role, _, email = value.partition(" ")
    if role not in ROLES:
        raise RegistrationError(f"no role {role}")
    return role, email.strip()


def _days(word):
    return None if word == "none" else int(word.removesuffix("d"))


def _apply(registration, lines, known):
    """The registration with what the lines say of one protocol; lists are replaced as a whole."""
    given = {"contact": [], "status": []}
    for field, value in lines:
        if field == "state":
            registration |= _state(value, known)
        elif field == "expires":
            registration["expires"] = _days(value)
        elif field in given:
            given[field].append(_contact(value) if field == "contact" else value)
        else:
            registration[field] = value
    for field, key in (("contact", "contacts"), ("status", "statuses")):
        if given[field]:
            registration[key] = given[field]
    return registration


def of_lines(lines):
    """{"whois": registration, "rdap": registration} of the `whois` and `rdap` lines of a zone."""
    said = {protocol: [] for protocol in PROTOCOLS}
    for line in lines:
        protocol, field, *value = line.split(maxsplit=2)
        said[protocol].append((field, "".join(value)))
    whois = _apply(default(), said["whois"], WHOIS_STATES)
    same = dict(whois) if whois["state"] in DOMAIN_STATES else whois | {"state": "ok", "at": ""}
    return {"whois": whois, "rdap": _apply(same, said["rdap"], RDAP_STATES)}


def of_values(state="ok", contacts=(), statuses=(), expires="+365d", registrar=REGISTRAR, refer=""):
    """The same of values, for worlds."""
    lines = [f"whois state {state}", f"whois expires {expires}", f"whois registrar {registrar}"]
    lines += [f"whois contact {role} {email}" for role, email in contacts]
    lines += [f"whois status {status}" for status in statuses]
    return of_lines(lines + ([f"whois refer {refer}"] if refer else []))


def of_zones(zones):
    """The registrations of all zones that are domains: right below top-level domains, as far as the lab has zones."""
    domains = {}
    for zone in zones.values():
        above = [zones[name] for name in zone.parent_candidates if name in zones] if zone.labels else []
        if above and len(zone.labels) > 1 and len(above[0].labels) <= 1:
            domains[zone.name.rstrip(".")] = of_lines(zone.registration)
        elif zone.registration:
            raise RegistrationError(f"{zone.name} is not registered: it is within another domain")
    return domains


def day(days):
    """The date so many days from today."""
    return datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days)
