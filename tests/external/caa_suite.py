#!/usr/bin/python3
"""Runs the CAA test suite (caatestsuite.com) and zones beside it through `dcvready check`.

caa_suite.py DCVREADY

The suite's zones and expectations are not part of this project; they are looked for beside it, and without them the status is 77.
The lab serves them from real servers. Each name is checked for all CAs, whose permissions must be those that follow from the zones
(caa_oracle.py), and for a CA of the suite's own issuer domain (cas/).
"""

import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenario"))

from tool import LAB, SKIPPED, SOURCE, Failure, Tool  # noqa: E402

sys.path.insert(0, str(LAB))

import plan  # noqa: E402
import wire  # noqa: E402
import zonesource  # noqa: E402

import caa_zones  # noqa: E402
from caa_oracle import NO, UNKNOWN, YES, Oracle  # noqa: E402

SUITE = SOURCE.parent / "shared" / "testdata" / "caa" / "SSLMate-caatestsuite"
TWINS = HERE / "caa-twins.zone"
OWN_CA = "caatestsuite"
AS_OF = "2026-11-21"
WORKERS = 6
RESOLVER_TIMEOUT_S = 30
# Who validates, dcvready as it does by default first; names in signed zones are checked in each way.
DNSSEC_MODES = ("local", "resolver")
READY, NOT_READY = "ready", "not-ready"
COMMON = ("--ca-dir", HERE / "cas", "--as-of", AS_OF)
# A resolver that waits for a silent server is not waited for. For other names there is time: the machine may be busy.
IMPATIENT = ("--timeout", "2", "--deadline", "10")
ROWS = 26

# What the value of a name's CAA record is in the findings.
SHOWN = {
    "xss.caatestsuite.com": "<script>alert('Wheeeeee')</script>",
    "markup.caa-twins.com": "<b onclick=x>",
    "escape.caa-twins.com": r"\x1b[31m\x07red\x7f\u{009b}\u{202e}",
}

# Rows that are denied to the suite's own CA too.
DENIED_TO_ALL = {
    "empty.basic.caatestsuite.com",
    "critical1.basic.caatestsuite.com",
    "critical2.basic.caatestsuite.com",
    "expired.caatestsuite-dnssec.com",
    "missing.caatestsuite-dnssec.com",
    "blackhole.caatestsuite-dnssec.com",
    "servfail.caatestsuite-dnssec.com",
    "refused.caatestsuite-dnssec.com",
    "xss.caatestsuite.com",
}

# Names of caa-twins.zone and the suite's zones, and who may issue: all, none, those who have one of these issuer domains, or not to be
# told.
ALL, NONE, UNTOLD = "all", "none", "untold"
CONTROLS = {
    "caatestsuite.com": ALL,
    "permit.basic.caatestsuite.com": ALL,
    "deny-wild.basic.caatestsuite.com": ALL,
    "auto-www-san.caatestsuite.com": ALL,
    "www.auto-base-san.caatestsuite.com": ALL,
    "ipv6only-ok.caatestsuite.com": ALL,
    "caatestsuite-dnssec.com": ALL,
    "expired-ok.caatestsuite-dnssec.com": ALL,
    "missing-ok.caatestsuite-dnssec.com": ALL,
    "blackhole-ok.caatestsuite-dnssec.com": ALL,
    "servfail-ok.caatestsuite-dnssec.com": ALL,
    "refused-ok.caatestsuite-dnssec.com": ALL,
    "caa-twins.com": ALL,
    "nothing.caa-twins.com": ALL,
    "*.nothing.caa-twins.com": ALL,
    "named.caa-twins.com": {"sectigo.com"},
    "sub1.named.caa-twins.com": {"sectigo.com"},
    "*.named.caa-twins.com": {"sectigo.com"},
    "uppercase.caa-twins.com": {"sectigo.com"},
    "several.caa-twins.com": {"sectigo.com", "certum.pl"},
    "parameters.caa-twins.com": {"sectigo.com"},
    "empty-and-named.caa-twins.com": {"sectigo.com"},
    "big.caa-twins.com": {"sectigo.com"},
    "big-open.caa-twins.com": ALL,
    "unknown.caa-twins.com": ALL,
    "unknown2.caa-twins.com": ALL,
    "critical-known.caa-twins.com": {"sectigo.com"},
    "critical-beside.caa-twins.com": NONE,
    "open.deny.caa-twins.com": ALL,
    "sub.open.deny.caa-twins.com": ALL,
    "cname-named.caa-twins.com": {"sectigo.com"},
    "sub.cname-cname-named.caa-twins.com": {"sectigo.com"},
    "cname-open.deny.caa-twins.com": ALL,
    "cname-out.caa-twins.com": ALL,
    "open.dname.caa-twins.com": ALL,
    "dname-to-named.deny.caa-twins.com": {"caatestsuite.com"},
    "target.dname-alias.caa-twins.com": {"sectigo.com"},
    "wild.caa-twins.com": ALL,
    "*.wild.caa-twins.com": {"caatestsuite.com"},
    "wild-open.caa-twins.com": {"caatestsuite.com"},
    "*.wild-open.caa-twins.com": {"sectigo.com"},
    "wild-none.caa-twins.com": {"sectigo.com"},
    "*.wild-none.caa-twins.com": NONE,
    "escape.caa-twins.com": NONE,
    "markup.caa-twins.com": {"sectigo.com"},
    "servfail.caa-twins-insecure.com": UNTOLD,
    "refused.caa-twins-insecure.com": UNTOLD,
    "blackhole.caa-twins-insecure.com": UNTOLD,
    "ipv6open.caa-twins.com": ALL,
    "caa-twins-insecure.com": ALL,
    "caa-twins-dnssec.com": ALL,
    "nothing.caa-twins-dnssec.com": ALL,
    "named.caa-twins-dnssec.com": {"sectigo.com"},
    "denied.caa-twins-dnssec.com": {"caatestsuite.com"},
}

