"""Checks of the registries: what each server says of the domains that have something to tell."""

import contextlib
import json
import socket
import ssl

import plan
import rdap
import registrations
import world

TIMEOUT_S = 5
BRIEF_S = 0.4
# (server, query, what the answer holds)
WHOIS_CHECKS = (
    ("whois-iana", "jp", {"refer:        whois.jprs.jp"}),
    ("whois-iana", "example.com", {"refer:        whois.verisign-grs.com"}),
    ("whois-iana", "example", {"refer:        whois.nic.example"}),
    ("whois-iana", "nosuch", {"returned 0 objects"}),
    ("whois-jprs", "example.jp/e", {"EXAMPLE.JP", "Active", "[Email]                         \r\n"}),
    ("whois-jprs", "whois-general.jp/e", {"[Email]                         owner@whois-general.jp"}),
    ("whois-jprs", "whois-general.jp", {"[公開連絡窓口]", "[Email]                         owner@whois-general.jp"}),
    ("whois-jprs", "whois-general-utf8.jp/e", {"用户@whois-general-utf8.jp"}),
    ("whois-jprs", "whois-proxy.jp/e", {"Privacy", "whois-proxy@registrar.example"}),
    ("whois-jprs", "whois-proxy-ok.jp/e", {"owner@example.net"}),
    ("whois-jprs", "example.co.jp/e", {"m. [Administrative Contact]     \r\n", "Connected ("}),
    ("whois-jprs", "example.shinjuku.tokyo.jp/e", {"a. [Domain Name]                EXAMPLE.SHINJUKU.TOKYO.JP"}),
    ("whois-jprs", "whois-reserved.jp/e", {"Reserved"}),
    ("whois-jprs", "whois-suspended.jp/e", {"Suspended"}),
    ("whois-jprs", "whois-deleted.co.jp/e", {"Suspended Domain Name", "Deleted ("}),
    ("whois-jprs", "co.jp/e", {"Reserved"}),
    ("whois-jprs", "whois-free.jp/e", {"No match!!"}),
    ("whois-jprs", "whois-free.jp", {"No match!!", "登録"}),
    ("whois-jprs", "whois-limited.jp/e", {"Cannot process your search request."}),
    ("whois-jprs", "CONTACT XX00000JP/e", {"No match!!"}),
    ("whois-thin", "example.com", {"Registrar WHOIS Server: whois.registrar.example", "#ok"}),
    ("whois-thin", "whois-free.com", {"No match for \"WHOIS-FREE.COM\"."}),
    ("whois-thin", "whois-reserved.com", {"reserved"}),
    ("whois-thin", "whois-limited-registry.com", {"limit exceeded"}),
    ("whois-thin", "whois-limited.com", {"Registrar WHOIS Server: whois.registrar.example"}),
    ("whois-thin", "whois-loop.com", {"Registrar WHOIS Server: whois-loop-a.registrar.example"}),
    ("whois-loop-a", "whois-loop.com", {"Registrar WHOIS Server: whois-loop-b.registrar.example"}),
    ("whois-loop-b", "whois-loop.com", {"Registrar WHOIS Server: whois-loop-a.registrar.example"}),
    ("whois-thin", "whois-private.com", {"Registrar WHOIS Server: whois-private.registrar.example"}),
    ("whois-thin", "whois-nobody.com", {"Registrar WHOIS Server: whois-nobody.registrar.example"}),
    ("whois-thin", "whois-expires.com", {f"Registry Expiry Date: {registrations.day(20)}"}),
    ("whois-thin", "whois-hold.com", {"#clientHold", "#clientTransferProhibited"}),
    ("whois-registrar", "whois-contacts.com", {"Registrant Email: owner@", "Admin Email: admin@", "Tech Email: tech@"}),
    ("whois-registrar", "whois-limited.com", {"LIMIT EXCEEDED"}),
    ("whois-registrar", "whois-limited-registry.com", {"Registrant Email: owner@"}),
    ("whois-registrar", "whois-redacted.com", {"Registrant Email: REDACTED"}),
    ("whois-example", "example.example", {"not found"}),
    ("whois-example", "whois-contacts.example", {"Registrant Email: owner@", "Registrar Abuse Contact Email: abuse@"}),
    ("whois-example", "whois-withheld.example", {"Registrant Email: REDACTED", "Admin Email: admin@"}),
    ("whois-example", "whois-form.example", {"Registrant Email: https://registrar.example/contact"}),
    ("whois-example", "whois-suspended.example", {"#clientHold"}),
    ("whois-example", "whois-free.example", {"not found"}),
    ("whois-example", "whois-free-ok.example", {"#ok"}),
    ("whois-example", "whois-limited.example", {"LIMIT EXCEEDED"}),
    ("whois-example", "whois-refused.example", {"Access denied"}),
    ("whois-example", "whois-other.example", {"OTHER-THAN-ASKED.EXAMPLE"}),
    ("whois-example", "whois-loop.example", {"whois-loop-a.registrar.example"}),
    ("whois-org", "rdap-contacts.org", {"Registrant Email: owner@"}),
    ("whois-shop", "example.shop", {"#ok"}),
)
# (server, query, what the answer does not hold)
WHOIS_LACKS = (
    ("whois-jprs", "whois-handles.co.jp/e", "@"),
    ("whois-jprs", "whois-limited.jp/e", "@"),
    ("whois-thin", "whois-contacts.com", "owner@"),
    ("whois-registrar", "whois-redacted.com", "owner@"),
    ("whois-registrar", "example.com", "Registrant Email"),
    ("whois-example", "whois-redacted.example", "owner@"),
)


