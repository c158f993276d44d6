#!/usr/bin/python3
"""Audits in the lab: run.py DCVREADY.

What an audit says of a name is what `check` says of it, however names come in and rows go out, on how many machines, and how often it is broken off.
"""

import csv
import io
import json
import os
import pathlib
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "scenario"), str(HERE.parent / "report")]

import scenarios  # noqa: E402
from run import shared_world  # noqa: E402
from tool import LAB, Failure, run_checks  # noqa: E402

try:
    import validate
except SystemExit:  # it says what is not installed
    sys.exit(77)

NAME = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*")
COUNTERS = ("n", "queries", "cached", "retries", "elapsed_ms")
INVALID = ["a..b", "192.0.2.1", "-x.example", "b\udcfccher.example", "=1+1", "a b", "x\x01y", '"', "a,b", "*.*.example", "example." + "a" * 64]
SOME = ["example.jp", "www.example.jp", "sub.example.jp", "*.example.com", "www.caa-other.example", "caa-deny.example", "no-mail.example", "null-mx.example",
        "implicit-mx.example", "nonexistent.example", "shop.example.com", "xn--wgv71a119e.example", "example.co.jp", "a..b"]
WAIT_S = 60


def lab_names():
    return subprocess.run([str(LAB / "lab"), "names"], check=True, capture_output=True, text=True).stdout.split()


def prompt_names():
    """Those that need not be waited for."""
    return [name for name in lab_names() if not re.search("dead|timeout|lame|stale", name)]


def names_of(scenario):
    """The plain names of a command line."""
    words = shlex.split((scenario.directory / "input").read_text(encoding="utf-8"))
    return [word for before, word in zip(words, words[1:]) if NAME.fullmatch(word) and not before.startswith("--")]


def write(path, names, encoding="utf-8"):
    path.write_bytes("".join(f"{name}\n" for name in names).encode(encoding, "surrogateescape"))
    return path


def rows_of(text):
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        for fault in validate.faults(row):
            raise Failure(f"{row['name']}: {fault}")
    return rows


def audit(tool, *arguments, status=None, **more):
    done = tool.run("audit", "--as-of", "2026-11-21", *arguments, status=status, **more)
    return done


def rows(tool, *arguments, **more):
    return rows_of(audit(tool, *arguments, **more).stdout)


def judged(row):
    """A row without what differs from one call to the next."""
    return {key: value for key, value in row.items() if key not in COUNTERS}


def by_name(all_rows):
    return {row["name"]: judged(row) for row in all_rows}


def equal(what, found, expected):
    if found != expected:
        if isinstance(found, dict) and isinstance(expected, dict):
            keys = [key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)][:3]
            found, expected = {key: found.get(key) for key in keys}, {key: expected.get(key) for key in keys}
        raise Failure(f"{what}: {str(found)[:1500]}, not {str(expected)[:1500]}")


def summary(done):
    """The figures, with --summary json."""
    figures = json.loads(done.stderr.splitlines()[-1])
    for fault in validate.faults(figures):
        raise Failure(f"summary: {fault}")
    return figures


# ---- as check says ------------------------------------------------------------------------------------------------------------------


def told_by_check(report):
    if "error" in report:
        return {"error": True}
    verdicts = {verdict: sorted(ca["ca"] for ca in report["cas"] if ca["verdict"] == verdict) for verdict in ("ready", "not-ready", "unknown")}
    approvers = {entry["address"] for ca in report["cas"] for entry in ca["approvers"] if entry["usable"]}
    return {"verdict": report["verdict"], **verdicts, "approvers": sorted(approvers)}


def told_by_row(row):
    if "verdict" not in row:
        return {"error": True}
    return {"verdict": row["verdict"], "ready": sorted(row["ready"]), "not-ready": sorted(row["not_ready"]), "unknown": sorted(row["unknown"]),
            "approvers": sorted(row["approvers"])}


