#!/usr/bin/python3
"""What was recorded can be replayed and judged again, without the network, to the same result; damaged recordings are refused.

replay.py DCVREADY
"""

import json
import shutil
import subprocess

from tool import LAB, Failure, run_checks

JSON = ("--format", "json", "--facts")
NETWORK = "socket,connect,sendto,sendmsg,sendmmsg"
FIVE = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
NAME = "www.example.jp"
WHOIS = {"kind": "whois", "domain": "example.jp", "state": "found", "contacts": [{"role": "public", "email": "owner@example.org"}]}
SOA, OWNER, TXT = {"dns-admin@example.jp"}, {"owner@example.org"}, {"dcv@example.net"}
HISTORIC = SOA | OWNER
OWN, BASE = ({f"{local}@{domain}" for local in FIVE} for domain in (NAME, "example.jp"))
ALL = OWN | BASE | TXT
# Rows: CA; then for each date who is permitted, and who is retired.
DATES = ("2025-01-10", "2025-07-15", "2026-11-21", "2028-03-15")
EXPECTED = {
    "baseline": [(ALL | HISTORIC, set()), (ALL, HISTORIC), (ALL, HISTORIC), (set(), ALL | HISTORIC)],
    "iij-globalsign": [(ALL | HISTORIC, set()), (ALL, HISTORIC), (ALL, HISTORIC), (set(), ALL | HISTORIC)],
    "iij-digicert": [(ALL | OWNER, set()), (ALL, OWNER), (ALL, OWNER), (set(), ALL | OWNER)],
    "iij-cybertrust": [(TXT | OWNER, set()), (OWN | TXT, OWNER), (OWN | TXT, OWNER), (set(), OWN | TXT | OWNER)],
    "sectigo": [(ALL | OWNER, set()), (ALL, OWNER), (ALL, OWNER), (set(), ALL | OWNER)],
    "godaddy": [(OWN | BASE, set()), (OWN | BASE, set()), (OWN | BASE, set()), (set(), OWN | BASE)],
    "letsencrypt": [(set(), set())] * 4,
}
DNS = {"kind": "dns", "name": "example.jp", "type": "MX", "outcome": "answer", "rcode": "NOERROR", "security": "secure",
       "answer": [{"owner": "example.jp", "type": "MX", "ttl": 300, "rdata": "000a046d61696c076578616d706c65026a7000"}],
       "authority": [], "ede": [{"code": 6, "text": "x"}], "server": "192.0.2.1#53", "transport": "udp", "cached": False, "tries": 1,
       "rtt_us": 1, "at": "2026-11-21T10:00:00Z", "has_message": True}


def require(condition, text):
    if not condition:
        raise Failure(text)


def refused(tool, *arguments):
    """Status 2, one line on standard error, nothing else."""
    done = tool.run(*arguments, status=2)
    shown = " ".join(map(str, arguments))
    require(done.stdout == "", f"{shown}: refused, with output {done.stdout[:100]!r}")
    require(done.stderr.startswith("dcvready: ") and done.stderr.count("\n") == 1, f"{shown}: not one line: {done.stderr[:300]!r}")


def write(directory, name, data):
    path = directory / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


# Replays


def record(tool, directory):
    """A tape and a report of the whole portfolio, with contacts of a registry."""
    names = subprocess.run([str(LAB / "lab"), "names"], capture_output=True, text=True, check=True).stdout.split()
    facts = write(directory, "whois.json", json.dumps([WHOIS]))
    arguments = ["check", *JSON, "--ca", "all", "--facts-in", facts, *names]
    done = tool.run(*arguments, "--record", directory / "tape")
    write(directory, "report.json", done.stdout)
    return arguments, done


def check_replay(tool, directory):
    arguments, recorded = record(tool, directory)
    for turn in ("first", "second"):
        replayed = tool.run(*arguments, "--replay", directory / "tape", status=recorded.returncode)
        require(replayed.stdout == recorded.stdout, f"the {turn} replay differs from the recording")


