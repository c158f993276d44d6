"""A RabbitMQ server of one's own, on loopback, for as long as a test lasts.

    with Broker() as broker:
        ... broker.hosts, broker.user, broker.password, broker.tls_hosts, broker.ca, broker.certificate, broker.key ...
        broker.kill()       # like a crash or a power cut of the process
        broker.start()      # with the state that it had

State, ports, Erlang cookie and port mapper (epmd) are its own, so that several may run side by side, and beside one of the system's. As root it runs
as the user of the package. Nothing outlives the thread that started it, even when that is killed: it is for the main thread."""

import base64
import contextlib
import ctypes
import hashlib
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SCRIPTS = pathlib.Path("/usr/lib/rabbitmq/bin")
OWNER = "rabbitmq"
START_S = 60
STOP_S = 30
GREETING = b"AMQP\0\0\x09\x01"
NAME = "localhost"
PR_SET_PDEATHSIG = 1
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
LIBC = ctypes.CDLL(None)

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
listeners.ssl.1 = 127.0.0.1:{tls_port}
ssl_options.cacertfile = {folder}/ca.pem
ssl_options.certfile = {folder}/server.pem
ssl_options.keyfile = {folder}/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
ssl_cert_login_from = common_name
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
load_definitions = {folder}/definitions.json
disk_free_limit.absolute = 50MB
"""


def available():
    """Is there a server that could be started?"""
    return (SCRIPTS / "rabbitmq-server").exists() and shutil.which("epmd") is not None and shutil.which("openssl") is not None


def free_ports(count):
    """Ports of the loopback that nobody has: all are held until all are known."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def password_hash(password):
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


class Certificates:
    """A private CA with a server's and a client's certificate, and another CA that has nothing to do with them."""

    def __init__(self, folder, client):
        self.folder = folder
        for ca in ("ca", "other"):
            self._openssl("req", "-x509", *NEW_KEY, "-keyout", f"{ca}.key", "-out", f"{ca}.pem", "-subj", f"/O=Example {ca}", "-days", "2")
        self.issue("server", f"/CN={NAME}", f"subjectAltName=DNS:{NAME},IP:127.0.0.1", "serverAuth")
        self.issue("client", f"/CN={client}", "basicConstraints=CA:FALSE", "clientAuth")
        self.issue("stranger", f"/CN={client}", "basicConstraints=CA:FALSE", "clientAuth", ca="other")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def issue(self, name, subject, extension, use, ca="ca"):
        (self.folder / f"{name}.cnf").write_text(f"{extension}\nextendedKeyUsage={use}\n")
        self._openssl("req", "-new", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-out", f"{name}.pem",
                      "-days", "2", "-extfile", f"{name}.cnf")


class Broker:
    """`hosts` and `tls_hosts` are for the option of that name. `user`, who may do anything, has `password`; `certificate` and `key` are those of
    `client`, who has no password. `powerless` has the same password and no rights. Files that only the tests read are in `folder` too."""

    def __init__(self):
        self.user, self.client, self.powerless, self.password = "dcv", "worker", "nobody", secrets.token_hex(8)
        self.port, self.tls_port, self.epmd_port, self.dist_port = free_ports(4)
        self.hosts, self.tls_hosts = f"127.0.0.1:{self.port}", f"{NAME}:{self.tls_port}"
        self.node = f"dcv{self.port}@localhost"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dcvready-broker-"))
        self.ca, self.other_ca = self.folder / "ca.pem", self.folder / "other.pem"
        self.certificate, self.key = self.folder / "client.pem", self.folder / "client.key"
        self.log = self.folder / "server.log"
        self.process = self.mapper = None

    # ---- what it finds when it starts

    def _definitions(self):
        hashes = {self.user: password_hash(self.password), self.powerless: password_hash(self.password), self.client: ""}
        users = [{"name": name, "password_hash": value, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []}
                 for name, value in hashes.items()]
        every = {"vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        none = {"vhost": "/", "configure": "", "write": "", "read": ""}
        return {"users": users, "vhosts": [{"name": "/"}],
                "permissions": [{"user": self.user} | every, {"user": self.client} | every, {"user": self.powerless} | none]}

    def _write_files(self):
        Certificates(self.folder, self.client)
        (self.folder / "rabbitmq.conf").write_text(CONFIGURATION.format(port=self.port, tls_port=self.tls_port, folder=self.folder))
        (self.folder / "definitions.json").write_text(json.dumps(self._definitions()))
        (self.folder / "plugins").write_text("[rabbitmq_auth_mechanism_ssl].\n")
        (self.folder / "empty").write_text("")
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    @property
    def environment(self):
        folder = str(self.folder)
        return {
            "PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port), "ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_CRASH_DUMP": os.devnull,
            "RABBITMQ_NODENAME": self.node, "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_BASE": folder, "RABBITMQ_MNESIA_BASE": f"{folder}/state", "RABBITMQ_LOG_BASE": f"{folder}/log", "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf", "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/none.config",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/empty", "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated", "RABBITMQ_SCHEMA_DIR": f"{folder}/schema", "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, rather than watching over it
        }

    # ---- its life

    def _launch(self, *argv, log):
        user = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        with open(log, "ab") as output:
            return subprocess.Popen(argv, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                    start_new_session=True, preexec_fn=die_with_parent, **user)

    def launch(self):
        """Starts it, and does not wait."""
        if self.mapper is None:
            self.mapper = self._launch("epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1", log=self.folder / "epmd.log")
        self.process = self._launch(str(SCRIPTS / "rabbitmq-server"), log=self.log)

    def _answers(self):
        """Does it speak AMQP? It does so last of all."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(GREETING)
            return connection.recv(1) == b"\x01"
        return False

    def wait(self):
        limit = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"rabbitmq-server does not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)

    def start(self):
        self.launch()
        self.wait()

    def _signal(self, what):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, what)

    def kill(self):
        """At once and without a word, as kill -9 does it."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def freeze(self):
        """Neither dead nor alive."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self):
        """As an administrator does it: clients are told."""
        os.kill(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def ctl(self, *arguments):
        """rabbitmqctl: its output. It takes seconds."""
        user = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run([str(SCRIPTS / "rabbitmqctl"), "-q", "-n", self.node, *arguments], cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, check=False, **user)
        if done.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def __enter__(self):
        try:
            self._write_files()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        if self.mapper is not None:
            self.mapper.kill()
            self.mapper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