def compare_with_check(tool, directory, names, *options):
    path = write(directory / "names", names)
    done = audit(tool, *options, "--summary", "json", path)
    told = {row["name"]: told_by_row(row) for row in rows_of(done.stdout)}
    checked = tool.run("check", "--as-of", "2026-11-21", "--format", "jsonl", "--no-authority", "--no-whois", *options, "--", *names)
    equal("audit and check", told, {report.get("ascii") or report["name"]: told_by_check(report) for report in map(json.loads, checked.stdout.splitlines())})
    figures = summary(done)
    print(f"{len(names)} names as check has them: {figures['judged_by_class']} judged by class, {figures['judged_alone']} alone")
    equal("classes found unlike", figures["unlike"], 0)


def check_as_check_in_the_lab(tool, directory):
    names = set(lab_names()) | {"a..b", "co.jp"}
    for scenario in scenarios.load().values():
        if scenario.zone is None:
            names.update(names_of(scenario))
    compare_with_check(tool, directory, sorted(name for name in names if "stale" not in name and not name.startswith("ns-")))  # servers of those differ


def check_as_check_of_scenarios(tool, directory):
    """Their zones, in one world."""
    chosen = [scenario for scenario in scenarios.load().values() if scenario.zone is not None and not scenario.world]
    names = sorted({name for scenario in chosen for name in names_of(scenario)})
    with shared_world(chosen) as world:
        compare_with_check(tool, directory, names, "--resolver", world.resolver, "--trust-anchor", str(world.anchor))


# ---- in and out -----------------------------------------------------------------------------------------------------------------------


def check_twice_and_one_by_one(tool, directory):
    once = by_name(rows(tool, write(directory / "names", SOME)))
    twice = rows(tool, write(directory / "twice", SOME + SOME[::-1]))
    equal("numbers", sorted(row["n"] for row in twice), list(range(1, 2 * len(SOME) + 1)))
    for row in twice:
        equal("a name given twice", judged(row), once[row["name"]])
    equal("--concurrency 1", by_name(rows(tool, "--concurrency", "1", directory / "names")), once)
    equal("--qps", by_name(rows(tool, "--qps", "100", directory / "names")), once)
    equal("--server-qps", by_name(rows(tool, "--server-qps", "200", "--cache-mb", "1", directory / "names")), once)
    several = [f"{label}.{name}" for name in ("example.jp", "example.com", "implicit-mx.example") for label in ("a1", "b-2", "c3", "d4", "e5")]
    compare_with_check(tool, directory, several)


def check_stdin(tool, directory):
    path = write(directory / "names", SOME)
    equal("-", by_name(rows(tool, "-", stdin=path.read_text())), by_name(rows(tool, path)))
    equal("nothing", rows(tool, "-", stdin="\n # nothing\n\n", status=0), [])


def check_plain_lists(tool, directory):
    text = "\ufeff# a comment\r\n\r\n  example.jp \t# another\r\nwww.example.jp\r\n\x0b\nEXAMPLE.co.jp"
    path = directory / "names"
    path.write_bytes(text.encode())
    equal("names", sorted(row["name"] for row in rows(tool, path)), ["EXAMPLE.co.jp", "example.jp", "www.example.jp"])
    for bad, words in ((b"example.jp\nx\0y\n", ":2: a zero octet"), (b"x" * 5000 + b"\n", ":1: the line is too long"), (b"y" * (1 << 21), ":1: the line is too long")):
        path.write_bytes(bad)
        done = audit(tool, path, status=2)
        if words not in done.stderr or done.stderr.count("\n") != 1 or done.stdout:
            raise Failure(f"{bad[:10]}: {done.stderr}")
    for missing in (directory / "none", directory):
        if audit(tool, missing, status=2).stderr.count("\n") != 1:
            raise Failure(f"{missing}: not one line")


def check_names_that_are_none(tool, directory):
    path = write(directory / "names", [*INVALID, "example.jp", *INVALID])
    found = rows(tool, path, status=2)
    equal("rows", sorted(row["n"] for row in found), list(range(1, 2 * len(INVALID) + 2)))
    for row in found:
        equal(row["name"], "verdict" in row, row["name"] == "example.jp")
        equal(row["name"], bool(row.get("error")), row["name"] != "example.jp")
    table = read_csv(audit(tool, "--format", "csv", path, status=2).stdout)
    equal("rows of CSV", len(table), 2 * len(INVALID) + 1)


