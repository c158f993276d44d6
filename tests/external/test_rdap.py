#!/usr/bin/python3
"""What others test their RDAP clients and servers with: the bootstrap files, jCards and answers of OpenRDAP, the samples of ICANN's conformance tool,
and the registry of RDAP servers that IANA published.

What is expected is worked out here, from the JSON, by other means than the library's: those who differ are told.
"""

import calendar
import json
import sys
import time

import corpus

REASONS = {}
ROLES = {"administrative": "admin", "technical": "tech"}
CONTACTS = ("registrant", "admin", "tech")


# ---- bootstrap files ----


def base_url(urls):
    urls = [url for url in urls if url.startswith("https://")]
    return urls[0].rstrip("/") + "/" if urls else "-"


def read_bootstrap(text):
    """Entries to base URLs, and the time of publication; None: it is none of RFC 9224."""
    try:
        document = json.loads(text)
        services = {entry.lower(): base_url(urls) for entries, urls in document["services"] for entry in entries}
        return services, calendar.timegm(time.strptime(document["publication"], "%Y-%m-%dT%H:%M:%SZ"))
    except (ValueError, KeyError, TypeError):
        return None


def longest(services, domain):
    labels = domain.split(".")
    for at in range(len(labels) + 1):
        url = services.get(".".join(labels[at:]), "-")
        if url != "-":
            return url
    return "-"


def check_bootstrap(tally, program, path):
    text = path.read_bytes()
    expected = read_bootstrap(text.decode("utf-8"))
    services = expected[0] if expected else {}
    domains = [*(f"example.{entry}" if entry else "example" for entry in services), "example.nowhere", "sub.example.com", "www.sub.example.com"]
    verdict, what, *urls = corpus.ask(program, "bootstrap", ["".join(f"{domain}\n" for domain in domains).encode() + b"\n" + text])[0]
    if expected is None:
        check(tally, path, verdict == "no" and what != "", f"{verdict} {what}")
        return
    check(tally, path, (verdict, what) == ("ok", str(expected[1])), f"{verdict} {what}")
    for domain, url in zip(domains, urls, strict=True):
        check(tally, path, url == longest(services, domain), f"{domain}: {url}, not {longest(services, domain)}")


def check_shipped(tally, program, iana):
    """Each server compiled in is the one that IANA names."""
    services = read_bootstrap(iana.read_text(encoding="utf-8"))[0]
    entries = read_bootstrap((corpus.TOP / "contrib/rdap/dns.json").read_text(encoding="utf-8"))[0]
    value = "\n".join(f"example.{entry}" for entry in entries).encode()
    verdict, _, *urls = corpus.ask(program, "shipped", [value])[0]
    check(tally, iana, verdict == "ok", "the file compiled in cannot be read")
    for entry, url in zip(entries, urls, strict=True):
        check(tally, iana, url == services[entry] != "-", f"{entry}: {url}, not {services[entry]}")


# ---- answers ----


def properties(entity, name):
    """The values of a property of a jCard that can be read."""
    card = entity.get("vcardArray")
    if not isinstance(card, list) or len(card) != 2 or card[0] != "vcard" or not isinstance(card[1], list):
        return []
    return [item[3] for item in card[1] if isinstance(item, list) and len(item) > 3 and item[0] == name]


def roles_of(entity):
    return [ROLES.get(role, role) for role in entity.get("roles", [])]


def withheld_roles(document):
    """The roles whose addresses the answer says to be taken out or replaced."""
    found = set()
    for item in document.get("redacted", []):
        name = item.get("name")
        words = " ".join(map(str, name.values())).lower() if isinstance(name, dict) else ""
        if "email" in words or "contact" in words:
            found.update(role for role in CONTACTS if role in words)
    return found


def replaced_roles(document):
    items = [item for item in document.get("redacted", []) if item.get("method") == "replacementValue"]
    return withheld_roles({"redacted": items})


def expected_contacts(document):
    """Each address with its role, of entities of the domain and, but for registrant, admin and tech, of theirs."""
    replaced = replaced_roles(document)
    contacts = set()

    def walk(entity, nested):
        for role in roles_of(entity):
            addresses = [address for address in properties(entity, "email") if isinstance(address, str) and "@" in address]
            if not (nested and role in CONTACTS):
                contacts.update(f"{role}={'~' if role in replaced else ''}{address}" for address in addresses)
        for inner in entity.get("entities", []):
            walk(inner, True)

    for entity in document.get("entities", []):
        walk(entity, False)
    return contacts


