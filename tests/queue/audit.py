#!/usr/bin/python3
"""audit.py DCVREADY DRIVER [DOMAINS] [CASE...]: an audit on several processes comes to what an audit by one comes to, whoever is killed meanwhile.

Five names of each domain of the bench's world; by hand 20000 domains.
"""

import collections
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import broker
import run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import world  # noqa: E402

DOMAINS = int(sys.argv[3]) if sys.argv[3:] and sys.argv[3].isdigit() else 400
SMALL = 300
CHUNK = min(500, DOMAINS // 4)
CHUNKS = DOMAINS * 5 // CHUNK
READ_OCTETS, BLANKS = 65536, " " * 100
WAIT_S = 120 + DOMAINS // 50
RESULTS_S = 60


class Place:
    """Where a case works: a broker, a world, and a folder; and what it has started."""

    def __init__(self, tool, server, names, environment, folder):
        self.tool, self.server, self.names, self.environment, self.folder = tool, server, names, environment, folder
        self.look = ("--resolver", environment["BENCH_RESOLVER"], "--trust-anchor", environment["BENCH_ANCHOR"])
        self.started = []

    def queue(self, identity):
        return ("--queue", self.server.hosts, "--queue-run", identity)

    def start(self, *arguments, environment=None):
        process = subprocess.Popen([self.tool, *map(str, arguments)], env=self.environment | (environment or {}), text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.started.append(process)
        return process

    def run(self, *arguments, status=0, environment=None):
        """Its output, errors included."""
        return self.end(self.start(*arguments, environment=environment), status)

    def end(self, process, *statuses):
        try:
            output, _ = process.communicate(timeout=WAIT_S)
        except subprocess.TimeoutExpired:
            raise run.Failure(f"it does not end: {process.args}") from None
        if process.returncode not in statuses:
            raise run.Failure(f"{process.args} ended with {process.returncode}, not {statuses}: {output[-3000:]}")
        return output

    def worker(self, identity, *options):
        return self.start("worker", *self.queue(identity), *self.look, *options)

    def clean(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def path(self, name):
        return self.folder / name

    def some_names(self, count):
        """The first so many names, in a file."""
        path = self.path(f"names-{count}")
        with open(self.names, encoding="ascii") as file:
            path.write_text("".join(line for line, _ in zip(file, range(count))), encoding="ascii")
        return path

    def rows(self, path):
        """What the run says of each name."""
        process = subprocess.run([self.tool, "report", "--format", "jsonl", str(path)], env=self.environment, text=True, capture_output=True, check=False)
        rows = [json.loads(line) for line in process.stdout.splitlines()]
        said = ("verdict", "ready", "not_ready", "unknown", "approvers", "findings", "error")
        return {(row["n"], row["name"]): [row.get(key) for key in said] for row in rows}, len(rows)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


def wait_until(what, true, wait_s=RESULTS_S):
    limit = time.monotonic() + wait_s
    while not true():
        if time.monotonic() > limit:
            raise run.Failure(f"{what}: not within {wait_s} s")
        time.sleep(0.05)


def asked(path, statement):
    """The first value that SQLite answers about a run; 0: there is none yet."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
        row = database.execute(statement).fetchone()
        return row[0] if row is not None else 0
    return 0


def chunks_done(path):
    return asked(path, "SELECT count(*) FROM chunk WHERE done = 1")


def same(place, path, expected, count):
    rows, lines = place.rows(path)
    run.equal(lines, count, f"rows of {path.name}")
    run.equal(len(rows), count, f"names of {path.name}")
    unlike = [(key, rows[key], expected.get(key)) for key in rows if rows[key] != expected.get(key)]
    if unlike:
        raise run.Failure(f"{len(unlike)} names are judged differently, the first: {unlike[0]}")


def part(expected, count):
    return {key: value for key, value in expected.items() if key[0] <= count}


# ---- when everybody is killed


def killed_submit(place, identity, path):
    """The list comes through a pipe that stops in the middle: so the kill is in the middle, too. What was read by then is more than is read at once."""
    pipe = place.path("pipe")
    os.mkfifo(pipe)
    process = place.start("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), pipe)
    with open(pipe, "w", encoding="ascii") as writer:
        writer.write("".join(f"{line}{BLANKS}\n" for line in pathlib.Path(place.names).read_text(encoding="ascii").split()[:READ_OCTETS // len(BLANKS) + CHUNK]))
        writer.flush()
        with run.Driver(place.server, identity) as watcher:
            watcher.say("consume", "jobs")
            run.equal(watcher.message().id, f"{identity}/0", "the first chunk")
        kill(process)
    output = place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), place.names)
    run.contains(output, f"{CHUNKS * CHUNK} names in {CHUNKS} chunks")


def kills(place, expected):
    identity, submitted, collected = "kills", place.path("submit.run"), place.path("collect.run")
    killed_submit(place, identity, submitted)
    workers = [place.worker(identity) for _ in range(3)]
    collect = place.start("collect", "--run", collected, *place.queue(identity))
    wait_until("the first results", lambda: chunks_done(collected) >= CHUNKS // 10)
    kill(workers[0])
    workers[0] = place.worker(identity)
    wait_until("results after a kill", lambda: chunks_done(collected) >= CHUNKS // 4)
    place.server.kill()
    place.server.start()
    wait_until("results after the broker was killed", lambda: chunks_done(collected) >= CHUNKS * 2 // 5)
    kill(workers[0])
    workers[0] = place.worker(identity)
    output = place.end(collect, 1)
    run.contains(output, f"{DOMAINS * 5:,} names:", "came more than once")
    if "not complete" in output:
        raise run.Failure(output)
    for worker in workers:
        place.end(worker, 0)  # it was told that the run is over
    same(place, collected, expected, DOMAINS * 5)
    run.equal("dcv.kills" in place.server.ctl("list_queues", "name"), False, "queues left")


def collector_killed(place, expected):
    """What was committed is not asked for again, and the same run serves submit and collect."""
    identity, path, names = "collector", place.path("both.run"), place.some_names(SMALL * 2)
    place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), names)
    worker = place.worker(identity)
    collect = place.start("collect", "--run", path, *place.queue(identity))
    wait_until("the first results", lambda: chunks_done(path) >= 1)
    kill(collect)
    place.run("collect", "--run", path, *place.queue(identity), status=1)
    place.end(worker, 0)
    same(place, path, part(expected, SMALL * 2), SMALL * 2)


# ---- gracefully


def signals(place, _):
    """A worker that is told to end finishes what it holds; a collector says that it was broken off."""
    identity, path, names = "signals", place.path("signals.run"), place.some_names(SMALL)
    place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), names)
    worker = place.worker(identity, "--prefetch", "1")
    with run.Driver(place.server, identity) as watcher:
        watcher.say("consume", "results")
        run.equal(watcher.message().id, f"{identity}/end", "the end of the list")
        watcher.message()  # of a chunk: another one is under way
        worker.send_signal(signal.SIGTERM)
        run.contains(place.end(worker, 0), "names were looked up")
    collect = place.start("collect", "--run", path, *place.queue(identity))
    wait_until("results", lambda: chunks_done(path) >= 1)
    collect.send_signal(signal.SIGINT)
    run.contains(place.end(collect, 3), "not complete", "broken off")
    run.contains(place.run("worker", "--until-empty", "1", *place.queue(identity), *place.look), "names were looked up")
    place.run("collect", "--run", path, *place.queue(identity), status=1)


# ---- what is missing, and what dies


def reconciled(place, expected):
    identity, path, names = "missing", place.path("missing.run"), place.some_names(SMALL)
    place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), names)
    place.server.ctl("purge_queue", f"dcv.{identity}.jobs")
    place.server.ctl("purge_queue", f"dcv.{identity}.results")
    worker = place.worker(identity)
    other = place.path("elsewhere.run")
    place.run("collect", "--reconcile", "--ca", "sectigo", "--run", path, *place.queue(identity), names, status=2)
    place.run("collect", "--reconcile", "--chunk", CHUNK, "--run", other, *place.queue(identity), names, status=1)
    place.end(worker, 0)
    same(place, other, part(expected, SMALL), SMALL)


def kill_job(driver):
    """Delivers a job until it dies; its id."""
    message = driver.message()
    for _ in range(run.DELIVERIES_MAX):
        driver.say("requeue", message.tag)
        message = driver.message()
    driver.say("requeue", message.tag)
    return message.id


def dead(place, expected):
    identity, path, names = "dead", place.path("dead.run"), place.some_names(SMALL)
    place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), names)
    with run.Driver(place.server, identity, prefetch=1) as driver:
        driver.say("consume", "jobs")
        run.equal(kill_job(driver), f"{identity}/0", "the job")
    run.contains(place.run("submit", "--retry-dead", *place.queue(identity)), f"1 chunks had died; {CHUNK} names")
    with run.Driver(place.server, identity, prefetch=3) as driver:
        driver.say("consume", "jobs")
        run.equal([driver.message().id for _ in range(2)], [f"{identity}/1", f"{identity}/2"], "whole chunks")
        killed = kill_job(driver)
    worker = place.worker(identity, "--prefetch", "2")
    if "." not in killed:
        raise run.Failure(f"{killed} was handed out, not one name")
    number = int(killed.partition(".")[2])
    place.run("collect", "--run", path, *place.queue(identity), status=1)
    place.end(worker, 0)
    crashed = asked(path, "SELECT group_concat(number || ':' || note) FROM name WHERE state = 3")
    run.equal(crashed, f"{number}:worker died", "names that kill")
    rows, _ = place.rows(path)
    wrong = [key for key, value in part(expected, SMALL).items() if key[0] != number and rows.get(key) != value]
    run.equal(wrong, [], "names judged differently")


# ---- who may


def certificates(place, expected):
    identity, path, names, server = "tls", place.path("tls.run"), place.some_names(SMALL), place.server
    queue = ("--queue", server.tls_hosts, "--queue-run", identity, "--queue-tls", "--queue-ca", server.ca, "--queue-cert", server.certificate,
             "--queue-key", server.key)
    nobody = {"DCVREADY_QUEUE_USER": "", "DCVREADY_QUEUE_PASSWORD": ""}
    place.run("submit", "--run", path, *queue, names, environment=nobody)
    place.run("worker", "--until-empty", "2", *queue, *place.look, environment=nobody)
    place.run("collect", "--run", path, *queue, status=1, environment=nobody)
    same(place, path, part(expected, SMALL), SMALL)


def refused(place, _):
    password = place.path("password")
    password.write_text("wrong\n", encoding="ascii")
    for command in (("worker",), ("submit", "--run", place.path("refused.run"), place.names), ("collect", "--run", place.path("refused.run"))):
        output = place.run(*command, *place.queue("refused"), "--queue-user", "dcv", "--queue-password-file", password, status=4)
        run.equal(output.count("\n"), 1, f"lines of {output!r}")
        run.contains(output, "ACCESS_REFUSED")
    password.write_text(place.server.password + "\n", encoding="ascii")
    place.run("worker", "--until-empty", "1", *place.queue("refused"), "--queue-user", "dcv", "--queue-password-file", password,
              environment={"DCVREADY_QUEUE_USER": "", "DCVREADY_QUEUE_PASSWORD": ""})
    for arguments in (("worker",), ("worker", "--queue-run", "a/b"), ("submit", *place.queue("refused"), place.names), ("collect", *place.queue("refused")),
                      ("submit", "--run", place.path("x.run"), *place.queue("refused")), ("worker", *place.queue("x"), "--queue-ca", place.server.ca)):
        output = place.run(*arguments, status=2)
        run.equal(output.count("\n"), 1, f"lines of {output!r}")


def throughput(place, _):
    """By hand: what a second worker brings. Client and servers share the machine, so it is less than twice as much."""
    for count in (1, 2):
        identity, path = f"throughput-{count}", place.path(f"throughput-{count}.run")
        place.run("submit", "--run", path, "--chunk", CHUNK, *place.queue(identity), place.names)
        began = time.monotonic()
        workers = [place.worker(identity) for _ in range(count)]
        place.run("collect", "--run", path, *place.queue(identity), status=1)
        print(f"{count} workers: {DOMAINS * 5 / (time.monotonic() - began):.0f} names/s", flush=True)
        for worker in workers:
            place.end(worker, 0)


CASES = (kills, collector_killed, signals, reconciled, dead, certificates, refused)


def run_case(case, tool, server, environment, expected):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dcvready-") as folder:
        place = Place(tool, server, environment["BENCH_NAMES"], environment, pathlib.Path(folder))
        try:
            case(place, expected)
            result = "ok"
        except run.Failure as failure:
            result = f"FAILED: {failure}"
        finally:
            place.clean()
    print(f"{case.__name__}: {result} ({time.monotonic() - began:.1f} s)", flush=True)
    return result == "ok"


def plain_audit(tool, server, environment, folder):
    """What an audit on one machine says."""
    place = Place(tool, server, environment["BENCH_NAMES"], environment, folder)
    place.run("audit", "--run", place.path("plain.run"), *place.look, place.names, status=1)
    return place.rows(place.path("plain.run"))[0]


def main():
    tool, run.Driver.program, chosen = sys.argv[1], sys.argv[2], [word for word in sys.argv[3:] if not word.isdigit()]
    if not broker.available() or world.missing_programs():
        print("rabbitmq-server or knot is not installed")
        return run.SKIPPED
    results = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="dcvready-") as folder, broker.Broker() as server, \
            world.serve(pathlib.Path(folder) / "world", DOMAINS) as served:
        environment = {**os.environ, **served, "LC_ALL": "C.UTF-8", "DCVREADY_QUEUE_USER": server.user, "DCVREADY_QUEUE_PASSWORD": server.password}
        expected = plain_audit(tool, server, environment, pathlib.Path(folder))
        run.equal(len(expected), DOMAINS * 5, "names of the plain audit")
        for case in (*CASES, throughput):
            if case.__name__ in chosen or (not chosen and case in CASES):
                results[run_case(case, tool, server, environment, expected)] += 1
    return 1 if results[False] else 0


if __name__ == "__main__":
    sys.exit(main())
