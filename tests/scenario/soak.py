#!/usr/bin/python3
"""A thousand checks while the network loses packets: nobody is called dead who answers, and every verdict stays what it is without loss.

soak.py DCVREADY

Starts two labs of its own: one that loses nothing says what is to be awaited; the other loses 5 % of the UDP packets in each direction, so
that a question stays without an answer in nearly 10 % of the tries. Each round is a run of its own, which remembers nothing of the others.
"""

import collections
import ipaddress
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from tool import LAB, Failure, Tool

sys.path.insert(0, str(LAB))
import personas  # noqa: E402
import plan  # noqa: E402

LOSS_PERCENT, SEED = 5, 20261121
NAMES, ROUNDS = 200, 3
ROUND_TIMEOUT_S = 300
OPTIONS = ("--format", "jsonl", "--facts", "--allow-private-addresses", "--concurrency", "30", "--as-of", "2026-11-21")
# Zones of all kinds of servers; of the others, as many as there is room for.
SERVERS = ("ns-", "auth-", "many-ns", "dead", "half-dead", "lame", "stale", "caa-timeout", "caa-servfail", "caa-refused", "mx-timeout")
# Where servers lose packets by themselves, nothing can be awaited; nor of many-ns, the silence of which would fill the run.
LOSSY = ("ns-loss.", "many-ns.")
# Whose verdict the resolver's choice of a server decides, or how long it waits for one: of these only the servers are looked at.
UNSTEADY = ("ns-caa-differs.", "ns-txt-differs.", "ns-txt-missing.", "ns-lame-parent.", "stale.", "mx-timeout.", "caa-timeout.", "ns-nobody.", "ns-dead.",
            "ns-udp-dead.", "ns-ipv6-dead.", "ns-ipv6-nowhere.", "ns-ipv6-half.", "ns-slow.", "ns-drop-caa.", "ns-drops-edns.", "dead.", "half-dead.")
# Zones of two servers, one of which answers what no resolver can use: where loss leaves only that one, the resolver says SERVFAIL.
HALF_BAD = ("ns-lame-refused.", "ns-lame-servfail.", "ns-lame-upward.", "ns-recursive.", "ns-no-aa.", "ns-no-soa.", "ns-servfail-caa.", "ns-notimp-caa.",
            "ns-refused-caa.", "ns-refused-txt.")
DEAD = ("timeout", "unreachable")
ANSWERED = ("answer", "nodata", "nxdomain")

# Personas that do not answer everything: the transports and the types to which they are silent; None: all.
QUIET = {
    "auth-drop": (None, None),
    "auth-drop-caa": ("udp plain", "CAA"),
    "auth-drop-mx": ("udp plain", "MX"),
    "auth-udp-dead": ("udp plain", None),
    "auth-tcp-dead": ("tcp", None),
    "auth-tcp-hang": ("tcp", None),
    "auth-drops-edns": ("udp tcp", None),
    "auth-drops-large": ("udp plain", None),
}


def names():
    """Names of zones, always the same ones."""
    listed = subprocess.run([LAB / "lab", "zones"], capture_output=True, text=True, check=True).stdout.split()
    zones = [zone.rstrip(".") for zone in listed if zone.count(".") > 1 and not zone.startswith(("_", *LOSSY))]
    servers = [zone for zone in zones if zone.startswith(SERVERS)]
    others = [zone for zone in zones if zone not in servers]
    return servers + random.Random(SEED).sample(others, NAMES - len(servers))


def inside(program, rounds, directory):
    """The reports of all rounds, in files."""
    tool = Tool(program, ROUND_TIMEOUT_S)
    listed = directory / "names"
    listed.write_text("".join(f"{name}\n" for name in names()), encoding="utf-8")
    for turn in range(rounds):
        done = tool.run("check", "--no-whois", *OPTIONS, f"@{listed}")
        (directory / f"{turn}.jsonl").write_text(done.stdout, encoding="utf-8")
    log = plan.query_log()
    lost = collections.Counter(line.split("\t")[2] for line in log.read_text(encoding="latin-1").splitlines()
                               if line.split("\t")[1] == "loss") if log.exists() else {}
    (directory / "lost.json").write_text(json.dumps(lost), encoding="utf-8")


