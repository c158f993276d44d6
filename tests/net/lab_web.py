#!/usr/bin/python3
"""What web servers say to `check --method http` and `--method tls-alpn`, and what is asked of them: lab_web.py DCVREADY, inside the lab.

A row for each domain of the lab that has web servers. All are recorded and replayed with the same octets.
"""

import collections
import dataclasses
import urllib.parse

import hosts
import plan
import web
import webhosts

CAS = {"http-01": "letsencrypt", "http": "sectigo"}
# No more names at once than nginx has connections for.
COMMON = ("--no-whois", "--no-authority", "--concurrency", "30", "--ca")
# What went to a server, whatever came of it; a connection that was not made is "timeout" or "refused", too, without a request.
ASKED = ("talked", "broken", "timeout")


@dataclasses.dataclass(frozen=True)
class Seen:
    """What is told of one way to validate: of each address of the name the chain of requests, or the handshake."""

    verdict: str
    findings: str
    chains: tuple


def good(*chains, findings=""):
    return Seen("ready", findings, chains)


def bad(findings, *chains):
    return Seen("not-ready", findings, chains)


def mixed(findings, *chains):
    """Addresses of which one is good."""
    return Seen("unknown", findings, chains)


def unreachable(chain):
    return bad("web-unreachable=blocker", chain)


SERVED, NONE = good("200=same"), good("404")
NOT_FOUND = bad("http-status=blocker", "404")
REFUSED, TIMEOUT, BROKEN = unreachable("refused"), unreachable("timeout"), unreachable("broken")
NO_ALPN = bad("tls-alpn-missing=blocker", "no-protocol")
SOFT_404 = "http-soft-404=warning"


@dataclasses.dataclass(frozen=True)
class Row:
    random: Seen = NONE        # a file that nobody has
    token: Seen = SERVED       # the file given
    alpn: Seen = REFUSED


def same(seen, alpn=REFUSED):
    return Row(seen, seen, alpn)


def redirect(status):
    return same(bad("http-redirect=blocker", status))


def status(code, rule="http-status"):
    return same(bad(f"{rule}=blocker", code))


def unsound(code):
    """To HTTPS with a certificate that nobody knows: no CA minds."""
    info = "http-certificate=info"
    return Row(good(f"{code} 404/self-signed certificate", findings=info), good(f"{code} 200=same/self-signed certificate", findings=info), NO_ALPN)




BOTH_ALPN = bad("tls-alpn-missing=blocker web-unreachable=blocker", "no-protocol", "refused")
DEAD_ADDRESS = "web-address-dead=warning"
OK = Row(alpn=NO_ALPN)

