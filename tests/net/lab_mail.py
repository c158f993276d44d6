#!/usr/bin/python3
"""What mail hosts say to `check --smtp`, and what is said to them: lab_mail.py DCVREADY, inside the lab.

A row for each domain of the lab that has mail hosts. Each is recorded and replayed with the same octets.
"""

import collections
import dataclasses
import re

import hosts
import mailhosts

OPTIONS = ("--smtp", "--ca", "sectigo", "--no-whois", "--no-authority")
USUAL = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
FIVE = "RCPT RCPT RCPT RCPT RCPT RANDOM"
PLAIN = f"EHLO MAIL {FIVE} RSET QUIT"
SECURE = f"EHLO STARTTLS (TLS) EHLO MAIL {FIVE} RSET QUIT"
NO_SUCH_HOST = "smtp-nobody"
# How long a host puts off, and how it is asked again.
AGAIN = "EHLO STARTTLS (TLS) EHLO MAIL RCPT RCPT RCPT RCPT RCPT RSET QUIT"


@dataclasses.dataclass(frozen=True)
class Talk:
    """What one conversation came to, as the facts tell it; `said`: the commands on each connection of it."""

    host: str = "accept"
    usual: str = "accepted"    # what was said to the usual local parts, but for those of `but`
    random: str = "rejected"
    tls: str = "done sound"    # or what is wrong
    met: str = "talked"
    stage: str = "quit"
    code: int = 0
    but: tuple = ()
    again: bool = False
    said: tuple = (SECURE,)


@dataclasses.dataclass(frozen=True)
class Row:
    mail: str                  # of the usual addresses, but for those of `but`
    findings: str              # "ID=SEVERITY …"
    talks: tuple
    verdict: str = "ready"
    but: tuple = ()            # pairs of a local part, or an address, and its state


def plain(host, usual="accepted", random="accepted", **options):
    return Talk(host, usual, random, tls="not-offered", said=(PLAIN,), **options)


def mute(host, met, stage, *said, tls="unknown", **options):
    """Nobody was answered for."""
    return Talk(host, "unanswered", "unanswered", tls=tls, met=met, stage=stage, said=said, **options)


def dead(*talks, findings="smtp-host-dead=warning"):
    return Row("unknown", findings, talks, "unknown")


ACCEPTED = Row("accepted", "smtp-accepted=info", (Talk(),))
REJECTED = "smtp-all-rejected=blocker smtp-rejected=warning"
CATCH_ALL = "smtp-catch-all=notice"
NO_STARTTLS = "smtp-no-starttls=info"
REFUSED_US = "smtp-refused-us=notice"
DEFERRED = "smtp-deferred=notice"
NOBODY = mute("nobody", "refused", "")