def run_lab(program, rounds, *options):
    """Lists of the reports of each round, and how many packets were lost in each direction."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        again = [sys.executable, "-B", __file__, program, str(rounds), name]
        subprocess.run([LAB / "lab", "run", *options, "--", *again], check=True)
        reports = [[json.loads(line) for line in (directory / f"{turn}.jsonl").read_text(encoding="utf-8").splitlines()]
                   for turn in range(rounds)]
        return reports, json.loads((directory / "lost.json").read_text(encoding="utf-8"))


def quiet_addresses():
    return {personas.ADDRESS[name]: rule for name, rule in QUIET.items()}


def may_be_dead(fact, quiet):
    """Is the server of a fact one that does not answer such a question, with loss or without?"""
    address = fact["server"].rsplit("#", 1)[0]
    if address == plan.NOBODY or address in plan.SILENT:
        return True
    if any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in plan.LOST_NETWORKS
           if ipaddress.ip_network(network).version == ipaddress.ip_address(address).version):
        return True
    over, rrtype = quiet.get(address, ("", ""))
    return (over is None or fact["over"] in over.split()) and (rrtype is None or fact["type"] == rrtype)


def faults_of_servers(reports, quiet):
    for report in reports:
        for fact in report["facts"]:
            if fact["kind"] == "server" and fact["outcome"] in DEAD and not may_be_dead(fact, quiet):
                yield f"{report['name']}: {fact['server']} {fact['name']} {fact['type']} over {fact['over']}: {fact['outcome']}"


def judged(report):
    """What must not change."""
    cas = {ca["ca"]: (ca["verdict"], ca["caa"]["permits"]) for ca in report["cas"]}
    return report["verdict"], cas, sorted(finding["id"] for finding in report["findings"])


def difference(awaited, said):
    changed = set(awaited[2]) ^ set(said[2])
    return f"{said[0]}, not {awaited[0]}; findings {' '.join(sorted(changed)) or 'the same'}"


def failed_lookups(report):
    """The questions of a report to resolvers that stayed without an answer."""
    return {f"{fact['name']} {fact['type']}: {fact['outcome']}" for fact in report["facts"]
            if fact["kind"] == "dns" and fact["outcome"] not in ANSWERED}


def excused(report, more):
    """Is it the resolver that had no better answer? `more` are the lookups that failed only with loss."""
    name = f"{report['name']}."
    return name.startswith(UNSTEADY) or (name.startswith(HALF_BAD) and bool(more) and all(text.endswith(": servfail") for text in more))


def compare(awaited, reports):
    """Faults: the reports that judge otherwise than those without loss."""
    if [report["name"] for report in reports] != [report["name"] for report in awaited]:
        yield "other names were checked"
    for before, after in zip(awaited, reports):
        more = sorted(failed_lookups(after) - failed_lookups(before))
        if judged(before) != judged(after) and not excused(after, more):
            yield f"{after['name']}: {difference(judged(before), judged(after))}; failed besides: {', '.join(more) or 'nothing'}"


def questions(reports):
    """How many questions were sent, and how many of them more than once, in the facts."""
    tries = [fact["tries"] for report in reports for fact in report["facts"]
             if fact["kind"] in ("dns", "server") and fact.get("tries") and not fact.get("cached")]
    return len(tries), sum(count > 1 for count in tries)


def main(program):
    quiet = quiet_addresses()
    (awaited,), _ = run_lab(program, 1)
    rounds, lost = run_lab(program, ROUNDS, "--loss", str(LOSS_PERCENT), "--seed", str(SEED))
    faults = [f"without loss: {text}" for text in faults_of_servers(awaited, quiet)]
    checks, asked, repeated = 0, 0, 0
    for number, reports in enumerate(rounds, 1):
        checks += len(reports)
        faults += [f"round {number}: {text}" for text in (*faults_of_servers(reports, quiet), *compare(awaited, reports))]
        counts = questions(reports)
        asked, repeated = asked + counts[0], repeated + counts[1]
    if checks < NAMES * ROUNDS or sum(lost.values()) == 0:
        faults.append(f"{checks} checks, lost {lost}")
    for text in faults:
        print(f"FAIL {text}")
    print(f"{checks} checks of {NAMES} names; {asked} questions in facts, {repeated} of them asked again; "
          f"lost {lost.get('query', 0)} queries and {lost.get('reply', 0)} replies; {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.exit(main(os.path.abspath(sys.argv[1])))
    try:
        inside(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]))
    except Failure as failure:
        sys.exit(str(failure))
