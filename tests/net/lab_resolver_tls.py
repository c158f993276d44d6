#!/usr/bin/python3
"""Asks resolvers over TCP, TLS and HTTPS: lab_resolver_tls.py DCVREADY, inside the lab.

The validating resolver of the lab serves all of them. Beside it stand peers of the standard library that hand questions on to it,
each with one way to fail, and with certificates of a CA of their own.
"""

import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import warnings

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "contrib" / "lab"), str(TOP / "tests" / "support")]
import plan  # noqa: E402
import wire  # noqa: E402
from certificates import KEY, make_ca, openssl  # noqa: E402
from server import Server  # noqa: E402

LIMIT_S = 60
PEER = "127.53.9.1"
NAMES = ("example.jp", "example.co.jp", "caa-deny.example", "nonexistent.example")


# Certificates


def make_certificates(folder):
    """ca.pem; good.pem for the peer's address and name, other.pem for another name, past.pem that has expired; own.pem signs itself."""
    make_ca(folder, serial="01", days=30)
    both = f"DNS:peer.example,IP:{PEER}"
    openssl(folder, "req", "-x509", *KEY, "-keyout", "own.key", "-out", "own.pem", "-subj", "/CN=peer.example", "-days", "30",
            "-addext", f"subjectAltName={both}")
    for name, alternative, days in (("good", both, ("-days", "30")), ("other", "DNS:other.example", ("-days", "30")),
                                    ("past", both, ("-startdate", "20240101000000Z", "-enddate", "20240201000000Z"))):
        # The name that is asked for is the subject's everywhere: it must not count.
        openssl(folder, "req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=peer.example",
                "-addext", f"subjectAltName={alternative}")
        openssl(folder, "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr",
                "-out", f"{name}.pem", "-notext", *days)


