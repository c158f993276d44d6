"""RDAP servers (RFC 7480): what each answers, and how it behaves. HTTP/1.1, one request a connection."""

import dataclasses
import datetime
import email.utils
import json

import rdapobjects
import talks

BOOTSTRAP_PATH = "/rdap/dns.json"
REGISTRY_URL = "https://rdap.registry.example/"
REGISTRAR_URL = "https://rdap.registrar.example/"
WRONG_NAME_URL = "https://wrong-name.registry.example/"
SELF_SIGNED_URL = "https://self-signed.registry.example/"
PRIVATE_URL = "https://rdap-private.registrar.example/"
NOBODY_URL = "https://rdap-nobody.registrar.example/"
SERVICES = ((("net", "org", "shop"), (REGISTRY_URL,)),)
# The registry of these knows no contacts, but the registrar's server.
THIN = {"net"}
RETRY_S = 7
DEEP = 100000
REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error"}
HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


@dataclasses.dataclass(frozen=True)
class Reply:
    """`manner`: "" or a way to send the body."""

    status: int
    body: bytes = b""
    kind: str = "application/rdap+json"
    headers: tuple = ()
    manner: str = ""


def _json(status, value, **more):
    return Reply(status, json.dumps(value, indent=1).encode(), **more)


def _error(status, text, **more):
    return _json(status, rdapobjects.error(status, REASONS[status], text), **more)


def _redirect(status, url):
    return Reply(status, headers=(f"Location: {url}",))


def _find(book, name):
    found = book.domains.get(name, {}).get("rdap")
    return None if found is None or found["state"] == "free" else found


# States


def _odd(state, name):
    """The reply of a state that has no object in it, or None."""
    path = f"domain/{name}"
    date = email.utils.format_datetime(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=RETRY_S), usegmt=True)
    replies = {
        "reserved": lambda: _error(404, "The name is reserved by the registry."),
        "rate-limited": lambda: _error(429, "Too many requests.", headers=(f"Retry-After: {RETRY_S}",)),
        "rate-limited-date": lambda: _error(429, "Too many requests.", headers=(f"Retry-After: {date}",)),
        "refused": lambda: _error(403, "Not for you."),
        "error-500": lambda: _error(500, "Something is broken."),
        "redirect-loop": lambda: _redirect(302, f"{REGISTRY_URL}{path}"),
        "redirect-private": lambda: _redirect(302, f"{PRIVATE_URL}{path}"),
        "redirect-http": lambda: _redirect(302, f"{REGISTRY_URL.replace('https', 'http')}{path}"),
        "redirect-wrong-name": lambda: _redirect(302, f"{WRONG_NAME_URL}{path}"),
        "redirect-self-signed": lambda: _redirect(302, f"{SELF_SIGNED_URL}{path}"),
        "html-404": lambda: Reply(404, HTML, kind="text/html"),
        "html": lambda: Reply(200, HTML, kind="text/html"),
        "garbage": lambda: Reply(200, bytes(range(256)) * 8),
        "empty": lambda: Reply(200),
        "deep": lambda: Reply(200, b'{"objectClassName":"domain","entities":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    }
    return replies[state]() if state in replies else None


def _object(name, registration, base, **more):
    """The honest reply, or that in its state's manner."""
    state = registration["state"]
    shown = "other-than-asked." + name.partition(".")[2] if state == "other" else name
    reply = _json(200, rdapobjects.domain(shown, registration, base, **more))
    return dataclasses.replace(reply, manner=state if state in ("slow", "silent", "huge") else "")


# Roles: each takes the book and the path, and gives the reply


def bootstrap(_, path):
    if path == BOOTSTRAP_PATH:
        return _json(200, rdapobjects.bootstrap(SERVICES), kind="application/json")
    return Reply(404, HTML, kind="text/html")


def _domain_of(path):
    return path.removeprefix("/domain/").removeprefix("/v2/domain/").lower()


def registry(book, path):
    """Knows all of org and shop; of net the registrar."""
    name = _domain_of(path)
    registration = _find(book, name)
    if registration is None or name.rpartition(".")[2] not in SERVICES[0][0]:
        return _error(404, "The domain is not registered.")
    state = registration["state"]
    if state == "redirect" and not path.startswith("/v2/"):
        return _redirect(301, f"{REGISTRY_URL}v2/domain/{name}")
    is_thin = name.rpartition(".")[2] in THIN
    elsewhere = is_thin and registration["at"] != "registry" and state not in ("reserved", "redirect")
    if elsewhere:
        registration = registration | {"state": state if state in ("suspended", "private-referral", "dead-referral") else "ok"}
    related = {"loop": REGISTRAR_URL, "private-referral": PRIVATE_URL, "dead-referral": NOBODY_URL}.get(state, REGISTRAR_URL if is_thin else "")
    return _odd(registration["state"], name) or _object(
        name, registration, REGISTRY_URL, related=f"{related}domain/{name}" if related else "", contacts=not is_thin)


def registrar(book, path):
    """The registrar of all domains."""
    name = _domain_of(path)
    registration = _find(book, name)
    if registration is None:
        return _error(404, "The domain is not registered here.")
    if registration["at"]:
        registration = registration | {"state": "ok"}
    state = registration["state"]
    related = f"{REGISTRY_URL}domain/{name}" if state == "loop" else ""
    return _odd(state, name) or _object(name, registration, REGISTRAR_URL, related=related)


def other(book, path):
    """Answers well, behind a certificate that is not sound."""
    name = _domain_of(path)
    registration = _find(book, name)
    return _object(name, registration | {"state": "ok"}, WRONG_NAME_URL) if registration else _error(404, "No such domain.")


# By the names of plan.SERVICES: the role, and the files of its certificate.
ROLES = {
    "rdap-bootstrap": (bootstrap, "rdap"), "rdap-registry": (registry, "rdap"), "rdap-registrar": (registrar, "rdap"),
    "rdap-wrong-name": (other, "wrong-name"), "rdap-self-signed": (other, "self-signed"),
}


# Serving


async def send(reply, reader, writer):
    size = {"huge": talks.HUGE}.get(reply.manner, len(reply.body))
    now = email.utils.formatdate(usegmt=True)
    writer.write("\r\n".join([f"HTTP/1.1 {reply.status} {REASONS[reply.status]}", f"Date: {now}", f"Content-Type: {reply.kind}", "Connection: close",
                              f"Content-Length: {size}", *reply.headers, "", ""]).encode())
    if reply.manner == "slow":
        await talks.write_slowly(writer, reply.body)
    elif reply.manner == "huge":
        await talks.write_much(writer, b'{"objectClassName":"domain",', filler=b'"notices":[{"title":"x"}],')
    else:
        writer.write(reply.body)
    await writer.drain()


def handler(name, role, book, log):
    """Serves one connection: a request in, a response out."""
    async def handle(reader, writer):
        peer = talks.peer_of(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.partition(b"\r\n")[0]
        log.write("rdap", name, peer, line)
        method, path, *_ = line.decode("latin-1").split(" ") + ["", ""]
        reply = role(book, path) if method in ("GET", "HEAD") and path.startswith("/") else _error(400, "What?")
        if reply.manner == "silent":
            await talks.until_closed(reader)
            return
        await send(reply, reader, writer)
    return talks.guarded(handle)
