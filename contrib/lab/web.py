"""The web and TLS servers of the lab that do what no web server does."""

import asyncio

import plan
import talks
import webhosts

LATE_S = 3
LONG_HEADER = 1 << 20


def _response(status, *headers, body=b""):
    length = () if any(header.startswith("Content-Length") for header in headers) else (f"Content-Length: {len(body)}",)
    return "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *length, *headers, "", ""]).encode("latin-1") + body


TOKEN = f"{webhosts.TOKEN}\n".encode()
GOOD = _response("200 OK", "Content-Type: text/plain", body=TOKEN)


def _says(octets):
    async def behaviour(_reader, writer):
        writer.write(octets)
        await writer.drain()
    return behaviour


async def _slow(_reader, writer):
    await talks.write_slowly(writer, GOOD)


async def _late(_reader, writer):
    await asyncio.sleep(LATE_S)
    writer.write(GOOD)


async def _huge(_reader, writer):
    await talks.write_much(writer, TOKEN.join([_response("200 OK", f"Content-Length: {talks.HUGE}"), b""]))


async def _endless(_reader, writer):
    await talks.write_much(writer, _response("200 OK", "Content-Length: 9223372036854775807"), None)


async def _silent(reader, _writer):
    await talks.until_closed(reader)


async def _nothing(_reader, _writer):
    pass


def _redirect(location):
    return _says(_response("302 Found", f"Location: {location}"))


# What each does after a request came, at port 80.
PORT_80 = {
    "web-slow": _slow,
    "web-late": _late,
    "web-huge": _huge,
    "web-endless": _endless,
    "web-silent": _silent,
    "web-close": _nothing,
    "web-garbage": _says(bytes(range(256)) * 8),
    "web-half": _says(_response("200 OK", "Content-Length: 1000", body=TOKEN)),
    "web-long-header": _says(_response("200 OK", f"X-Long: {'x' * LONG_HEADER}", body=TOKEN)),
    "web-no-location": _says(_response("302 Found")),
    "web-bad-location": _redirect("http://[2001:db8::1"),
    "web-escape-location": _redirect("http://web-ok.example/\x1b[31m\xff"),
    "web-scheme-relative": _redirect(f"//web-ok.example{webhosts.PKI_PATH}"),
    "web-user-location": _redirect(f"http://user:secret@web-ok.example{webhosts.PKI_PATH}"),
    "web-http-09": _says(TOKEN),
}
# At port 443: the certificate, and the protocols that are chosen (RFC 7301); without the latter the extension is ignored.
ACME_PROTOCOL = "acme-tls/1"
PORT_443 = {
    "web-tls-none": ("web", ()),
    "web-tls-acme": ("acme", (ACME_PROTOCOL,)),
    "web-tls-acme-plain": ("web", (ACME_PROTOCOL, "http/1.1")),
}
# At port 443, without TLS.
NO_TLS = {"web-tls-not": _says(_response("400 Bad Request")), "web-tls-silent": _silent}


def _handler(name, behaviour, log, *, waits_for=b"\r\n\r\n"):
    async def handle(reader, writer):
        peer = talks.peer_of(writer)
        head = await reader.readuntil(waits_for) if waits_for else b""
        log.write("web", name, peer, head.partition(b"\r\n")[0])
        await behaviour(reader, writer)
    return talks.guarded(handle)


def _tls_handler(name, log):
    """Serves who did the handshake with the token, unless it was for a validation only."""
    async def handle(reader, writer):
        chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        log.write("tls", name, talks.peer_of(writer), f"ALPN {chosen or '-'}".encode())
        if chosen != ACME_PROTOCOL:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(GOOD)
    return talks.guarded(handle)


async def serve(directory, log):
    for name, behaviour in PORT_80.items():
        await asyncio.start_server(_handler(name, behaviour, log), plan.SERVICES[name], plan.HTTP_PORT)
    for name, behaviour in NO_TLS.items():
        await asyncio.start_server(_handler(name, behaviour, log, waits_for=None), plan.SERVICES[name], plan.HTTPS_PORT)
    for name, (certificate, protocols) in PORT_443.items():
        context = talks.tls_context(directory / "tls", certificate)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        await asyncio.start_server(_tls_handler(name, log), plan.SERVICES[name], plan.HTTPS_PORT, ssl=context)