ROWS = {
    "accept": ACCEPTED,
    "reject": Row("rejected", REJECTED, (Talk("reject", "rejected"),), "not-ready"),
    "postmaster": Row("rejected", "smtp-accepted=info smtp-rejected=notice",
                      (Talk("postmaster", "rejected", but=(("postmaster", "accepted"),)),), but=(("postmaster", "accepted"),)),
    "catchall": Row("unverifiable", CATCH_ALL, (Talk("catchall", random="accepted"),)),
    # At the second attempt.
    "greylist": Row("accepted", "smtp-accepted=info", (Talk("greylist", again=True, said=(SECURE, AGAIN)),)),
    # The pause that it asks for is longer than there is time.
    "greylist-long": Row("deferred", DEFERRED, (Talk("greylist-long", "deferred"),)),
    "plain": Row("accepted", f"smtp-accepted=info {NO_STARTTLS}", (plain("plain", random="rejected"),)),
    "self-signed": Row("accepted", "smtp-accepted=info smtp-certificate=notice", (Talk("self-signed", tls="done self-signed certificate"),)),
    "wrong-name": Row("accepted", "smtp-accepted=info smtp-certificate=notice", (Talk("wrong-name", tls="done hostname mismatch"),)),
    "null-refused": Row("unverifiable", REFUSED_US, (mute("null-refused", "talked", "mail", "EHLO STARTTLS (TLS) EHLO MAIL QUIT",
                                                          tls="done sound", code=550),)),
    "needs-tls": Row("accepted", "smtp-accepted=info", (Talk("needs-tls"),)),
    "utf8": Row("accepted", "smtp-accepted=info", (Talk("utf8"),)),
    "refuses": Row("unverifiable", REFUSED_US, (mute("refuses", "talked", "banner", "QUIT", code=554),)),
    # It closes the connection with its 421 (RFC 5321 §3.8).
    "busy": Row("deferred", DEFERRED, (mute("busy", "talked", "banner", "", code=421),)),
    "hang": dead(mute("hang", "timeout", "banner", "")),
    "close": dead(mute("close", "broken", "banner", "")),
    "not-smtp": dead(mute("not-smtp", "broken", "banner", "")),
    "garbage": dead(mute("garbage", "broken", "banner", "")),
    "tarpit": dead(mute("tarpit", "timeout", "banner", "")),
    "delays": Row("unverifiable", f"{CATCH_ALL} {NO_STARTTLS}", (plain("delays"),)),
    "hang-rcpt": dead(mute("hang-rcpt", "talked", "rcpt", "EHLO MAIL RCPT", tls="not-offered"), findings=f"smtp-host-dead=warning {NO_STARTTLS}"),
    "close-rcpt": dead(mute("close-rcpt", "talked", "rcpt", "EHLO MAIL RCPT", tls="not-offered"), findings=f"smtp-host-dead=warning {NO_STARTTLS}"),
    "busy-rcpt": Row("deferred", f"{DEFERRED} {NO_STARTTLS}",
                     (Talk("busy-rcpt", "unanswered", "unanswered", "not-offered", but=(("admin", "deferred"),), said=("EHLO MAIL RCPT",)),)),
    "defers": Row("deferred", f"{DEFERRED} {NO_STARTTLS}", (plain("defers", "deferred", "deferred"),)),
    "policy": Row("unverifiable", f"{NO_STARTTLS} {REFUSED_US}", (plain("policy", "rejected", "rejected"),)),
    "mail-refused": Row("unverifiable", f"{NO_STARTTLS} {REFUSED_US}", (mute("mail-refused", "talked", "mail", "EHLO MAIL QUIT",
                                                                             tls="not-offered", code=553),)),
    "helo-only": Row("unverifiable", f"{CATCH_ALL} {NO_STARTTLS}",
                     (Talk("helo-only", random="accepted", tls="not-offered", said=(f"EHLO HELO MAIL {FIVE} RSET QUIT",)),)),
    "tls-refused": Row("unverifiable", f"{CATCH_ALL} smtp-starttls-broken=notice",
                       (Talk("tls-refused", random="accepted", tls="refused", said=(f"EHLO STARTTLS MAIL {FIVE} RSET QUIT",)),)),
    # Once more without it.
    "tls-broken": Row("unverifiable", f"{CATCH_ALL} smtp-starttls-broken=notice",
                      (Talk("tls-broken", random="accepted", tls="failed wrong version number", said=("EHLO STARTTLS (handshake)", PLAIN)),)),
    "tls-hang": Row("unverifiable", f"{CATCH_ALL} smtp-starttls-broken=notice",
                    (Talk("tls-hang", random="accepted", tls="failed timeout", said=("EHLO STARTTLS (handshake)", PLAIN)),)),
    "long": Row("unverifiable", f"{CATCH_ALL} {NO_STARTTLS}", (plain("long"),)),
    "endless": dead(mute("endless", "talked", "ehlo", "EHLO")),
    "escapes": Row("rejected", f"{REJECTED} {NO_STARTTLS}", (plain("escapes", "rejected", "rejected"),), "not-ready"),
    "bare-codes": Row("rejected", f"{REJECTED} {NO_STARTTLS}", (plain("bare-codes", "rejected", "rejected"),), "not-ready"),
    "nobody": dead(NOBODY),
    "second": Row("accepted", "smtp-accepted=info smtp-host-dead=notice", (NOBODY, Talk())),
    "second-rejects": Row("rejected", f"{REJECTED} smtp-host-dead=notice", (NOBODY, Talk("reject", "rejected")), "not-ready"),
    # Both are asked: a sender may come to either.
    "disagree": Row("accepted", "smtp-accepted=info smtp-differs=warning", (Talk(), Talk("reject", "rejected"))),
    "disagree-ok": Row("accepted", f"smtp-accepted=info {NO_STARTTLS}", (Talk(), plain("plain", random="rejected"))),
    # The kernel says after a second that nobody is there.
    "lost": dead(mute("lost", "refused", "")),
    # Nothing is sent there: the DNS says enough.
    "private": Row("broken-mx", "mail-mx-private=warning no-usable-address=blocker", (), "not-ready"),
    "half-lost": Row("accepted", "smtp-accepted=info", (mute("half-lost", "refused", ""), Talk("half-lost"))),
    "contact": Row("accepted", "smtp-accepted=info smtp-rejected=notice",
                   (Talk(), Talk("reject", "", said=("EHLO STARTTLS (TLS) EHLO MAIL OTHER RANDOM RSET QUIT",),
                                 but=(("dcv@smtp-reject.example", "rejected"),))),
                   but=(("dcv@smtp-reject.example", "rejected"),)),
    # One conversation for each domain: RANDOM in both.
    "contact-ok": Row("accepted", "smtp-accepted=info",
                      (Talk(but=(("dcv@smtp-accept.example", "accepted"),),
                            said=("EHLO STARTTLS (TLS) EHLO MAIL RCPT RCPT RCPT RCPT RCPT OTHER RANDOM RANDOM RSET QUIT",)),),
                      but=(("dcv@smtp-accept.example", "accepted"),)),
}