# What the validating resolver answers, so that each name is denied for the reason that the suite means: options, and words that must be
# there. The first question of a name comes first: what is bogus for the second time has no cause any more.
SERVED = {
    "deny.basic.caatestsuite.com": [({}, "NOERROR CAA=1")],
    "big.basic.caatestsuite.com": [({}, "NOERROR TC"), ({"tcp": True}, "NOERROR CAA=1001")],
    "big.caa-twins.com": [({"tcp": True}, "NOERROR CAA=1001")],
    "big-open.caa-twins.com": [({"tcp": True}, "NOERROR CAA=1001")],
    "ipv6only.caatestsuite.com": [({}, "NOERROR CAA=1")],
    "xss.caatestsuite.com": [({}, "NOERROR CAA=1")],
    "expired.caatestsuite-dnssec.com": [({}, "SERVFAIL EDE=7"), ({"flags": wire.CD}, "NOERROR CAA=0")],
    "expired-ok.caatestsuite-dnssec.com": [({}, "NOERROR AD CAA=0")],
    "missing.caatestsuite-dnssec.com": [({}, "SERVFAIL EDE=10"), ({"flags": wire.CD}, "NOERROR CAA=0")],
    "missing-ok.caatestsuite-dnssec.com": [({}, "NOERROR AD CAA=0")],
    "servfail.caatestsuite-dnssec.com": [({}, "SERVFAIL"), ({"rrtype": "DS"}, "NOERROR AD DS=1")],
    "refused.caatestsuite-dnssec.com": [({}, "SERVFAIL"), ({"rrtype": "DS"}, "NOERROR AD DS=1")],
    "blackhole.caatestsuite-dnssec.com": [({}, "SERVFAIL"), ({"rrtype": "DS"}, "NOERROR AD DS=1")],
    "servfail.caa-twins-insecure.com": [({}, "SERVFAIL"), ({"rrtype": "DS"}, "NOERROR DS=0")],
    "named.caa-twins-dnssec.com": [({}, "NOERROR AD CAA=1")],
}


def resolve(name, *, rrtype="CAA", flags=0, tcp=False):
    """What the resolver answers, as words."""
    query = wire.make_query(name, rrtype, extra_flags=flags)
    reply = (wire.tcp_ask if tcp else wire.udp_ask)(plan.RESOLVER, query, RESOLVER_TIMEOUT_S)
    found = sum(record.section == 0 and record.rrtype == wire.TYPES[rrtype] for record in wire.records(reply))
    words = {wire.rcode_name(reply), f"{rrtype}={found}", *(f"EDE={code}" for code in wire.extended_errors(reply))}
    return words | {word for word, flag in (("AD", wire.AD), ("TC", wire.TC)) if wire.flags(reply) & flag}


def check_served(name, questions):
    """Raises Failure where the lab does not serve what the suite means."""
    for options, wanted in questions:
        seen = resolve(name, **options)
        if not set(wanted.split()) <= seen:
            raise Failure(f"{options}: the lab answers {' '.join(sorted(seen))}, not {wanted}")


