#!/usr/bin/python3
"""The addresses of isemail (Dominic Sayers) against the reader of contact values.

isemail tells how far an address is from what RFC 5321 sends. A contact value is narrower in one way and wider in
another: addr-spec of RFC 5322 with the UTF-8 of RFC 6532 and nothing about it, so neither comments nor folding white
space; a quoted local part, a domain literal and what is too long are valid with a warning.
"""

import sys
import xml.etree.ElementTree

import corpus

REFUSED = None
# What a diagnosis of isemail means for a contact value: refused, or taken with these warnings. isemail names the worst
# that it finds, so that a value with one warning may deserve others.
MEANING = {
    "VALID": set(),
    "DNSWARN_NO_MX_RECORD": set(),
    "DNSWARN_NO_RECORD": set(),
    "RFC5321_TLD": {"single-label"},
    "RFC5321_TLDNUMERIC": {"number"},
    "RFC5321_QUOTEDSTRING": {"quoted-local"},
    "RFC5321_ADDRESSLITERAL": {"literal"},
    "RFC5321_IPV6DEPRECATED": {"literal"},
    "RFC5322_LOCAL_TOOLONG": {"local-long"},
    "RFC5322_DOMAIN_TOOLONG": {"domain-long"},
    "RFC5322_TOOLONG": {"address-long"},
    # dot-atom and domain-literal of RFC 5322 §3.4.1 beyond what RFC 5321 sends
    "RFC5322_DOMAIN": set(),
    "RFC5322_LABEL_TOOLONG": set(),
    "RFC5322_DOMAINLITERAL": {"literal"},
    "RFC5322_DOMLIT_OBSDTEXT": {"literal"},
    "RFC5322_IPV6_2X2XCOLON": {"literal"},
    "RFC5322_IPV6_BADCHAR": {"literal"},
    "RFC5322_IPV6_COLONEND": {"literal"},
    "RFC5322_IPV6_COLONSTRT": {"literal"},
    "RFC5322_IPV6_GRPCOUNT": {"literal"},
    "RFC5322_IPV6_MAXGRPS": {"literal"},
    # RFC 5322 §4: not to be generated, yet addr-spec
    "DEPREC_LOCALPART": {"quoted-local"},
    "DEPREC_QTEXT": {"quoted-local"},
    "DEPREC_QP": {"quoted-local"},
    # comments and folding, obsolete or not
    "CFWS_COMMENT": REFUSED,
    "CFWS_FWS": REFUSED,
    "DEPREC_CFWS_NEAR_AT": REFUSED,
    "DEPREC_COMMENT": REFUSED,
    "DEPREC_CTEXT": REFUSED,
    "DEPREC_FWS": REFUSED,
}


def domain_of(value):
    return value.rpartition("@")[2]


def has_literal(value):
    return "@[" in value


# Name, the diagnoses (by their start) and the values for which it holds, and why the reader differs there.
REASONS = (
    (
        "literal",
        ("RFC5322_DOM", "RFC5322_IPV6"),
        has_literal,
        "a domain literal is taken in the forms of RFC 5321 §4.1.3 only, since no mail goes to another",
    ),
    (
        "no-dns-name",
        ("RFC5322_LABEL_TOOLONG", "RFC5322_DOMAIN_TOOLONG", "RFC5322_TOOLONG"),
        lambda value: len(domain_of(value)) > 253 or max(map(len, domain_of(value).split("."))) > 63,
        "a label of more than 63 octets or a domain of more than 253 is no name of the DNS (RFC 1035 §2.3.4)",
    ),
    (
        "no-host-name",
        ("RFC5322_DOMAIN",),
        lambda value: "/" in domain_of(value),
        "a domain has letters, digits and hyphens (RFC 5321 §4.1.2), although dot-atom has more",
    ),
    (
        "obsolete",
        ("DEPREC_LOCALPART", "DEPREC_QTEXT", "DEPREC_QP"),
        lambda value: value.startswith('"'),
        "a control character, or words in quotation marks between dots, may be read but not generated (RFC 5322 §4)",
    ),
    (
        "utf-8",
        ("ERR_EXPECTING_QPAIR",),
        lambda value: not value.isascii(),
        "isemail knows ASCII only; RFC 6532 §3.2 takes UTF-8 into quoted strings",
    ),
    (
        "single-label",
        ("VALID",),
        lambda value: "." not in domain_of(value),
        "isemail found an MX at a top-level domain; the warning does not ask the DNS",
    ),
)


def meaning(diagnosis):
    if diagnosis.startswith("ERR_"):
        return REFUSED
    return MEANING[diagnosis]


def read_cases(path):
    """Number, value and diagnosis. Control characters are written as the pictures of them."""
    for test in xml.etree.ElementTree.parse(path).getroot().iter("test"):
        text = test.findtext("address") or ""
        value = "".join(chr(ord(c) - 0x2400) if 0x2400 <= ord(c) < 0x2420 else c for c in text)
        yield test.get("id"), value, test.findtext("diagnosis").removeprefix("ISEMAIL_")


def differs(answer, size, expected):
    """What is wrong with an answer, or None."""
    if answer[0] == "no":
        if int(answer[2]) > size:
            return "the fault lies outside"
        return f"refused: {answer[1]} at {answer[2]}" if expected is not REFUSED else None
    warnings = set(answer[1:])
    if expected is REFUSED:
        return f"taken with {sorted(warnings)}"
    agree = expected <= warnings if expected else not warnings
    return None if agree else f"taken with {sorted(warnings)}, not {sorted(expected)}"


def main():
    cases = list(read_cases(corpus.find("email/dominicsayers-isemail") / "test" / "tests.xml"))
    tally = corpus.Tally({name: why for name, _, _, why in REASONS})
    answers = corpus.ask(sys.argv[1], "mailbox", [value.encode() for _, value, _ in cases])
    for (number, value, diagnosis), answer in zip(cases, answers):
        fault = differs(answer, len(value.encode()), meaning(diagnosis))
        reasons = [row[0] for row in REASONS if diagnosis.startswith(row[1]) and row[2](value)]
        if fault is None:
            tally.agree()
        elif reasons:
            tally.explain(reasons[0])
        else:
            tally.fault(f"{number} {ascii(value)} ({diagnosis}): {fault}")
    tally.finish()


if __name__ == "__main__":
    main()
