"""The mail hosts of the lab: which there are, and what each does. By the names of plan.SERVICES."""

import dataclasses

# Whom a host takes mail for.
ALL, KNOWN, POSTMASTER, NONE = "all", "known", "postmaster", "none"
# In the place of a reply.
HANG, CLOSE = object(), object()

SOUND, SELF_SIGNED, WRONG_NAME = "smtp", "self-signed", "wrong-name"
CERTIFICATES = (SOUND, SELF_SIGNED, WRONG_NAME)


@dataclasses.dataclass(frozen=True)
class Host:
    """A real server; without a certificate it does not offer STARTTLS."""

    takes: str = KNOWN
    certificate: str = SOUND
    greylist_s: int = 0
    refuses_null: bool = False
    requires_tls: bool = False
    utf8: bool = False
    banner_name: str = "mail.smtp.example"


REAL = {
    "smtp-accept": Host(),
    "smtp-reject": Host(NONE),
    "smtp-postmaster": Host(POSTMASTER),
    "smtp-catchall": Host(ALL),
    "smtp-greylist": Host(greylist_s=3),
    "smtp-greylist-long": Host(greylist_s=300),
    "smtp-plain": Host(certificate=""),
    "smtp-self-signed": Host(certificate=SELF_SIGNED),
    "smtp-wrong-name": Host(certificate=WRONG_NAME),
    "smtp-null-refused": Host(refuses_null=True),
    "smtp-needs-tls": Host(requires_tls=True),
    "smtp-utf8": Host(utf8=True),
}


@dataclasses.dataclass(frozen=True)
class Script:
    """The same replies to everybody; what begins like no command of `replies` gets 250."""

    replies: dict
    banner: object = b"220 mail.smtp.example ESMTP script\r\n"
    pause_s: float = 0
    octet_pause_s: float = 0


EHLO = b"250-mail.smtp.example\r\n250-SIZE 33554432\r\n250 8BITMIME\r\n"
EHLO_TLS = b"250-mail.smtp.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
QUIT = {"QUIT": b"221 2.0.0 Bye\r\n"}

SCRIPTED = {
    "smtp-refuses": Script({"": b"503 5.5.1 Bad sequence of commands\r\n"} | QUIT, banner=b"554 5.7.1 No SMTP service for you\r\n"),
    "smtp-busy": Script({}, banner=b"421 4.3.2 Too busy, try again later\r\n"),
    "smtp-hang": Script({}, banner=HANG),
    "smtp-close": Script({}, banner=CLOSE),
    "smtp-not-smtp": Script({}, banner=b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
    "smtp-garbage": Script({}, banner=bytes(range(256)) * 8),
    "smtp-tarpit": Script({"EHLO": EHLO} | QUIT, octet_pause_s=1),
    "smtp-delays": Script({"EHLO": EHLO} | QUIT, pause_s=1),
    "smtp-hang-rcpt": Script({"EHLO": EHLO, "RCPT": HANG} | QUIT),
    "smtp-close-rcpt": Script({"EHLO": EHLO, "RCPT": CLOSE} | QUIT),
    "smtp-busy-rcpt": Script({"EHLO": EHLO, "RCPT": b"421 4.7.0 Too many recipients, closing\r\n"} | QUIT),
    "smtp-defers": Script({"EHLO": EHLO, "RCPT": b"452 4.2.2 Mailbox full\r\n"} | QUIT),
    "smtp-policy": Script({"EHLO": EHLO, "RCPT": b"554 5.7.1 Client host blocked\r\n"} | QUIT),
    "smtp-mail-refused": Script({"EHLO": EHLO, "MAIL": b"553 5.1.8 Sender address rejected: Domain not found\r\n",
                                 "RCPT": b"503 5.5.1 Need MAIL command\r\n"} | QUIT),
    "smtp-helo-only": Script({"EHLO": b"502 5.5.1 Command not implemented\r\n"} | QUIT),
    "smtp-tls-refused": Script({"EHLO": EHLO_TLS, "STARTTLS": b"454 4.7.0 TLS not available due to temporary reason\r\n"} | QUIT),
    "smtp-tls-broken": Script({"EHLO": EHLO_TLS, "STARTTLS": b"220 2.0.0 Ready\r\n220 this is no handshake\r\n"} | QUIT),
    "smtp-tls-hang": Script({"EHLO": EHLO_TLS, "STARTTLS": b"220 2.0.0 Ready\r\n", "\x16": HANG} | QUIT),
    "smtp-long": Script({"EHLO": b"".join(b"250-X-%d %s\r\n" % (n, b"x" * 900) for n in range(200)) + b"250 8BITMIME\r\n"} | QUIT),
    "smtp-endless": Script({"EHLO": b"250-X-AGAIN\r\n" * 1000000} | QUIT),
    "smtp-escapes": Script({"EHLO": EHLO, "RCPT": b"550-\x1b[31mNo\x07 such\xff user\r\n550 5.1.1 here \x00\x1b[0m\r\n"} | QUIT),
    "smtp-bare-codes": Script({"EHLO": EHLO, "MAIL": b"250\r\n", "RCPT": b"550\r\n"} | QUIT),
}