def expected_state(document):
    contacts = expected_contacts(document)
    if any(contact.startswith(tuple(f"{role}=" for role in CONTACTS)) and "=~" not in contact for contact in contacts):
        return "found"
    entities = [entity for entity in document.get("entities", []) if set(roles_of(entity)) & set(CONTACTS)]
    hidden = [entity for entity in entities if "vcardArray" not in entity or properties(entity, "contact-uri") or properties(entity, "email")]
    remarks = [remark for holder in [document, *entities] for key in ("remarks", "notices") for remark in holder.get(key, [])]
    if hidden or withheld_roles(document) or any("redacted" in str(remark.get(key, "")).lower() for remark in remarks for key in ("title", "type")):
        return "redacted"
    return "none"


def check_answer(tally, program, path, document):
    domain = document["ldhName"].lower()
    state, why, _, *contacts = corpus.ask(program, "rdap", [f"{domain}\n{json.dumps(document)}".encode()])[0]
    told = {contact for contact in contacts if contact.partition("=")[2] not in ("", "~")}
    expected = expected_state(document), expected_contacts(document)
    check(tally, path, (state, told) == expected, f"{state} {sorted(told)}, not {expected} ({why})")


def as_domain(document):
    """A sample of a part as a part of a domain object; None: it is a part of something else."""
    domain = {"objectClassName": "domain", "ldhName": "example.jp"}
    if not isinstance(document, dict) or document.get("objectClassName", "domain") not in ("domain", "entity"):
        return None
    if document.get("objectClassName") == "domain":
        return {**domain, **document}
    if document.get("objectClassName") == "entity":
        return {**domain, "entities": [document]}
    if "vcardArray" in document:
        return {**domain, "entities": [{"objectClassName": "entity", "roles": ["registrant"], **document}]}
    if "entities" in document or "redacted" in document:
        return {**domain, **document}
    return None


def check_samples(tally, program, directory):
    broken = {"trivialArray.json"}
    for path in sorted(directory.rglob("*.json")):
        try:
            document = as_domain(json.loads(path.read_text(encoding="utf-8")))
        except ValueError:
            continue
        if document is None:
            continue
        if path.name in broken:
            state, why, *_ = corpus.ask(program, "rdap", [f"example.jp\n{json.dumps(document)}".encode()])[0]
            check(tally, path, state == "unreachable" and why != "", f"{state} {why}")
        else:
            check_answer(tally, program, path, document)


def check_wrong_class(tally, program, directory):
    for name in ("wrong_objectClassName.json", "entity/valid.json", "error/valid.json", "nameserver/valid.json", "help/invalid.json"):
        path = directory / name
        state, why, *_ = corpus.ask(program, "rdap", [b"example.jp\n" + path.read_bytes()])[0]
        check(tally, path, state == "unreachable" and why != "", f"{state} {why}")


def check_cards(tally, program, directory):
    """Those named error_… end in a clear error."""
    for path in sorted(directory.glob("*.json")):
        card = path.read_bytes()
        value = (b'example.jp\n{"objectClassName":"domain","ldhName":"example.jp","entities":[{"roles":["registrant"],"vcardArray":' + card + b"}]}")
        state, why, _, *contacts = corpus.ask(program, "rdap", [value])[0]
        if path.name.startswith("error_"):
            check(tally, path, state == "unreachable" and why != "", f"{state} {why}")
            continue
        document = {"entities": [{"roles": ["registrant"], "vcardArray": json.loads(card)}]}
        expected = expected_state(document), sorted(expected_contacts(document))
        check(tally, path, (state, why) == (expected[0], "") and contacts == (expected[1] or ["registrant="]), f"{state} {contacts} {why}")


def check(tally, path, good, text):
    if good:
        tally.agree()
    else:
        tally.fault(f"{path.name}: {text}")


def main():
    directory, program = corpus.find("rdap"), sys.argv[1]
    tally = corpus.Tally(REASONS)
    openrdap = directory / "openrdap-rdap/test/testdata"
    icann = directory / "icann-rdap-conformance-tool/validator/src/test/resources"
    iana = directory / "iana-dns-bootstrap.json"
    files = [*openrdap.glob("bootstrap*/dns*.json"), openrdap / "bootstrap/object-tags.json", openrdap / "bootstrap_http_error/404.html",
             icann / "dataset/dns.json", iana]
    for path in sorted(files):
        check_bootstrap(tally, program, path)
    check_shipped(tally, program, iana)
    check_cards(tally, program, openrdap / "jcard")
    check_answer(tally, program, openrdap, json.loads((openrdap / "rdap/rdap.nic.cz/domain-example.cz.json").read_text(encoding="utf-8")))
    check_samples(tally, program, icann / "validators")
    check_wrong_class(tally, program, icann / "validators")
    tally.finish()


if __name__ == "__main__":
    main()
