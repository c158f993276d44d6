#!/usr/bin/python3
"""IdnaTestV2 of Unicode against the reader of names: non-transitional ToASCII with every check of UTS #46.

The reader stands below that of URLs and wildcards, which would cut a final dot off. A name that is taken must also be
shown as ToUnicode has it, label by label, or as A-label.
"""

import re
import sys

import corpus

LEAST = 99.5
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x\{([0-9A-Fa-f]+)\}")


def has(*ranges):
    return lambda text: any(first <= ord(c) <= last for c in text for first, last in ranges)


# Name, whether it holds for the Unicode form of a case, and why the reader differs there.
REASONS = (
    (
        "unicode-17",
        has((0x323B0, 0x33479)),
        "CJK extension J is new in Unicode 17, and the data of ICU 72 are those of Unicode 15",
    ),
)


def unescape(field):
    return "" if field == '""' else ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), field)


def read_cases(path):
    """Source, Unicode form, and ASCII form, which is None where an error is expected. Blank fields repeat the former."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = [field.strip(" \t") for field in line.split("#")[0].split(";")]
        if len(fields) < 5:
            continue
        source = unescape(fields[0])
        unicode = unescape(fields[1]) if fields[1] else source
        ascii_form = unescape(fields[3]) if fields[3] else unicode
        status = fields[4] or fields[2] or "[]"
        yield source, unicode, ascii_form if status == "[]" else None


def is_shown(shown, unicode, ascii_form):
    labels = list(zip(shown.split("."), unicode.split("."), ascii_form.split("."), strict=True))
    return all(label in (u_label, a_label) for label, u_label, a_label in labels)


def differs(answer, octets, unicode, ascii_form):
    """What is wrong with an answer, or None."""
    if answer[0] == "no":
        if int(answer[2]) + int(answer[3]) > len(octets):
            return "the fault lies outside"
        return "refused" if ascii_form is not None else None
    if ascii_form is None:
        return f"taken as {answer[1]}"
    if answer[1] != ascii_form:
        return f"{answer[1]}, not {ascii_form}"
    return None if is_shown(answer[2], unicode, ascii_form) else f"shown as {answer[2]}"


def main():
    cases = list(read_cases(corpus.find("idna") / "IdnaTestV2.txt"))
    # Half a surrogate pair is no UTF-8: it is given as the octets that it would be.
    octets = [source.encode("utf-8", "surrogatepass") for source, _, _ in cases]
    tally = corpus.Tally({name: why for name, _, why in REASONS})
    for (source, unicode, ascii_form), given, answer in zip(cases, octets, corpus.ask(sys.argv[1], "name", octets)):
        fault = differs(answer, given, unicode, ascii_form)
        reason = next((name for name, holds, _ in REASONS if holds(unicode)), None)
        if fault is None:
            tally.agree()
        elif reason is not None:
            tally.explain(reason)
        else:
            tally.fault(f"{ascii(source)}: {fault}")
    tally.finish(LEAST)


if __name__ == "__main__":
    main()
