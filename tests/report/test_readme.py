#!/usr/bin/python3
"""Holds the example of README.md against the program: test_readme.py DCVREADY, inside the lab."""

import difflib
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMAND = "    $ contrib/lab/lab run -- build/release/bin/dcvready "


def example():
    """Arguments and output of the one example with its output in full."""
    lines = (TOP / "README.md").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(COMMAND))
    output = []
    for line in lines[at + 1:]:
        if line and not line.startswith("    "):
            break
        output.append(line[4:])
    while output and not output[-1]:
        output.pop()
    return lines[at][len(COMMAND):].split(), output


def steady(lines):
    """Without what differs from run to run: times, and a lookup that is made or not depending on which answer comes first."""
    return [re.sub(r"queries \d+", "queries N", re.sub(r"\d+ ms$", "N ms", line)) for line in lines]


def main():
    arguments, expected = example()
    run = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, check=False)
    faults = list(difflib.unified_diff(steady(expected), steady(run.stdout.splitlines()), "README.md", "dcvready", lineterm=""))
    print("\n".join(faults) + run.stderr if faults else "1 passed, 0 failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
