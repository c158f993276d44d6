#!/usr/bin/python3
"""Reads the certificate that a server shows, or says why not: lab_tls.py DCVREADY, inside the lab.

A private CA signs a certificate with fixed days; servers of the standard library show it, each with one way to fail.
"""

import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "contrib" / "lab"), str(TOP / "tests" / "support")]
from certificates import KEY, make_ca, openssl  # noqa: E402
from server import Server  # noqa: E402
from world import World  # noqa: E402

V4, V6 = "192.0.2.1", "2001:db8::1"
LIMIT_S = 60
NAMES = ("www.tls.example", "tls.example", "*.wild.tls.example")
ZONE = f"""\
www.tls.example. A {V4}
tls.example. A {V4}
both.tls.example. A {V4}
both.tls.example. AAAA {V6}
alias.tls.example. CNAME both.tls.example.
private.tls.example. A 127.0.0.1
mapped.tls.example. AAAA ::ffff:127.0.0.1
none.tls.example. TXT "nothing"
tls.example. MX 10 mail.tls.example.
mail.tls.example. A 192.0.2.25
"""


def make_certificate(folder):
    """The files leaf.key and leaf.pem, signed by a CA of its own, valid from 2026-10-01 to 2027-04-18."""
    make_ca(folder, serial="0a0b0c", days=3650)
    names = ",".join(f"DNS:{name}" for name in NAMES)
    openssl(folder, "req", *KEY, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", f"/CN={NAMES[0]}",
            "-addext", f"subjectAltName={names}")
    openssl(folder, "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "leaf.csr",
            "-out", "leaf.pem", "-startdate", "20261001000000Z", "-enddate", "20270418235959Z", "-notext")


