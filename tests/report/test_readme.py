#!/usr/bin/python3
"""Holds the examples of README.md against the program: test_readme.py DCVREADY, inside the lab."""

import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMAND = "    $ contrib/lab/lab run -- build/release/bin/dcvready "


def examples():
    """Arguments and output of each example with its output in full."""
    lines = (TOP / "README.md").read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        if not line.startswith(COMMAND):
            continue
        output = []
        for following in lines[at + 1:]:
            if following and not following.startswith("    ") or following.startswith("    $ "):
                break
            output.append(following[4:])
        while output and not output[-1]:
            output.pop()
        yield line[len(COMMAND):].split(), output


def steady(lines):
    """Without what differs from run to run: times, and a lookup that is made or not depending on which answer comes first."""
    for line in lines:
        line = re.sub(r"begun \S+,", "begun T,", re.sub(r"queries \d+", "queries N", re.sub(r"\d+ ms$", "N ms", line)))
        yield re.sub(r"[\d.]+", "N", line) if re.match(r"DNS: \d|saved: |time: ", line) else line


def faults(program, arguments, expected, work):
    """How an example differs from what the program says. Files of the project go by their name in the project, others are of the example."""
    arguments = [str(TOP / argument) if (TOP / argument).is_file() else argument for argument in arguments]
    run = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, cwd=work)
    said = (run.stdout + run.stderr).splitlines()
    return list(difflib.unified_diff(list(steady(expected)), list(steady(said)), "README.md", "dcvready", lineterm=""))


def main():
    program, shown = pathlib.Path(sys.argv[1]).resolve(), list(examples())
    with tempfile.TemporaryDirectory(prefix="dcvready-readme-") as work:
        bad = [found for arguments, expected in shown if (found := faults(program, arguments, expected, work))]
    print("\n".join(line for found in bad for line in found))
    print(f"{len(shown) - len(bad)} passed, {len(bad)} failed")
    return 0 if shown and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