def best_statuses(ca):
    order = ("malformed", "not-offered", "unknown", "retired", "future", "discouraged", "permitted")
    best = {}
    for entry in ca["approvers"]:
        if entry["address"]:
            best[entry["address"]] = max(order.index(entry["status"]), best.get(entry["address"], 0))
    return ({address for address, rank in best.items() if rank >= order.index("discouraged")},
            {address for address, rank in best.items() if rank == order.index("retired")})


def judged(tool, path, date):
    reports, _ = tool.json("judge", "--as-of", date, "--ca", ",".join(EXPECTED), path)
    require(len(reports) > 30, f"{path.name}: {len(reports)} names were judged")
    return next(report for report in reports if report["name"] == NAME)


def check_judged(tool, directory, file, without):
    """`without`: addresses that this kind of recording does not hold."""
    for number, date in enumerate(DATES):
        report = judged(tool, directory / file, date)
        for ca in report["cas"]:
            permitted, retired = (expected - without for expected in EXPECTED[ca["ca"]][number])
            title = f"judge {file} for {date}, {ca['ca']}"
            got = best_statuses(ca)
            require(got[0] == permitted, f"{title}: permitted {sorted(got[0] ^ permitted)} differ")
            require(got[1] == retired, f"{title}: retired {sorted(got[1] ^ retired)} differ")
            verdict = "ready" if permitted else "not-ready"
            require(ca["verdict"] == verdict, f"{title}: {ca['verdict']}, not {verdict}")


def check_judge_report(tool, directory):
    check_judged(tool, directory, "report.json", set())


def check_judge_tape(tool, directory):
    check_judged(tool, directory, "tape", OWNER)


def check_judge_again(tool, directory):
    """A judged report is judged again to the same."""
    first = tool.run("judge", *JSON, "--ca", "all", directory / "report.json")
    again = write(directory, "again.json", first.stdout)
    second = tool.run("judge", *JSON, "--ca", "all", again, status=first.returncode)
    require(first.stdout == second.stdout, "a report judged again differs")


def check_no_network(tool, directory):
    trace = directory / "trace"
    wrapper = ["strace", "-f", "-o", trace, "-e", f"trace={NETWORK}"]
    if shutil.which("strace") is None or subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: strace cannot be used here")
        return
    tool.environment["ASAN_OPTIONS"] = "detect_leaks=0"  # which needs ptrace itself
    for arguments in (("judge", "--as-of", DATES[1], directory / "report.json"), ("judge", directory / "tape"),
                      ("check", "--replay", directory / "tape", NAME)):
        tool.run(*arguments, wrapper=wrapper)
        calls = [line for line in trace.read_text(encoding="utf-8").splitlines() if "(" in line and "SIG" not in line]
        require(not calls, f"{arguments[0]}: {calls[:3]}")
    tool.run("check", "--ca", "sectigo", NAME, wrapper=wrapper)
    require("socket(" in trace.read_text(encoding="utf-8"), "a check that asks the network was not seen to do so")
    del tool.environment["ASAN_OPTIONS"]


# Damage


def unknown(tool, *arguments):
    reports, status = tool.json(*arguments, "--ca", "sectigo")
    require(status == 3, f"{' '.join(map(str, arguments))}: status {status}, not 3")
    verdicts = {ca["verdict"] for report in reports for ca in report["cas"]}
    require(verdicts == {"unknown"}, f"{' '.join(map(str, arguments))}: {verdicts}, not unknown")


def asks_for(line, label):
    """Whether a line of a tape is an exchange whose question holds the label, in whatever case."""
    return line.startswith(b"x ") and any(
        bytes([len(label)]) + label in bytes.fromhex(field.decode()).lower() for field in line.split()[6:] if field != b"-")


