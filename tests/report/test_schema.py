#!/usr/bin/python3
"""Holds every kind of JSON output of dcvready against its schema: test_schema.py DCVREADY, inside the lab.

Names of every situation the lab has, in every view and format, for several days and CAs.
"""

import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LAB = TOP / "contrib/lab/lab"
VALIDATE = TOP / "tests/report/validate.py"
SKIPPED = 77


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def calls(names):
    """Every call whose output is JSON, as argument lists."""
    for form in ("json", "jsonl"):
        yield ["check", "--format", form, "--facts", "--", *names]
        yield ["approvers", "--format", form, "--", *names]
        yield ["approvers", "--all", "--format", form, "--", *names]
        yield ["accepts", "--format", form, "--", "admin@example.jp", *names]
        yield ["timeline", "--format", form, "--facts", "--", *names]
        yield ["cas", "--format", form]
        yield ["cas", "--check", "--format", form]
        yield ["cas", "--check", "--format", form, "tests/cli/run.py", "no.yaml"]
        yield ["rules", "--format", form]
    for day in ("2025-01-10", "2026-03-14", "2027-03-15", "2028-03-15", "2029-03-15"):
        yield ["check", "--format", "jsonl", "--as-of", day, "--", *names]
    for day in ("2025-01-10", "2028-01-20", "2028-03-15"):
        yield ["timeline", "--format", "jsonl", "--ca", "all", "--as-of", day, "--validated", "2026-11-01", "--", "example.jp", "a..b", "co.jp"]
    yield ["check", "--format", "json", "--ca", "all", "--dnssec", "off", "--", *names]
    yield ["check", "--format", "json", "--ca", "letsencrypt,baseline,sectigo", "--", "a..b", "192.0.2.1", "co.jp", "*.co.jp", ""]


def zone_names():
    """The zones of the lab, and www in each: more situations than the portfolio."""
    zones = [zone for zone in lines(str(LAB), "zones") if zone.endswith((".example", ".example.")) and "dead" not in zone]
    return [zone.rstrip(".") for zone in zones]


def validate(tool, arguments):
    """None, or what is wrong with the output of one call; raises SystemExit when validation is impossible here."""
    run = subprocess.run([tool, *arguments], capture_output=True, check=False)
    if run.returncode > 3:
        return f"exit status {run.returncode}: {run.stderr.decode()}"
    check = subprocess.run([sys.executable, str(VALIDATE), "-"], input=run.stdout, capture_output=True, check=False)
    if check.returncode == SKIPPED:
        sys.stderr.write(check.stderr.decode())
        raise SystemExit(SKIPPED)
    return None if check.returncode == 0 else (check.stdout + check.stderr).decode()[:2000]


def main():
    tool = sys.argv[1]
    todo = list(calls(lines(str(LAB), "names")))
    todo.append(["check", "--format", "jsonl", "--facts", "--", *zone_names()])
    todo += [["cas", "--format", "json", ca] for ca in lines(tool, "cas")[5:] if ca in ("digicert", "jprs", "baseline")]
    failed = 0
    for arguments in todo:
        fault = validate(tool, arguments)
        if fault is not None:
            failed += 1
            print(f"dcvready {' '.join(arguments)[:120]}\n{fault}")
    print(f"{len(todo) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
