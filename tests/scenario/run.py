#!/usr/bin/python3
"""Runs the scenarios of fixtures/scenarios/ against the lab's servers.

run.py DCVREADY [SLUG...]

Each is recorded and replayed, with the same result to the byte. At the end the finding ids that no scenario has are compared with
fixtures/scenarios/UNCOVERED. Recordings that come with a scenario are the business of tapes.py.
"""

import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import scenarios
from tool import LAB, Failure, Tool, enter_lab

sys.path.insert(0, str(LAB))

from world import World  # noqa: E402

WORKERS = 4
COMMON = """\
$ORIGIN example.net.
@ MX 10 mail
mail A 192.0.2.25
"""
UNCOVERED = scenarios.DIRECTORY / "UNCOVERED"


def zone_of(scenario):
    return f"$ORIGIN {scenario.slug}.example.\n{scenario.zone}"


def world_of(scenario):
    options = dict(word.partition("=")[::2] for word in scenario.world)
    return World(COMMON + zone_of(scenario), sign="unsigned" not in options, persona=options.get("persona"))


@contextlib.contextmanager
def served(scenario, shared):
    """The world to ask; None: the lab's resolver."""
    if scenario.zone is None:
        yield None
    elif not scenario.world:
        yield shared
    else:
        with world_of(scenario) as world:
            yield world


@contextlib.contextmanager
def shared_world(chosen):
    """A signed world for all scenarios that want no other."""
    zones = [zone_of(scenario) for scenario in chosen if scenario.zone is not None and not scenario.world]
    if not zones:
        yield None
        return
    with World(COMMON + "\n".join(zones), sign=True) as world:
        yield world


def reports_of(text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failure(f"no JSON: {error}") from None


def fix_lines(reports):
    """Zone-file lines that were advised; what stands in braces comes from the CA."""
    return {re.sub(r"\{[a-z0-9_-]+\}", "x", finding["fix"]) for report in reports for finding in report["findings"]
            if finding["fix_kind"] == "zone"}


def check_text(tool, arguments, tape, status):
    """The form for people, of the same answers."""
    for form in ((), ("--verbose", "--lang", "ja")):
        tool.run(*arguments, *form, "--replay", tape, status=status)


def run_live(tool, scenario, shared, directory):
    """Records and replays; returns the fixes that were advised."""
    tape = pathlib.Path(directory) / f"{scenario.slug}.tape"
    with served(scenario, shared) as world:
        arguments = scenario.arguments(world)
        form = ("--format", "json", "--facts")
        recorded = tool.run(*arguments, *form, "--record", tape)
    reports = reports_of(recorded.stdout)
    scenario.check(reports, recorded.returncode)
    replayed = tool.run(*arguments, *form, "--replay", tape, status=recorded.returncode)
    if replayed.stdout != recorded.stdout:
        raise Failure(f"replay differs: {first_difference(recorded.stdout, replayed.stdout)}")
    check_text(tool, arguments, tape, recorded.returncode)
    return fix_lines(reports)


def first_difference(first, second):
    for number, (a, b) in enumerate(zip(first.splitlines(), second.splitlines()), 1):
        if a != b:
            return f"line {number}: {a.strip()} / {b.strip()}"
    return "length"


def outcome(*arguments):
    """The fixes of a scenario, and what is wrong or None."""
    try:
        return run_live(*arguments), None
    except Failure as failure:
        return None, str(failure)


def bad_lines(lines):
    """Fixes that are no zone-file lines."""
    for line in sorted(lines):
        zone = f"$TTL 300\n. SOA ns1. root. 1 2 3 4 5\n. NS ns1.\nns1. A 192.0.2.1\n{line}\n"
        done = subprocess.run(["named-checkzone", "-i", "none", "-k", "ignore", "-m", "ignore", "-M", "ignore", "-n", "ignore", "-r", "ignore",
                               ".", "/dev/stdin"], input=zone, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield f"{line}: {done.stdout.strip().splitlines()[-2:]}"


def rule_ids(tool):
    rules, _ = tool.json("rules")
    return [rule["id"] for rule in rules]


def stale_list(tool, chosen):
    """Differences between UNCOVERED and the finding ids that no scenario has."""
    covered = {rule for scenario in chosen for rule, _ in scenario.findings}
    listed = {}
    for line in UNCOVERED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            rule, _, reason = line.partition(" ")
            listed[rule] = reason.strip()
    known = rule_ids(tool)
    missing = [rule for rule in known if rule not in covered]
    print(f"{len(known) - len(missing)} of {len(known)} finding ids have a scenario")
    for rule in missing:
        print(f"  without: {rule}: {listed.get(rule, '?')}")
    yield from (f"{rule}: neither a scenario nor listed" for rule in missing if not listed.get(rule))
    yield from (f"{rule}: listed, but has a scenario or is no finding" for rule in listed if rule not in missing)
    yield from (f"{rule}: expected, but no finding" for rule in covered if rule not in known)


def run_all(tool, chosen, directory):
    """Pairs of a title and what is wrong or None, and the fixes."""
    with shared_world(chosen) as shared, ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(lambda scenario: outcome(tool, scenario, shared, directory), chosen))
    return [(scenario.slug, wrong) for scenario, (_, wrong) in zip(chosen, done)], set().union(*(lines for lines, _ in done if lines))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    enter_lab()
    tool = Tool(sys.argv[1])
    known = scenarios.load()
    chosen = [known[slug] for slug in sys.argv[2:]] or list(known.values())
    with tempfile.TemporaryDirectory() as directory:
        results, fixes = run_all(tool, chosen, directory)
    results += [("fix", wrong) for wrong in bad_lines(fixes)]
    if not sys.argv[2:]:
        results += [("UNCOVERED", wrong) for wrong in stale_list(tool, chosen)]
    failed = [(title, wrong) for title, wrong in results if wrong]
    for title, wrong in failed:
        print(f"FAIL {title}: {wrong}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
