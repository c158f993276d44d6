"""Scenarios: a situation, and what must be said of it and nothing else.

fixtures/scenarios/SLUG/ and its sound twin SLUG-ok/ have one file for each:

input       the command's arguments; {PERSONA} is the address of a faulty resolver of the lab, {SERVICE} that of a server of another
            protocol (plan.SERVICES), {plain} of the resolver that does not validate, {nobody} one where nobody listens; {csr} and
            {cert} are files made by the specifications of these names, {anchor} and {token} are the files of these names,
            {root-anchor} the lab's own
csr, cert   a request, a certificate: see ../support/x509.py
anchor      trust anchors
token       a file for the web server
as_of       the date to judge for; "today", "today-20", "today+200" where the lab's registries tell until when a domain is registered
expected    "verdict CA VALUE", "exit N", "finding ID [CA]" (for every CA, or for this one), "fix ID": that finding shows what mends it,
            "also ID": may be there, and "approver CA ADDRESS": this one may be used
zone        records of SLUG.example. that the lab does not have, where {SERVICE} is the address of one of its mail hosts or web servers; without
            it, the name is one of the lab's
world       how the zone is served: "unsigned": asked directly, without a resolver; "persona=NAME": by this faulty server.
            Without it: signed, behind a validating resolver, together with those of other scenarios
facts.json  facts to add, where no server shows them
why         why none does
tape        a recording that gives the same result without servers

The output of an order is that of its names, then that of the whole: verdicts are those of the whole, and a finding is expected in one of
them at least. Findings that are blockers or warnings and in neither list must not be there; the twin has none of those of SLUG.
"""

import datetime
import functools
import re
import shlex
import sys
import tempfile

from tool import FIXTURES, LAB, SUPPORT, Failure

sys.path[:0] = [str(LAB), str(SUPPORT)]

import personas  # noqa: E402
import plan  # noqa: E402
import x509  # noqa: E402

DIRECTORY = FIXTURES / "scenarios"
KEYS = {"verdict": 3, "exit": 2, "finding": (2, 3), "fix": 2, "also": 2, "approver": 3}
TWIN = "-ok"
PLACES = {**plan.SERVICES, **personas.ADDRESS, "plain": plan.PLAIN_RESOLVER, "nobody": plan.NOBODY, "root-anchor": str(plan.anchor_file())}
ORDER = "dcvready/order/1"


@functools.cache
def work():
    """A directory that goes with this program."""
    return tempfile.TemporaryDirectory(prefix="dcvready-scenarios-")


def findings_of(document):
    """Pairs of a finding of a document and the CAs that it concerns."""
    for number, finding in enumerate(document["findings"]):
        yield finding, {ca["ca"] for ca in document["cas"] if number in ca["findings"]}
# In a world of one zone nobody answers for registries.
ASKS_REGISTRIES = ("check", "approvers", "accepts")


def with_services(zone):
    return zone and re.sub(r"\{([a-z0-9-]+)\}", lambda match: plan.SERVICES[match[1]], zone)


