"""The web hosts of the lab: which there are, and what each does. By the names of plan.SERVICES.

Those here are nginx's; web.py has those that do what no web server does.
"""

TOKEN, OTHER_TOKEN = "dcvready-lab-token", "another-token"
PKI_PATH, ACME_PATH = "/.well-known/pki-validation/token.txt", "/.well-known/acme-challenge/token"
SOUND, SELF_SIGNED = "web", "self-signed"
CHAIN_ENDS = (10, 11)


def _files(token=TOKEN):
    """Both files, and nothing else."""
    paths = "".join(f'location = {path} {{ return 200 "{token}\\n"; }}\n' for path in (PKI_PATH, ACME_PATH))
    return f"{paths}location / {{ return 404; }}\n"


def _to(code, target):
    return f"return {code} {target};\n"


FILES = _files()
HERE = "https://$host$request_uri"
# What port 80 of each does.
PORT_80 = {
    "web-ok": FILES,
    "web-other-token": _files(OTHER_TOKEN),
    "web-none": "return 404;\n",
    "web-soft-404": 'default_type text/html;\nreturn 200 "<html><body>Page not found</body></html>\\n";\n',
    "web-soft-token": f'return 200 "{TOKEN}\\n";\n',
    "web-empty": 'return 200 "";\n',
    "web-301": _to(301, HERE), "web-302": _to(302, HERE), "web-303": _to(303, HERE), "web-307": _to(307, HERE), "web-308": _to(308, HERE),
    "web-https-closed": _to(301, HERE),
    "web-https-sound": _to(301, HERE),
    "web-relative": f"location = {PKI_PATH} {{ return 302 /files/pki; }}\nlocation = {ACME_PATH} {{ return 302 /files/acme; }}\n"
                    f'location /files/ {{ return 200 "{TOKEN}\\n"; }}\nlocation / {{ return 404; }}\n',
    "web-elsewhere": _to(302, "http://web-ok.example$request_uri"),
    "web-port": _to(302, "http://$host:8080$request_uri"),
    "web-ftp": _to(302, "ftp://$host$request_uri"),
    "web-literal": _to(302, "http://{web-ok}$request_uri"),
    "web-private-literal": _to(302, "http://10.53.0.80$request_uri"),
    "web-private": _to(302, "http://private.web.example$request_uri"),
    "web-gone": _to(302, "http://gone.web.example$request_uri"),
    "web-loop": _to(302, "http://$host$request_uri"),
    **{f"web-chain-{end}": f"if ($next_{end}) {{ return 302 $uri?n=$next_{end}; }}\n{FILES}" for end in CHAIN_ENDS},
    "web-401": "return 401;\n", "web-403": "return 403;\n", "web-410": "return 410;\n", "web-429": "return 429;\n",
    "web-500": "return 500;\n", "web-503": "return 503;\n",
    # Those whose port 443 is of interest.
    **{name: FILES for name in ("web-tls-none", "web-tls-acme", "web-tls-acme-plain", "web-tls-not", "web-tls-silent", "web-tls-closed")},
    # Over IPv6.
    "web6-ok": FILES,
    "web6-other-token": _files(OTHER_TOKEN),
    "web6-none": "return 404;\n",
}
# Where nginx serves HTTPS, with which certificate; it refuses handshakes for acme-tls/1 (RFC 7301 §3.2).
PORT_443 = {
    **{name: SELF_SIGNED for name in ("web-301", "web-302", "web-303", "web-307", "web-308")},
    "web-ok": SOUND, "web-https-sound": SOUND, "web-https-only": SOUND,
}
PORT_8080 = ("web-port",)


def _chain(end):
    steps = "".join(f"{number or chr(34) * 2} {number + 1}; " for number in range(end))
    return f'map $arg_n $next_{end} {{ default ""; {steps}}}\n'


def _at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def configuration(directory, state, addresses):
    """nginx.conf; `addresses`: of the services that can be had here.

    One process without a master changes no user; `user` keeps it from giving
    its directories to one that a user namespace may not have.
    """
    def server(name, port, body, tls=""):
        return f"server {{\nserver_name {name};\nlisten {_at(addresses[name], port)}{' ssl' if tls else ''};\n{tls}{body}}}\n"

    blocks = [server(name, 80, body.replace("{web-ok}", addresses["web-ok"])) for name, body in PORT_80.items() if name in addresses]
    blocks += [server(name, 8080, FILES) for name in PORT_8080]
    for name, certificate in PORT_443.items():
        files = directory / "tls" / certificate
        blocks.append(server(name, 443, FILES, f"ssl_certificate {files}.pem;\nssl_certificate_key {files}.key;\n"))
    temporary = "".join(f"{kind}_temp_path {state}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"""\
daemon off;
master_process off;
user root;
pid {state}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
{temporary}default_type text/plain;
server_tokens off;
log_format said "$msec\\tweb\\t$server_name\\t$remote_addr#$remote_port\\t$request";
access_log {directory}/queries.log said;
{"".join(map(_chain, CHAIN_ENDS))}{"".join(blocks)}}}
"""
