#!/usr/bin/python3
"""Holds every kind of JSON output of dcvready against its schema: test_schema.py DCVREADY, inside the lab.

Names of every situation the lab has, in every view and format, for several days and CAs.
"""

import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/support"))

import x509  # noqa: E402

LAB = TOP / "contrib/lab/lab"
VALIDATE = TOP / "tests/report/validate.py"
SKIPPED = 77
AT_ONCE = 3


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def calls(names):
    """Every call whose output is JSON, as argument lists."""
    for form in ("json", "jsonl"):
        yield ["check", "--format", form, "--facts", "--", *names]
        yield ["approvers", "--format", form, "--", *names]
        yield ["approvers", "--all", "--format", form, "--", *names]
        yield ["accepts", "--format", form, "--", "admin@example.jp", *names]
        yield ["timeline", "--format", form, "--facts", "--", *names]
        yield ["inspect", "--format", form, "--allow-private-addresses", "--facts", "--", *names]
        yield ["inspect", "--format", form, "--dnssec", "off", "--no-authority", "--", *names]
        yield ["check", "--method", "any", "--format", form, "--facts", "--", *names]
        yield ["cas", "--format", form]
        yield ["cas", "--check", "--format", form]
        yield ["cas", "--check", "--format", form, "tests/cli/run.py", "no.yaml"]
        yield ["rules", "--format", form]
    for day in ("2025-01-10", "2026-03-14", "2027-03-15", "2028-03-15", "2029-03-15"):
        yield ["check", "--format", "jsonl", "--as-of", day, "--", *names]
    for day in ("2025-01-10", "2028-01-20", "2028-03-15"):
        yield ["timeline", "--format", "jsonl", "--ca", "all", "--as-of", day, "--validated", "2026-11-01", "--", "example.jp", "a..b", "co.jp"]
        yield ["check", "--method", "dns,http,tls-alpn", "--ca", "all", "--format", "jsonl", "--as-of", day, "--", *names]
    yield ["check", "--format", "json", "--ca", "all", "--dnssec", "off", "--", *names]
    yield ["check", "--format", "json", "--ca", "letsencrypt,baseline,sectigo", "--", "a..b", "192.0.2.1", "co.jp", "*.co.jp", ""]


# Requests and certificates with all that their documents can hold: kinds of names and keys, octets that are no UTF-8, nothing at all.
NAMES = "name www.example.jp\nname *.example.jp\nname example.com\nsubject CN=www.example.jp\nsubject O=\u682a\u5f0f\u4f1a\u793e\n"
REQUESTS = (
    NAMES,
    NAMES + "key ec:P-256\nname www.caa-other.example\n",
    NAMES + "key ed25519\nmd sha256\n",
    NAMES + "key rsa:1024\nmd md5\ndamage signature\n",
    NAMES + "ip 192.0.2.1\nip 2001:db8::1\nemail a@example.jp\nuri https://example.jp/\nname a_b.example.jp\nname www.example.jp.\n",
    "name \\xff\\xfe.jp\nname a\\x00b.jp\nemail \\x1b[31m\nsubject CN=a\\x00b\nsubject OU=\\x07\n",
    "name www.dead.example\nsubject CN=x\n",
    "ip 192.0.2.1\n",
)


def orders(directory):
    """Every call that tells of an order."""
    csr, cert = x509.write(directory, "csr", NAMES), x509.write(directory, "cert", NAMES + "name gone.example.jp\nip 192.0.2.1\n")
    for form in ("json", "jsonl"):
        shape = ["--format", form]
        for text in REQUESTS:
            yield ["check", *shape, "--csr", str(x509.write(directory, "csr", text)), "--ca", "sectigo,iij-globalsign,baseline"]
        yield ["check", *shape, "--csr", str(csr), "--cert", str(cert), "--facts"]
        yield ["check", *shape, "--cert", str(cert), "--also-www", "--as-of", "2028-03-15"]
        yield ["check", *shape, "--order", "example.jp,EXAMPLE.jp,a..b,co.jp,intranet.local", "--ca", "all"]
        yield ["check", *shape, "--order", "a..b"]
        yield ["check", *shape, "--product", "quick-auth", "--order", "*.example.jp,example.jp"]
        yield ["check", *shape, "--product", "sureserver-ev", "www.example.jp"]
        yield ["check", *shape, "--also-www", "example.jp", "*.example.jp"]
        yield ["approvers", *shape, "--csr", str(csr), "--also-www"]
        yield ["accepts", *shape, "--csr", str(csr), "admin@example.jp"]


def zone_names():
    """The zones of the lab, and www in each: more situations than the portfolio."""
    zones = [zone for zone in lines(str(LAB), "zones") if zone.endswith((".example", ".example.")) and "dead" not in zone]
    return [zone.rstrip(".") for zone in zones]


def validate(tool, arguments):
    """None, or what is wrong with the output of one call; raises SystemExit when validation is impossible here."""
    run = subprocess.run([tool, *arguments], capture_output=True, check=False)
    if run.returncode > 3:
        return f"exit status {run.returncode}: {run.stderr.decode()}"
    check = subprocess.run([sys.executable, str(VALIDATE), "-"], input=run.stdout, capture_output=True, check=False)
    if check.returncode == SKIPPED:
        sys.stderr.write(check.stderr.decode())
        raise SystemExit(SKIPPED)
    return None if check.returncode == 0 else (check.stdout + check.stderr).decode()[:2000]


def main():
    with tempfile.TemporaryDirectory() as directory:
        return check_all(sys.argv[1], list(orders(directory)))


def check_all(tool, todo):
    todo += calls(lines(str(LAB), "names"))
    todo.append(["check", "--format", "jsonl", "--facts", "--", *zone_names()])
    todo += [["cas", "--format", "json", ca] for ca in lines(tool, "cas")[5:] if ca in ("digicert", "jprs", "baseline")]
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:  # most of the time is spent in waiting for servers that are silent
        faults = list(pool.map(lambda arguments: validate(tool, arguments), todo))
    for arguments, fault in zip(todo, faults):
        if fault is not None:
            failed += 1
            print(f"dcvready {' '.join(arguments)[:120]}\n{fault}")
    print(f"{len(todo) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
