"""The lab's own CA, and the certificates of its servers."""

import subprocess

import plan

DAYS = "30"
KEPT = {".pem", ".key"}
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
# Certificates of the CA, with the names in each.
LEAVES = {
    "resolver": f"DNS:{plan.RESOLVER_NAME},IP:{plan.RESOLVER}",
    "rdap": "DNS:data.iana.org,DNS:rdap.registry.example,DNS:rdap.registrar.example",
    "wrong-name": "DNS:elsewhere.example",
    "web": ",".join(f"DNS:{host}.example" for host in plan.WEB_HOSTS),
    "smtp": ",".join(f"DNS:{host}.smtp.example" for host in plan.MAIL_HOSTS),
}
# Those that nobody has signed but themselves.
ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31=critical,DER:04:20:" + ":".join(["5a"] * 32)  # RFC 8737 §3
SELF_SIGNED = {
    "acme": ("DNS:web-tls-acme.example", "-addext", ACME_IDENTIFIER),
    "self-signed": ("DNS:self-signed.registry.example,DNS:self-signed.smtp.example",),
}


class PkiError(Exception):
    """openssl failed."""


def _openssl(directory, *argv):
    done = subprocess.run(["openssl", *argv], cwd=directory, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise PkiError(f"openssl {' '.join(argv)}:\n{done.stderr}")


def _leaf(directory, name, names):
    _openssl(directory, "req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr",
             "-subj", "/", "-addext", f"subjectAltName=critical,{names}")
    _openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem",
             "-CAkey", "ca.key", "-CAcreateserial", "-days", DAYS,
             "-copy_extensions", "copy", "-out", f"{name}.pem")


def make(directory):
    """Write ca.pem, and NAME.pem and NAME.key of each; the key of the CA is not kept."""
    _openssl(directory, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem",
             "-subj", "/O=dcvready lab", "-days", DAYS,
             "-addext", "keyUsage=critical,keyCertSign")
    for name, names in LEAVES.items():
        _leaf(directory, name, names)
    for name, (names, *more) in SELF_SIGNED.items():
        _openssl(directory, "req", "-x509", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem",
                 "-subj", "/", "-days", DAYS, "-addext", f"subjectAltName=critical,{names}", *more)
    for path in directory.iterdir():
        if path.suffix not in KEPT or path.name == "ca.key":
            path.unlink()