def by(mode):
    """The options that have it validated so, from the anchor of the lab's root."""
    anchor = ("--trust-anchor", os.environ["DCV_LAB_ANCHOR"]) if mode == "local" else ()
    return ("--dnssec", mode, *anchor)


def by_value(wanted):
    """`{"a": "no", "b": "no"}` as text: for people."""
    return "; ".join(f"{value}: {' '.join(sorted(key for key in wanted if wanted[key] == value))}" for value in sorted(set(wanted.values())))


class Cas:
    """The profiles: their issuer domains where CAA is judged for them."""

    def __init__(self, tool):
        profiles, _ = tool.json("cas", "--ca-dir", HERE / "cas", status=0)
        self.domains = {profile["id"]: [entry["domain"] for entry in profile["caa"]["issuer_domains"]] for profile in profiles
                        if profile["caa"]["judged"]}
        self.unjudged = {profile["id"] for profile in profiles} - set(self.domains)
        self.others = sorted(set(self.domains) - {OWN_CA})


def reports_of(text):
    """The reports in a JSON document, which may have other objects too. Raises Failure."""
    try:
        objects = json.loads(text)
    except ValueError as error:
        raise Failure(f"no JSON: {error}") from None
    return [entry for entry in objects if entry.get("schema", "").startswith("dcvready/report/")]


def printable(text):
    """Raises Failure where something would act on a terminal."""
    bad = {character for character in text if character != "\n" and not character.isprintable()}
    if bad:
        raise Failure(f"the text holds {' '.join(sorted(map(ascii, bad)))}")


class Suite:
    def __init__(self, tool, zones):
        self.tool = tool
        self.cas = Cas(tool)
        self.oracle = Oracle(zones)
        self.has_also_www = "--also-www" in tool.run("check", "--help", status=0).stdout

    def modes(self, name):
        return DNSSEC_MODES if self.oracle.signed(name) else DNSSEC_MODES[:1]

    def run(self, name, *options, status=None):
        patience = IMPATIENT if name.startswith("blackhole.") else ()
        return self.tool.run("check", *COMMON, *patience, *options, "--", name, status=status)

    def report(self, mode, name):
        done = self.run(name, *by(mode), "--ca", "all", "--format", "json")
        (report,) = reports_of(done.stdout)
        if report["dns"]["dnssec_source"] != mode:
            raise Failure(f"validated by {report['dns']['dnssec_source']}, not by {mode}")
        return report, done.returncode

    def wanted(self, name):
        """By CA: what the zones say."""
        return {ca: self.oracle.permits(name, domains) for ca, domains in self.cas.domains.items()}

    def compare(self, report, wanted):
        """Raises Failure with all CAs of a report for which not what is wanted was said."""
        said = {ca["ca"]: ca["caa"]["permits"] for ca in report["cas"] if ca["caa"]["judged"]}
        if set(said) != set(wanted):
            raise Failure(f"judged for {sorted(said)}, not for {sorted(wanted)}")
        wrong = {ca: f"{said[ca]}, not {value}" for ca, value in wanted.items() if said[ca] != value}
        wrong |= {ca["ca"]: "ready, not permitted" for ca in report["cas"] if ca["verdict"] == READY and said.get(ca["ca"], YES) != YES}
        if wrong:
            raise Failure(by_value(wrong))
        verdict = next(ca["verdict"] for ca in report["cas"] if ca["ca"] == OWN_CA)
        if verdict != {YES: READY, NO: NOT_READY, UNKNOWN: "unknown"}[wanted[OWN_CA]]:
            raise Failure(f"{OWN_CA}: verdict {verdict} where CAA permits: {wanted[OWN_CA]}")

    def check(self, name):
        """The name in all modes: JSON, the text, and the status for those that may issue and those that may not."""
        wanted = self.wanted(name)
        for mode in self.modes(name):
            report, status = self.report(mode, name)
            self.compare(report, wanted)
            if (report["verdict"] == READY) != (YES in wanted.values()) or (status == 0) != (report["verdict"] == READY):
                raise Failure(f"verdict {report['verdict']}, status {status}; CAA: {set(wanted.values())}")
            self.check_text(mode, name, wanted)
        return wanted

    def check_text(self, mode, name, wanted):
        status = {YES: 0, NO: 1, UNKNOWN: 3}[wanted[OWN_CA]]
        done = self.run(name, *by(mode), "--color", "never", "--verbose", "--ca", OWN_CA, status=status)
        printable(done.stdout)

    # The rows of the suite

    def deny(self, name):
        """For everybody else no; the suite's CA is judged by the zones."""
        wanted = self.check(name)
        unsure = {ca for ca in self.cas.others if wanted[ca] != NO}
        # A CA whose issuer domains nobody knows might be the one that is named.
        if any(wanted[ca] == YES or self.cas.domains[ca] for ca in unsure):
            raise Failure(f"the zones do not deny {sorted(unsure)}")
        if wanted[OWN_CA] != (NO if name in DENIED_TO_ALL else YES):
            raise Failure(f"the zones say {wanted[OWN_CA]} to {OWN_CA}")
        for mode in self.modes(name):
            done = self.run(name, *by(mode), "--ca", ",".join(self.cas.others), "--format", "json", status=1)
            (report,) = reports_of(done.stdout)
            if report["verdict"] != NOT_READY:
                raise Failure(f"verdict {report['verdict']} for all others")

    def sibling(self, name):
        """The name is open to all, the sibling that comes with it only to the suite's CA."""
        sibling = name.removeprefix("www.") if name.startswith("www.") else f"www.{name}"
        if not self.has_also_www:
            raise Failure("this dcvready has no option --also-www")
        for ca in self.cas.domains:
            done = self.run(name, "--also-www", "--ca", ca, "--format", "json")
            said = {report["name"]: report["cas"][0]["caa"]["permits"] for report in reports_of(done.stdout)}
            wanted = {name: YES, sibling: self.oracle.permits(sibling, self.cas.domains[ca])}
            if said != wanted:
                raise Failure(f"{ca}: {said}, not {wanted}")
            if (ca == OWN_CA) != (done.returncode == 0) or (wanted[sibling] == NO and done.returncode != 1):
                raise Failure(f"{ca}: status {done.returncode}")

    def row(self, row):
        (self.deny if row["section"] == "Deny Tests" else self.sibling)(row["fqdn"])

    # The names beside it

    def control(self, name, who):
        wanted = {ca: control_of(ca, domains, who) for ca, domains in self.cas.domains.items()}
        if wanted != self.wanted(name):
            raise Failure(f"the zones say {by_value(self.wanted(name))}")
        self.check(name)

    def shows(self, name, value):
        """What stands in a CAA record is in the findings; only what is not printable is escaped, in JSON too (see check_text)."""
        report, _ = self.report(DNSSEC_MODES[0], name)
        if not any(value in finding["text"] for finding in report["findings"]):
            raise Failure(f"no finding has {value!r}")


