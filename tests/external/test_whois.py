#!/usr/bin/python3
"""Real WHOIS texts against the reader of them: those of JPRS by their manifest, others by what likexian's parser makes of them.

The texts hold personal data: of an address, what is printed has its domain and a digest.
"""

import csv
import hashlib
import json
import re
import sys

import corpus

ROLES = (("registrant", "registrant"), ("admin", "administrative"), ("tech", "technical"))

# Name, the texts and roles for which it holds, and why the reader differs there from likexian's parser.
REASONS = (
    (
        "public-contact",
        {("jp_git.jp", "admin"), ("jp_google.jp", "admin")},
        "the public contact of a general-use .jp domain is a role of its own, not the administrative contact",
    ),
    (
        "form",
        {("ru_git.ru", "admin"), ("ru_google.ru", "admin"), ("ru_yandex.ru", "admin"), ("xn--p1ai_xn--j1ay.xn--p1ai", "admin")},
        "the registry names a form in the place of the administrator's address: withheld, where that parser has nothing",
    ),
    (
        "withheld",
        {("at_0wnz.at", "tech")},
        "a text says that the address is not disclosed; that parser has nothing",
    ),
    (
        "roleless",
        {("by_git.by", "registrant"), ("by_google.by", "registrant"), ("su_git.su", "registrant"), ("su_google.su", "registrant"),
         ("tk_yazeji.tk", "registrant"), ("tk_zcore.tk", "registrant"), ("tw_msn.tw", "registrant")},
        "the answer does not tell whose the address is, and that parser takes it for the registrant's",
    ),
    (
        "reserved",
        {("name_login.name", "state"), ("name_science.name", "state")},
        "the name is not registered, yet cannot be",
    ),
)
# Files of the manifest that are not there; of all Japanese texts the other encoding is made here.
ABSENT = {
    "extracted/contact-TM003JP.ja.2026.fragment.txt",
    "derived-iso2022jp/structly__nhk.or.jp.txt",
    "derived-iso2022jp/nomatch.ja.txt",
    "derived-iso2022jp/tokyo.jp.reserved.ja.txt",
    "derived-iso2022jp/general-conceal.ja.txt",
}
# What is not registered, by the name of the file.
STATES = {
    "status_available": "free",
    "notfound": "free",
    "no_such_domain": "free",
    "nomatch": "free",
    "reserved": "reserved",
    "state_deleted": "suspended",
    "malformed_request": "refused",
    "rate_limit": "rate-limited",
}


def masked(addresses):
    """Addresses with a digest for the local part."""
    out = []
    for address in addresses:
        local, at, domain = address.rpartition("@")
        out.append(hashlib.sha256(local.encode()).hexdigest()[:8] + at + domain if at else "(no address)")
    return out


def ask(program, verb, pairs):
    values = [name.encode() + b"\n" + octets for name, octets in pairs]
    return [json.loads(answer) for (answer,) in corpus.ask(program, verb, values)]


def addresses(answer, role=None):
    return sorted({contact["email"].lower() for contact in answer["contacts"] if contact["email"] and role in (None, contact["role"])})


def jprs_state(row, answer):
    """What is wrong with the state, or None."""
    words = [state for word, state in STATES.items() if word in row["file"]]
    if words:
        expected = words[0]
    elif row["kind"] == "contact" or row["handles(m=admin,n=tech)"] == "-":
        expected = "found" if row["expected_emails"] != "-" else "none"
    else:
        expected = "none"
    if "contact-nomatch" in row["file"]:
        expected = "unreachable"
    return None if answer["state"] == expected else f"{answer['state']}, not {expected}"


def jprs_name(row, octets):
    """The handle or domain that was asked for, of which a text without one says nothing."""
    if row["kind"] == "contact":
        return re.search(rb"\] +([A-Z]{2}[0-9]+JP)\r?$", octets, re.M).group(1).decode()
    names = re.findall(rb"\] +([-A-Z0-9.]+\.JP)\r?$", octets, re.M)
    return names[0].decode().lower() if names else "example.jp"


def listed(field):
    return [] if field == "-" else field.split(",")