def row_of(domain):
    name = domain.removeprefix("smtp-").removesuffix(".example")
    return ROWS.get(name) or (ACCEPTED if name.endswith(hosts.TWIN) else None)


# What the report says


def told(recipients, domain):
    """What was said to the usual addresses, to others, and to those that nobody has."""
    usual = {r["address"].partition("@")[0]: r["result"] for r in recipients if not r["random"] and r["address"].endswith(f"@{domain}")}
    others = {r["address"]: r["result"] for r in recipients if not r["random"] and not r["address"].endswith(f"@{domain}")}
    return usual, others, {r["result"] for r in recipients if r["random"]}


def check_fact(title, talk, fact, domain):
    hosts.expect(f"{title}: host", f"{talk.host}.smtp.example", fact["host"])
    hosts.expect(f"{title}: met", (talk.met, talk.stage, talk.code), (fact["met"], fact["stage"], fact["code"]))
    tls = " ".join(filter(None, (fact["starttls"], "sound" if fact["sound"] else fact["flaw"])))
    hosts.expect(f"{title}: TLS", talk.tls, tls)
    usual, others, random = told(fact["recipients"], domain)
    but = dict(talk.but)
    hosts.expect(f"{title}: said to usual recipients", {name: but.get(name, talk.usual) for name in USUAL} if talk.usual else {}, usual)
    hosts.expect(f"{title}: said to others", {name: result for name, result in talk.but if "@" in name}, others)
    hosts.expect(f"{title}: said to the random one", {talk.random}, random)
    if not fact["recipients"][-1]["random"]:
        raise hosts.Failure(f"{title}: the random recipient is not the last")
    hosts.expect(f"{title}: a second attempt", {talk.again},
                 {recipient["again"] for recipient in fact["recipients"] if not recipient["random"]})


def check_report(domain, row, seen):
    facts = seen.facts("smtp")
    order = [talk.host for talk in row.talks]
    if len(facts) == len(order) and {"accept", "reject"} <= set(order) or domain == "smtp-disagree-ok.example":
        facts.sort(key=lambda fact: fact["host"])  # which of two equals, or of two conversations, comes first is chance
    hosts.expect(f"{domain}: conversations", len(row.talks), len(facts))
    for talk, fact in zip(row.talks, facts):
        check_fact(domain, talk, fact, domain)
    states = {approver["address"]: approver["mail"] for approver in seen.report["cas"][0]["approvers"]}
    but = {address if "@" in address else f"{address}@{domain}": state for address, state in row.but}
    wanted = {f"{name}@{domain}": row.mail for name in USUAL} | but
    hosts.expect(f"{domain}: mail", wanted, {address: state for address, state in states.items() if address in wanted})
    hosts.expect(f"{domain}: findings", sorted(row.findings.split()), seen.findings())
    hosts.expect(f"{domain}: verdict", row.verdict, seen.verdict())


# What the hosts heard


def helo_of(domain):
    return f"probe.{domain}"


def word_of(line, domain, sender):
    """One command, in short; what is not expected stays as it is."""
    if re.fullmatch(rf"RCPT TO:<({'|'.join(USUAL)})@{re.escape(domain)}>", line):
        return "RCPT"
    if re.fullmatch(r"RCPT TO:<dcvready-[0-9a-f]{12}@[a-z0-9.-]+>", line):
        return "RANDOM"
    if re.fullmatch(r"RCPT TO:<dcv@smtp-(accept|reject)\.example>", line):
        return "OTHER"
    names = {f"EHLO {helo_of(domain)}": "EHLO", f"HELO {helo_of(domain)}": "HELO", f"MAIL FROM:<{sender}>": "MAIL"}
    return names.get(line, line)


