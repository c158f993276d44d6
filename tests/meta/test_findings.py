#!/usr/bin/python3
"""Every finding is complete: test_findings.py DCVREADY

Its id stands in src/finding/rules.def, in `dcvready rules` (text and JSON) and in the schemas; it has a reference, a translation, a
scenario that expects it, a sound twin that excludes it and, where it advises a fix, a scenario whose report shows one. Whether the
scenarios come true is for tests/scenario/run.py to see; this needs no lab.
"""

import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "scenario"), str(TOP / "tests" / "report")]

import scenarios  # noqa: E402
import test_translations  # noqa: E402
from tool import Failure, Tool  # noqa: E402

SECTION = r"\d+(?:\.\d+)*"
# Those that are about one thing only need no section.
WHOLE_RFCS = ("6531", "6890", "7505")
CLAUSE = re.compile(rf"draft-[a-z0-9-]+ §{SECTION}|BR (?:{SECTION}|A(?:\.\d+)+)|RFC (?:\d{{4}} §{SECTION}|{'|'.join(WHOLE_RFCS)})")
# A further section of the document named before it.
FURTHER = {"BR": re.compile(rf"{SECTION}|A(?:\.\d+)+"), "RFC": re.compile(rf"§{SECTION}")}
SOURCE = re.compile(rf"draft-[a-z0-9-]+ §{SECTION}|RFC \d{{4}}(?: §{SECTION})?(?:, RFC \d{{4}})*|BR (?:{SECTION}|A(?:\.\d+)+)|Ballot SC-\d{{3}}"
                    r"|Public Suffix List, (?:ICANN|PRIVATE) section|CVE-\d{4}-\d{4,}|NIST SP 800-\d+[A-Z]?")
# Where a failure was seen that no document forbids.
SEEN = {"profile of the CA", "CA knowledge bases", "CA support forums", "DNS provider forms", "copied from web pages",
        "Let's Encrypt Boulder", "Sectigo incident notice", "resolver limits", "limit of dcvready"}
FEWEST = 80


def defined_ids():
    text = (TOP / "src" / "finding" / "rules.def").read_text(encoding="utf-8")
    return re.findall(r'^DCV_RULE\(\w+, "([^"]*)"', text, re.MULTILINE)


def clause_faults(clause):
    """Each reference names its document and the place in it."""
    document = None
    for reference in clause.split(", "):
        if CLAUSE.fullmatch(reference):
            document = reference.split()[0]
        elif document is None or not FURTHER[document].fullmatch(reference):
            yield f"clause: {reference!r} is no reference"


def reference_faults(rule):
    yield from clause_faults(rule["clause"])
    for source in rule["source"].split("; "):
        if not SOURCE.fullmatch(source) and source not in SEEN:
            yield f"source: {source!r} is neither a reference nor a place where such failures are seen"


def text_faults(rule):
    for key in ("text", "explanation"):
        if not rule[key]:
            yield f"no {key}"
    if (rule["fix"] is None) != (rule["fix_kind"] is None):
        yield "a fix of no kind, or a kind of no fix"
    if rule["severity"] == "blocker" and rule["fix"] is None:
        yield "blocks, and advises nothing"


def squeezed(text):
    """White space removed: folding breaks Japanese lines between letters."""
    return re.sub(r"\s+", "", text)


def shown_faults(tool, rule, language):
    """`dcvready rules ID` shows what the JSON says."""
    page = squeezed(tool.run("rules", rule["id"], "--lang", language, status=0).stdout)
    for key in ("id", "clause", "source", "text", "fix", "explanation"):
        if rule[key] is not None and squeezed(rule[key]) not in page:
            yield f"rules {rule['id']} --lang {language} does not show its {key}: {rule[key]}"


def translation_faults(rule, translated, entries):
    """`translated` is the rule as the program gives it in Japanese."""
    for key in ("text", "fix", "explanation"):
        if rule[key] is None:
            continue
        msgid = ("@zone " if key == "fix" and rule["fix_kind"] == "zone" else "") + rule[key]
        msgstr, fuzzy = entries.get(msgid, ("", False))
        if not msgstr or fuzzy:
            yield f"{key} has no translation"
        elif translated[key] != msgstr.removeprefix("@zone "):
            yield f"{key} is not what ja.po says: {translated[key]}"


def scenario_faults(rule, known):
    expecting = [scenario for scenario in known if any(found == rule["id"] for found, _ in scenario.findings)]
    if not expecting:
        yield "no scenario expects it"
    if not any(rule["id"] in scenario.absent and not scenario.allows(rule["id"]) for scenario in known):
        yield "no sound twin excludes it"
    if rule["fix"] is not None and not any(rule["id"] in scenario.fixes for scenario in known):
        yield "advises a fix, and no scenario expects to see it (\"fix ID\")"
    if rule["fix"] is None and any(rule["id"] in scenario.fixes for scenario in known):
        yield "advises no fix, and a scenario expects to see it"


def enums_of(schema):
    """Lists of values anywhere in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("enum"), list):
            yield schema["enum"]
        for value in schema.values():
            yield from enums_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from enums_of(value)


def id_faults(tool, ids):
    """The same ids everywhere, each once, in one order."""
    if len(set(ids)) != len(ids) or len(ids) < FEWEST:
        yield f"{len(ids)} findings, {len(set(ids))} ids"
    if defined_ids() != ids:
        yield "rules.def has others than `dcvready rules`, or in another order"
    listed = re.findall(r"^([a-z][a-z0-9-]+)  +(?:BLOCKER|warning|notice|info) ", tool.run("rules", status=0).stdout, re.MULTILINE)
    if listed != ids:
        yield f"`dcvready rules` lists others than its JSON: {sorted(set(listed) ^ set(ids))}"
    for name in ("rules", "report"):
        path = TOP / "contrib" / "schema" / f"{name}.schema.json"
        found = [values for values in enums_of(json.loads(path.read_text(encoding="utf-8"))) if ids[0] in values]
        if found != [ids]:
            yield f"{path.name}: {[sorted(set(values) ^ set(ids)) for values in found]} differ, or the order does"


def faults(tool):
    rules, _ = tool.json("rules", status=0)
    translated = {rule["id"]: rule for rule in tool.json("rules", "--lang", "ja", status=0)[0]}
    entries = test_translations.read(TOP / "src" / "po" / "ja.po")
    known = list(scenarios.load().values())
    yield from id_faults(tool, [rule["id"] for rule in rules])
    for rule in rules:
        of_rule = [*reference_faults(rule), *text_faults(rule), *shown_faults(tool, rule, "en"), *shown_faults(tool, translated[rule["id"]], "ja"),
                   *translation_faults(rule, translated[rule["id"]], entries), *scenario_faults(rule, known)]
        yield from (f"{rule['id']}: {fault}" for fault in of_rule)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        found = list(faults(Tool(sys.argv[1])))
    except Failure as failure:
        found = [str(failure)]
    for fault in found:
        print(fault)
    print(f"{len(found)} faults")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