def check_short_tape(tool, directory):
    """Without some of the exchanges nothing is decided; within a line the tape is refused."""
    text = (directory / "tape").read_bytes()
    lines = text.splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if line.startswith(b"x "))
    none = write(directory, "none.tape", b"".join(lines[:head]))
    unknown(tool, "check", "--replay", none, "example.jp")
    # In which order answers came is chance, and so is what the first lines hold: the verdict of a part is unknown or that of the whole.
    whole = tool.run("check", "--replay", directory / "tape", "nonexistent.example").returncode
    for count in (1, 4, 20, 60):
        part = write(directory, "part.tape", b"".join(lines[:head + count]))
        status = tool.run("check", "--replay", part, "nonexistent.example").returncode
        require(status in (3, whole), f"{count} exchanges: status {status}, the whole tape gives {whole}")
        tool.run("judge", part)
    silent = [line for line in lines if not asks_for(line, b"nonexistent")]
    require(len(silent) < len(lines), "no exchange of the tape asks for the name")
    unknown(tool, "check", "--replay", write(directory, "silent.tape", b"".join(silent)), "nonexistent.example")
    for cut in range(1, len(lines[head]), 7):
        refused(tool, "check", "--replay", write(directory, "cut.tape", b"".join(lines[:head]) + lines[head][:cut]), "example.jp")
    for size in (0, 1, 15, 17, 25):
        refused(tool, "judge", write(directory, "cut.tape", text[:size]))


def check_other_names(tool, directory):
    unknown(tool, "check", "--replay", directory / "tape", "never-recorded.example")


def check_bad_tape(tool, directory):
    lines = (directory / "tape").read_text(encoding="utf-8").splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("x ") and " udp " in line and " answer " in line)
    good = lines[head].split(" ")
    bad = ["what is this", "", "x", " ".join(good[:-1]), " ".join([*good, "00"]), " ".join([*good[:-1], good[-1] + "0"]),
           " ".join([*good[:-1], good[-1][:-1] + "g"]), " ".join([good[0], "nowhere", *good[2:]]), " ".join([*good[:2], "smoke", *good[3:]]),
           " ".join([*good[:3], "-1", *good[4:]]), " ".join([*good[:4], "99999999999999999999999", *good[5:]]),
           " ".join([*good[:5], "perhaps", *good[6:]]), "x \x00 y", "seed 00", "wall tomorrow", "x " + "ab" * 200000]
    for number, line in enumerate(bad):
        path = write(directory, "bad.tape", "\n".join([*lines[:head + 2], line, *lines[head + 2:], ""]))
        try:
            refused(tool, "check", "--replay", path, "example.jp")
            refused(tool, "judge", path)
        except Failure as failure:
            raise Failure(f"bad line {number} ({line[:60]!r}): {failure}") from None
    for name, data in (("magic", "dcvready-tape 9\nwall 1\n"), ("empty", ""), ("binary", bytes(range(256)) * 4)):
        refused(tool, "check", "--replay", write(directory, name, data), "example.jp")
    for path in (directory, directory / "missing"):
        refused(tool, "check", "--replay", path, "example.jp")
        refused(tool, "judge", path)


