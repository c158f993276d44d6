#!/usr/bin/python3
"""The inspection of names of the lab: test_inspect.py DCVREADY, inside the lab.

Page, JSON and check say why a chain of trust breaks in the same words; every server has its row; graphs can be drawn, and hold nothing that
runs; what was recorded gives the same page again.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

# What is inspected: the cause that must be found (None: none), the exit status, and rows of servers by how they are reached.
NAMES = {
    "example.jp": (None, 0, {"answers": 2}),
    "www.nsec3.example": (None, 0, {}),
    "www.stale.example": (None, 1, {"answers": 2}),
    "lame.example": (None, 1, {"lame": 1}),
    "half-dead.example": (None, 1, {"answers": 1, "silent": 1}),
    "www.bogus-expired.example": ("signature-expired", 1, {}),
    "www.bogus-expired-txt.example": ("signature-expired", 1, {"answers": 2}),
    "www.bogus-future.example": ("signature-not-yet-valid", 1, {}),
    "www.bogus-sig.example": ("signature-invalid", 1, {}),
    "www.bogus-ds.example": ("ds-mismatch", 1, {}),
    "www.bogus-ds-algorithm.example": ("algorithm-mismatch", 1, {}),
    "www.bogus-unsigned.example": ("dnskey-missing", 1, {}),
    "www.bogus-missing.example": ("signature-missing", 1, {}),
    "www.bogus-denial.example": ("denial-missing", 1, {}),
    "child.broken-parent.example": ("signature-invalid", 1, {"answers": 2}),
    "www.many-ns.example": (None, 1, {"answers": 44, "silent": 44}),
}
OPTIONS = ("--allow-private-addresses", "--as-of", "2026-11-21")
FORBIDDEN = re.compile(rb"<script|javascript:|\son\w+=|<foreignObject|xlink:href", re.IGNORECASE)


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def run(tool, *arguments):
    done = subprocess.run([tool, *arguments], capture_output=True, check=False)
    expect(done.returncode <= 3, f"{arguments}: exit status {done.returncode}: {done.stderr.decode()[:500]}")
    return done.returncode, done.stdout.decode("utf-8")


def flat(text):
    """A page without its tree and its lines."""
    return " ".join(re.sub(r"^[ │]*", "", line) for line in text.splitlines())


def causes(document):
    for zone in document["zones"]:
        yield from zone["faults"]


def check_words(document, page, findings):
    """Every cause stands in the page, and its finding says the same where there is one."""
    told = {finding["id"]: finding["text"] for finding in findings}
    for cause in causes(document):
        expect(cause["text"] in flat(page), f"the page does not say: {cause['text']}")
        expect(cause["ede"] is None or f"(EDE {cause['ede']} {cause['ede_meaning']})" in flat(page), f"no EDE {cause['ede']} in the page")
    for identity in {cause["id"] for cause in causes(document)}:
        texts = [cause["text"] for cause in causes(document) if cause["id"] == identity]
        expect(told.get(f"dnssec-{identity}") in texts, f"check says of {identity}: {told.get('dnssec-' + identity)}, inspect: {texts}")


def check_rows(document, page, reaches):
    rows = document["servers"]
    places = {(row["zone"], row["host"], row["server"]) for row in rows}
    expect(len(places) == len(rows), "a server has two rows")
    asked = {(fact["zone"], fact["host"], fact["server"]) for fact in document["facts"] if fact["kind"] == "server" and fact["as"] == "authority"}
    expect(places == asked, f"rows {sorted(places)} and servers {sorted(asked)} differ")
    for reach, count in reaches.items():
        got = sum(row["reach"] == reach for row in rows)
        expect(got == count, f"{got} rows {reach}, not {count}")
    for row in rows:
        expect(row["server"].removesuffix("#53") in page, f"{row['server']} is missing from the page")


def check_width(page):
    for line in page.splitlines():
        expect(len(line) <= 80, f"{len(line)} columns: {line}")


def check_graph(tool, name, tape, directory):
    _, graph = run(tool, "inspect", "--replay", tape, "--format", "dot")
    expect(graph.startswith(f'digraph "{name}" {{\n') and graph.endswith("}\n"), "no graph")
    if shutil.which("dot") is None:
        return
    drawn = subprocess.run(["dot", "-Tsvg"], input=graph.encode(), capture_output=True, check=False)
    expect(drawn.returncode == 0 and not drawn.stderr, f"dot refuses the graph: {drawn.stderr.decode()}")
    picture = pathlib.Path(directory, "picture.svg")
    status, _ = run(tool, "inspect", "--replay", tape, "--format", "svg", "-o", str(picture))
    octets = picture.read_bytes()
    expect(status == NAMES[name][1], f"exit status {status} of the picture")
    xml.etree.ElementTree.fromstring(octets)
    expect(not FORBIDDEN.search(octets), "the picture holds something that runs")


def check(tool, name, directory):
    cause, status, reaches = NAMES[name]
    tape = str(pathlib.Path(directory, "tape"))
    got, text = run(tool, "inspect", *OPTIONS, "--format", "json", "--facts", "--record", tape, name)
    document = json.loads(text)[0]
    expect(got == status, f"exit status {got}, not {status}")
    expect(document["state"] == ["sound", "faults", None, "not-seen"][status], f"state {document['state']}")
    found = {fault["id"] for fault in causes(document)}
    expect((cause in found) if cause else not found, f"causes {found}, not {cause}")
    again, replayed = run(tool, "inspect", "--format", "json", "--facts", "--replay", tape, "--as-of", "2026-11-21")
    expect((again, replayed) == (got, text), "the replay differs")
    _, page = run(tool, "inspect", "-v", "--replay", tape, "--as-of", "2026-11-21")
    _, short = run(tool, "inspect", "--replay", tape, "--as-of", "2026-11-21")
    _, judged = run(tool, "judge", "--format", "json", "--as-of", "2026-11-21", tape)
    check_width(short)
    check_words(document, page, json.loads(judged)[0]["findings"])
    check_rows(document, page, reaches)
    written = pathlib.Path(directory, "report.json")
    written.write_text(text, encoding="utf-8")
    _, shown = run(tool, "judge", "--show", "inspect", "--as-of", "2026-11-21", str(written))
    expect(shown == short, "the page of the facts is not that of the tape")
    check_graph(tool, name, tape, directory)


def main():
    failed = 0
    for name in NAMES:
        with tempfile.TemporaryDirectory() as directory:
            try:
                check(sys.argv[1], name, directory)
            except Failure as failure:
                failed += 1
                print(f"{name}: {failure}")
    print(f"{len(NAMES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