def say(address, octets, timeout_s=TIMEOUT_S, *, port=plan.WHOIS_PORT, limit=None):
    """All that comes until the server hangs up; what came before the time was over, and then TimeoutError."""
    came = bytearray()
    with contextlib.suppress(TimeoutError), socket.create_connection((address, port), timeout_s) as sock:
        sock.sendall(octets)
        while limit is None or len(came) < limit:
            more = sock.recv(65536)
            if not more:
                return bytes(came), True
            came += more
    return bytes(came), False


def whois(service, query):
    octets, _ = say(plan.SERVICES[service], f"{query}\r\n".encode())
    return octets.decode("utf-8", "replace")


def check_whois(tally):
    for service, query, wanted in WHOIS_CHECKS:
        text = whois(service, query)
        tally.check(f"{query} at {service}", wanted, {word for word in wanted if word in text} or {text})
    for service, query, unwanted in WHOIS_LACKS:
        tally.check(f"{query} at {service}, no {unwanted}", {True}, {unwanted not in whois(service, query)})
    text, _ = say(plan.SERVICES["whois-jprs-old"], b"whois-general.jp\r\n")
    tally.check("ISO-2022-JP", {True}, {"[公開連絡窓口]" in text.decode("iso2022_jp") and b"\x1b$B" in text})


def check_handles(tally):
    """The handles of a domain lead to its addresses."""
    for domain, emails in (("whois-handles.co.jp", ["admin@whois-handles.co.jp", "tech@example.net"]),
                           ("whois-one-handle.or.jp", ["both@example.net"]),
                           ("whois-many-handles.ne.jp", ["one@", "two@", "three@", "four@", "five@"]),
                           ("whois-city.shinjuku.tokyo.jp", ["admin@example.net"]),
                           ("whois-no-mail.co.jp", ["d. [E-Mail]                     \r\n"]),
                           ("whois-handles-limited.co.jp", ["Cannot process"]), ("whois-handles-gone.co.jp", ["No match!!"])):
        lines = [line for line in whois("whois-jprs", f"{domain}/e").splitlines() if line.startswith(("m. ", "n. "))]
        handles = dict.fromkeys(line.split()[-1] for line in lines if line.endswith("JP"))
        tally.check(f"handles of {domain}", {len(emails)}, {len(handles)})
        for handle, email in zip(handles, emails):
            tally.check(f"{handle} of {domain}", {True}, {email in whois("whois-jprs", f"CONTACT {handle}/e")})


def check_manners(tally):
    """What the servers do, where it is not what they say."""
    server = plan.SERVICES["whois-example"]
    for query, (low, high), ends in (
            ("whois-slow", (1, 2), False), ("whois-silent", (0, 0), False), ("whois-empty", (0, 0), True),
            ("whois-garbage", (2048, 2048), True), ("whois-long-line", (600000, 700000), True)):
        octets, ended = say(server, f"{query}.example\r\n".encode(), BRIEF_S if not ends else TIMEOUT_S)
        tally.check(f"{query}: {len(octets)} octets", {True, "ended" if ends else "open"},
                    {low <= len(octets) <= high, "ended" if ended else "open"})
    octets, ended = say(server, b"whois-huge.example\r\n", 30)
    tally.check("whois-huge", {True}, {len(octets) >= 10 << 20 and ended})
    octets, ended = say(server, b"whois-endless.example\r\n", 30, limit=11 << 20)
    tally.check("whois-endless", {True}, {len(octets) >= 11 << 20 and not ended})
    with contextlib.suppress(ConnectionRefusedError):
        say(plan.SERVICES["whois-nobody"], b"x\r\n")
        tally.check("whois-nobody", {"ConnectionRefusedError"}, {"connected"})


