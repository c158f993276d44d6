"""Certificates of a CA that a test makes for itself, with openssl."""

import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
CONFIG = """\
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_ca(folder, *, serial, days):
    """ca.key and ca.pem, and what `openssl ca -config ca.cnf` needs beside them."""
    (folder / "ca.cnf").write_text(CONFIG)
    (folder / "index").write_text("")
    (folder / "serial").write_text(f"{serial}\n")
    openssl(folder, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=Example CA", "-days", str(days))