ROWS = {
    "ok": OK,
    "other-token": Row(token=bad("http-content=blocker", "200=differs")),
    "none": Row(token=NOT_FOUND),
    "soft-404": Row(good("200", findings=SOFT_404), bad("http-content=blocker", "200=differs")),
    "soft-token": Row(good("200", findings=SOFT_404)),
    "empty": Row(good("200", findings=SOFT_404), bad("http-content=blocker", "200=differs")),
    "301": unsound("301"), "302": unsound("302"), "307": unsound("307"), "308": unsound("308"),
    "303": Row(*[bad("http-redirect=blocker", "303")] * 2, NO_ALPN),
    "https-closed": same(bad("http-redirect-dead=blocker", "301 refused")),
    "https-sound": Row(good("301 404/sound"), good("301 200=same/sound"), NO_ALPN),
    "https-only": same(REFUSED, NO_ALPN),
    "relative": Row(token=good("302 200=same")),
    "elsewhere": Row(good("302 404"), good("302 200=same")),
    "port": redirect("302"), "ftp": redirect("302"), "literal": redirect("302"), "private-literal": redirect("302"),
    "private": same(bad("http-redirect-dead=blocker", "302 private")),
    "gone": same(bad("http-redirect-dead=blocker", "302 no-address")),
    "loop": redirect(" ".join(["302"] * 11)),
    "chain-10": Row(good(" ".join(["302"] * 10 + ["404"])), good(" ".join(["302"] * 10 + ["200=same"]))),
    "chain-11": redirect(" ".join(["302"] * 11)),
    "401": status("401", "http-forbidden"), "403": status("403", "http-forbidden"),
    # A file that nobody has may be gone; one that is to be there may not.
    "410": Row(good("410"), bad("http-status=blocker", "410")),
    "429": status("429"), "500": status("500"), "503": status("503"),
    "slow": same(TIMEOUT), "silent": same(TIMEOUT),
    "late": Row(good("200", findings=SOFT_404)),
    "huge": Row(good("200", findings=SOFT_404), bad("http-content=blocker", "200=differs")),
    "endless": Row(good("200", findings=SOFT_404), bad("http-content=blocker", "200=differs")),
    "close": same(BROKEN), "garbage": same(BROKEN), "half": same(BROKEN), "long-header": same(BROKEN), "http-09": same(BROKEN),
    "no-location": redirect("302"), "bad-location": redirect("302"), "escape-location": redirect("302"), "user-location": redirect("302"),
    # To a file that is there.
    "scheme-relative": Row(good("302 200", findings=SOFT_404), good("302 200=same")),
    "tls-none": Row(alpn=bad("tls-alpn-missing=blocker", "none")),
    "tls-acme": Row(alpn=good("acme-tls/1 identifier")),
    "tls-acme-plain": Row(alpn=good("acme-tls/1")),
    "tls-not": Row(alpn=bad("tls-alpn-missing=blocker", "failed")),
    "tls-silent": Row(alpn=TIMEOUT),
    "tls-closed": Row(),
    "closed": same(REFUSED),
    "both": Row(good("404", "404"), good("200=same", "200=same"), BOTH_ALPN),
    "v6-lost": Row(mixed(DEAD_ADDRESS, "404", "refused"), mixed(DEAD_ADDRESS, "200=same", "refused"), BOTH_ALPN),
    "v6-closed": Row(mixed(DEAD_ADDRESS, "404", "refused"), mixed(DEAD_ADDRESS, "200=same", "refused"), BOTH_ALPN),
    "v6-other": Row(good("404", "404"), mixed("http-content=warning", "200=differs", "200=same"), BOTH_ALPN),
    "v6-none": Row(good("404", "404"), mixed("http-status=warning", "200=same", "404"), BOTH_ALPN),
    "v4-closed": Row(mixed(DEAD_ADDRESS, "404", "refused"), mixed(DEAD_ADDRESS, "200=same", "refused"),
                     bad("web-unreachable=blocker", "refused", "refused")),
    "two": Row(good("404", "404"), mixed("http-content=warning", "200=differs", "200=same"), BOTH_ALPN),
    "inside": same(bad("web-private=blocker", "private"), bad("web-private=blocker", "private")),
    # Twins with two addresses.
    **{f"{name}-ok": Row(good("404", "404"), good("200=same", "200=same"), BOTH_ALPN) for name in ("v6-lost", "v6-closed", "v6-other", "v6-none",
                                                                                                  "v4-closed")},
}


def row_of(domain):
    name = domain.removeprefix("web-").removesuffix(".example")
    return ROWS.get(name) or (OK if name.endswith(hosts.TWIN) else None)


# What the reports say


def request_word(fact):
    """One request: its status, what came of the comparison, and what is to be said of the certificate."""
    if fact["met"] != "talked":
        return fact["met"]
    body = "" if fact["body"] == "any" else f"={fact['body']}"
    certificate = f"/{'sound' if fact['sound'] else fact['flaw']}" if fact["tls"] else ""
    return f"{fact['status']}{body}{certificate}"


def chains_of(report, method):
    chains = collections.defaultdict(list)
    for fact in report["facts"]:
        if fact["kind"] == "http" and fact["method"] == method:
            if fact["hop"] != len(chains[fact["first_server"]]):
                raise hosts.Failure(f"{report['name']}: a chain goes wrong at {fact['url']}")
            chains[fact["first_server"]].append(request_word(fact))
    return tuple(sorted(" ".join(words) for words in chains.values()))


def handshake_word(fact):
    if fact["met"] != "talked":
        return fact["met"]
    if not fact["handshake"]:
        return "no-protocol" if fact["no_protocol"] else "failed"
    return f"{fact['negotiated'] or 'none'}{' identifier' if fact['identifier'] else ''}"


def handshakes_of(report, _):
    return tuple(sorted(handshake_word(fact) for fact in report["facts"] if fact["kind"] == "alpn"))