# RDAP


def fetch(service, name, path, timeout_s=TIMEOUT_S):
    """(status, header lines, body, whether it ended), or ("", the reason, b"", True) where the certificate is not sound."""
    context = ssl.create_default_context(cafile=plan.ca_file())
    request = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()
    came, ended = bytearray(), False
    try:
        with socket.create_connection((plan.SERVICES[service], plan.HTTPS_PORT), timeout_s) as raw, \
                context.wrap_socket(raw, server_hostname=name) as sock, contextlib.suppress(TimeoutError):
            sock.sendall(request)
            while more := sock.recv(65536):
                came += more
            ended = True
    except ssl.SSLCertVerificationError as error:
        return "", [error.verify_message], b"", True
    head, _, body = bytes(came).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return status[9:12], lines, body, ended


def registry(domain, **options):
    return fetch("rdap-registry", "rdap.registry.example", f"/domain/{domain}", **options)


def registrar(domain):
    return fetch("rdap-registrar", "rdap.registrar.example", f"/domain/{domain}")


def words_of(reply):
    """What an RDAP answer tells, as words."""
    status, lines, body, ended = reply
    words = {status, "ended" if ended else "open", *(line for line in lines if line.startswith(("Location:", "Retry-After:")))}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return words | {"no JSON"}
    words |= {f"status={word}" for word in value.get("status", ())} | ({"redacted"} if "redacted" in value else set())
    words |= {f"related={link['href']}" for link in value.get("links", ()) if link["rel"] == "related"}
    words |= {f"{event['eventAction']}={event['eventDate'][:10]}" for event in value.get("events", ())}
    for entity in value.get("entities", ()):
        for card in entity["vcardArray"][1] if isinstance(entity["vcardArray"], list) and len(entity["vcardArray"]) > 1 else ():
            if isinstance(card, list) and card[:1] == ["email"]:
                words.add(f"{entity['roles'][0]}={card[-1]}")
    return words | {f"name={value.get('ldhName')}"}


RDAP_CHECKS = (
    ("example.org", {"200", "name=example.org", "status=active", f"expiration={registrations.day(365)}"}),
    ("example.shop", {"200", "status=active"}),
    ("example.net", {"200", "related=https://rdap.registrar.example/domain/example.net"}),
    ("example.com", {"404"}),
    ("nonexistent.org", {"404", "name=None"}),
    ("rdap-contacts.org", {"200", "registrant=owner@rdap-contacts.org", "administrative=admin@example.net"}),
    ("rdap-contacts.net", {"200", "related=https://rdap.registrar.example/domain/rdap-contacts.net"}),
    ("rdap-redacted.org", {"200", "redacted"}),
    ("rdap-differs.org", {"registrant=another@rdap-differs.org"}),
    ("rdap-differs-ok.org", {"registrant=owner@rdap-differs.org"}),
    ("rdap-hold.org", {"status=server hold"}),
    ("rdap-deletion.org", {"status=redemption period", "status=pending delete"}),
    ("rdap-transfer.org", {"status=pending transfer", "status=server update prohibited"}),
    ("rdap-expires.org", {f"expiration={registrations.day(20)}"}),
    ("rdap-free.org", {"404"}),
    ("rdap-reserved.org", {"404"}),
    ("rdap-limited.org", {"429", "Retry-After: 7"}),
    ("rdap-limited-date.org", {"429"}),
    ("rdap-limited.net", {"200"}),
    ("rdap-refused.org", {"403"}),
    ("rdap-error.org", {"500"}),
    ("rdap-empty.org", {"200", "no JSON"}),
    ("rdap-garbage.org", {"200", "no JSON"}),
    ("rdap-deep.org", {"200", "no JSON"}),
    ("rdap-html.org", {"200", "no JSON"}),
    ("rdap-html-404.org", {"404", "no JSON"}),
    ("rdap-other.org", {"200", "name=other-than-asked.org"}),
    ("rdap-broken-card.org", {"200", "name=rdap-broken-card.org"}),
    ("rdap-redirect.org", {"301", "Location: https://rdap.registry.example/v2/domain/rdap-redirect.org"}),
    ("rdap-redirect-loop.org", {"302", "Location: https://rdap.registry.example/domain/rdap-redirect-loop.org"}),
    ("rdap-redirect-private.org", {"302", "Location: https://rdap-private.registrar.example/domain/rdap-redirect-private.org"}),
    ("rdap-redirect-http.org", {"302", "Location: http://rdap.registry.example/domain/rdap-redirect-http.org"}),
    ("rdap-wrong-name.org", {"302", "Location: https://wrong-name.registry.example/domain/rdap-wrong-name.org"}),
    ("rdap-self-signed.org", {"302", "Location: https://self-signed.registry.example/domain/rdap-self-signed.org"}),
    ("rdap-loop.net", {"related=https://rdap.registrar.example/domain/rdap-loop.net"}),
    ("rdap-private.net", {"related=https://rdap-private.registrar.example/domain/rdap-private.net"}),
    ("rdap-nobody.net", {"related=https://rdap-nobody.registrar.example/domain/rdap-nobody.net"}),
)
REGISTRAR_CHECKS = (
    ("rdap-contacts.net", {"200", "registrant=owner@rdap-contacts.net"}),
    ("rdap-limited.net", {"429", "Retry-After: 7"}),
    ("rdap-redacted.net", {"200", "redacted"}),
    ("rdap-loop.net", {"related=https://rdap.registry.example/domain/rdap-loop.net"}),
)