def check_jprs_text(tally, program, row, octets, encoding):
    handle = row["kind"] == "contact" or "contact-" in row["file"]
    name = "TE001JP" if "contact-nomatch" in row["file"] else jprs_name(row, octets)
    (answer,) = ask(program, "whois-handle" if handle else "whois", [(name, octets)])
    emails = sorted(listed(row["expected_emails"]))
    told = [{"admin": "m", "tech": "n"}[role] + ":" + handle for role, handle in answer["handles"]]
    fault = jprs_state(row, answer)
    if fault is None and addresses(answer) != emails:
        fault = f"{masked(addresses(answer))}, not {masked(emails)}"
    if fault is None and told != listed(row["handles(m=admin,n=tech)"]):
        fault = f"{len(told)} handles, which are not those of the manifest"
    if fault:
        tally.fault(f"{row['file']} ({encoding}): {fault}")
    else:
        tally.agree()


def check_jprs(tally, program):
    directory = corpus.find("whois-jp")
    cases = recoded = 0
    with open(directory / "MANIFEST.tsv", encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    for row in rows:
        path = directory / row["file"]
        if row["file"] in ABSENT and not path.exists():
            continue
        octets = path.read_bytes()
        cases += 1
        check_jprs_text(tally, program, row, octets, row["encoding"])
        if row["lang"] == "ja" and row["encoding"] == "utf-8":
            recoded += 1
            check_jprs_text(tally, program, row, octets.decode().encode("iso2022_jp", "replace"), "made iso-2022-jp")
    print(f"JPRS: {cases} texts of {len(rows)} in the manifest, {recoded} of them in ISO-2022-JP, too")


def reason_for(name, role):
    return next((reason for reason, where, _ in REASONS if (name, role) in where), None)


def texts(directory):
    return [path for path in sorted(directory.iterdir()) if path.suffix not in (".md", ".json", ".pre")]


def differ(tally, name, role, text):
    reason = reason_for(name, role)
    if reason:
        tally.explain(reason)
        explained.add((name, role))
    else:
        tally.fault(f"{name}: {role}: {text}")


explained = set()


def check_registered(tally, program, directory):
    paths = texts(directory)
    expected = [json.loads(path.with_name(path.name + ".json").read_text(encoding="utf-8")) for path in paths]
    names = [case["domain"].get("punycode") or case["domain"]["domain"] for case in expected]
    pairs = [(name if name.isascii() else name.encode("idna").decode(), path.read_bytes()) for name, path in zip(names, paths)]
    states = {}
    for path, case, answer in zip(paths, expected, ask(program, "whois", pairs)):
        states[answer["state"]] = states.get(answer["state"], 0) + 1
        if answer["state"] in ("free", "reserved", "rate-limited", "refused"):
            tally.fault(f"{path.name}: {answer['state']}")
        for role, key in ROLES:
            email = (case.get(key) or {}).get("email", "").lower()
            if addresses(answer, role) == ([email] if email else []):
                tally.agree()
            else:
                differ(tally, path.name, role, f"{masked(addresses(answer, role))}, not {masked([email])}")
    print(f"registered: {len(paths)} texts, {states}")


def check_free(tally, program, directory):
    paths = texts(directory)
    pairs = [(path.name.partition("_")[2], path.read_bytes()) for path in paths]
    for path, answer in zip(paths, ask(program, "whois", pairs)):
        if answer["state"] == "free":
            tally.agree()
        else:
            differ(tally, path.name, "state", answer["state"])
    print(f"not registered: {len(paths)} texts")


def main():
    tally = corpus.Tally({name: why for name, _, why in REASONS})
    directory = corpus.find("whois/likexian-whois-parser") / "testdata"
    check_jprs(tally, sys.argv[1])
    check_registered(tally, sys.argv[1], directory / "noterror")
    check_free(tally, sys.argv[1], directory / "notfound")
    for name, role in sorted(set().union(*(where for _, where, _ in REASONS)) - explained):
        tally.fault(f"{name}: {role} does not differ any more: take it out of the table")
    tally.finish()


if __name__ == "__main__":
    main()
