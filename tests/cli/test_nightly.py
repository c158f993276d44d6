#!/usr/bin/python3
"""contrib/audit/nightly, with a program in dcvready's place that does what it is told: runs follow one another, a killed one goes on."""

import os
import pathlib
import subprocess
import sys
import tempfile

NIGHTLY = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "audit" / "nightly"
# `audit` appends to its run and ends as the file `audit` says, `diff` as the file `diff` says, and a run is complete when the file `complete` says so;
# the calls are noted.
DCVREADY = """#!/usr/bin/env bash
here=$(dirname "$0")
echo "$*" >>"$here/calls"
case $1 in
audit) cat "${@: -1}" >>"$3"; [[ " $* " == *" --quiet "* ]] || echo "12 names" >&2; exit "$(cat "$here/audit")" ;;
diff) echo "- $(cat "$3")"; echo "+ $(cat "$4")"; exit "$(cat "$here/diff")" ;;
report)
    case $2 in
    --summary) echo "{'complete':$(cat "$here/complete"),'names':1}" | tr "'" '"' ;;
    *) echo "a report of $(cat "$2")" ;;
    esac
    exit "$(cat "$here/audit")" ;;
esac
"""


class Night:
    """A directory with runs, and the tools that `nightly` finds first."""

    def __init__(self, top):
        self.top, self.runs, self.portfolio = top, top / "runs", top / "portfolio.csv"
        self.script("dcvready", DCVREADY)

    def script(self, name, text):
        path = self.top / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def go(self, day, names, *, audit=0, diff=0, complete="true"):
        self.script("date", f"#!/bin/sh\necho {day}\n")
        self.portfolio.write_text(names, encoding="utf-8")
        for name, status in (("audit", audit), ("diff", diff), ("complete", complete)):
            (self.top / name).write_text(str(status), encoding="utf-8")
        (self.top / "calls").write_text("", encoding="utf-8")
        env = os.environ | {"PATH": f"{self.top}:{os.environ['PATH']}", "KEEP": "2"}
        return subprocess.run([NIGHTLY, self.portfolio, self.runs, "--qps", "7"], env=env, capture_output=True, text=True, check=False)

    def files(self):
        return sorted(path.name for path in self.runs.iterdir() if path.name != "lock")

    def calls(self):
        return [line.split()[0] for line in (self.top / "calls").read_text(encoding="utf-8").splitlines()]

    def report(self):
        return (self.runs / "report.txt").read_text(encoding="utf-8")


def expect(what, wanted):
    if what != wanted:
        sys.exit(f"nightly: expected {wanted!r}, got {what!r}")


def test_first(night):
    done = night.go("2026-03-01", "one")
    expect((done.returncode, done.stdout, done.stderr), (0, "", ""))
    expect(night.files(), ["2026-03-01.run", "report.txt"])
    expect(night.calls(), ["audit", "report", "report", "report"])
    expect(night.report(), "a report of one\n")
    expect("--qps 7" in (night.top / "calls").read_text(encoding="utf-8"), True)


def test_worse(night):
    done = night.go("2026-03-02", "two", audit=1, diff=1)
    expect((done.returncode, done.stdout), (1, night.report()))
    expect(night.report(), "Since 2026-03-01:\n\n- one\n+ two\n\na report of two\n")


def test_killed(night):
    expect(night.go("2026-03-03", "three", audit=137, complete="false").returncode, 137)
    expect("2026-03-03.unfinished" in night.files(), True)
    expect("Since 2026-03-01" in night.report(), True)
    # The next day, with another portfolio: what was begun goes on. Then the new one is audited.
    expect(night.go("2026-03-04", "other", audit=3).returncode, 0)
    expect(night.files(), ["2026-03-02.run", "2026-03-03.run", "report.txt"])
    expect((night.runs / "2026-03-03.run").read_text(encoding="utf-8"), "threethree")
    expect(night.go("2026-03-04", "four").returncode, 0)
    expect(night.files(), ["2026-03-03.run", "2026-03-04.run", "report.txt"])


def test_invalid(night):
    """Names that are none leave a complete run; wrong usage, with the same status, does not. Neither does an audit that was broken off."""
    before = night.report()
    expect(night.go("2026-03-04", "typo", audit=2, complete="false").returncode, 2)
    expect(night.go("2026-03-04", "typo", audit=3, complete="false").returncode, 3)
    expect((night.report(), "2026-03-04.unfinished" in night.files()), (before, True))
    done = night.go("2026-03-04", "typo", audit=2)
    expect((done.returncode, done.stdout, done.stderr), (0, "", ""))
    expect(night.files(), ["2026-03-03.run", "2026-03-04.run", "report.txt"])


def test_again(night):
    """A second one on the same day takes the place of the first, and is compared with the day before."""
    expect(night.go("2026-03-04", "five", diff=1).returncode, 1)
    expect(night.report().splitlines()[:1], ["Since 2026-03-03:"])
    expect((night.runs / "2026-03-04.run").read_text(encoding="utf-8"), "five")


def test_failures(night):
    before = night.report()
    expect(night.go("2026-03-05", "six", audit=2, complete="false").returncode, 2)
    expect(night.go("2026-03-05", "six", diff=4).returncode, 4)
    expect(night.report(), before)
    night.script("flock", "#!/bin/sh\nexit 1\n")
    expect(night.go("2026-03-05", "six").returncode, 2)
    expect(night.calls(), [])


def main():
    with tempfile.TemporaryDirectory(prefix="dcvready-nightly-") as folder:
        night = Night(pathlib.Path(folder))
        tests = (test_first, test_worse, test_killed, test_invalid, test_again, test_failures)
        for test in tests:
            test(night)
    print(f"{len(tests)} nights in order")


if __name__ == "__main__":
    main()