def bad_facts():
    """Pairs of a title and the text of a file that must be refused."""
    def document(*facts):
        return json.dumps({"name": "example.jp", "facts": list(facts)})

    yield from (("empty object", "{}"), ("number", "1"), ("string", '"x"'), ("null", "null"), ("half", document(WHOIS)[:-3]), ("words", "hello"),
                ("trailing", document(WHOIS) + "]"), ("facts is text", '{"facts": "x"}'), ("facts is an object", '{"facts": {}}'),
                ("deep", "[" * 100000), ("fact is a number", document(1)), ("fact is null", document(None)), ("fact is a list", document([])),
                ("kind missing", document({})), ("kind unknown", document({"kind": "smoke"})), ("kind is a number", document({"kind": 1})))
    for base, key, values in (
            (WHOIS, "domain", (None, 1, "", "a..b", "x" * 64 + ".jp", ".".join(["x"] * 200))),
            (WHOIS, "state", (1, "perhaps")), (WHOIS, "contacts", (1, "x", {}, [1], [{}], [{"role": "admin"}], [{"email": "a@b.jp"}],
                                                                   [{"role": 1, "email": "a@b.jp"}], [{"role": "admin", "email": 1}])),
            (DNS, "name", (None, 1, "a..b", "y" * 300)), (DNS, "type", (None, 1, "NOTYPE", "TYPE99999999")), (DNS, "outcome", (None, 1, "perhaps")),
            (DNS, "security", (1, "perhaps")), (DNS, "rcode", (1, "PERHAPS")), (DNS, "at", (1, "yesterday", "2026-13-45T99:99:99Z")),
            (DNS, "answer", (1, "x", {}, [1], [None], [{}], [{**DNS["answer"][0], "rdata": "0"}], [{**DNS["answer"][0], "rdata": "zz"}],
                             [{**DNS["answer"][0], "rdata": 1}], [{**DNS["answer"][0], "owner": "a..b"}], [{**DNS["answer"][0], "type": "X Y"}],
                             [{**DNS["answer"][0], "type": None}], [{**DNS["answer"][0], "rdata": "00" * 70000}])),
            (DNS, "authority", (1, "x", [1])), (DNS, "ede", (1, [1], [{"code": "x"}])), (DNS, "tries", ("x", -1)), (DNS, "cached", (1, "x")),
            (DNS, "transport", ("smoke",)), (DNS, "server", (1,)), (DNS, "rtt_us", ("x", -1)), (DNS, "has_message", (1, "x"))):
        for value in values:
            yield f"{base['kind']} {key} {str(value)[:40]}", document({**base, key: value})


def check_bad_facts(tool, directory):
    wrong = []
    for title, text in [*bad_facts(), ("not UTF-8", b'{"facts": [{"kind": "whois", "domain": "\xff"}]}'), ("nothing", b""),
                        ("zero octet", b'{"facts": [{"kind": "whois", "domain": "a\\u0000b.jp", "state": "found", "contacts": []}]}')]:
        path = write(directory, "facts.json", text)
        for arguments in (("judge", path), ("check", "--replay", directory / "tape", "--facts-in", path, "example.jp")):
            try:
                refused(tool, *arguments)
            except Failure as failure:
                wrong.append(f"{title}: {arguments[0]}: {str(failure).replace(str(directory), '')}")
    require(not wrong, "\n    ".join([f"{len(wrong)} kinds of damage", *wrong]))


def check_odd_records(tool, directory):
    """Data that is no JSON error but nonsense as DNS is judged without a crash."""
    report = json.loads((directory / "report.json").read_text(encoding="utf-8"))
    document = next(item for item in report if item["name"] == "contact-one-bad.example")
    facts = document["facts"]
    for step, change in enumerate((lambda rr: {**rr, "rdata": rr["rdata"][:len(rr["rdata"]) // 4 * 2]}, lambda rr: {**rr, "rdata": ""},
                                   lambda rr: {**rr, "rdata": "ff" * 20}, lambda rr: {**rr, "rdata": "c000" + rr["rdata"]},
                                   lambda rr: {**rr, "owner": "."}, lambda rr: {**rr, "type": "TYPE65280"}, lambda rr: {**rr, "ttl": 2 ** 62})):
        changed = [{**fact, "answer": [change(rr) for rr in fact.get("answer", [])]} for fact in facts]
        path = write(directory, "odd.json", json.dumps([{**document, "facts": changed}]))
        done = tool.run("judge", "--format", "json", path)
        require(done.returncode != 4, f"odd records {step}: {done.stderr[:200]}")


CHECKS = (check_replay, check_judge_report, check_judge_tape, check_judge_again, check_no_network, check_short_tape, check_other_names,
          check_bad_tape, check_bad_facts, check_odd_records)


if __name__ == "__main__":
    run_checks(CHECKS, __doc__)
