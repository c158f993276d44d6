"""All mail hosts of the lab: real ones by aiosmtpd, and scripted ones for what no mail server does.

Every line that a client says is logged; there is no DATA among them unless
somebody really sent mail.
"""

import asyncio
import dataclasses
import logging
import time

import aiosmtpd.smtp

import mailhosts
import plan
import talks

BACKLOG = 128
SMTP_TIMEOUT_S = 120
# The local parts that hosts know; any other user is unknown, but where all are taken.
KNOWN = {"admin", "administrator", "webmaster", "hostmaster", "postmaster", "dcv", "owner", "tech"}


def unknown(address):
    return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"


@dataclasses.dataclass
class Greylist:
    """Who was told to come back, and when."""

    pause_s: int
    told: dict

    def reply(self, key):
        """None when the time has come."""
        until = self.told.setdefault(key, time.monotonic() + self.pause_s)
        left = until - time.monotonic()
        return f"451 4.7.1 Greylisted, try again in {max(1, round(left))} seconds" if left > 0 else None


class Manners:
    """A handler of aiosmtpd, with what one host does to senders and recipients."""

    def __init__(self, host):
        self._host = host
        self._greylist = Greylist(host.greylist_s, {}) if host.greylist_s else None

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        if self._host.refuses_null and address in ("", "<>"):
            return "550 5.7.1 Null sender refused"
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, _server, session, envelope, address, _options):
        local = address.rpartition("@")[0].lower()
        if self._host.takes == mailhosts.NONE or self._host.takes == mailhosts.KNOWN and local not in KNOWN:
            return unknown(address)
        if self._host.takes == mailhosts.POSTMASTER and local != "postmaster":
            return unknown(address)
        later = self._greylist and self._greylist.reply((session.peer[0], envelope.mail_from, address))
        if later:
            return later
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server, _session, _envelope):
        return "250 2.0.0 Ok: nobody reads it"


class Server(aiosmtpd.smtp.SMTP):
    """aiosmtpd, with a log of what clients say."""

    def __init__(self, name, log, handler, **options):
        super().__init__(handler, **options)
        self._name, self._log_file, self._partial = name, log, b""

    def _client_says(self, octets):
        *lines, self._partial = (self._partial + octets).split(b"\n")
        host, port = self.session.peer[:2]
        for line in lines:
            self._log_file.write("smtp", self._name, f"{host}#{port}", line + b"\n")

    def connection_made(self, transport):
        again = self.transport is not None
        super().connection_made(transport)
        host, port = self.session.peer[:2]
        self._log_file.write("smtp", self._name, f"{host}#{port}", b"(TLS)" if again else b"(connected)")

    def data_received(self, data):
        if self._tls_protocol is None or self.transport is self._tls_protocol._app_transport:
            self._client_says(data)
        super().data_received(data)


async def _serve_real(name, host, contexts, log):
    manners = Manners(host)
    options = {"hostname": host.banner_name, "ident": "ESMTP lab", "timeout": SMTP_TIMEOUT_S, "enable_SMTPUTF8": host.utf8,
               "tls_context": contexts[host.certificate] if host.certificate else None, "require_starttls": host.requires_tls}
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Server(name, log, manners, loop=loop, **options), plan.SERVICES[name], plan.SMTP_PORT,
                             backlog=BACKLOG)


# Scripted hosts


def _reply(script, line):
    """What the script says to a command: that of the longest beginning."""
    matching = [word for word in script.replies if line.upper().startswith(word)]
    return script.replies[max(matching, key=len)] if matching else b"250 2.0.0 Ok\r\n"


async def _converse(script, reader, writer, log_line):
    said = script.banner
    while True:
        if said is mailhosts.HANG:
            await talks.until_closed(reader)
            return
        if said is mailhosts.CLOSE:
            return
        for piece in [said[at:at + 1] for at in range(len(said))] if script.octet_pause_s else [said]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(script.octet_pause_s)
        if said.startswith((b"421", b"221")):
            return
        line = await asyncio.wait_for(reader.readline(), talks.PATIENCE_S)
        if not line:
            return
        log_line(line)
        await asyncio.sleep(script.pause_s)
        said = _reply(script, line.decode("latin-1"))


def _scripted(name, script, log):
    async def handle(reader, writer):
        peer = talks.peer_of(writer)
        log.write("smtp", name, peer, b"(connected)")
        await _converse(script, reader, writer, lambda line: log.write("smtp", name, peer, line))
    return talks.guarded(handle)


async def serve(directory, log):
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's
    contexts = {name: talks.tls_context(directory / "tls", name) for name in mailhosts.CERTIFICATES}
    for name, host in mailhosts.REAL.items():
        await _serve_real(name, host, contexts, log)
    for name, script in mailhosts.SCRIPTED.items():
        await asyncio.start_server(_scripted(name, script, log), plan.SERVICES[name], plan.SMTP_PORT, backlog=BACKLOG)
