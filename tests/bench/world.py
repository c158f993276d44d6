#!/usr/bin/python3
"""A world to audit: a signed root, top-level domains, and as many domains as are asked for, on one Knot.

world.py [--domains N] [--tld-signed SHARE] [--address ADDR] [--port N] [--cpu N] [--dir DIR] -- COMMAND…    runs COMMAND while the server serves

COMMAND sees BENCH_RESOLVER (address:port), BENCH_ANCHOR, BENCH_NAMES (five names a domain, domains in order), BENCH_DIR, BENCH_SERVER_PID and
BENCH_CONTROL (the socket for knotc). The server answers authoritatively for everything, as the cache of a resolver that knows it all would.

The domains lie in the zones of unsigned top-level domains, or, the SHARE of them, each in an unsigned zone of its own below a top-level domain
that is signed with NSEC3 and opt-out, as those of the world's large registries are: there, each wants a proof of its own that it is unsigned.
With --dir the world is kept, and made again only if it would be another.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "contrib" / "lab")]
import portfolio  # noqa: E402
import wire  # noqa: E402

PROGRAMS = ("knotd", "knotc", "dnssec-keygen", "dnssec-signzone", "setpriv", "taskset")
START_S = 300
# Signatures of a world that is kept must not end.
INCEPTION, EXPIRATION = "20200101000000", "20370101000000"
ALGORITHM = "ECDSAP256SHA256"
SOA = "ns.{0} hostmaster.{0} 1 3600 900 86400 900"


def program(name):
    """Where it is; servers lie where users' paths do not lead. None: nowhere."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")


def missing_programs():
    return [name for name in PROGRAMS if program(name) is None]


# ---- zones -------------------------------------------------------------------------------------------------------------------------


def write_tlds(directory, domains, share):
    with contextlib.ExitStack() as stack:
        files = {tld: stack.enter_context((directory / f"{tld}.zone").open("w", encoding="ascii")) for tld in portfolio.TLDS}
        for tld, file in files.items():
            file.write(f"$TTL 3600\n{tld}. SOA {SOA.format(tld + '.')}\n{tld}. NS ns.{tld}.\nns.{tld}. A 192.0.2.53\n")
        files["org"].writelines(f"{line}\n" for line in portfolio.shared_records())
        for number in range(domains):
            if not portfolio.in_signed_tld(number, share):
                tld = portfolio.domain(number, share).rsplit(".", 1)[1]
                files[tld].writelines(f"{line}\n" for line in portfolio.records(number, share))


def write_signed_tld(directory, domains, share):
    """The delegations of the signed TLD, and the zones below it; returns the names of those.

    Beside each domain there is one more, signed, that nobody asks for: as many spans of NSEC3 as the domains would meet in a large zone."""
    tld, apexes = portfolio.SIGNED_TLD, []
    (directory / "zones").mkdir(exist_ok=True)
    with (directory / f"{tld}.zone").open("w", encoding="ascii") as file:
        file.write(f"$TTL 3600\n{tld}. SOA {SOA.format(tld + '.')}\n{tld}. NS ns.{tld}.\nns.{tld}. A 192.0.2.53\n")
        for number in range(domains):
            if not portfolio.in_signed_tld(number, share):
                continue
            apex = portfolio.domain(number, share)
            apexes.append(apex)
            file.write(f"{apex}. NS ns.hoster1.org.\nsigned{number}.{tld}. NS ns.hoster1.org.\n"
                       f"signed{number}.{tld}. DS {number % 65536} 13 2 {hashlib.sha256(apex.encode()).hexdigest()}\n")
            lines = [f"$TTL 3600\n{apex}. SOA {SOA.format(apex + '.')}", f"{apex}. NS ns.hoster1.org.", *portfolio.records(number, share)]
            (directory / "zones" / f"{apex}.zone").write_text("\n".join(lines) + "\n", encoding="ascii")
    return apexes


