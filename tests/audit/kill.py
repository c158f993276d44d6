#!/usr/bin/python3
"""Audits that are killed: kill.py DCVREADY CRASH.so [DOMAINS]

Five names of each domain of the bench's world. The audit is killed at random times, keeper and engine or the engine alone, and gone on with by the same command: in the end
no name is missing and none is there twice, and each row is that of an audit that nobody broke. A name that breaks the engine costs its own row only.
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "bench"))

import world  # noqa: E402

DOMAINS = 4000
KILLS = 10
SEED = 20261121
COUNTERS = ("queries", "cached", "retries", "elapsed_ms")
LIMIT_S = 240


class Audit:
    def __init__(self, program, env, names, run):
        self.env = os.environ | {"LC_ALL": "C.UTF-8", **env}
        self.command = [str(pathlib.Path(program).resolve()), "audit", "--as-of", "2026-11-21", "--allow-private-addresses", "--resolver", env["BENCH_RESOLVER"],
                        "--trust-anchor", env["BENCH_ANCHOR"], "--summary", "json", "--run", str(run), "-o", str(run) + ".jsonl", str(names)]
        self.run, self.out = run, pathlib.Path(str(run) + ".jsonl")

    def start(self):
        return subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=self.env)

    def finish(self, process):
        told = process.communicate(timeout=LIMIT_S)[1]
        if process.returncode not in (0, 1, 3):
            sys.exit(f"FAIL status {process.returncode}: {told[:2000]}")
        return json.loads(told.splitlines()[-1])

    def rows(self):
        """As they were judged, by number."""
        rows = [json.loads(line) for line in self.out.read_text(encoding="utf-8").splitlines()]
        if [row["n"] for row in rows] != list(range(1, len(rows) + 1)):
            sys.exit("FAIL rows are missing, or there twice")
        return [{key: value for key, value in row.items() if key not in COUNTERS} for row in rows]


def children(pid):
    try:
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def broken_audit(audit, expected_s, chance):
    """Gone on with until it is through; how often the whole and the engine were killed."""
    whole = engine = 0
    while whole < KILLS:
        process = audit.start()
        for _ in range(3):
            time.sleep(chance.uniform(0.02, expected_s / (2 * KILLS)))
            if process.poll() is None and chance.random() < 0.4:
                for child in children(process.pid):
                    kill(child)
                    engine += 1
        if process.poll() is None:
            both = [process.pid, *children(process.pid)]
            chance.shuffle(both)
            for pid in both:
                kill(pid)
            whole += 1
            process.communicate()
            continue
        audit.finish(process)  # it was faster
        break
    figures = audit.finish(audit.start())
    if not figures["complete"]:
        sys.exit("FAIL it is not complete")
    return whole, engine, figures


def compare(what, found, expected):
    if len(found) != len(expected):
        sys.exit(f"FAIL {what}: {len(found)} rows, not {len(expected)}")
    for one, other in zip(found, expected):
        if one != other:
            sys.exit(f"FAIL {what}: {json.dumps(one)[:1500]}, not {json.dumps(other)[:1500]}")


def check_kills(program, env, directory):
    names = pathlib.Path(env["BENCH_NAMES"])
    count = len(names.read_text(encoding="ascii").split())
    unbroken = Audit(program, env, names, directory / "unbroken")
    began = time.monotonic()
    unbroken.finish(unbroken.start())
    took_s = time.monotonic() - began
    expected = unbroken.rows()
    if len(expected) != count:
        sys.exit(f"FAIL {len(expected)} rows, not {count}")
    broken = Audit(program, env, names, directory / "broken")
    whole, engine, figures = broken_audit(broken, took_s, random.Random(SEED))
    if whole == 0:
        sys.exit("FAIL nothing was killed")
    if figures["crashed"]:
        sys.exit(f"FAIL {figures['crashed']} names count as broken")
    compare("after kills", broken.rows(), expected)
    print(f"{count} names in {took_s:.0f} s, killed {whole} times and the engine alone {engine} times: none lost, none doubled, all as without")


def check_crash(program, library, env, directory):
    """Of some hundred names one breaks the engine, wherever it stands."""
    some = pathlib.Path(env["BENCH_NAMES"]).read_text(encoding="ascii").split()[:300]
    bad = f"breaks-it.{some[150]}"
    names = directory / "crash.names"
    names.write_text("".join(f"{name}\n" for name in [*some[:150], bad, *some[150:]]), encoding="ascii")
    unbroken = Audit(program, env, names, directory / "whole")
    unbroken.finish(unbroken.start())
    sanitizer = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    preload = [line.split()[2] for line in sanitizer.splitlines() if "libasan" in line] + [str(pathlib.Path(library).resolve())]
    broken = Audit(program, env | {"LD_PRELOAD": ":".join(preload), "DCV_CRASH_LABEL": "breaks-it"}, names, directory / "crash")
    figures = broken.finish(broken.start())
    expected, found = unbroken.rows(), broken.rows()
    told = found.pop(150)
    expected.pop(150)
    compare("beside the one that breaks it", found, expected)
    if figures["crashed"] != 1 or told["name"] != bad or told.get("verdict") != "unknown" or "signal 6" not in told.get("error", ""):
        sys.exit(f"FAIL it is told of as {told}, crashed: {figures['crashed']}")
    print(f"a name that breaks the engine: {told['error']}; the other {len(found)} are as without")


def check_idle(program, env):
    """The engine is killed while it waits for names that come slowly: another takes its place."""
    first, second = pathlib.Path(env["BENCH_NAMES"]).read_text(encoding="ascii").split()[:2]
    command = [program, "audit", "--allow-private-addresses", "--resolver", env["BENCH_RESOLVER"], "--trust-anchor", env["BENCH_ANCHOR"], "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=os.environ | {"LC_ALL": "C.UTF-8", **env}) as process:
        process.stdin.write(f"{first}\n")
        process.stdin.flush()
        rows = [process.stdout.readline()]
        engines = children(process.pid)
        for engine in engines:
            kill(engine)
        out, told = process.communicate(f"{second}\n", timeout=LIMIT_S)
    rows = [json.loads(row) for row in [*rows, *out.splitlines()]]
    if len(engines) != 1 or [row["name"] for row in rows] != [first, second] or any("error" in row for row in rows):
        sys.exit(f"FAIL idle: status {process.returncode}: {rows}: {told[:1500]}")
    print("an engine that is killed while it waits for names: both names are done")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    if world.missing_programs():
        print(f"not installed: {' '.join(world.missing_programs())}")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="dcvready-kill-") as name:
        directory = pathlib.Path(name)
        with world.serve(directory / "world", int(sys.argv[3]) if len(sys.argv) == 4 else DOMAINS) as env:
            check_crash(sys.argv[1], sys.argv[2], env, directory)
            check_idle(sys.argv[1], env)
            check_kills(sys.argv[1], env, directory)


if __name__ == "__main__":
    main()
