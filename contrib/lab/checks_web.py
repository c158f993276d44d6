"""Checks of the web and TLS servers: what each says to a request for the two files, and to handshakes."""

import contextlib
import socket
import ssl

import plan
import servers
import web
import webhosts

TIMEOUT_S = 5
BRIEF_S = 0.4
OTHER_PATH = "/.well-known/pki-validation/nobody-has-it.txt"
TOKEN = webhosts.TOKEN
# (server, what is seen of one of the files, what is seen of a file that nobody has)
CHECKS = (
    ("web-ok", {"200", TOKEN}, {"404"}),
    ("web-other-token", {"200", webhosts.OTHER_TOKEN}, {"404"}),
    ("web-none", {"404"}, {"404"}),
    ("web-soft-404", {"200", "text/html"}, {"200", "text/html"}),
    ("web-soft-token", {"200", TOKEN}, {"200", TOKEN}),
    ("web-empty", {"200", "empty"}, {"200"}),
    *((f"web-{code}", {code, f"https://web-{code}.example{webhosts.PKI_PATH}"}, {code}) for code in ("301", "302", "303", "307", "308")),
    ("web-https-closed", {"301", f"https://web-https-closed.example{webhosts.PKI_PATH}"}, {"301"}),
    ("web-https-sound", {"301", f"https://web-https-sound.example{webhosts.PKI_PATH}"}, {"301"}),
    ("web-https-only", {"ConnectionRefusedError"}, {"ConnectionRefusedError"}),
    ("web-relative", {"302", "http://web-relative.example/files/pki"}, {"404"}),
    ("web-elsewhere", {"302", f"http://web-ok.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-port", {"302", f"http://web-port.example:8080{webhosts.PKI_PATH}"}, {"302"}),
    ("web-ftp", {"302", f"ftp://web-ftp.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-literal", {"302", f"http://{plan.SERVICES['web-ok']}{webhosts.PKI_PATH}"}, {"302"}),
    ("web-private-literal", {"302", f"http://10.53.0.80{webhosts.PKI_PATH}"}, {"302"}),
    ("web-private", {"302", f"http://private.web.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-gone", {"302", f"http://gone.web.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-loop", {"302", f"http://web-loop.example{webhosts.PKI_PATH}"}, {"302"}),
    *((f"web-chain-{end}", {"302", f"http://web-chain-{end}.example{webhosts.PKI_PATH}?n=1"}, {"302"}) for end in webhosts.CHAIN_ENDS),
    *((f"web-{code}", {code}, {code}) for code in ("401", "403", "410", "429", "500", "503")),
    ("web-slow", {"open"}, {"open"}),
    ("web-late", {"open", "empty"}, {"open"}),
    ("web-huge", {"200", TOKEN, "much"}, {"200"}),
    ("web-endless", {"200", "much"}, {"200"}),
    ("web-silent", {"open", "empty"}, {"open"}),
    ("web-close", {"empty", "ended"}, {"empty"}),
    ("web-garbage", {"ended"}, {"ended"}),
    ("web-half", {"200", TOKEN, "ended", "Content-Length: 1000"}, {"200"}),
    ("web-long-header", {"200", TOKEN}, {"200"}),
    ("web-no-location", {"302", "empty"}, {"302"}),
    ("web-bad-location", {"302", "http://[2001:db8::1"}, {"302"}),
    ("web-escape-location", {"302", "http://web-ok.example/\x1b[31m\xff"}, {"302"}),
    ("web-scheme-relative", {"302", f"//web-ok.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-user-location", {"302", f"http://user:secret@web-ok.example{webhosts.PKI_PATH}"}, {"302"}),
    ("web-http-09", {"ended"}, {"ended"}),
    *((f"web-tls-{kind}", {"200", TOKEN}, {"404"}) for kind in ("none", "acme", "acme-plain", "not", "silent", "closed")),
    ("web-closed", {"ConnectionRefusedError"}, {"ConnectionRefusedError"}),
    ("web6-ok", {"200", TOKEN}, {"404"}),
    ("web6-other-token", {"200", webhosts.OTHER_TOKEN}, {"404"}),
    ("web6-none", {"404"}, {"404"}),
    ("web6-closed", {"ConnectionRefusedError"}, {"ConnectionRefusedError"}),
)
PATIENT = {"web-huge": TIMEOUT_S, "web-endless": TIMEOUT_S}
MUCH = 2 << 20
# (server, protocol offered, what is seen)
TLS_CHECKS = (
    ("web-ok", None, {"handshake", "sound"}),
    ("web-ok", web.ACME_PROTOCOL, {"alert"}),
    ("web-https-only", None, {"handshake", "sound"}),
    ("web-301", None, {"handshake", "unsound"}),
    ("web-tls-none", web.ACME_PROTOCOL, {"handshake", "sound", "chosen=None"}),
    ("web-tls-acme", web.ACME_PROTOCOL, {"handshake", "unsound", f"chosen={web.ACME_PROTOCOL}", "identifier"}),
    ("web-tls-acme-plain", web.ACME_PROTOCOL, {"handshake", "sound", f"chosen={web.ACME_PROTOCOL}", "no identifier"}),
    ("web-tls-not", web.ACME_PROTOCOL, {"SSLError"}),
    ("web-tls-silent", web.ACME_PROTOCOL, {"TimeoutError"}),
    ("web-tls-closed", web.ACME_PROTOCOL, {"ConnectionRefusedError"}),
)
# The object identifier of acmeIdentifier, in DER.
IDENTIFIER = bytes.fromhex("06082b0601050507011f")


def get(name, path, timeout_s, port=plan.HTTP_PORT):
    """What one request showed, as words."""
    request = f"GET {path} HTTP/1.1\r\nHost: {name}.example\r\nConnection: close\r\n\r\n".encode()
    came, ended = bytearray(), False
    try:
        with socket.create_connection((plan.SERVICES[name], port), timeout_s) as sock, contextlib.suppress(TimeoutError):
            sock.sendall(request)
            while len(came) < MUCH and (more := sock.recv(65536)):
                came += more
            ended = True
    except OSError as error:
        return {type(error).__name__}
    head, _, body = bytes(came).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return {status[9:12], "ended" if ended else "open", "" if body else "empty", "much" if len(came) >= MUCH else "", *lines,
            *(line.partition(": ")[2] for line in lines), body.partition(b"\n")[0].decode("latin-1")}


def handshake(name, protocol, timeout_s):
    """What one handshake showed, as words; first for soundness, then for all else."""
    context = ssl.create_default_context(cafile=plan.ca_file())
    if protocol:
        context.set_alpn_protocols([protocol])
    words = {"sound"}
    for _ in range(2):
        try:
            with socket.create_connection((plan.SERVICES[name], plan.HTTPS_PORT), timeout_s) as raw, \
                    context.wrap_socket(raw, server_hostname=f"{name}.example") as sock:
                certificate = sock.getpeercert(binary_form=True)
                return words | {"handshake", f"chosen={sock.selected_alpn_protocol()}",
                                "identifier" if IDENTIFIER in certificate else "no identifier"}
        except ssl.SSLCertVerificationError:
            words = {"unsound"}
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        except OSError as error:
            return {type(error).__name__, "alert" if "alert no application protocol" in str(error) else ""}
    return words


def check_http(tally):
    for name, wanted, wanted_of_other in CHECKS:
        if ":" in plan.SERVICES[name] and not servers.is_local(plan.SERVICES[name]):
            continue
        patience = PATIENT.get(name, BRIEF_S if "open" in wanted else TIMEOUT_S)
        tally.check(name, wanted, get(name, webhosts.PKI_PATH, patience))
        tally.check(f"{name}, another file", wanted_of_other, get(name, OTHER_PATH, patience))
    tally.check("web-ok, ACME's path", {"200", TOKEN}, get("web-ok", webhosts.ACME_PATH, TIMEOUT_S))
    tally.check("web-port, port 8080", {"200", TOKEN}, get("web-port", webhosts.PKI_PATH, TIMEOUT_S, 8080))
    known = {name for name in plan.SERVICES if name.startswith("web")}
    tally.check("all web servers are checked", known, {name for name, *_ in CHECKS})


def check_chains(tally):
    """Where the redirects end."""
    for end in webhosts.CHAIN_ENDS:
        name = f"web-chain-{end}"
        tally.check(f"{name}, the last but one", {"302"}, get(name, f"{webhosts.PKI_PATH}?n={end - 1}", TIMEOUT_S))
        tally.check(f"{name}, the last", {"200", TOKEN}, get(name, f"{webhosts.PKI_PATH}?n={end}", TIMEOUT_S))


def check_tls(tally):
    for name, protocol, wanted in TLS_CHECKS:
        seen = handshake(name, protocol, BRIEF_S if "TimeoutError" in wanted else TIMEOUT_S)
        tally.check(f"{name}, {protocol}", wanted, seen)


def check_log(tally):
    get("web-ok", "/logged", TIMEOUT_S)
    get("web-close", "/logged", TIMEOUT_S)
    handshake("web-tls-acme", web.ACME_PROTOCOL, TIMEOUT_S)
    lines = [line.split("\t") for line in plan.query_log().read_text(encoding="latin-1").splitlines()]
    seen = {(line[1], line[2], line[4]) for line in lines if line[1] in ("web", "tls")}
    tally.check("log of the web", {("web", "web-ok", "GET /logged HTTP/1.1"), ("web", "web-close", "GET /logged HTTP/1.1"),
                                   ("tls", "web-tls-acme", f"ALPN {web.ACME_PROTOCOL}")}, seen)


def check(tally):
    for part in (check_http, check_chains, check_tls, check_log):
        part(tally)