def tls(folder, asked=None, prepare=None):
    """A server that shows the leaf; server names go to `asked`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    if asked is not None:
        context.sni_callback = lambda _, name, __: asked.append(name)
    if prepare is not None:
        prepare(context)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    return serve


def wants_client_certificate(folder, version):
    def prepare(context):
        context.minimum_version = context.maximum_version = version
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "ca.pem")

    return prepare


def anonymous(connection):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    with context.wrap_socket(connection, server_side=True) as wrapped:
        wrapped.recv(1)


def plain(connection):
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def silent(connection):
    connection.settimeout(LIMIT_S)
    while connection.recv(1024):
        pass


def hangs_up(connection):
    connection.recv(1)


class Bench:
    """Runs the tool and notes what is wrong."""

    def __init__(self, tool, folder, resolver):
        self.tool, self.folder, self.resolver = tool, folder, resolver
        self.passed, self.failed = 0, 0

    def run(self, *arguments, resolver=True):
        options = ["--resolver", self.resolver, "--timeout", "2"] if resolver else []
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        return subprocess.run([self.tool, "timeline", *options, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=LIMIT_S, env=environment, check=False)

    def expect(self, title, *conditions):
        wrong = [text for good, text in conditions if not good]
        self.passed += not wrong
        self.failed += bool(wrong)
        for text in wrong:
            print(f"{title}: {text}")

    def reads(self, title, connect, *arguments, name="www.tls.example"):
        """The certificate is read; returns the document."""
        run = self.run("--format", "json", "--connect", connect, *arguments, name)
        documents = json.loads(run.stdout)
        certificate = documents[0]["certificate"] or {}
        self.expect(title, (run.returncode == 0, f"exit status {run.returncode}: {run.stderr}"), (run.stderr == "", run.stderr),
                    (certificate.get("names") == list(NAMES), certificate),
                    (certificate.get("not_after") == "2027-04-18", certificate),
                    (certificate.get("serial") == "0a0b0c", certificate))
        return documents[0]

    def fails(self, title, connect, reason, resolver=True, status=3):
        """It is not, and the rest of the timeline is there."""
        arguments = [] if resolver else ["--resolver", "127.53.2.3", "--timeout", "2"]
        run = self.run("--format", "json", "--connect", connect, *arguments, "www.tls.example", resolver=resolver)
        document = json.loads(run.stdout)[0]
        certificate = document["certificate"]
        self.expect(title, (run.returncode == status, f"exit status {run.returncode}"),
                    (certificate["error"] is not None and reason in certificate["error"], certificate),
                    (run.stderr.count("\n") == 1 and (reason if resolver else "no resolver answers") in run.stderr, run.stderr),
                    (document["cas"][0]["events"] != [], "no events"),
                    (document["validated"]["basis"] == "today", document["validated"]))


def check_reading(bench, folder):
    asked = []
    with Server(tls(folder, asked), V4) as server:
        document = bench.reads("by name", f"www.tls.example:{server.port}", "--as-of", "2026-11-21", "--ca", "sectigo")
        dates = {event["kind"]: event["date"] for event in document["cas"][0]["events"]}
        bench.expect("events", (dates.get("certificate-expires") == "2027-04-18", dates), (dates.get("renewal-last") == "2027-04-18", dates),
                     (dates.get("renewal-begin") == "2027-03-19", dates), (document["validated"]["basis"] == "certificate", document["validated"]),
                     (document["certificate"]["covers"] is True, "does not cover"))
        bench.reads("by address", f"{V4}:{server.port}")
        bench.expect("server names", (asked == ["www.tls.example", None], asked))
        document = bench.reads("not its name", f"{V4}:{server.port}", name="a.b.wild.tls.example")
        bench.expect("not its name", (document["certificate"]["covers"] is False, "covers"))
        document = bench.reads("wildcard", f"{V4}:{server.port}", name="b.wild.tls.example")
        bench.expect("wildcard", (document["certificate"]["covers"] is True, "does not cover"))
        bench.reads("IPv6 refuses, IPv4 answers", f"both.tls.example:{server.port}")
        bench.reads("alias", f"alias.tls.example:{server.port}")
        run = bench.run("--format", "json", "--connect", f"www.tls.example:{server.port}")
        names = [document["name"] for document in json.loads(run.stdout)]
        bench.expect("names of the certificate", (names == list(NAMES), names))
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with Server(tls(folder, prepare=wants_client_certificate(folder, version)), V4) as server:
            bench.reads(f"a client certificate is wanted, {version.name}", f"{V4}:{server.port}")
    with Server(tls(folder), V6) as server:
        bench.reads("IPv6 literal", f"[{V6}]:{server.port}")
        bench.reads("IPv6 by name", f"both.tls.example:{server.port}")
    with Server(tls(folder), "127.0.0.1") as server:
        bench.fails("private address", f"private.tls.example:{server.port}", "private addresses")
        bench.fails("mapped address", f"mapped.tls.example:{server.port}", "private addresses")
        bench.fails("private literal", f"127.0.0.1:{server.port}", "private addresses")
        bench.expect("nobody was asked", (server.served == 0, f"{server.served} connections"))
        bench.reads("private address, allowed", f"private.tls.example:{server.port}", "--allow-private-addresses")


def check_failing(bench):
    for title, serve, reason in (("plain HTTP", plain, "handshake"), ("hangs up", hangs_up, "handshake"),
                                 ("no certificate", anonymous, "no certificate"), ("silent", silent, "in time")):
        with Server(serve, V4) as server:
            bench.fails(title, f"{V4}:{server.port}", reason)
    closed = socket.create_server((V4, 0))
    port = closed.getsockname()[1]
    closed.close()
    bench.fails("refused", f"{V4}:{port}", "refused")
    bench.fails("IPv6 and IPv4 refuse", f"both.tls.example:{port}", "refused")
    bench.fails("no address", "none.tls.example", "no address")
    bench.fails("no such name", "gone.tls.example", "no address")
    bench.fails("no resolver", "www.tls.example", "looked up", resolver=False, status=4)
    run = bench.run("--connect", f"{V4}:{port}")
    bench.expect("no name at all", (run.returncode == 2, run.returncode), ("name a domain" in run.stderr, run.stderr))


def check_tape(bench, folder, tool):
    """What was recorded plays again without server and resolver."""
    asked = []
    with Server(tls(folder, asked), V4) as server:
        connect = f"www.tls.example:{server.port}"
        first = bench.run("--format", "json", "--connect", connect, "--record", "tape")
    second = bench.run("--format", "json", "--replay", "tape", resolver=False)
    third = bench.run("--format", "json", "--connect", connect, "--replay", "tape", resolver=False)
    bench.expect("replay", (first.returncode == 0, first.stderr), (first.stdout == second.stdout, second.stdout[:500] + second.stderr),
                 (first.stdout == third.stdout, third.stdout[:500]), (len(asked) == 1, asked))
    for command in (["timeline", "--format", "ics", "--replay", "tape"], ["judge", "--format", "ics", "tape"]):
        calendar = subprocess.run([tool, *command], cwd=folder, capture_output=True, timeout=LIMIT_S, check=False)
        bench.expect(f"calendar of a tape, {command[0]}", (calendar.returncode == 0, calendar.stderr),
                     (calendar.stdout.count(b"DTSTART;VALUE=DATE:20270418") == 2 * len(NAMES), calendar.stdout[-300:]))
    (folder / "old").write_text("".join(line for line in (folder / "tape").read_text().splitlines(True) if not line.startswith(": tls ")))
    run = bench.run("--format", "json", "--connect", connect, "--replay", "old", resolver=False)
    bench.expect("a tape without it", (run.returncode == 3, run.returncode), ("not on the tape" in run.stderr, run.stderr))
    with Server(hangs_up, V4) as server:
        bench.run("--connect", f"{V4}:{server.port}", "--record", "failed", "www.tls.example")
    run = bench.run("--format", "json", "--replay", "failed", resolver=False)
    bench.expect("a recorded failure", (run.returncode == 3, run.returncode), ("handshake" in run.stderr, run.stderr))


def main():
    tool = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="dcvready-tls-") as name, World(ZONE) as world:
        folder = pathlib.Path(name)
        make_certificate(folder)
        bench = Bench(tool, folder, world.resolver)
        check_reading(bench, folder)
        check_failing(bench)
        check_tape(bench, folder, tool)
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 1 if bench.failed or bench.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