def read_csv(text):
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if any(len(row) != len(table[0]) for row in table):
        raise Failure(f"rows of several lengths: {text[:500]}")
    for row in table:
        for cell in row:
            if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
                raise Failure(f"a formula: {cell}")
    return [dict(zip(table[0], row)) for row in table[1:]]


def check_csv(tool, directory):
    path = directory / "names.csv"
    expected = by_name(rows(tool, write(directory / "names", SOME)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Customer", "Domain name", "Note"])
        for at, name in enumerate(SOME):
            table.writerow([f'"{at}"', f" {name} ", "a\nb, c"])
        table.writerow(["only one cell"])
    for column in ("Domain name", "domain NAME", "2"):
        equal(column, by_name(rows(tool, "--column", column, path)), expected)
    for column, words in (("Domain", "there is no column 'Domain'"), ("", "no column given"), ("0", "there is no column"),
                          ("9", "there is no column '9'")):
        done = audit(tool, "--column", column, path, status=2)
        if words not in done.stderr or done.stdout:
            raise Failure(f"--column {column}: {done.stderr}")
    audit(tool, "--column", "1", write(directory / "empty", []), status=2)
    for row in read_csv(audit(tool, "--format", "csv", directory / "names").stdout):
        other = expected[row["name"].lstrip("'") if row["name"].startswith("'=") else row["name"]]
        equal(row["name"], row["verdict"], other.get("verdict", ""))
        for key in ("ready", "not_ready", "unknown", "approvers"):
            equal(f"{row['name']} {key}", row[key].split(), other.get(key, []))
        for key, severity in (("blockers", "blocker"), ("warnings", "warning")):
            equal(f"{row['name']} {key}", set(row[key].split()), {finding["id"] for finding in other.get("findings", []) if finding["severity"] == severity})
        equal(f"{row['name']} fix", row["fix"], other.get("fix") or "")


def check_order_and_shards(tool, directory):
    names = [*prompt_names(), *SOME, *(f"host{number}.example.jp" for number in range(40))]
    path = write(directory / "names", names)
    whole = rows(tool, "--ordered", path)
    equal("--ordered", [row["name"] for row in whole], names)
    everything = {row["n"]: judged(row) for row in whole}
    parts = {}
    for shard in ("1/3", "2/3", "3/3"):
        part = rows(tool, "--ordered", "--shard", shard, path)
        equal(f"--shard {shard}", [row["n"] for row in part], sorted(row["n"] for row in part))
        equal(f"--shard {shard} of others", parts.keys() & {row["n"] for row in part}, set())
        parts |= {row["n"]: judged(row) for row in part}
        unordered = {row["n"] for row in rows(tool, "--shard", shard, path)}
        equal(f"--shard {shard} without --ordered", unordered, {row["n"] for row in part})
    equal("all shards", parts, everything)
    for bad in ("0/3", "4/3", "1", "1/0", "x/y", "1/100001", "-1/3", "1/3/3"):
        audit(tool, "--shard", bad, path, status=2)


# ---- runs -----------------------------------------------------------------------------------------------------------------------------


def quietly(directory, *names):
    for name in names:
        for path in directory.glob(f"{name}*"):
            path.unlink()


def check_a_run_again(tool, directory):
    quietly(directory, "r1")
    path, run = write(directory / "names", SOME), directory / "r1"
    first = audit(tool, "--run", run, "-o", directory / "r1.jsonl", "--summary", "json", path)
    before = (directory / "r1.jsonl").read_text()
    again = audit(tool, "--run", run, "-o", directory / "r1.jsonl", "--summary", "json", path)
    equal("the same rows", (directory / "r1.jsonl").read_text(), before)
    equal("rows", [row["name"] for row in rows_of(before)], SOME)
    one, other = summary(first), summary(again)
    equal("exchanges", other["exchanges"], one["exchanges"])
    equal("names", other["names"], len(SOME))
    equal("by itself", by_name(rows(tool, path)), by_name(rows_of(before)))
    if list(directory.glob("r1-*")) or (directory / "r1.jsonl.run").exists():
        raise Failure("something is left beside the run")


def refused(tool, words, *arguments):
    done = audit(tool, *arguments, status=2)
    if words not in done.stderr or done.stderr.count("\n") != 1:
        raise Failure(f"{arguments}: {done.stderr}")


def check_another_list_or_options(tool, directory):
    quietly(directory, "r2")
    run = directory / "r2"
    names = [name for name in SOME if name != "a..b"]
    path = write(directory / "names", names)
    audit(tool, "-q", "--run", run, path)
    for other in (names[1:], names[::-1], [*names[:-1], "other.example.jp"], ["other.example.jp", *names[1:]], names[:3]):
        refused(tool, "it was begun with another list", "-q", "--run", run, write(directory / "other", other))
    for options in (["--ca", "sectigo"], ["--dnssec", "off"], ["--deep"], ["--column", "1"], ["--shard", "1/2"], ["--account-uri", "https://ca.example/1"]):
        refused(tool, "it was begun with other options", "-q", "--run", run, *options, path)
    done = tool.run("audit", "--as-of", "2027-01-01", "-q", "--run", run, path, status=2)
    if "it was begun with other options" not in done.stderr:
        raise Failure(f"--as-of: {done.stderr}")
    more = write(directory / "more", [*names, "a1.example.jp", "a2.example.jp"])
    audit(tool, "-q", "--run", run, more)
    found = tool.run("report", "--format", "jsonl", run)
    equal("a list that grew", [row["name"] for row in rows_of(found.stdout)], [*names, "a1.example.jp", "a2.example.jp"])


def broken_off(tool, arguments, started):
    """A call interrupted once `started` says so; what it wrote to standard error."""
    process = subprocess.Popen([tool.program, "audit", "--as-of", "2026-11-21", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env=tool.environment)
    until = time.monotonic() + WAIT_S
    while not started():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise Failure(f"never begun: {process.communicate()[1]}")
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=WAIT_S)[1]
    equal("exit status after Ctrl-C", process.returncode, 3)
    return told


def stored(run):
    """How many names a run holds."""
    try:
        with sqlite3.connect(f"file:{run}?mode=ro", uri=True, timeout=5) as database:
            return database.execute("SELECT count(*) FROM name").fetchone()[0]
    except sqlite3.Error:
        return 0


def check_interruption(tool, directory):
    quietly(directory, "r3")
    names = [*(f"n{number}.example.jp" for number in range(700)), *SOME]
    path, out = write(directory / "names", names), directory / "r3.jsonl"
    out.write_text("before\n")
    run = directory / "r3.jsonl.run"
    told = broken_off(tool, ["--qps", "200", "-o", out, path], lambda: stored(run) > 3)
    if "the same command goes on" not in told or str(run) not in told:
        raise Failure(f"told {told}")
    equal("the file meanwhile", out.read_text(), "before\n")
    some = stored(run)
    if not 0 < some < len(names):
        raise Failure(f"{some} of {len(names)} names were done")
    done = audit(tool, "--summary", "json", "-o", out, path)
    equal("gone on with", [row["name"] for row in rows_of(out.read_text())], names)
    equal("complete", summary(done)["complete"], True)
    equal("the run beside it", run.exists(), False)
    fresh = by_name(rows(tool, path))
    equal("as never broken off", by_name(rows_of(out.read_text())), fresh)
    told = broken_off(tool, ["--qps", "200", path], lambda: True if time.sleep(1) is None else False)
    if "begins anew" not in told:
        raise Failure(f"told {told}")


def check_where_rows_cannot_go(tool, directory):
    path = write(directory / "names", [*SOME, *(f"n{number}.example.jp" for number in range(300))])
    with open("/dev/full", "wb") as full:
        process = subprocess.run([tool.program, "audit", "-q", str(path)], stdout=full, stderr=subprocess.PIPE, text=True, env=tool.environment, timeout=WAIT_S, check=False)
    equal("a full disk", (process.returncode, process.stderr.count("\n")), (4, 1))
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run([tool.program, "audit", "-q", str(path)], stdout=writer, stderr=subprocess.PIPE, text=True, env=tool.environment, timeout=WAIT_S, check=False)
    os.close(writer)
    equal("a closed pipe", process.returncode, 4)
    equal("no such directory", audit(tool, "-q", "-o", directory / "none" / "x", path).returncode in (2, 4), True)
    equal("no such directory", audit(tool, "-q", "--run", directory / "none" / "x", path).returncode in (2, 4), True)


def a_run(tool, directory, name, names, *options):
    quietly(directory, name)
    audit(tool, "-q", "--run", directory / name, *options, write(directory / f"{name}.names", names))
    return directory / name


def check_report(tool, directory):
    run = a_run(tool, directory, "r4", SOME)
    whole = rows_of(tool.run("report", "--format", "jsonl", run).stdout)
    equal("names", [row["name"] for row in whole], SOME)
    equal("as audited", by_name(whole), by_name(rows(tool, directory / "r4.names")))
    for only in ("ready", "not-ready", "unknown", "invalid", "ready,invalid"):
        chosen = rows_of(tool.run("report", "--format", "jsonl", "--only", only, run).stdout)
        equal(f"--only {only}", chosen, [row for row in whole if row.get("verdict", "invalid") in only.split(",")])
    for finding in ("caa-forbids", "mail-implicit-mx", "name-subtree"):
        chosen = rows_of(tool.run("report", "--format", "jsonl", "--finding", finding, run).stdout)
        equal(f"--finding {finding}", chosen, [row for row in whole if finding in {found["id"] for found in row.get("findings", [])}])
    tool.run("report", "--finding", "none-such", run, status=2)
    tool.run("report", "--only", "readyish", run, status=2)
    equal("CSV", [row["name"] for row in read_csv(tool.run("report", "--format", "csv", run).stdout)], SOME)
    text = tool.run("report", "--format", "text", run).stdout
    for row in whole:
        if not re.search(rf"^{row.get('verdict', 'invalid')} +{re.escape(row['name'])} ", text, re.MULTILINE) and f"{row['name']}\n" not in text:
            raise Failure(f"{row['name']} is not in the text")
    figures = json.loads(tool.run("report", "--summary", "json", run).stdout)
    for fault in validate.faults(figures):
        raise Failure(f"figures: {fault}")
    for key in ("ready", "not-ready", "unknown"):
        equal(key, figures[key.replace("-", "_")], sum(row.get("verdict") == key for row in whole))
    found = {}
    for row in whole:
        for finding in {one["id"] for one in row.get("findings", [])}:
            found[finding] = found.get(finding, 0) + 1
    equal("findings", {one["id"]: one["names"] for one in figures["findings"]}, found)
    audit(tool, "-q", "--run", run, directory / "r4.names")  # a report changes nothing


JUDGED_FOR = (["--as-of", "2028-03-15"], ["--as-of", "2025-07-01", "--ca", "sectigo,digicert"], ["--as-of", "2026-11-21", "--ca", "letsencrypt"])


def check_judging_a_run(tool, directory):
    names = [*prompt_names(), *SOME]
    run = a_run(tool, directory, "r5", names)
    before = run.read_bytes()
    path = directory / "r5.names"
    for options in JUDGED_FOR:
        again = tool.run("judge", run, "--format", "jsonl", *options)
        fresh = tool.run("audit", "-q", *options, path)
        equal(f"judge {options}", by_name(rows_of(again.stdout)), by_name(rows_of(fresh.stdout)))
        equal(f"judge {options}: exit status", again.returncode, fresh.returncode)
        quietly(directory, "r6")
        tool.run("judge", run, "--run", directory / "r6", *options)
        equal("kept", by_name(rows_of(tool.run("report", "--format", "jsonl", directory / "r6").stdout)), by_name(rows_of(again.stdout)))
        tool.run("judge", run, "--run", directory / "r6", *options, status=2)  # it is there already
    equal("the run", run.read_bytes(), before)


RANK = {"ready": 0, "unknown": 1, "not-ready": 2, "invalid": 3}


def model_of_diff(before, after):
    changes = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        verdicts = [row and row.get("verdict", "invalid") for row in (old, new)]
        ids = [{finding["id"] for finding in (row or {}).get("findings", [])} for row in (old, new)]
        if old is None or new is None:
            change = "new" if old is None else "gone"
        elif verdicts[0] != verdicts[1]:
            change = "regressed" if RANK[verdicts[1]] > RANK[verdicts[0]] else "fixed"
        elif ids[0] != ids[1]:
            change = "changed"
        else:
            continue
        changes[name] = (change, *verdicts, ids[1] - ids[0], ids[0] - ids[1])
    return changes


def check_diff(tool, directory):
    names = prompt_names()
    first = a_run(tool, directory, "r7", [*names[:-4], *SOME])
    for day, second_names in (("2028-03-15", [*names[4:], *SOME]), ("2025-01-10", names)):
        path = write(directory / "r8.names", second_names)
        quietly(directory, "r8.run")
        second = directory / "r8.run"
        tool.run("audit", "-q", "--as-of", day, "--run", second, path)
        told = {}
        done = tool.run("diff", "--format", "jsonl", "--summary", "json", first, second)
        for line in done.stdout.splitlines():
            row = json.loads(line)
            for fault in validate.faults(row):
                raise Failure(f"diff: {fault}")
            told[row["name"]] = (row["change"], row["before"], row["after"], set(row["appeared"]), set(row["disappeared"]))
        old, new = (by_name(rows_of(tool.run("report", "--format", "jsonl", run).stdout)) for run in (first, second))
        model = model_of_diff(old, new)
        equal("diff", told, model)
        figures = json.loads(done.stderr)
        for kind in ("regressed", "fixed", "changed", "new", "gone"):
            equal(kind, figures[kind], sum(change[0] == kind for change in model.values()))
        equal("exit status", done.returncode, int(figures["regressed"] != 0))
        equal("lines", tool.run("diff", first, second).stdout.count("\n"), len(model))
        equal("rows of CSV", len(read_csv(tool.run("diff", "--format", "csv", first, second).stdout)), len(model))
    equal("with itself", tool.run("diff", first, first, status=0).stdout, "")


def check_damaged_runs(tool, directory):
    whole = a_run(tool, directory, "r9", SOME).read_bytes()
    bad, path = directory / "bad", directory / "r9.names"
    damaged = {"empty": b"", "no run": b"example.jp\n" * 100, "cut off": whole[:len(whole) // 2], "a head alone": whole[:100],
               "another database": whole[:40] + b"\xff" * 200 + whole[240:], "holes": bytes(octet if at % 4096 < 3000 or at < 8192 else 0x5a for at, octet in enumerate(whole))}
    for what, octets in damaged.items():
        for command in (["report", bad], ["diff", bad, bad], ["report", "--format", "jsonl", bad], ["judge", bad], ["audit", "--run", bad, path]):
            bad.write_bytes(octets)
            if command[0] == "judge" and what in ("empty", "no run") or command[0] == "audit" and what == "empty":
                continue  # recorded facts, or a new run
            done = tool.run(*command)
            if done.returncode == 2 and done.stderr.count("\n") == 1:
                continue
            if what != "holes" or done.returncode not in (0, 1, 2, 3):
                raise Failure(f"{what}, {command[0]}: status {done.returncode}: {done.stderr[:500]}")
    bodies = {"no line": "x", "a place too far": "{\x01~~}\n", "a control": "a\x1b[31m\n", "three lines": "a\nb\nc"}
    for what, body in bodies.items():
        bad.write_bytes(whole)
        with sqlite3.connect(bad) as database:
            database.execute("UPDATE class SET body = ?", (body,))
        database.close()
        for form in ("text", "jsonl", "csv"):
            done = tool.run("report", "--format", form, bad, status=2)
            if done.stderr.count("\n") != 1 or "damaged" not in done.stderr or "\x1b" in done.stdout:
                raise Failure(f"{what}: {done.stderr}")


CHECKS = [value for name, value in sorted(globals().items()) if name.startswith("check_")]

if __name__ == "__main__":
    run_checks(CHECKS, __doc__)
