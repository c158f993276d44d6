"""A TCP server inside a test."""

import contextlib
import socket
import threading

LIMIT_S = 60


class Server:
    """Serves each connection with `serve` in a thread of its own, over TLS where a context is given; a context manager. `served` counts
    the connections, `names` are the server names that were asked for."""

    def __init__(self, serve, address, context=None):
        self.serve, self.context, self.served, self.names = serve, context, 0, set()
        if context is not None:
            context.sni_callback = lambda _, name, __: self.names.add(name)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family, backlog=100)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.served += 1
                threading.Thread(target=self.speak, args=(connection,), daemon=True).start()

    def speak(self, connection):
        connection.settimeout(LIMIT_S)
        with contextlib.suppress(OSError, ValueError), connection:
            if self.context is None:
                self.serve(connection)
                return
            with self.context.wrap_socket(connection, server_side=True) as wrapped:
                self.serve(wrapped)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
