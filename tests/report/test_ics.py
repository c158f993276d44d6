#!/usr/bin/python3
"""Calendars of timelines are iCalendar, say what the JSON says, and replace one another: test_ics.py DCVREADY, inside the lab."""

import json
import os
import subprocess
import sys

import ics

# Long names fold lines, names in Japanese must not be cut inside a character.
NAMES = ("www.example.jp", "*.example.com", "日本語の長い名前のラベル.日本語の長い名前のラベル.example.jp", "a." * 40 + "example.jp")
FAULTY = (
    (b"BEGIN:VCALENDAR\n", "CRLF"),
    (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n", "without components"),
    (b"BEGIN:VCALENDAR\r\nX" + b"a" * 75 + b"\r\n", "octets"),
    ("BEGIN:VCALENDAR\r\nPRODID:\u3042".encode()[:-1] + b"\r\n \x82\r\n", "cut"),
    (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:a,b\r\nEND:VCALENDAR\r\n", "not escaped"),
)


class Bench:
    def __init__(self, tool):
        self.tool, self.passed, self.failed = tool, 0, 0

    def run(self, *arguments, lang="en"):
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        return subprocess.run([self.tool, "timeline", "--lang", lang, *arguments], capture_output=True, env=environment, check=False)

    def expect(self, title, good, detail=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"{title}: {detail}")

    def calendar(self, title, *arguments, lang="en", status=0):
        run = self.run("--format", "ics", *arguments, lang=lang)
        self.expect(f"{title}: exit status", run.returncode == status, f"{run.returncode}: {run.stderr.decode()}")
        try:
            events = ics.read(run.stdout)
        except ics.Fault as fault:
            self.expect(title, False, fault)
            return []
        self.expect(title, True)
        return events


def wanted(document):
    """Dates and titles that a calendar must have of a document."""
    found = []
    for ca in document["cas"]:
        of = document["name"] if document["shared"] else f"{document['name']} ({ca['ca']})"
        for event in ca["events"]:
            if event["days"] >= 0 and event["weight"] != "info":
                found.append((event["date"], of, event["title"], event["text"], event["clause"], event["weight"] == "deadline"))
    return sorted(found)


def check_contents(bench, title, *arguments, lang="en"):
    separator = ": " if lang == "en" else ": "
    events = bench.calendar(title, *arguments, lang=lang)
    documents = json.loads(bench.run("--format", "json", *arguments, lang=lang).stdout)
    expected = sorted(entry for document in documents for entry in wanted(document))
    bench.expect(f"{title}: number", len(events) == len(expected) and expected, f"{len(events)}, not {len(expected)}")
    summaries = sorted((event["DTSTART"], event["SUMMARY"], event["alarm"] == "-P14D") for event in events)
    bench.expect(f"{title}: summaries", summaries == sorted((date, of + separator + what, alarm) for date, of, what, _, _, alarm in expected), summaries)
    for date, of, what, text, clause, _ in expected:
        bench.expect(f"{title}: description", any(event["DTSTART"] == date and event["DESCRIPTION"].startswith(text) and clause in event["DESCRIPTION"]
                                                 for event in events), (date, of, what))


def identity(events):
    return {event["UID"]: (event["DTSTART"], event["SUMMARY"]) for event in events}


def main():
    bench = Bench(sys.argv[1])
    for octets, reason in FAULTY:
        try:
            ics.read(octets)
            bench.expect(f"the reader lets pass: {octets[:60]}", False)
        except ics.Fault as fault:
            bench.expect(f"the reader on {octets[:60]}", reason in str(fault), fault)
    check_contents(bench, "English", "--ca", "jprs,digicert", "--validated", "2026-11-01", "--as-of", "2026-11-21", *NAMES)
    check_contents(bench, "Japanese", "--ca", "iij-digicert", "--validated", "2026-11-01", "--as-of", "2026-11-21", *NAMES, lang="ja")
    check_contents(bench, "no CA named", "--as-of", "2026-11-21", "www.example.jp")
    # A later run replaces what an earlier one said, and adds nothing that was there.
    arguments = ("--ca", "sectigo", "--validated", "2026-11-01", "www.example.jp")
    first = bench.calendar("first", "--as-of", "2026-11-21", *arguments)
    later = bench.calendar("later", "--as-of", "2027-01-10", *arguments)
    bench.expect("later run", identity(later).items() <= identity(first).items() and len(later) >= 4, identity(later))
    other = bench.calendar("another CA", "--as-of", "2026-11-21", "--ca", "jprs", "--validated", "2026-11-01", "www.example.jp")
    bench.expect("another CA", not set(identity(other)) & set(identity(first)))
    bench.expect("language", set(identity(bench.calendar("in Japanese", "--as-of", "2026-11-21", *arguments, lang="ja"))) == set(identity(first)))
    bench.expect("nothing comes", bench.calendar("nothing comes", "--as-of", "2029-03-15", "www.example.jp") == [])
    bench.expect("invalid name", bench.calendar("invalid name", "--as-of", "2026-11-21", "a..b", status=2) == [])
    run = bench.run("--format", "ics", "a..b")
    bench.expect("invalid name is told", b"a..b" in run.stderr, run.stderr)
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 1 if bench.failed or bench.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
