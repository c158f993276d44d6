#!/usr/bin/python3
"""A world to audit: a signed root, unsigned top-level domains, and as many domains as are asked for, on one Knot.

world.py [--domains N] [--address ADDR] [--port N] [--cpu N] [--dir DIR] -- COMMAND…    runs COMMAND while the server serves

COMMAND sees BENCH_RESOLVER (address:port), BENCH_ANCHOR, BENCH_NAMES (five names a domain, domains in order) and BENCH_DIR. The server
answers authoritatively for everything, as the cache of a resolver that knows it all would.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LAB = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab"
sys.path.insert(0, str(LAB))
import wire  # noqa: E402

TLDS = ("com", "jp", "org")
HOSTERS = 500
LABELS = ("", "www.", "shop.", "mail.", "api.")
ISSUERS = ("letsencrypt.org", "digicert.com", "globalsign.com", "sectigo.com", "jprs.jp", "pki.goog", "amazon.com", "secomtrust.net")
START_S = 120


def domain(number):
    return f"domain{number:06d}.{TLDS[number % len(TLDS)]}"


def records(number):
    """The lines of one domain: what a mixed portfolio has."""
    name = domain(number)
    yield f"{name}. A 192.0.2.{number % 250 + 1}"
    yield f"www.{name}. A 192.0.2.{number % 250 + 1}"
    for label in LABELS[2:]:
        yield f"{label}{name}. CNAME www.{name}."
    if number % 20:  # one in twenty has no mail
        yield f"{name}. MX 10 mx1.hoster{number % HOSTERS}.org."
        yield f"{name}. MX 20 mx2.hoster{number % HOSTERS}.org."
    else:
        yield f"{name}. MX 0 ."
    if number % 3 == 0:
        yield f'_validation-contactemail.{name}. TXT "hostmaster@{name}"'
    if number % 4 == 0:
        yield f'{name}. CAA 0 issue "{ISSUERS[number // 4 % len(ISSUERS)]}"'
        if number % 12 == 0:
            yield f'{name}. CAA 0 contactemail "pki@{name}"'


def write_zones(directory, domains):
    """The zone files; returns their names."""
    files = {tld: (directory / f"{tld}.zone").open("w", encoding="ascii") for tld in TLDS}
    for tld, file in files.items():
        file.write(f"$TTL 3600\n{tld}. SOA ns.{tld}. hostmaster.{tld}. 1 3600 900 86400 900\n{tld}. NS ns.{tld}.\nns.{tld}. A 192.0.2.53\n")
    for number in range(HOSTERS):
        for host in ("mx1", "mx2"):
            files["org"].write(f"{host}.hoster{number}.org. A 198.51.100.{number % 250 + 1}\n")
    for number in range(domains):
        files[TLDS[number % len(TLDS)]].writelines(f"{line}\n" for line in records(number))
    for file in files.values():
        file.close()
    root = directory / "root.zone"
    lines = [". 3600 SOA ns.com. hostmaster.com. 1 3600 900 86400 900", ". 3600 NS ns.com."]
    for tld in TLDS:
        lines += [f"{tld}. 3600 NS ns.{tld}.", f"ns.{tld}. 3600 A 192.0.2.53"]
    root.write_text("\n".join(lines) + "\n", encoding="ascii")


def sign_root(directory):
    """Signs the root; returns the path of its anchor."""
    key = subprocess.run(["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "."], cwd=directory, check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["ldns-signzone", "-o", ".", "-f", "root.signed", "root.zone", key], cwd=directory, check=True)
    anchor = directory / "anchor.ds"
    shutil.copyfile(directory / f"{key}.ds", anchor)
    return anchor


def write_names(directory, domains):
    path = directory / "names.txt"
    with path.open("w", encoding="ascii") as file:
        for number in range(domains):
            file.writelines(f"{label}{domain(number)}\n" for label in LABELS)
    return path


def write_config(directory, address, port):
    zones = "".join(f'  - domain: {name}\n    file: "{directory}/{file}"\n'
                    for name, file in ((".", "root.signed"), *((f"{tld}.", f"{tld}.zone") for tld in TLDS)))
    path = directory / "knot.conf"
    path.write_text(f"""server:
    listen: {address}@{port}
    rundir: "{directory}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    nsid: ""
database:
    storage: "{directory}"
log:
  - target: stderr
    any: warning
template:
  - id: default
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
zone:
{zones}""", encoding="ascii")
    return path


def answers(address, port):
    try:
        return wire.rcode_name(wire.udp_ask(address, wire.make_query("domain000000.com.", "A"), 0.2, port)) == "NOERROR"
    except OSError:
        return False


def start(directory, address, port, cpu):
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    command = [shutil.which("knotd", path=path) or "knotd", "-c", str(write_config(directory, address, port))]
    if cpu is not None:
        command = ["taskset", "-c", str(cpu), *command]
    server = subprocess.Popen(command)
    until = time.monotonic() + START_S
    while not answers(address, port):
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            sys.exit("world: knotd does not start")
        time.sleep(0.1)
    return server


def build(directory, domains):
    """Zones, keys and names, unless they are there already."""
    mark = directory / f"built-{domains}"
    if mark.exists():
        return directory / "anchor.ds", directory / "names.txt"
    write_zones(directory, domains)
    anchor = sign_root(directory)
    names = write_names(directory, domains)
    mark.touch()
    return anchor, names


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--domains", type=int, default=200_000)
    parser.add_argument("--address", default="127.0.0.53")
    parser.add_argument("--port", type=int, default=5300)
    parser.add_argument("--cpu", type=int)
    parser.add_argument("--dir", type=pathlib.Path)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        directory = (options.dir or pathlib.Path(own)).resolve()
        directory.mkdir(parents=True, exist_ok=True)
        anchor, names = build(directory, options.domains)
        server = start(directory, options.address, options.port, options.cpu)
        try:
            env = os.environ | {"BENCH_RESOLVER": f"{options.address}:{options.port}", "BENCH_ANCHOR": str(anchor), "BENCH_NAMES": str(names),
                                "BENCH_DIR": str(directory), "BENCH_SERVER_PID": str(server.pid)}
            return subprocess.run(options.command, env=env, check=False).returncode
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