def check_rdap(tally):
    _, _, body, _ = fetch("rdap-bootstrap", "data.iana.org", rdap.BOOTSTRAP_PATH)
    tally.check("bootstrap", {("https://rdap.registry.example/",)}, {tuple(urls) for _, urls in json.loads(body)["services"]})
    for domain, wanted in RDAP_CHECKS:
        tally.check(f"{domain} over RDAP", wanted, words_of(registry(domain)))
    for domain, wanted in REGISTRAR_CHECKS:
        tally.check(f"{domain} at the registrar", wanted, words_of(registrar(domain)))
    for domain in ("rdap-redacted.org", "rdap-contacts.net"):
        tally.check(f"{domain}: no address", {False}, {b"owner@" in registry(domain)[2]})
    for domain in ("rdap-slow.org", "rdap-silent.org"):
        tally.check(domain, {"open"}, words_of(registry(domain, timeout_s=BRIEF_S)))
    tally.check("rdap-huge", {10 << 20}, {len(registry("rdap-huge.org", timeout_s=30)[2])})
    for service, name in (("rdap-wrong-name", "wrong-name.registry.example"), ("rdap-self-signed", "self-signed.registry.example")):
        tally.check(name, {""}, {fetch(service, name, "/domain/example.org")[0]})


def check_log(tally):
    whois("whois-example", "logged-as-it-is.Example")
    registry("logged-too.org")
    lines = [line.split("\t") for line in plan.query_log().read_text(encoding="latin-1").splitlines()]
    seen = {(line[1], line[2], line[4]) for line in lines if "logged-" in line[-1]}
    tally.check("log of conversations", {("whois", "whois-example", "logged-as-it-is.Example\\r\\n"),
                                         ("rdap", "rdap-registry", "GET /domain/logged-too.org HTTP/1.1")}, seen)


def check_world(tally):
    domains = {"example.co.jp": {"contacts": [("admin", "a@example.co.jp")]}, "example.org": {"state": "rate-limited"}}
    with world.World("example.co.jp. MX 10 mail.example.jp.\n", whois=domains) as made:
        for query, wanted in (("jp", "whois.jprs.jp"), ("example.co.jp", "m. ["), ("example.org", "LIMIT"), ("example.net", "not found")):
            octets, _ = say(made.whois_server, f"{query}\r\n".encode())
            tally.check(f"world, {query}", {True}, {wanted in octets.decode()})
        tally.check("world, log", {"example.co.jp\\r\\n"}, {line[-1] for line in made.whois_queries()})


def check(tally):
    for part in (check_whois, check_handles, check_manners, check_rdap, check_log, check_world):
        part(tally)
