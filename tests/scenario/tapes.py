#!/usr/bin/python3
"""Replays the recordings of fixtures/; needs no lab and no server.

tapes.py DCVREADY

fixtures/recordings/portfolio.tape holds one name for each situation of the lab; portfolio.jsonl has the verdicts for the day of the
recording, by CA. `record` makes them anew.
"""

import datetime
import json
import sys

import scenarios
from tool import FIXTURES, Failure, Tool

PORTFOLIO = FIXTURES / "recordings" / "portfolio.tape"
SUMMARY = FIXTURES / "recordings" / "portfolio.jsonl"
SIZE_MAX = 900_000


def header(tape):
    """The lines before the first exchange."""
    for line in tape.read_text(encoding="ascii").splitlines():
        if line.startswith("x "):
            return
        yield line


def names():
    return [line.removeprefix(": name ") for line in header(PORTFOLIO) if line.startswith(": name ")]


def day():
    """The date of the recording."""
    wall = next(line for line in header(PORTFOLIO) if line.startswith("wall "))
    return datetime.datetime.fromtimestamp(int(wall.split()[1]), datetime.timezone.utc).date().isoformat()


def replay(tool, arguments, tape):
    """The reports, and the status."""
    done = tool.run(*arguments, "--format", "json", "--facts", "--replay", tape)
    if '"outcome": "unrecorded"' in done.stdout:
        raise Failure("dcvready asks what was not asked when this was recorded; if that is meant, make it anew with `record`")
    return json.loads(done.stdout), done.returncode


def replay_portfolio(tool):
    return replay(tool, ("check", "--ca", "all", "--as-of", day(), *names()), PORTFOLIO)[0]


def summaries(tool):
    """One line a name: its verdicts, and the CAs that have them."""
    reports = replay_portfolio(tool)
    for report in reports:
        verdicts = {}
        for ca in report["cas"]:
            verdicts.setdefault(ca["verdict"], []).append(ca["ca"])
        yield json.dumps({"name": report["name"], "as_of": report["as_of"], "verdicts": dict(sorted(verdicts.items()))}, ensure_ascii=False) + "\n"


def check_portfolio(tool):
    expected = SUMMARY.read_text(encoding="utf-8").splitlines(keepends=True)
    got = list(summaries(tool))
    for line, wanted in zip(got, expected):
        if line != wanted:
            raise Failure(f"{line.strip()}, not {wanted.strip()}")
    if len(got) != len(expected):
        raise Failure(f"{len(got)} names, not {len(expected)}")
    if PORTFOLIO.stat().st_size >= SIZE_MAX:
        raise Failure(f"{PORTFOLIO.stat().st_size} octets")


def check_judged(tool):
    """Judging the tape is replaying it."""
    replayed = replay_portfolio(tool)
    judged, _ = tool.json("judge", "--ca", "all", "--as-of", day(), "--facts", PORTFOLIO)
    for first, second in zip(replayed, judged, strict=True):
        for key in ("ascii", "cas", "findings", "facts"):
            if first[key] != second[key]:
                raise Failure(f"judge: {first['name']}: {key} differs")


def check_scenario(tool, scenario):
    scenario.check(*replay(tool, scenario.arguments(), scenario.directory / "tape"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tool = Tool(sys.argv[1])
    checks = [("portfolio", check_portfolio, ()), ("judge", check_judged, ())]
    checks += [(slug, check_scenario, (scenario,)) for slug, scenario in scenarios.load().items() if (scenario.directory / "tape").exists()]
    failed = 0
    for title, function, arguments in checks:
        try:
            function(tool, *arguments)
        except Failure as failure:
            failed += 1
            print(f"FAIL {title}: {failure}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
