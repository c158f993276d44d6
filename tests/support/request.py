"""Certificate signing requests and certificates for tests, made with the command `openssl`, of which 3.0 is enough.

Each call makes a new key. The files have names of their own, so that one directory takes many.
"""

import datetime
import ipaddress
import pathlib
import subprocess
import tempfile

CA_CONFIG = """
[ca]
default_ca = default
[default]
database = {work}/index.txt
new_certs_dir = {work}
default_md = {md}
policy = any
rand_serial = yes
email_in_dn = yes
copy_extensions = copy
x509_extensions = leaf
[any]
commonName = optional
[leaf]
basicConstraints = critical, CA:FALSE
{policies}
"""
DAY = datetime.timedelta(days=1)


class Failure(Exception):
    """What `openssl` said when it would not."""


def _openssl(*arguments):
    command = ["openssl", *map(str, arguments)]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command)}: {result.stdout.decode('utf-8', 'replace')}")


def _new_file(directory, suffix):
    with tempfile.NamedTemporaryFile(dir=directory, suffix=suffix, delete=False) as file:
        return pathlib.Path(file.name)


def _make_key(directory, key):
    """`key`: "rsa:2048", "ec:P-256", "ed25519", "ed448"."""
    kind, _, size = key.partition(":")
    options = {
        "rsa": ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{size}"],
        "ec": ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{size}"],
    }.get(kind, ["-algorithm", kind.upper()])
    path = _new_file(directory, ".key")
    _openssl("genpkey", "-quiet", *options, "-out", path)
    return path


def _general_name(name):
    """"DNS:www.example.jp" as it stands; else by what it looks like."""
    if name.partition(":")[0] in ("DNS", "IP", "email", "URI", "RID", "dirName", "otherName"):
        return name
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"email:{name}" if "@" in name else f"DNS:{name}"


def _request(directory, names, key, subject, md):
    """The paths of a new request and of its key."""
    key_path = _make_key(directory, key)
    path = _new_file(directory, ".csr")
    if subject is None:
        subject = f"/CN={names[0]}" if names else "/"
    extension = ["-addext", "subjectAltName=" + ",".join(map(_general_name, names))] if names else []
    _openssl("req", "-new", "-utf8", "-key", key_path, f"-{md}", "-subj", subject, *extension, "-out", path)
    return path, key_path


def make_csr(directory, names, key="rsa:2048", subject=None, md="sha256"):
    """The path of a new request in PEM. `names`: of its subjectAltName extension, which is left out when there are none;
    `subject`: "/CN=www.example.jp/O=Example", by default the first name as CN."""
    return _request(directory, names, key, subject, md)[0]


def _time(when):
    """A datetime, a date (then midnight UTC) or None (now)."""
    if when is None:
        return datetime.datetime.now(datetime.timezone.utc)
    if isinstance(when, datetime.datetime):
        return when.astimezone(datetime.timezone.utc)
    return datetime.datetime.combine(when, datetime.time(), datetime.timezone.utc)


def _authority(work, issuer):
    """The options that name the certificate and the key of a new CA."""
    key = _make_key(work, "ec:P-256")
    certificate = _new_file(work, ".ca")
    _openssl("req", "-x509", "-utf8", "-key", key, "-subj", issuer, "-days", 1, "-out", certificate)
    return ["-cert", certificate, "-keyfile", key]


def make_certificate(
    directory, names, days, not_before=None, issuer="/C=JP/O=Example CA/CN=Example CA 1",
    key="rsa:2048", subject=None, md="sha256", policy=None
):
    """The path of a new certificate in PEM, valid for `days` days (the last second included, RFC 5280 §4.1.2.5) from
    `not_before`, a date or a datetime, by default now. `issuer`: the name of the CA, made for this certificate; None: it is
    self-signed. `policy`: an OID for its certificatePolicies extension."""
    start = _time(not_before)
    end = start + days * DAY - datetime.timedelta(seconds=1)
    path = _new_file(directory, ".crt")
    with tempfile.TemporaryDirectory() as work:
        request, request_key = _request(work, names, key, subject, md)
        signer = _authority(work, issuer) if issuer is not None else ["-selfsign", "-keyfile", request_key]
        config = pathlib.Path(work, "ca.cnf")
        policies = f"certificatePolicies = {policy}" if policy else ""
        config.write_text(CA_CONFIG.format(work=work, md=md, policies=policies), encoding="utf-8")
        pathlib.Path(work, "index.txt").touch()
        period = ["-startdate", f"{start:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}"]
        options = ["-batch", "-notext", "-preserveDN", "-utf8", "-config", config, "-in", request, "-out", path]
        _openssl("ca", *options, *signer, *period)
    return path