def seen_of(report, ca, chains):
    """What is told of one CA."""
    [entry] = [entry for entry in report["cas"] if entry["ca"] == ca]
    findings = {f"{report['findings'][number]['id']}={report['findings'][number]['severity']}" for number in entry["findings"]}
    return Seen(entry["verdict"], " ".join(sorted(findings)), chains)


def check(title, report, wanted, method, told):
    seen = seen_of(report, CAS.get(method, "letsencrypt"), told(report, method))
    hosts.expect(f"{report['name']}, {title}", dataclasses.replace(wanted, chains=tuple(sorted(wanted.chains))), seen)


# What the servers heard


def requests_told(reports):
    """Server and path of each request that the facts tell of."""
    names = {address: name for name, address in plan.SERVICES.items()}
    told = collections.Counter()
    for fact in (fact for report in reports for fact in report["facts"] if fact["kind"] == "http"):
        address = fact["server"].rpartition("#")[0]
        if fact["met"] in ASKED and address in names:
            url = urllib.parse.urlsplit(fact["url"])
            told[names[address], url.path + (f"?{url.query}" if url.query else "")] += 1
    return told


def requests_heard(lines):
    heard = collections.Counter()
    for server, said in ((server, said) for server, _, said in lines if said):  # where TLS is expected, that somebody came is all
        method, path, version = said.split(" ")
        if (method, version) != ("GET", "HTTP/1.1"):
            raise hosts.Failure(f"{server} was asked {said}")
        heard[server, path] += 1
    return heard


def check_heard(reports):
    told, heard = requests_told(reports), requests_heard(hosts.spoken("web"))
    hosts.expect("requests that were not told, or not made", ({}, {}), (dict(heard - told), dict(told - heard)))


def check_handshakes():
    """Those to which this protocol was offered; nginx refuses it and says nothing."""
    wanted = {name: f"ALPN {protocols[0] if protocols else '-'}" for name, (_, protocols) in web.PORT_443.items()}
    hosts.expect("handshakes", wanted, {server: said for server, _, said in hosts.spoken("tls")})
    hosts.expect("handshakes", len(wanted), len(hosts.spoken("tls")))


# The runs


def run_kind(tool, directory, title, options, domains):
    """One run for all names, recorded and replayed; the reports."""
    return hosts.Batch(tool, directory / f"{title}.tape", (*options, *domains)).reports


def run(tool, directory):
    domains = hosts.domains_of("web.zone")
    rows = {domain: row_of(domain) for domain in domains}
    failed = [f"{domain}: no row" for domain, row in rows.items() if row is None]
    failed += [f"{name}: a row, but no such domain" for name in ROWS if f"web-{name}.example" not in domains]
    rows = {domain: row for domain, row in rows.items() if row}
    files = [directory / name for name in ("token", "token.txt")]
    for file in files:
        file.write_text(f"{webhosts.TOKEN}\n\n", encoding="ascii")  # white space behind it does not count (RFC 8555 §8.3)
    http, alpn = ("--method", "http", *COMMON), ("--method", "tls-alpn", *COMMON)
    kinds = (
        ("random", "random", (*http, ",".join(CAS.values())), ("http", "http-01"), chains_of),
        ("token", "token", (*http, CAS["http-01"], "--token-file", files[0]), ("http-01",), chains_of),
        ("token.txt", "token", (*http, CAS["http"], "--token-file", files[1]), ("http",), chains_of),
        ("alpn", "alpn", (*alpn, CAS["http-01"]), ("tls-alpn-01",), handshakes_of),
    )
    jobs, every, results = [], [], {}

    def start(title, options):
        def job():
            results[title] = run_kind(tool, directory, title, options, rows)
        return job

    failed += hosts.run_all([start(title, options) for title, _, options, _, _ in kinds])
    for title, field, _, methods, told in kinds:
        for report in results.get(title, ()):
            every.append(report)
            jobs += [lambda t=title, r=report, f=field, m=method, told=told: check(f"{t} {m}", r, getattr(rows[r["name"]], f), m, told)
                     for method in methods]
    jobs += [lambda: check_heard(every), check_handshakes]
    failed += hosts.run_all(jobs)
    return len(jobs) + len(kinds), failed


if __name__ == "__main__":
    hosts.main_of(run, __doc__)
