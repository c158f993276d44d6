"""Checks of the mail hosts: what each says to the usual conversation, which ends before DATA."""

import smtplib
import socket
import ssl
import time

import mailhosts
import plan

TIMEOUT_S = 5
BRIEF_S = 0.4
OWNER, NOBODY = "owner@example.net", "no-such-user@example.net"
# (host, what is seen)
CHECKS = (
    ("smtp-accept", {"220", "TLS", "mail=250", "owner=250", "nobody=550"}),
    ("smtp-reject", {"TLS", "mail=250", "owner=550", "nobody=550"}),
    ("smtp-postmaster", {"TLS", "owner=550", "nobody=550"}),
    ("smtp-catchall", {"TLS", "owner=250", "nobody=250"}),
    ("smtp-greylist", {"TLS", "owner=451", "nobody=550"}),
    ("smtp-greylist-long", {"TLS", "owner=451"}),
    ("smtp-plain", {"plain", "owner=250", "nobody=550"}),
    ("smtp-self-signed", {"SSLCertVerificationError"}),
    ("smtp-wrong-name", {"SSLCertVerificationError"}),
    ("smtp-null-refused", {"TLS", "mail=550"}),
    ("smtp-needs-tls", {"TLS", "mail=250", "owner=250"}),
    ("smtp-utf8", {"TLS", "SMTPUTF8", "owner=250"}),
    ("smtp-refuses", {"554"}),
    ("smtp-busy", {"421"}),
    ("smtp-hang", {"TimeoutError"}),
    ("smtp-close", {"SMTPServerDisconnected"}),
    ("smtp-not-smtp", {"-1"}),
    ("smtp-garbage", {"-1"}),
    ("smtp-tarpit", {"TimeoutError"}),
    ("smtp-delays", {"220", "TimeoutError"}),
    ("smtp-hang-rcpt", {"mail=250", "TimeoutError"}),
    ("smtp-close-rcpt", {"mail=250", "SMTPServerDisconnected"}),
    ("smtp-busy-rcpt", {"mail=250", "owner=421"}),
    ("smtp-defers", {"plain", "owner=452", "nobody=452"}),
    ("smtp-policy", {"owner=554", "nobody=554"}),
    ("smtp-mail-refused", {"mail=553"}),
    ("smtp-helo-only", {"plain", "owner=250"}),
    ("smtp-tls-refused", {"454"}),
    ("smtp-tls-broken", {"220", "SSLError"}),
    ("smtp-tls-hang", {"220", "TimeoutError"}),
    ("smtp-long", {"owner=250"}),
    ("smtp-endless", {"220"}),
    ("smtp-escapes", {"owner=550"}),
    ("smtp-bare-codes", {"mail=250", "owner=550"}),
    ("smtp-nobody", {"ConnectionRefusedError"}),
)


def converse(client, service, words):
    code, _ = client.connect(plan.SERVICES[service], plan.SMTP_PORT)
    words.add(str(code))
    if code != 220 or service == "smtp-endless":
        return
    # The name that the certificate must have.
    client._host = f"{service.removeprefix('smtp-')}.smtp.example"
    client.ehlo_or_helo_if_needed()
    if client.has_extn("STARTTLS"):
        words.add(str(client.starttls(context=ssl.create_default_context(cafile=plan.ca_file()))[0]))
        client.ehlo()
    words.add("TLS" if isinstance(client.sock, ssl.SSLSocket) else "plain")
    words |= {word.upper() for word in client.esmtp_features}
    words.add(f"mail={client.docmd('MAIL', 'FROM:<>')[0]}")
    for name, address in (("owner", OWNER), ("nobody", NOBODY)):
        words.add(f"{name}={client.docmd('RCPT', f'TO:<{address}>')[0]}")


def talk(service, timeout_s=TIMEOUT_S):
    """What one conversation showed, as words."""
    words = set()
    client = smtplib.SMTP(timeout=timeout_s, local_hostname="client.example")
    try:
        converse(client, service, words)
        client.docmd("QUIT")
    except (OSError, smtplib.SMTPException) as error:
        # smtplib tells of the time that was over in the text only.
        words.add("TimeoutError" if "timed out" in str(error) else type(error).__name__)
        if isinstance(error, smtplib.SMTPResponseException):
            words.add(str(error.smtp_code))
    finally:
        client.close()
    return words


def check_hosts(tally):
    impatient = {name for name, wanted in CHECKS if "TimeoutError" in wanted}
    for service, wanted in CHECKS:
        tally.check(service, wanted, talk(service, BRIEF_S if service in impatient else TIMEOUT_S))
    tally.check("all mail hosts are checked", {*mailhosts.REAL, *mailhosts.SCRIPTED}, {name for name, _ in CHECKS})


def check_greylist(tally):
    """After the pause that it asks for, the same is accepted."""
    time.sleep(mailhosts.REAL["smtp-greylist"].greylist_s)
    tally.check("smtp-greylist, later", {"owner=250"}, talk("smtp-greylist"))
    tally.check("smtp-greylist-long, later", {"owner=451"}, talk("smtp-greylist-long"))


def check_log(tally):
    """Every command is logged, also those within TLS; and DATA would be."""
    with socket.create_connection((plan.SERVICES["smtp-plain"], plan.SMTP_PORT), TIMEOUT_S) as sock:
        sock.sendall(b"HELO logged.example\r\nDATA\r\nQUIT\r\n")
        while sock.recv(4096):
            pass
    lines = [line.split("\t") for line in plan.query_log().read_text(encoding="latin-1").splitlines()]
    seen = {(line[2], line[4]) for line in lines if line[1] == "smtp"}
    tally.check("log of mail", {("smtp-accept", f"RCPT TO:<{OWNER}>\\r\\n"), ("smtp-accept", "(TLS)"), ("smtp-accept", "QUIT\\r\\n"),
                                ("smtp-plain", "HELO logged.example\\r\\n"), ("smtp-plain", "DATA\\r\\n"),
                                ("smtp-policy", f"RCPT TO:<{OWNER}>\\r\\n")}, seen)
    tally.check("handshakes are not logged", {True}, {not any(said.startswith("\\x16") for name, said in seen if name == "smtp-accept")})


def check(tally):
    for part in (check_hosts, check_greylist, check_log):
        part(tally)
