"""Scenarios: a situation, and what must be said of it and nothing else.

fixtures/scenarios/SLUG/ and its sound twin SLUG-ok/ have one file for each:

input       the command's arguments; {PERSONA} is the address of a faulty resolver of the lab, {plain} of the one that does not
            validate, {nobody} one where nobody listens
as_of       the date to judge for
expected    "verdict CA VALUE", "exit N", "finding ID [CA]" (for every CA, or for this one), "fix ID": that finding shows what mends it,
            and "also ID": may be there
zone        records of SLUG.example. that the lab does not have; without it, the name is one of the lab's
world       how the zone is served: "unsigned": asked directly, without a resolver; "persona=NAME": by this faulty server.
            Without it: signed, behind a validating resolver, together with those of other scenarios
facts.json  facts to add
tape        a recording that gives the same result without servers

Findings that are blockers or warnings and in neither list must not be there; the twin has none of those of SLUG.
"""

import re
import shlex
import sys

from tool import FIXTURES, LAB, Failure

sys.path.insert(0, str(LAB))

import personas  # noqa: E402
import plan  # noqa: E402

DIRECTORY = FIXTURES / "scenarios"
KEYS = {"verdict": 3, "exit": 2, "finding": (2, 3), "fix": 2, "also": 2}
TWIN = "-ok"
ADDRESSES = {**personas.ADDRESS, "plain": plan.PLAIN_RESOLVER, "nobody": plan.NOBODY}


class Scenario:
    def __init__(self, directory):
        self.directory = directory
        self.slug = directory.name
        self.as_of = self._text("as_of").strip()
        self.zone = self._text("zone", optional=True)
        self.world = (self._text("world", optional=True) or "").split()
        self.verdicts, self.exit, self.findings, self.fixes, self.also = {}, None, [], set(), set()
        self.absent = set()
        for line in self._text("expected").splitlines():
            self._expect(line.split())
        if self.exit is None:
            raise ValueError(f"{self.slug}: expected: no exit")

    def _text(self, name, *, optional=False):
        path = self.directory / name
        return None if optional and not path.exists() else path.read_text(encoding="utf-8")

    def _expect(self, words):
        if not words:
            return
        counts = KEYS.get(words[0], ())
        if len(words) not in (counts if isinstance(counts, tuple) else (counts,)):
            raise ValueError(f"{self.slug}: expected: {' '.join(words)}")
        if words[0] == "verdict":
            self.verdicts[words[1]] = words[2]
        elif words[0] == "exit":
            self.exit = int(words[1])
        elif words[0] == "finding":
            self.findings.append((words[1], words[2] if len(words) == 3 else None))
        elif words[0] == "fix":
            self.fixes.add(words[1])
        else:
            self.also.add(words[1])

    def allows(self, rule):
        """May a report hold this finding?"""
        return rule in self.also or any(found == rule for found, _ in self.findings)

    def arguments(self, resolver=None):
        """The command line; `resolver` is that of the world."""
        words = [re.sub(r"\{([a-z0-9-]+)\}", lambda match: ADDRESSES[match[1]], word) for word in shlex.split(self._text("input"))]
        facts = self.directory / "facts.json"
        return [*words, "--as-of", self.as_of, *(["--resolver", resolver] if resolver else []),
                *(["--facts-in", str(facts)] if facts.exists() else [])]

    def check(self, reports, status):
        """Raises Failure with all differences."""
        wrong = [] if status == self.exit else [f"exit {status}, not {self.exit}"]
        for report in reports:
            wrong += self._check_report(report)
        if wrong:
            raise Failure("; ".join(wrong))

    def _check_report(self, report):
        if "error" in report:
            yield f"error: {report['error']}"
            return
        verdicts = {ca["ca"]: ca["verdict"] for ca in report["cas"]}
        for ca, verdict in self.verdicts.items():
            if verdicts.get(ca) != verdict:
                yield f"verdict {ca} {verdicts.get(ca)}, not {verdict}"
        said = [(finding["id"], {ca["ca"] for ca in report["cas"] if number in ca["findings"]})
                for number, finding in enumerate(report["findings"])]
        for rule, ca in self.findings:
            cas = set().union(*(by for found, by in said if found == rule))
            if not cas >= ({ca} if ca else set(verdicts)):
                yield f"no finding {rule}{f' for {ca}' if ca else ''}"
        for rule in self.fixes:
            if not any(finding["id"] == rule and finding["fix"] for finding in report["findings"]):
                yield f"finding {rule} shows no fix"
        for finding, (rule, cas) in zip(report["findings"], said):
            if not cas:
                yield f"finding {rule} belongs to no CA"
            if not self.allows(rule) and (finding["severity"] in ("blocker", "warning") or rule in self.absent):
                yield f"unexpected {finding['severity']} {rule}: {finding['text']}"
            if "{" in finding["text"]:
                yield f"finding {rule}: place not filled: {finding['text']}"


def load():
    """All scenarios by slug. Raises ValueError where one has no twin."""
    found = {path.name: Scenario(path) for path in sorted(DIRECTORY.iterdir()) if path.is_dir()}
    for slug, scenario in found.items():
        if slug.endswith(TWIN):
            sibling = found.get(slug.removesuffix(TWIN))
            if sibling is None:
                raise ValueError(f"{slug} is the twin of nothing")
            scenario.absent = {rule for rule, _ in sibling.findings}
        elif slug + TWIN not in found:
            raise ValueError(f"{slug} has no twin")
    return found