def control_of(ca, domains, who):
    """What a row of CONTROLS says of one CA: `who` are issuer domains there."""
    if isinstance(who, str):
        return {ALL: YES, NONE: NO, UNTOLD: UNKNOWN}[who]
    if not domains:
        return UNKNOWN
    return YES if who & set(domains) else NO


def tasks(suite):
    """(title, function, arguments) of every check but those of the lab."""
    with open(SUITE / "EXPECTED.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if len(rows) != ROWS:
        raise Failure(f"EXPECTED.tsv has {len(rows)} rows, not {ROWS}")
    yield from ((f"row {row['fqdn']}", suite.row, (row,)) for row in rows)
    yield from ((f"control {name}", suite.control, (name, who)) for name, who in CONTROLS.items())
    yield from ((f"shows {name}", suite.shows, (name, value)) for name, value in SHOWN.items())


def outcome(title, function, arguments):
    try:
        function(*arguments)
    except (Failure, OSError, EOFError, wire.Malformed) as failure:
        return title, str(failure) or type(failure).__name__
    return title, None


def inside(program):
    """The tests, in the lab that serves the zones."""
    suite = Suite(Tool(program), zonesource.read_all(pathlib.Path(os.environ["CAA_ZONES"])))
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda row: outcome(f"lab {row[0]}", check_served, row), SERVED.items()))
        results += pool.map(lambda task: outcome(*task), tasks(suite))
    failed = [(title, wrong) for title, wrong in results if wrong]
    for title, wrong in failed:
        print(f"FAIL {title}: {wrong}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed; {suite.tool.runs} runs")
    return int(bool(failed))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if "CAA_ZONES" in os.environ:
        return inside(sys.argv[1])
    if not SUITE.is_dir():
        print(f"the CAA test suite is not at {SUITE}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as zones:
        (pathlib.Path(zones) / "caatestsuite.zone").write_text(caa_zones.source(SUITE / "zones"), encoding="ascii")
        shutil.copy(TWINS, zones)
        again = [sys.executable, "-B", __file__, sys.argv[1]]
        return subprocess.run([LAB / "lab", "run", "--zones", zones, "--", *again], env=os.environ | {"CAA_ZONES": zones},
                              check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