def sign(directory, zone, *options):
    """Signs `zone`.zone, the file, as `zone`.signed; returns its DS record."""
    origin = "." if zone == "root" else f"{zone}."
    key = subprocess.run([program("dnssec-keygen"), "-q", "-a", ALGORITHM, "-f", "KSK", origin], cwd=directory, check=True, capture_output=True,
                         text=True).stdout.strip()
    # -z: one key does the work of both; -P: nothing is verified again.
    subprocess.run([program("dnssec-signzone"), "-q", "-P", "-S", "-z", *options, "-s", INCEPTION, "-e", EXPIRATION, "-o", origin,
                    "-f", f"{zone}.signed", f"{zone}.zone", key], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    return next(directory.glob(f"dsset-{origin}")).read_text(encoding="ascii")


def write_root(directory, tlds, ds):
    """Signed; leaves its DS record in anchor.ds."""
    lines = ["$TTL 3600", f". SOA {SOA.format('com.')}", ". 3600 NS ns.com.", ds.strip()]
    for tld in tlds:
        lines += [f"{tld}. 3600 NS ns.{tld}.", f"ns.{tld}. 3600 A 192.0.2.53"]
    (directory / "root.zone").write_text("\n".join(lines) + "\n", encoding="ascii")
    (directory / "anchor.ds").write_text(sign(directory, "root"), encoding="ascii")


def write_names(directory, domains, share):
    with (directory / "names.txt").open("w", encoding="ascii") as file:
        for number in range(domains):
            file.writelines(f"{name}\n" for name in portfolio.names(number, share))


def write_zone_list(directory, apexes):
    """The zones and their files, as the configuration of the server names them."""
    own = [(".", "root.signed"), *((f"{tld}.", f"{tld}.zone") for tld in portfolio.TLDS)]
    if apexes:
        own.append((f"{portfolio.SIGNED_TLD}.", f"{portfolio.SIGNED_TLD}.signed"))
    with (directory / "zones.conf").open("w", encoding="ascii") as file:
        file.write("zone:\n")
        file.writelines(f'  - domain: {name}\n    file: "{directory}/{zone}"\n' for name, zone in own)
        file.writelines(f"  - domain: {apex}.\n    template: own\n" for apex in apexes)


def build(directory, domains, share=0.0):
    """Zones, keys and names, unless they are there already."""
    sources = b"".join((HERE / name).read_bytes() for name in ("world.py", "portfolio.py"))
    what = f"{hashlib.sha256(sources).hexdigest()} {domains} {share} {directory}\n"
    mark = directory / "built"
    if mark.exists() and mark.read_text(encoding="utf-8") == what:
        return
    for entry in directory.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    write_tlds(directory, domains, share)
    apexes = write_signed_tld(directory, domains, share) if share else []
    ds = sign(directory, portfolio.SIGNED_TLD, "-3", "-", "-H", "0", "-A") if apexes else ""
    write_root(directory, (*portfolio.TLDS, portfolio.SIGNED_TLD) if apexes else portfolio.TLDS, ds)
    write_names(directory, domains, share)
    write_zone_list(directory, apexes)
    mark.write_text(what, encoding="utf-8")


# ---- the server --------------------------------------------------------------------------------------------------------------------


def write_config(directory, run, address, port):
    """`run`: where the server keeps what is its own."""
    path = run / "knot.conf"
    path.write_text(f"""server:
    listen: {address}@{port}
    rundir: "{run}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    nsid: ""
database:
    storage: "{run}"
log:
  - target: stderr
    any: warning
mod-stats:
  - id: questions
    request-protocol: on
    server-operation: off
    request-bytes: off
    response-bytes: off
    response-code: on
    query-type: on
template:
  - id: default
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
    global-module: mod-stats/questions
  - id: own
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
    file: "{directory}/zones/%s.zone"
include: "{directory}/zones.conf"
""", encoding="ascii")
    return path


def free_port(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 0))
        return sock.getsockname()[1]


def answers(address, port):
    try:
        return wire.rcode_name(wire.udp_ask(address, wire.make_query(".", "SOA"), 0.2, port)) == "NOERROR"
    except OSError:
        return False


def start(directory, run, address, port, cpu):
    # It outlives nobody, not even one that is killed.
    command = ["setpriv", "--pdeathsig", "TERM", program("knotd"), "-c", str(write_config(directory, run, address, port))]
    if cpu is not None:
        command = ["taskset", "-c", str(cpu), *command]
    server = subprocess.Popen(command)
    until = time.monotonic() + START_S
    while not answers(address, port):
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            server.wait()
            sys.exit("world: knotd does not start")
        time.sleep(0.1)
    if cpu is not None:
        for task in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {cpu})  # the workers have chosen one for themselves: the client's
    return server


@contextlib.contextmanager
def lock(path):
    """Waits until nobody else has it."""
    with open(path, "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextlib.contextmanager
def serve(directory, domains, *, share=0.0, address="127.0.0.53", port=0, cpu=None):
    """The world as it is served: what commands are to find in their environment. Port 0: one that is free."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    with lock(f"{directory}.lock") as held, tempfile.TemporaryDirectory(prefix="bench-") as own:
        build(directory, domains, share)
        fcntl.flock(held, fcntl.LOCK_SH)  # others may serve it, too, but not build another in its place
        port = port or free_port(address)
        server = start(directory, pathlib.Path(own), address, port, cpu)
        try:
            yield {"BENCH_RESOLVER": f"{address}:{port}", "BENCH_ANCHOR": str(directory / "anchor.ds"), "BENCH_NAMES": str(directory / "names.txt"),
                   "BENCH_DIR": str(directory), "BENCH_SERVER_PID": str(server.pid), "BENCH_CONTROL": f"{own}/knot.sock"}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def main():
    parser = argparse.ArgumentParser(description="Runs a command while a world of domains is served.")
    parser.add_argument("--domains", type=int, default=200_000)
    parser.add_argument("--tld-signed", type=float, default=0.0, metavar="SHARE", help="of the domains: 0 to 1")
    parser.add_argument("--address", default="127.0.0.53")
    parser.add_argument("--port", type=int, default=5300, help="0: one that is free")
    parser.add_argument("--cpu", type=int)
    parser.add_argument("--dir", type=pathlib.Path)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    missing = missing_programs()
    if missing:
        sys.exit(f"world: not installed: {' '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        with serve(options.dir or pathlib.Path(own) / "world", options.domains, share=options.tld_signed, address=options.address, port=options.port,
                   cpu=options.cpu) as env:
            return subprocess.run(options.command, env=os.environ | env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
