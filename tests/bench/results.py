"""What an audit wrote: is every name there, once, and what does it say of its own work?"""

import json
import re

import measure

NAME = re.compile(rb'"name":\s*"((?:[^"\\]|\\.)*)"')
VERDICT = re.compile(rb'"verdict":\s*"([a-z-]+)"')
# A lookup that had no answer leaves one of these; the world answers everything.
FAILED = re.compile(rb'"[a-z0-9-]+-(?:failed|timeout|indeterminate|unreachable|servfail|no-answer)(?:-[a-z-]+)?"|"(?:provisional|deadline)":\s*true'
                    rb'|"state":\s*"(?:provisional|crashed|invalid)"')
QUERIES, CACHED = (re.compile(rb'"%s":\s*(\d+)' % word) for word in (b"queries", b"cached"))
SAMPLE = 1000


class Faulty(Exception):
    """The results are wrong."""


class Tally:
    """Counts over the lines of the results."""

    def __init__(self):
        self.names, self.failed, self.queries, self.cached = 0, 0, 0, 0
        self.verdicts = {}

    def take(self, line):
        """Returns the name of the line."""
        if self.names % SAMPLE == 0:
            json.loads(line)
        name, verdict = NAME.search(line), VERDICT.search(line)
        if name is None or verdict is None:
            raise Faulty(f"no name or no verdict: {line[:200]!r}")
        self.names += 1
        word = verdict[1].decode()
        self.verdicts[word] = self.verdicts.get(word, 0) + 1
        self.failed += FAILED.search(line) is not None
        for field, pattern in (("queries", QUERIES), ("cached", CACHED)):
            found = pattern.findall(line)
            setattr(self, field, getattr(self, field) + (int(found[-1]) if found else 0))
        return name[1]


def check(path, names):
    """The tally of a JSONL file over the names in a file; raises Faulty."""
    tally = Tally()
    with open(path, "rb") as file:
        found = measure.fingerprint(tally.take(line) for line in file)
    wanted = measure.fingerprint(measure.names_of(names))
    if found[0] != wanted[0]:
        raise Faulty(f"{found[0]} results for {wanted[0]} names")
    if found != wanted:
        raise Faulty("the results are of other names than those that were given")
    return tally


def summary(text):
    """The last JSON object of a text, flat; {}: there is none."""
    for at in reversed([match.start() for match in re.finditer(r"^\{", text, re.M)]):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, at)
        except ValueError:
            continue
        return flat(value)
    return {}


def flat(value):
    found = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            found |= flat(inner)
        elif isinstance(inner, (int, float)) and not isinstance(inner, bool):
            found[key] = inner
    return found


def said(numbers, *keys):
    """The first of these that the summary has; None: it says nothing of it."""
    return next((numbers[key] for key in keys if key in numbers), None)
