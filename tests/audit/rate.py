#!/usr/bin/python3
"""How many packets a second an audit sends, as the server counts them: rate.py DCVREADY [QPS [SECONDS]]

By hand: a figure, not a test. The server is the bench's Knot; its own counter of questions over UDP is read once a second.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "bench"))

import world  # noqa: E402

DOMAINS = 6000
SETTLE_S = 3


def questions(env):
    text = subprocess.run([world.program("knotc"), "-s", env["BENCH_CONTROL"], "stats", "mod-stats.request-protocol"], check=True, capture_output=True, text=True).stdout
    return sum(int(number) for number in re.findall(r"= (\d+)", text))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    qps, seconds = (int(word) for word in (*sys.argv[2:], "500", "30")[:2]) if len(sys.argv) != 3 else (int(sys.argv[2]), 30)
    with tempfile.TemporaryDirectory(prefix="dcvready-rate-") as name, world.serve(pathlib.Path(name) / "world", DOMAINS) as env:
        command = [sys.argv[1], "audit", "-q", "--allow-private-addresses", "--resolver", env["BENCH_RESOLVER"], "--trust-anchor", env["BENCH_ANCHOR"], "--qps", str(qps),
                   env["BENCH_NAMES"]]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
        time.sleep(SETTLE_S)
        counts = [(time.monotonic(), questions(env))]
        for _ in range(seconds):
            time.sleep(1)
            counts.append((time.monotonic(), questions(env)))
        running = process.poll() is None
        process.terminate()
        process.wait()
    rates = [(later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in zip(counts, counts[1:])]
    mean = (counts[-1][1] - counts[0][1]) / (counts[-1][0] - counts[0][0])
    print(f"--qps {qps}: {mean:.1f} a second over {seconds} s ({100 * (mean / qps - 1):+.2f} %); of single seconds {min(rates):.1f} to {max(rates):.1f}"
          + ("" if running else "; the audit had ended before"))


if __name__ == "__main__":
    main()