class Scenario:
    def __init__(self, directory):
        self.directory = directory
        self.slug = directory.name
        self.zone = with_services(self._text("zone", optional=True))
        self.as_of = self._day(self._text("as_of").strip())
        self.world = (self._text("world", optional=True) or "").split()
        self.verdicts, self.exit, self.findings, self.fixes, self.also, self.approvers = {}, None, [], set(), set(), set()
        self.absent = set()
        for line in self._text("expected").splitlines():
            self._expect(line.split())
        if self.exit is None:
            raise ValueError(f"{self.slug}: expected: no exit")

    def _text(self, name, *, optional=False):
        path = self.directory / name
        return None if optional and not path.exists() else path.read_text(encoding="utf-8")

    def _day(self, text):
        """What a registration lasts until counts from today in the lab; all else is of a day that stays."""
        if not text.startswith("today"):
            return text
        if self.zone is not None or any((self.directory / name).exists() for name in ("facts.json", "tape")):
            raise ValueError(f"{self.slug}: as_of: {text} is for registries of the lab")
        return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(int(text.removeprefix("today") or 0))).isoformat()

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
        elif words[0] == "approver":
            self.approvers.add((words[1], words[2]))
        else:
            self.also.add(words[1])

    def allows(self, rule):
        """May a report hold this finding?"""
        return rule in self.also or any(found == rule for found, _ in self.findings)

    @functools.cached_property
    def _places(self):
        """What stands for {words} of the command line."""
        files = {kind: self._text(kind, optional=True) for kind in ("csr", "cert")}
        made = {kind: str(x509.write(work().name, kind, text)) for kind, text in files.items() if text is not None}
        return PLACES | made | {kind: str(self.directory / kind) for kind in ("anchor", "token")}

    def arguments(self, world=None):
        """The command line. An unsigned world's root has no keys to validate with: there the server's word counts."""
        words = [re.sub(r"\{([a-z0-9-]+)\}", lambda match: self._places[match[1]], word) for word in shlex.split(self._text("input"))]
        facts = self.directory / "facts.json"
        return [*words, "--as-of", self.as_of, *(["--resolver", world.resolver] if world else []),
                *(self._validation(world) if world and "--dnssec" not in words else []),
                *(["--no-whois"] if world and words[0] in ASKS_REGISTRIES and "--whois-server" not in words else []),
                *(["--facts-in", str(facts)] if facts.exists() else [])]

    @staticmethod
    def _validation(world):
        return ["--trust-anchor", str(world.anchor)] if world.anchor else ["--dnssec", "resolver"]

    def check(self, documents, status):
        """Raises Failure with all differences."""
        wrong = [] if status == self.exit else [f"exit {status}, not {self.exit}"]
        if documents and documents[-1].get("schema") == ORDER:
            wrong += self._check_order(documents)
        else:
            for report in documents:
                wrong += self._check_report(report)
        if wrong:
            raise Failure("; ".join(wrong))

    def _check_report(self, report):
        if "error" in report:
            yield f"error: {report['error']}"
            return
        yield from self._check_verdicts(report)
        yield from self._check_approvers(report)
        yield from self._missing(report)
        yield from self._check_findings(report)

    def _check_order(self, documents):
        yield from (f"error: {document['error']}" for document in documents if "error" in document)
        documents = [document for document in documents if "error" not in document]
        yield from self._check_verdicts(documents[-1])
        yield from sorted(set.intersection(*(set(self._missing(document)) for document in documents)))
        for document in documents:
            yield from self._check_findings(document)

    def _check_verdicts(self, document):
        verdicts = {ca["ca"]: ca["verdict"] for ca in document["cas"]}
        for ca, verdict in self.verdicts.items():
            if verdicts.get(ca) != verdict:
                yield f"verdict {ca} {verdicts.get(ca)}, not {verdict}"

    def _check_approvers(self, report):
        usable = {(ca["ca"], entry["address"]) for ca in report["cas"] for entry in ca.get("approvers", ()) if entry["usable"]}
        yield from (f"{address} does not approve for {ca}" for ca, address in sorted(self.approvers - usable))

    def _missing(self, document):
        said = [(finding["id"], cas) for finding, cas in findings_of(document)]
        for rule, ca in self.findings:
            cas = set().union(*(by for found, by in said if found == rule))
            if not cas >= ({ca} if ca else {row["ca"] for row in document["cas"]}):
                yield f"no finding {rule}{f' for {ca}' if ca else ''}"
        for rule in self.fixes:
            if not any(finding["id"] == rule and finding["fix"] for finding in document["findings"]):
                yield f"finding {rule} shows no fix"

    def _check_findings(self, document):
        """What is said and not expected, or said badly."""
        for finding, cas in findings_of(document):
            rule = finding["id"]
            if not cas:
                yield f"finding {rule} belongs to no CA"
            if not self.allows(rule) and (rule in self.absent or finding["severity"] in ("blocker", "warning")):
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