def words_of(said, domain, sender=""):
    """The commands of one connection, without the octets of a handshake that failed."""
    words = []
    for line in said:
        if line.startswith("\\x16"):
            words.append("(handshake)")
            break
        words.append(word_of(line, domain, sender))
    if words[:1] != ["(connected)"]:
        raise hosts.Failure(f"{domain}: begins with {words[:1]}")
    return " ".join(words[1:])


def owner_of(server, said, domains):
    """Whose check it was: by the name of EHLO, else the domain of the host."""
    for line in said:
        if line[:5] in ("EHLO ", "HELO "):
            return line[5:].removeprefix("probe.")
    return f"{server}.example" if f"{server}.example" in domains else None


def heard(domains):
    """What each domain's check said: server to connections."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for server, said in hosts.talks("smtp"):
        if any(line.upper().startswith("DATA") for line in said):
            raise hosts.Failure(f"{server} was sent a message: {said}")
        found[owner_of(server, said, domains)][server].append(said)
    return found


def check_heard(domain, row, connections):
    wanted = collections.defaultdict(list)
    for talk in row.talks:
        # Nobody listens there; and a host has one address more.
        if talk.said and talk.host not in ("nobody", "lost"):
            wanted["smtp-accept" if talk.host == "half-lost" else f"smtp-{talk.host}"] += talk.said
    seen = {server: [words_of(said, domain) for said in all_said] for server, all_said in connections.items()}
    hosts.expect(f"{domain}: said", dict(wanted), seen)


# What the options change


def check_options(tool, directory):
    """--mail-from and --helo are what the host hears; without the latter, a name that every host takes."""
    domain = "smtp-null-refused.example"
    before = len(hosts.talks("smtp"))
    seen = hosts.Seen(tool, directory, domain, *OPTIONS, "--mail-from", "dcv@sender.example", "--helo", helo_of("given.example"))
    hosts.expect("--mail-from: findings", ["smtp-accepted=info"], seen.findings())
    said = hosts.talks("smtp")[before:]
    hosts.expect("--mail-from: said", [SECURE.replace("EHLO", "EHLO probe.given.example")],
                 [words_of(lines, domain, "dcv@sender.example") for _, lines in said])
    hosts.Seen(tool, directory, "smtp-refuses.example", *OPTIONS, "--quiet")
    hosts.Seen(tool, directory, "smtp-plain.example", *OPTIONS, "--helo", "localhost.localdomain")


def check_silence(tool, directory):
    """Without --smtp nobody is spoken to."""
    before = len(hosts.spoken("smtp"))
    hosts.Seen(tool, directory, "smtp-accept.example", "--ca", "sectigo", "--no-whois", "--no-authority")
    hosts.expect("without --smtp: said", before, len(hosts.spoken("smtp")))


def run(tool, directory):
    domains = hosts.domains_of("smtp.zone")
    rows = {domain: row_of(domain) for domain in domains}
    failed = [f"{domain}: no row" for domain, row in rows.items() if row is None]
    failed += [f"{name}: a row, but no such domain" for name in ROWS if f"smtp-{name}.example" not in domains]
    failed += [f"{name}: nobody speaks to it" for name in {*mailhosts.REAL, *mailhosts.SCRIPTED}
               if not any(f"smtp-{talk.host}" == name for row in ROWS.values() for talk in row.talks)]
    rows = {domain: row for domain, row in rows.items() if row}

    def job(domain):
        return lambda: check_report(domain, rows[domain], hosts.Seen(tool, directory, domain, *OPTIONS, "--helo", helo_of(domain)))

    # The patient ones first.
    slow = ("hang", "tarpit", "delays", "greylist")
    failed += hosts.run_all([job(domain) for domain in sorted(rows, key=lambda domain: not any(word in domain for word in slow))])
    everything = heard(domains)
    checks = [lambda domain=domain, row=row: check_heard(domain, row, everything.get(domain, {})) for domain, row in rows.items()]
    checks += [lambda: check_options(tool, directory), lambda: check_silence(tool, directory)]
    for check in checks:
        failed += hosts.run_all([check])
    return len(rows) + len(checks), failed


if __name__ == "__main__":
    hosts.main_of(run, __doc__)
