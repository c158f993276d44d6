#!/usr/bin/python3
"""Does dcvready's validation agree with Unbound's? Every name of the lab's zones, and names that are not there, with every type.

differential.py ORACLE, inside the lab (contrib/lab/lab run). Unbound is the lab's validating resolver; for a sample of the questions
delv and unbound-host are asked, too. Prints every difference and `N passed, N failed`.
"""

import collections
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

LAB = pathlib.Path(__file__).resolve().parents[2] / "contrib" / "lab"
sys.path.insert(0, str(LAB))
import wire  # noqa: E402
import zonesource  # noqa: E402

TYPES = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CAA", "CNAME", "DS", "DNSKEY")
# Names that each zone is asked for beside its own, and with which types.
LABELS = ("_validation-contactemail", "www", "no-such-name", "deep.below.no-such-name")
LABEL_TYPES = ("A", "TXT", "DS")
# Zones of these files are all asked about; of the others those whose servers give all the same answers.
ABOUT_DNSSEC = ("dnssec.zone", "chains.zone")
ALIKE = {"root", "tld", "first", "second", "near"}
# More aliases than the resolver follows at a time: it gives up on them, and goes further when it is asked again.
TOO_LONG = ("cname-long.example.", "cname-long-ok.example.")
AT_ONCE, TIMEOUT_S = 16, 12
SAMPLE = 400
SEED = 20261121

# Zones about which they differ, with what dcvready and Unbound say of the security, and why.
EXPLAINED = {
    # Revoked keys (RFC 5011 §2.1): Unbound minds the flag in trust anchors only, BIND refuses the key as dcvready does.
    "revoked-key.example.": ("bogus", "secure"),
    # Keys that cannot be looked up: from a resolver's SERVFAIL nobody can tell that from a bogus zone; dcvready says what failed.
    "dnskey-servfail.example.": ("indeterminate", "bogus"),
}
# The same of delv and unbound-host; in all of these Unbound, the resolver, says what dcvready says.
OF_TOOLS = EXPLAINED | {
    # An NXDOMAIN within an opt-out span is not secure (RFC 5155 §9.2): delv says only that the proof is good.
    "optout.example.": ("insecure", "secure"),
    "com.": ("insecure", "secure"),
    # What is below no DS, or below one that nobody can compute, is unsigned (RFC 4035 §5.2); delv gives up on its signatures.
    "unknown-alg.example.": ("insecure", "bogus"),
    "unknown-digest.example.": ("insecure", "bogus"),
    "island.example.": ("insecure", "bogus"),
    "chain-from-insecure.example.": ("insecure", "bogus"),
    # unbound-host knows no Ed448.
    "alg-ed448.example.": ("secure", "insecure"),
}

# How long Unbound remembers that it could not validate (val-bogus-ttl): what it says of a name once may be a lost packet of that time.
BOGUS_S = 61

Verdict = collections.namedtuple("Verdict", "rcode security")


def owners(zone):
    """The zone's own names: its apex and those in its lines."""
    found = {zone.name}
    for line in zone.text().splitlines():
        match = re.match(r"^([a-z0-9_*.-]+)\s", line)
        if match and match[1] not in ("@", "IN"):
            name = match[1] if match[1].endswith(".") else zonesource.under(match[1], zone.name)
            if name.endswith(zone.name):
                found.add(name.replace("*", "any-label"))
    return found


def questions():
    """Names of all zones with all types, and names that are not there with some, in an order of their own."""
    names, made = set(), set()
    for path in zonesource.files():
        for zone in zonesource.parse(path.read_text(encoding="utf-8"), path):
            if zone.name in TOO_LONG or path.name not in ABOUT_DNSSEC and (set(zone.servers) - ALIKE or zone.stale_lines or "serial" in zone.options):
                continue
            some = sorted(owners(zone))
            names |= set(some if len(some) <= 40 else some[:20] + random.Random(SEED).sample(some[20:], 20))
            made |= {zonesource.under(label, zone.name) for label in LABELS}
    asked = {(name, rrtype) for name in names for rrtype in TYPES} | {(name, rrtype) for name in made for rrtype in LABEL_TYPES}
    return sorted(asked)


def ask(name, rrtype, extra_flags=0):
    query = wire.make_query(name, rrtype, extra_flags=extra_flags)
    address = os.environ["DCV_LAB_RESOLVER"]
    for _ in range(2):
        try:
            reply = wire.udp_ask(address, query, TIMEOUT_S)
            return wire.tcp_ask(address, query, TIMEOUT_S) if wire.flags(reply) & wire.TC else reply
        except (TimeoutError, EOFError, ConnectionError):
            continue
    return None


def of_unbound(question):
    """AD is secure, an answer without it insecure, a SERVFAIL that CD turns into an answer bogus (RFC 4035 §4.3)."""
    reply = ask(*question)
    if reply is None:
        return Verdict("timeout", "failed")
    rcode = wire.rcode_name(reply)
    if rcode in ("NOERROR", "NXDOMAIN"):
        return Verdict(rcode, "secure" if wire.flags(reply) & wire.AD else "insecure")
    again = ask(*question, extra_flags=wire.CD)
    if rcode == "SERVFAIL" and again is not None and wire.rcode_name(again) in ("NOERROR", "NXDOMAIN"):
        return Verdict(wire.rcode_name(again), "bogus")
    return Verdict(rcode, "failed")


