#!/usr/bin/python3
"""Runs the command line as a user does, by the case files of cases/.

run.py [--update] DCVREADY [CASE-FILE...]

A case file has cases of "key: value" lines, each begun by a title:

    == a title
    file names.txt:             a file of the directory in which the command runs; its lines are indented by four
        example.jp
    env: NAME=value             may be repeated; "NAME" alone removes it
    run: dcvready check a..b    a line for bash
    exit: 2
    stdout: exact line          may be repeated; all lines in their order
    stdout has: regex           may be repeated; each is found in some line, other lines are free
    stdout golden: help.txt     is the file golden/help.txt; --update writes it
    stderr: ...                 the same three

A "file" before the first title is there in every case of the case file. Without an expectation a stream must be empty. {VERSION} in a line is the version of dcvready.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
TIMEOUT_S = 60
# Of the caller's environment, what would change the texts or the colours.
REMOVED = ("LANGUAGE", "LANG", "LC_MESSAGES", "LC_CTYPE", "NO_COLOR", "DCVREADY_LOCALEDIR", "COLUMNS")
STREAM_KEYS = {f"{stream}{kind}" for stream in ("stdout", "stderr") for kind in ("", " has", " golden")}
KEYS = {"run", "exit", "env"} | STREAM_KEYS


class BadCase(Exception):
    """A case file that does not follow its grammar."""


class Case:
    def __init__(self, path, number, title, files):
        self.path, self.number, self.title = path, number, title
        self.values = {}
        self.files = dict(files)

    def all(self, key):
        return self.values.get(key, [])

    def one(self, key):
        values = self.all(key)
        if len(values) != 1:
            raise BadCase(f"{self.place()}: needs one line \"{key}:\"")
        return values[0]

    def place(self):
        return f"{self.path.name}:{self.number}: {self.title}"


def read_cases(path):
    cases = []
    lines = None
    common = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if lines is not None and (line.startswith("    ") or not line):
            lines.append(line[4:])
            continue
        lines = None
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            cases.append(Case(path, number, line[3:], common))
            continue
        key, colon, value = line.partition(":")
        if not colon or not (cases or key.startswith("file ")):
            raise BadCase(f"{path.name}:{number}: not \"key: value\"")
        if key.startswith("file "):
            lines = (cases[-1].files if cases else common)[key[5:]] = []
        elif key in KEYS:
            cases[-1].values.setdefault(key, []).append(value[1:] if value.startswith(" ") else value)
        else:
            raise BadCase(f"{path.name}:{number}: no key \"{key}\"")
    return cases


def environment(case, dcvready):
    result = {name: value for name, value in os.environ.items() if name not in REMOVED}
    result.update(LC_ALL="C.UTF-8", TERM="dumb", PATH=f"{dcvready.parent}:{result.get('PATH', '/usr/bin:/bin')}")
    for line in case.all("env"):
        name, equals, value = line.partition("=")
        if equals:
            result[name] = value
        else:
            result.pop(name, None)
    return result


def execute(case, dcvready):
    with tempfile.TemporaryDirectory(prefix="dcvready-cli-") as folder:
        for name, lines in case.files.items():
            # The blank line before the next title is not of the file.
            pathlib.Path(folder, name).write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
        return subprocess.run(
            ["bash", "-c", case.one("run")],
            cwd=folder,
            env=environment(case, dcvready),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
        )


def show(lines):
    return "".join(f"    {line}\n" for line in lines)


def compare(expected, got, what):
    if expected == got:
        return ""
    return f"  {what} differs:\n" + show(difflib.unified_diff(expected, got, "expected", "got", lineterm="", n=2))


def check_stream(case, stream, octets, version, update):
    """What is wrong with the stream as text, "" when nothing is."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"  {stream} is not UTF-8: {error}\n"
    got = text.splitlines()
    for name in case.all(f"{stream} golden"):
        golden = GOLDEN / name
        if update:
            golden.write_text(text, encoding="utf-8")
        return compare(golden.read_text(encoding="utf-8").splitlines(), got, stream)
    patterns = case.all(f"{stream} has")
    if not patterns:
        return compare([line.replace("{VERSION}", version) for line in case.all(stream)], got, stream)
    missing = [pattern for pattern in patterns if not any(re.search(pattern, line) for line in got)]
    return f"  {stream} has no line with\n{show(missing)}  but\n{show(got)}" if missing else ""


def check(case, dcvready, version, update):
    try:
        result = execute(case, dcvready)
    except subprocess.TimeoutExpired:
        return f"  still running after {TIMEOUT_S} s\n"
    faults = ""
    if result.returncode != int(case.one("exit")):
        faults += f"  exit status {result.returncode}, not {case.one('exit')}\n"
    faults += check_stream(case, "stdout", result.stdout, version, update)
    faults += check_stream(case, "stderr", result.stderr, version, update)
    return faults


def version_of(dcvready):
    words = subprocess.run([dcvready, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return words[1]


def main():
    parser = argparse.ArgumentParser(description="Runs the command line as a user does, by case files.")
    parser.add_argument("--update", action="store_true", help="write the golden files")
    parser.add_argument("dcvready", type=pathlib.Path)
    parser.add_argument("files", type=pathlib.Path, nargs="*")
    arguments = parser.parse_args()
    dcvready = arguments.dcvready.resolve()
    try:
        files = arguments.files or sorted((HERE / "cases").glob("*.case"))
        cases = [case for path in files for case in read_cases(path)]
        version = version_of(dcvready)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            faults = list(pool.map(lambda case: check(case, dcvready, version, arguments.update), cases))
    except BadCase as error:
        sys.exit(str(error))
    for case, text in zip(cases, faults):
        if text:
            print(f"{case.place()}\n{text}", end="")
    failed = sum(1 for text in faults if text)
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
