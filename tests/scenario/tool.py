"""The tool under test, and the lab that it is tested in."""

import json
import os
import pathlib
import subprocess
import tempfile
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = SOURCE / "fixtures"
LAB = SOURCE / "contrib" / "lab"
SUPPORT = SOURCE / "tests" / "support"
SKIPPED = 77
TIMEOUT_S = 60
# Of the caller's environment, what would change the texts.
REMOVED = ("LANGUAGE", "LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "NO_COLOR", "DCVREADY_LOCALEDIR", "COLUMNS")
SANITIZER = ("AddressSanitizer", "LeakSanitizer", "runtime error:")


class Failure(Exception):
    """What was expected did not come; the text says what came."""


def enter_lab():
    """Outside of the lab, run this program again inside it."""
    if "DCV_LAB" not in os.environ:
        lab = str(LAB / "lab")
        os.execv(lab, [lab, "run", "--", sys.executable, "-B", *sys.argv])


class Tool:
    """`runs` counts them; one that takes longer than `timeout_s` hangs."""

    def __init__(self, program, timeout_s=TIMEOUT_S):
        self.timeout_s = timeout_s
        self.program = str(pathlib.Path(program).resolve())
        self.environment = {key: value for key, value in os.environ.items() if key not in REMOVED}
        self.environment["LC_ALL"] = "C.UTF-8"
        self.runs = 0

    def run(self, *arguments, status=None, wrapper=(), stdin=""):
        """The finished process; raises Failure where it crashed, hung, or left with another status than `status`."""
        self.runs += 1
        argv = [*wrapper, self.program, *map(str, arguments)]
        shown = " ".join(["dcvready", *map(str, arguments)])
        try:
            done = subprocess.run(argv, input=stdin, capture_output=True, text=True, errors="replace", timeout=self.timeout_s,
                                  env=self.environment, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"{shown}: hangs") from None
        if done.returncode not in range(5) or any(mark in done.stderr for mark in SANITIZER):
            raise Failure(f"{shown}: crashed, status {done.returncode}: {done.stderr.strip()[:2000]}")
        if status is not None and done.returncode != status:
            raise Failure(f"{shown}: status {done.returncode}, not {status}: {done.stderr.strip()[:500]}")
        return done

    def json(self, *arguments, status=None):
        """The parsed output, and the status."""
        done = self.run(*arguments, "--format", "json", status=status)
        try:
            return json.loads(done.stdout), done.returncode
        except ValueError as error:
            raise Failure(f"{' '.join(map(str, arguments))}: no JSON: {error}; {done.stderr.strip()[:500]}") from None

def run_checks(checks, title):
    """The main of a program of checks: each is given the tool and a directory of all of them."""
    if len(sys.argv) != 2:
        sys.exit(title)
    enter_lab()
    tool = Tool(sys.argv[1])
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        for check in checks:
            try:
                check(tool, pathlib.Path(name))
            except Failure as failure:
                failed += 1
                print(f"FAIL {check.__name__.removeprefix('check_')}: {failure}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(bool(failed))