def shows(folder, name, maximum=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    if maximum is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # being old is the point
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = maximum
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


# Peers


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def read_query(connection):
    return read_exactly(connection, struct.unpack("!H", read_exactly(connection, 2))[0])


def answer_to(query):
    return wire.tcp_ask(plan.RESOLVER, query, LIMIT_S)


def framed(message):
    return struct.pack("!H", len(message)) + message


def truncated(query):
    return wire.make_reply(query, "NOERROR", put=wire.TC)


def streams(reply=answer_to, limit=None, pieces=False):
    """DNS over a stream; closes after `limit` answers."""
    def serve(connection):
        count = 0
        while limit is None or count < limit:
            data = framed(reply(read_query(connection)))
            for at in range(0, len(data), 7 if pieces else len(data)):
                connection.sendall(data[at:at + (7 if pieces else len(data))])
            count += 1

    return serve


def backwards(connection):
    """Answers each pair of questions last first, after an answer to nothing."""
    while True:
        queries = [read_query(connection)]
        connection.settimeout(0.05)
        with contextlib.suppress(TimeoutError):
            queries.insert(0, read_query(connection))
        connection.settimeout(LIMIT_S)
        stray = bytes([queries[0][0] ^ 0xff, queries[0][1]]) + queries[0][2:]
        connection.sendall(framed(b"") + framed(stray) + b"".join(framed(answer_to(query)) for query in queries))


def silent(connection):
    while connection.recv(1024):
        pass


def hangs_up(connection):
    connection.recv(1)


def no_tls(connection):
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def read_request(connection):
    """Request line and headers as text, and the body; HTTP/1.1."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read_exactly(connection, 1)
    text = head.decode("latin-1")
    length = re.search(r"(?im)^content-length: *(\d+)", text)
    return text, read_exactly(connection, int(length.group(1)))


def http(status="200 OK", media="application/dns-message", reply=answer_to, extra="", seen=None):
    def serve(connection):
        while True:
            head, query = read_request(connection)
            if seen is not None:
                seen.append(head)
            body = reply(query)
            kind = f"Content-Type: {media}\r\n" if media else ""
            connection.sendall(f"HTTP/1.1 {status}\r\n{kind}{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return serve


# The bench


class Bench:
    """Runs the tool and notes what is wrong."""

    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.passed, self.failed = 0, 0

    def run(self, *arguments, environment=None, command="check"):
        # The lab's CA is trusted by default there; here only where --ca-file says so.
        environment = os.environ | {"LC_ALL": "C.UTF-8", "SSL_CERT_FILE": os.devnull} | (environment or {})
        return subprocess.run([self.tool, command, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=LIMIT_S,
                              env=environment, check=False)

    def expect(self, title, *conditions):
        wrong = [text for good, text in conditions if not good]
        self.passed += not wrong
        self.failed += bool(wrong)
        for text in wrong:
            print(f"{title}: {text}")

    def verdicts(self, *arguments, names=NAMES, **options):
        run = self.run("-q", *arguments, *names, **options)
        return run.returncode, run.stdout, run.stderr

    def answers(self, title, wanted, *arguments, **options):
        """The verdicts are those that are wanted."""
        seen = self.verdicts(*arguments, **options)
        self.expect(title, (seen == wanted, f"{seen}, not {wanted}"))

    def fails(self, title, resolver, why, *arguments):
        """No resolver answers, and the message ends so; nothing is known of the name."""
        run = self.run("-q", "--resolver", resolver, "--timeout", "1", *arguments, "example.jp")
        told = re.search(r"no resolver answers \((.*)\); check", run.stderr)
        self.expect(title, (run.returncode == 4, f"exit status {run.returncode}"), (run.stderr.count("\n") == 1, run.stderr),
                    (told is not None and told.group(1).endswith(why), run.stderr), ("\tunknown\t" in run.stdout, run.stdout))

    def facts(self, *arguments):
        run = self.run("--format", "json", "--facts", "--ca", "sectigo", *arguments, "example.jp")
        return [fact for fact in json.loads(run.stdout)[0]["facts"] if fact["kind"] == "dns"]


def check_lab(bench, wanted):
    """The same of every way to the same resolver."""
    own = ("--ca-file", os.environ["DCV_LAB_CA"])
    for resolver, printed in (("tcp://127.53.4.1", "tcp://127.53.4.1:53"),
                              ("tls://resolver.example", "tls://127.53.4.1:853#resolver.example"),
                              ("tls://127.53.4.1", "tls://127.53.4.1:853"),
                              ("TLS://127.53.4.1:853#Resolver.Example", "tls://127.53.4.1:853#resolver.example"),
                              ("https://resolver.example/dns-query", "https://127.53.4.1:443/dns-query#resolver.example"),
                              ("https://resolver.example", "https://127.53.4.1:443/dns-query#resolver.example"),
                              ("https://127.53.4.1/dns-query{?dns}", "https://127.53.4.1:443/dns-query")):
        bench.answers(resolver, wanted, *own, "--resolver", resolver)
        facts = bench.facts(*own, "--resolver", resolver)
        bench.expect(f"facts of {resolver}", (facts != [], "none"), ({fact["server"] for fact in facts} == {printed}, facts),
                     ({fact["transport"] for fact in facts} == {"tcp"}, facts), ({fact["security"] for fact in facts} == {"secure"}, facts))
    bench.fails("the lab's CA is unknown, TLS", "tls://127.53.4.1",
                "the certificate does not verify: unable to get local issuer certificate")
    bench.fails("the lab's CA is unknown, HTTPS", "https://127.53.4.1",
                "the certificate does not verify: unable to get local issuer certificate")
    bench.fails("no such path", "https://127.53.4.1/elsewhere", "HTTP 404", *own)
    run = bench.run(*own, "--resolver", "tls://gone.example", "example.jp")
    bench.expect("a name without an address", (run.returncode == 4, run.returncode), (run.stdout == "", run.stdout),
                 ("no address for tls://gone.example" in run.stderr and run.stderr.count("\n") == 1, run.stderr))
    bench.answers("a name without an address, and a resolver with one", wanted, *own, "--resolver", "tls://gone.example", "--resolver",
                  "https://resolver.example")


def check_trust(bench, folder, own):
    for scheme, serve in (("tls", streams()), ("https", http())):
        for title, name, host, why in (("another name", "good", f"{PEER}#wrong.example", "hostname mismatch"),
                                       ("another address", "other", PEER, "IP address mismatch"),
                                       ("only the subject has the name", "other", f"{PEER}#peer.example", "hostname mismatch"),
                                       ("expired", "past", PEER, "certificate has expired"),
                                       ("signs itself", "own", PEER, "self-signed certificate")):
            with Server(serve, PEER, shows(folder, name)) as server:
                address, hash_, wanted = host.partition("#")
                bench.fails(f"{scheme}: {title}", f"{scheme}://{address}:{server.port}{hash_}{wanted}",
                            f"the certificate does not verify: {why}", *own)
                bench.expect(f"{scheme}: {title}, SNI", (server.names == {wanted or None}, server.names))
        with Server(serve, PEER, shows(folder, "good", ssl.TLSVersion.TLSv1_1)) as server:
            run = bench.run("-q", *own, "--resolver", f"{scheme}://{PEER}:{server.port}", "example.jp")
            bench.expect(f"{scheme}: TLS 1.1", (run.returncode == 4, run.returncode),
                         ("the TLS handshake failed" in run.stderr, run.stderr))


def check_streams(bench, folder, own, wanted):
    for title, serve in (("sound", streams()), ("closes after each answer", streams(limit=1)), ("in pieces", streams(pieces=True)),
                         ("last first", backwards)):
        for scheme, context in (("tcp", None), ("tls", shows(folder, "good"))):
            with Server(serve, PEER, context) as server:
                bench.answers(f"{scheme}: {title}", wanted, *own, "--resolver", f"{scheme}://{PEER}:{server.port}")
                often = title.startswith("closes")
                bench.expect(f"{scheme}: {title}, connections", ((server.served > 10) == often, server.served))
    for scheme, context in (("tcp", None), ("tls", shows(folder, "good"))):
        with Server(streams(truncated), PEER, context) as server:
            facts = bench.facts(*own, "--resolver", f"{scheme}://{PEER}:{server.port}")
            bench.expect(f"{scheme}: truncated", ({fact["outcome"] for fact in facts} == {"malformed"}, facts))
        with Server(streams(limit=0), PEER, context) as server:
            bench.fails(f"{scheme}: never answers", f"{scheme}://{PEER}:{server.port}", "the server closed the connection", *own)
        with Server(silent, PEER, context) as server:
            bench.fails(f"{scheme}: silent", f"{scheme}://{PEER}:{server.port}", f"{PEER}:{server.port}", *own)
    for title, serve, why in (("hangs up", hangs_up, "the TLS handshake failed"),
                              ("no TLS", no_tls, "the TLS handshake failed: wrong version number")):
        with Server(serve, PEER) as server:
            bench.fails(f"tls: {title}", f"tls://{PEER}:{server.port}", why, *own)


def oversized(query):
    return answer_to(query) + bytes(65536)


def check_http(bench, folder, own, wanted):
    seen = []
    good = shows(folder, "good")
    with Server(http(seen=seen), PEER, good) as server:
        resolver = f"https://{PEER}:{server.port}/q?a=b#peer.example"
        bench.answers("HTTP/1.1", wanted, *own, "--resolver", resolver,
                      environment={name: "http://127.0.0.1:1" for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")})
        lines = {re.sub(r"Content-Length: \d+", "Content-Length: N", head) for head in seen}
        bench.expect("requests", (len(lines) == 1, lines), (all(head.startswith("POST /q?a=b HTTP/1.1\r\n") for head in lines), lines),
                     (all(f"Host: peer.example:{server.port}\r\n" in head for head in lines), lines),
                     (all("Content-Type: application/dns-message\r\n" in head for head in lines), lines),
                     (not any("User-Agent" in head for head in lines), lines), (server.served <= 8, server.served))
    with Server(http(media="Application/DNS-Message; charset=x"), PEER, good) as server:
        bench.answers("a parameter of the type", wanted, *own, "--resolver", f"https://{PEER}:{server.port}")
    with Server(http(status="302 Found", extra=f"Location: https://{plan.RESOLVER}/dns-query\r\n"), PEER, good) as server:
        bench.fails("redirect", f"https://{PEER}:{server.port}", "HTTP 302", *own)
    for title, serve, why in (("404", http(status="404 Not Found"), "HTTP 404"), ("500", http(status="500 Broken"), "HTTP 500"),
                              ("429", http(status="429 Too Many Requests"), "HTTP 429"),
                              ("204", http(status="204 No Content", reply=lambda _: b""), "HTTP 204"),
                              ("HTML", http(media="text/html"), "the answer is no DNS message: text/html"),
                              ("no type", http(media=""), "the answer is no DNS message"),
                              ("another type", http(media="application/dns-messages"),
                               "the answer is no DNS message: application/dns-messages"),
                              ("empty", http(reply=lambda _: b""), "the answer is no DNS message"),
                              ("short", http(reply=lambda query: query[:11]), "the answer is no DNS message"),
                              ("oversized", http(reply=oversized), "the answer is too large"),
                              ("hangs up", hangs_up, "the server closed the connection")):
        with Server(serve, PEER, good) as server:
            bench.fails(f"https: {title}", f"https://{PEER}:{server.port}", why, *own)
    with Server(http(reply=truncated), PEER, good) as server:
        facts = bench.facts(*own, "--resolver", f"https://{PEER}:{server.port}")
        bench.expect("https: truncated", ({fact["outcome"] for fact in facts} == {"malformed"}, facts))
    for title, serve, why in (("no TLS", no_tls, "the TLS handshake failed"), ("silent", silent, "/dns-query")):
        with Server(serve, PEER) as server:
            bench.fails(f"https: {title}", f"https://{PEER}:{server.port}", why, *own)


def closed_port():
    with socket.create_server((PEER, 0)) as listener:
        return listener.getsockname()[1]


def check_lists(bench, folder, own, wanted):
    port = closed_port()
    for scheme in ("tcp", "tls", "https"):
        bench.fails(f"{scheme}: refused", f"{scheme}://{PEER}:{port}", "the connection was refused", *own)
        bench.answers(f"{scheme} refuses, then UDP", wanted, *own, "--resolver", f"{scheme}://{PEER}:{port}", "--resolver", plan.RESOLVER)
    both = ("--ca-file", str(folder / "both.pem"))
    (folder / "both.pem").write_text((folder / "ca.pem").read_text() + pathlib.Path(os.environ["DCV_LAB_CA"]).read_text())
    for scheme, serve, bad in (("tls", streams(), "past"), ("https", http(), "past"), ("https", http(status="404 Not Found"), "good"),
                               ("https", http(status="503 Busy"), "good")):
        with Server(serve, PEER, shows(folder, bad)) as server:
            for other in (plan.RESOLVER, "tls://resolver.example", "https://resolver.example", "tcp://127.53.4.1"):
                bench.answers(f"{scheme}, {bad}, then {other}", wanted, *both, "--resolver", f"{scheme}://{PEER}:{server.port}",
                              "--resolver", other)
    for scheme in ("tls", "https"):
        with Server(silent, PEER) as server:
            bench.answers(f"{scheme} is silent, then HTTPS", wanted, *both, "--resolver", f"{scheme}://{PEER}:{server.port}", "--resolver",
                          "https://resolver.example")
    bench.answers("UDP is silent, then TLS", wanted, *both, "--resolver", plan.NOBODY, "--resolver", "tls://resolver.example")
    run = bench.run("-q", *own, "--resolver", f"tls://{PEER}:{port}", "--resolver", f"https://{PEER}:{port}/x", "example.jp")
    why = "the connection was refused"
    bench.expect("all of a list are named", (f"(tls://{PEER}:{port}: {why}, https://{PEER}:{port}/x: {why})" in run.stderr, run.stderr))


def check_tape(bench, own):
    """What was recorded plays again without a network; so does a failure."""
    lab = ("--ca-file", os.environ["DCV_LAB_CA"])
    for title, options in (("https", (*lab, "--resolver", "https://resolver.example")),
                           ("tls", (*lab, "--resolver", "tls://resolver.example")),
                           ("refused by name", ("--resolver", "https://resolver.example", "--resolver", "tls://127.53.4.1"))):
        first = bench.run("--format", "json", "--facts", *options, "--record", "tape", *NAMES)
        second = bench.run("--format", "json", "--facts", "--replay", "tape", environment={"DCV_LAB_CA": ""})
        third = bench.run("--format", "json", "--facts", "--record", "again", *options, *NAMES)
        bench.expect(f"{title}: replay", (first.stdout == second.stdout, "the report differs"),
                     (first.stderr == second.stderr, second.stderr),
                     (first.returncode == second.returncode == third.returncode, (first.returncode, second.returncode)),
                     (first.stdout.count('"server": ') > 20, first.stdout[:300]))
    bench.expect("why", ("unable to get local issuer certificate" in first.stderr, first.stderr))


def check_usage(bench, folder):
    for value in ("https://", "https://a..b/", "http://resolver.example/", "tls://", "tls://192.0.2.1#", "tls://resolver.example/x",
                  "tcp://resolver.example", "https://resolver.example/a b", "https://me@resolver.example/", "tls://resolver.example:99999"):
        run = bench.run("--resolver", value, "example.jp")
        bench.expect(f"--resolver {value}", (run.returncode == 2, run.returncode), (run.stdout == "", run.stdout),
                     (run.stderr.startswith("dcvready: --resolver: '") and run.stderr.count("\n") == 1, run.stderr))
    (folder / "none.pem").write_text("no certificate\n")
    (folder / "torn.pem").write_text((folder / "ca.pem").read_text() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for name, why in (("none.pem", "holds no certificates"), ("torn.pem", "holds no certificates"), ("gone.pem", "No such file")):
        run = bench.run("--ca-file", name, "example.jp")
        bench.expect(f"--ca-file {name}", (run.returncode == 2, run.returncode),
                     (f"dcvready: --ca-file: {name}: {why}" in run.stderr, run.stderr))


def main():
    tool = sys.argv[1]
    if "DCV_LAB" not in os.environ:
        sys.exit("not inside the lab: contrib/lab/lab run -- " + " ".join(sys.argv))
    with tempfile.TemporaryDirectory(prefix="dcvready-resolver-tls-") as name:
        folder = pathlib.Path(name)
        make_certificates(folder)
        bench = Bench(tool, folder)
        own = ("--ca-file", str(folder / "ca.pem"))
        wanted = bench.verdicts("--resolver", plan.RESOLVER)
        bench.expect("over UDP", (wanted[1].count("\n") == len(NAMES) and wanted[2] == "", wanted))
        check_lab(bench, wanted)
        check_trust(bench, folder, own)
        check_streams(bench, folder, own, wanted)
        check_http(bench, folder, own, wanted)
        check_lists(bench, folder, own, wanted)
        check_tape(bench, own)
        check_usage(bench, folder)
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 1 if bench.failed or bench.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