def asked_twice(ours, theirs):
    """Asks Unbound again, once, where it failed and dcvready did not: a difference must last to be one."""
    doubtful = [question for question, other in theirs.items() if other.security in ("bogus", "failed") and ours[question][0] != other
                and not explained(question[0], ours[question][0], other, EXPLAINED)
                and ours[question][0].security != "failed"]
    if doubtful:
        time.sleep(BOGUS_S)
        print(f"asked again: {', '.join(' '.join(question) for question in doubtful[:10])}")
        theirs |= {question: of_unbound(question) for question in doubtful}
    return theirs


def of_dcvready(oracle, asked):
    text = "".join(f"{name} {rrtype}\n" for name, rrtype in asked)
    command = [oracle, os.environ["DCV_LAB_ANCHOR"], os.environ["DCV_LAB_RESOLVER"]]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{oracle}: {done.returncode}: {done.stderr}")
    *lines, counts = done.stdout.splitlines()
    verdicts = {}
    for line in lines:
        name, rrtype, rcode, security, cause = line.split()
        verdicts[name, rrtype] = (Verdict(rcode, security), cause)
    return verdicts, counts


def delv_anchors():
    """The anchors of the lab as delv reads them."""
    lines = []
    for line in pathlib.Path(os.environ["DCV_LAB_ANCHOR"]).read_text(encoding="ascii").splitlines():
        fields = line.split(";")[0].split()
        if "DS" in fields:
            tag, algorithm, digest_type, *digest = fields[fields.index("DS") + 1:]
            lines.append(f'"{fields[0]}" static-ds {tag} {algorithm} {digest_type} "{"".join(digest)}";')
    return "trust-anchors {\n" + "\n".join(lines) + "\n};\n"


def by_delv(anchors, question):
    """What delv says; None where it does not tell: it has no word for a proven denial in an unsigned zone, and servers fail it."""
    command = ["delv", "-a", anchors, "+root=.", f"@{os.environ['DCV_LAB_RESOLVER']}", *question]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    text = done.stdout + done.stderr
    if "broken trust chain" in text or "no valid" in text:
        return "bogus"
    return "secure" if "fully validated" in text else "insecure" if "unsigned answer" in text else None


def by_unbound_host(question):
    """What unbound-host says, validating by itself; None where it does not."""
    name, rrtype = question
    command = ["unbound-host", "-v", "-f", os.environ["DCV_LAB_ANCHOR"], "-r", "-t", rrtype, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    for word, said in (("(BOGUS", "bogus"), ("(secure)", "secure"), ("(insecure)", "insecure")):
        if word in done.stdout:
            return said
    return None


def explained(name, verdict, other, reasons):
    """May they differ about this name?"""
    return any(name.endswith(zone) and pair == (verdict.security, other.security) for zone, pair in reasons.items())


def compare_sample(ours, sample):
    """delv and unbound-host about some of the questions; returns how many agree and how many do not."""
    agreed = differing = 0
    with tempfile.NamedTemporaryFile("w", suffix=".anchors") as anchors, ThreadPoolExecutor(2) as pool:
        anchors.write(delv_anchors())
        anchors.flush()
        voices = {"delv": lambda question: by_delv(anchors.name, question), "unbound-host": by_unbound_host}
        for voice, ask_it in voices.items():
            told = 0
            for question, said in zip(sample, pool.map(ask_it, sample)):
                verdict, cause = ours[question]
                if said is None or verdict.security == "failed":
                    continue
                told += 1
                if said == verdict.security or explained(question[0], verdict, Verdict("", said), OF_TOOLS):
                    agreed += 1
                else:
                    differing += 1
                    print(*question, "dcvready:", *verdict, cause, f"{voice}:", said)
            print(f"{voice}: {told} of {len(sample)} questions told")
            if told == 0:
                sys.exit(f"{voice} tells nothing at all")
    return agreed, differing


def main(oracle):
    asked = questions()
    started = time.monotonic()
    ours, counts = of_dcvready(oracle, asked)
    middle = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        theirs = asked_twice(ours, dict(zip(asked, pool.map(of_unbound, asked))))
    passed = failed = 0
    seen = collections.Counter()
    for question in asked:
        (verdict, cause), other = ours[question], theirs[question]
        both_failed = verdict.security == "failed" and other.security == "failed"
        if verdict == other or both_failed or explained(question[0], verdict, other, EXPLAINED):
            passed += 1
        else:
            failed += 1
            print(*question, "dcvready:", *verdict, cause, "Unbound:", *other)
        seen[verdict.security] += 1
    print(f"{len(asked)} questions: {dict(seen)}; {counts[2:]}; "
          f"dcvready {middle - started:.1f} s, Unbound {time.monotonic() - middle:.1f} s")
    agreed, differing = compare_sample(ours, random.Random(SEED).sample(asked, SAMPLE))
    passed, failed = passed + agreed, failed + differing
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
