"""RDAP objects (RFC 9083) of registrations (registrations.py)."""

import registrations
import whoistexts

ROLES = {"registrant": "registrant", "public": "registrant", "admin": "administrative", "tech": "technical",
         "billing": "billing", "abuse": "abuse"}
# RFC 8056 §2: how EPP's words are spelt here.
STATUS = {
    "ok": "active", "clientHold": "client hold", "serverHold": "server hold",
    "clientTransferProhibited": "client transfer prohibited", "serverTransferProhibited": "server transfer prohibited",
    "clientDeleteProhibited": "client delete prohibited", "serverDeleteProhibited": "server delete prohibited",
    "clientUpdateProhibited": "client update prohibited", "serverUpdateProhibited": "server update prohibited",
    "clientRenewProhibited": "client renew prohibited", "pendingDelete": "pending delete", "pendingTransfer": "pending transfer",
    "redemptionPeriod": "redemption period", "autoRenewPeriod": "auto renew period", "addPeriod": "add period",
    "inactive": "inactive", "reserved": "reserved",
}
CONFORMANCE = ["rdap_level_0", "icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1", "redacted"]


def bootstrap(services):
    """The file of RFC 9224; `services`: pairs of top-level domains and base URLs."""
    return {"version": "1.0", "publication": f"{registrations.day(-1).isoformat()}T00:00:00Z",
            "description": "RDAP servers of the lab", "services": [[list(tlds), list(urls)] for tlds, urls in services]}


def _card(name, email):
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name],
            ["adr", {}, "text", ["", "", "Example-machi 1", "Example-ku", "", "", "JP"]]]
    return ["vcard", card + ([["email", {}, "text", email]] if email else [])]


# None of them is the jCard that RFC 7095 describes.
BROKEN_CARDS = [
    ["vcard", [["version"], "email", ["email", {}, "text"], 7, ["email", {}, "text", ["list@example.org"]], None]],
    ["vcard", {"email": "object@example.org"}],
    ["vcard"],
    "email:string@example.org",
    [[["email", {}, "text", "bare@example.org"]]],
]


def _contact_entities(registration):
    hidden = registration["state"] == "redacted"
    broken = registration["state"] == "broken-card"
    for number, (role, email) in enumerate(registration["contacts"], 1):
        withheld = hidden or email == registrations.WITHHELD
        yield {"objectClassName": "entity", "handle": f"C{number}-LAB", "roles": [ROLES[role]],
               "vcardArray": BROKEN_CARDS[number % len(BROKEN_CARDS) - 1] if broken else
               _card("" if withheld else "Example Person", "" if withheld else email)}
    if broken:
        for number, card in enumerate(BROKEN_CARDS):
            yield {"objectClassName": "entity", "handle": f"B{number}-LAB", "roles": ["technical"], "vcardArray": card}


def _registrar_entity(registration):
    abuse = {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": _card("Abuse", whoistexts.ABUSE)}
    return {"objectClassName": "entity", "handle": "9999", "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
            "vcardArray": _card(registration["registrar"], ""), "entities": [abuse]}


def _redacted(registration):
    """RFC 9537: what was left out, and how."""
    hidden = registration["state"] == "redacted"
    roles = [ROLES[role] for role, email in registration["contacts"] if hidden or email == registrations.WITHHELD]
    for role in dict.fromkeys(roles):
        yield {"name": {"description": f"{role.capitalize()} Email"},
               "postPath": f"$.entities[?(@.roles[0]=='{role}')].vcardArray[1][?(@[0]=='email')]",
               "pathLang": "jsonpath", "method": "removal", "reason": {"description": "Server policy"}}


def _events(registration):
    events = [("registration", -1800), ("last changed", -30), ("last update of RDAP database", 0)]
    if registration["expires"] is not None:
        events.append(("expiration", registration["expires"]))
    return [{"eventAction": action, "eventDate": f"{registrations.day(days).isoformat()}T00:00:00Z"} for action, days in events]


def domain(name, registration, base, *, related="", contacts=True):
    """`related`: the URL of the registrar's record, or ""; without `contacts` a thin registry's."""
    url = f"{base}domain/{name}"
    links = [{"value": url, "rel": "self", "href": url, "type": "application/rdap+json"}]
    if related:
        links.append({"value": url, "rel": "related", "href": related, "type": "application/rdap+json"})
    made = {
        "rdapConformance": CONFORMANCE, "objectClassName": "domain", "handle": "1_DOMAIN-LAB", "ldhName": name, "links": links,
        "status": [STATUS.get(status, status) for status in whoistexts.statuses(registration)], "events": _events(registration),
        "entities": [_registrar_entity(registration), *(_contact_entities(registration) if contacts else ())],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": f"ns{number}.{name}"} for number in (1, 2)],
        "secureDNS": {"delegationSigned": False},
        "notices": [{"title": "Status Codes", "description": ["See the codes at https://icann.org/epp"],
                     "links": [{"rel": "glossary", "href": "https://icann.org/epp", "type": "text/html"}]}],
    }
    redacted = list(_redacted(registration)) if contacts else []
    return made | ({"redacted": redacted} if redacted else {})


def error(code, title, text):
    """RFC 9083 §6."""
    return {"rdapConformance": CONFORMANCE[:1], "errorCode": code, "title": title, "description": [text]}
