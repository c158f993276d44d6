#!/usr/bin/python3
"""Every text of the registry, of the reports and of the command line has a translation, with the same places and directives."""

import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
PO = TOP / "src" / "po"
PLACE = re.compile(r"\{[a-z_0-9]+\}")
DIRECTIVE = re.compile(r"%(?:(\d+)\$)?([-+ 0#]*\d*(?:\.\d+)?(?:hh|h|ll|l|z|j|t)?[a-zA-Z%])")
XGETTEXT = ("xgettext", "--from-code=UTF-8", "--language=C", "--keyword=_", "--keyword=N_", "--no-location", "--no-wrap")
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def unquote(lines):
    text = "".join(line.strip()[1:-1] for line in lines)
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(0)), text)


def read(path):
    """msgid to (msgstr, fuzzy). Entries are separated by empty lines, obsolete ones are left out."""
    entries = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        parts = {"msgid": [], "msgstr": []}
        current = None
        for line in lines:
            if line.startswith("#"):
                continue
            keyword = re.match(r"(msgid|msgstr) ", line)
            if keyword:
                current = keyword.group(1)
                line = line[len(keyword.group(0)) :]
            if current:
                parts[current].append(line)
        if parts["msgid"]:
            entries[unquote(parts["msgid"])] = (unquote(parts["msgstr"]), fuzzy)
    return entries


def directives(text):
    """Conversions in the order of their arguments."""
    found = [(match.group(1), match.group(2)) for match in DIRECTIVE.finditer(text) if match.group(2) != "%"]
    numbered = [(int(number or at), kind) for at, (number, kind) in enumerate(found, 1)]
    return [kind for _, kind in sorted(numbered)]


def faults(msgid, entry):
    if entry is None or not entry[0]:
        yield "has no translation"
        return
    text, fuzzy = entry
    if fuzzy:
        yield "is fuzzy"
    if set(PLACE.findall(msgid)) != set(PLACE.findall(text)):
        yield f"has other places: {text}"
    if "%" in msgid and "{" not in msgid and directives(msgid) != directives(text):
        yield f"has other directives: {text}"
    if msgid.startswith("@zone ") != text.startswith("@zone "):
        yield f"is a zone line on one side only: {text}"
    # What is to be pasted into a zone file is the same in every language, up to the comment.
    if msgid.startswith("@zone ") and msgid.split("  ;")[0] != text.split("  ;")[0]:
        yield f"is another zone line: {text}"


def extracted(work, name, command):
    """The texts that a command writes to a template of this name."""
    template = work / name
    subprocess.run([*command, str(template)], check=True)
    return [msgid for msgid in read(template) if msgid]


def wrong(path, msgids):
    """What a catalogue has too little, too much, or badly; a line each."""
    subprocess.run(["msgfmt", "--check", "--output-file=/dev/null", str(path)], check=True)
    entries = read(path)
    for msgid in msgids:
        for fault in faults(msgid, entries.get(msgid)):
            yield f"{path.relative_to(TOP)}: {msgid!r} {fault}"
    for msgid in sorted(set(entries) - set(msgids) - {""}):
        yield f"{path.relative_to(TOP)}: {msgid!r} is no text of dcvready any more"


def main():
    cli = [str(path) for path in sorted((TOP / "src" / "cli").glob("*.c"))]
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        # A prefix of the catalogue's name, its texts, and how few would prove nothing.
        catalogues = (("", extracted(work, "dcvready.pot", ["sh", str(PO / "extract")]), 300),
                      ("cli.", extracted(work, "cli.pot", [*XGETTEXT, *cli, "--output"]), 100))
    languages = (PO / "LINGUAS").read_text(encoding="utf-8").split()
    bad = [line for language in languages for prefix, msgids, _ in catalogues for line in wrong(PO / f"{prefix}{language}.po", msgids)]
    bad += [f"only {len(msgids)} texts were found" for _, msgids, least in catalogues if len(msgids) < least]
    print("\n".join(bad))
    print(f"{sum(len(msgids) for _, msgids, _ in catalogues)} texts, {len(languages)} languages, {len(bad)} faults")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
