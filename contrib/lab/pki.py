"""The lab's own CA, and the certificate that the validating resolver shows."""

import subprocess

import plan

DAYS = "30"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
FILES = ("ca.pem", "resolver.pem", "resolver.key")


class PkiError(Exception):
    """openssl failed."""


def _openssl(directory, *argv):
    done = subprocess.run(["openssl", *argv], cwd=directory, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise PkiError(f"openssl {' '.join(argv)}:\n{done.stderr}")


def make(directory):
    """Write FILES; the key of the CA is not kept."""
    names = f"DNS:{plan.RESOLVER_NAME},IP:{plan.RESOLVER}"
    _openssl(directory, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem",
             "-subj", "/O=dcvready lab", "-days", DAYS,
             "-addext", "keyUsage=critical,keyCertSign")
    _openssl(directory, "req", *KEY, "-keyout", "resolver.key", "-out", "resolver.csr",
             "-subj", "/", "-addext", f"subjectAltName=critical,{names}")
    _openssl(directory, "x509", "-req", "-in", "resolver.csr", "-CA", "ca.pem",
             "-CAkey", "ca.key", "-CAcreateserial", "-days", DAYS,
             "-copy_extensions", "copy", "-out", "resolver.pem")
    for path in directory.iterdir():
        if path.name not in FILES:
            path.unlink()
