"""Commands with what they cost, and the files that they read and write."""

import dataclasses
import hashlib
import os
import pathlib
import re
import resource
import shlex
import socket
import subprocess
import sys
import threading
import time

import world

MIB = 1 << 20


@dataclasses.dataclass
class Cost:
    """Of a command and all that it started and waited for, the kernel's work for it included."""

    status: int
    wall_s: float
    cpu_s: float
    rss_mib: float  # 0: less than this process had when it started the command, and not known
    dropped: int
    questions: dict
    stdout: str

    @property
    def asked(self):
        return sum(self.questions.values())


class Counter:
    """What the server was asked, by type; it counts packets, so questions that were asked again count again."""

    ROW = re.compile(r"^mod-stats\.query-type\[(\S+)\] = (\d+)$", re.M)

    def __init__(self, control, resolver):
        self.command = [world.program("knotc"), "-s", control, "-f", "stats"]
        address, port = resolver.rsplit(":", 1)
        # As /proc/net/udp writes it.
        self.socket = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}:{int(port):04X}"

    def read(self):
        text = subprocess.run(self.command, check=True, capture_output=True, text=True).stdout
        return {name: int(count) for name, count in self.ROW.findall(text)}

    def drops(self):
        """Packets for which the server's socket had no room."""
        rows = (line.split() for line in pathlib.Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:])
        return sum(int(row[-1]) for row in rows if row[1] == self.socket)

    def since(self, before):
        now = self.read()
        return {name: now[name] - before.get(name, 0) for name in now if now[name] != before.get(name, 0)}


def pinned(command, cpu):
    words = [str(word) for word in command]
    return ["taskset", "-c", str(cpu), *words] if cpu is not None else words


def run(command, *, counter, cpu, env, stderr, stdin=None, limit_s=7200):
    """Runs it to its end, on one core. `stderr`: the file for it; `stdin`: a file, or None."""
    with open(stdin or os.devnull, "rb") as source, open(stderr, "wb") as errors, open(f"{stderr}.stdout", "w+b") as output:
        before, drops = counter.read(), counter.drops()
        own_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.monotonic()
        process = subprocess.Popen(pinned(command, cpu), stdin=source, stdout=output, stderr=errors, env=env)
        timer = threading.Timer(limit_s, process.kill)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        wall_s = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        # What the process had before it became the command, as a copy of this one, counts, too.
        rss_mib = usage.ru_maxrss / 1024 if usage.ru_maxrss > own_kib else 0
        return Cost(process.returncode, wall_s, usage.ru_utime + usage.ru_stime, rss_mib, counter.drops() - drops, counter.since(before),
                    output.read(MIB).decode("utf-8", "replace"))


def tail(path, lines=15):
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 16384))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])


def show(command):
    return " ".join(shlex.quote(str(word)) for word in command)


# ---- names -------------------------------------------------------------------------------------------------------------------------


def apart(function, *arguments):
    """Calls it in a process of its own, so that what it needs is not counted as the memory of what is measured later."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            function(*arguments)
            status = 0
        finally:
            os._exit(status)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
        raise RuntimeError(f"{function.__name__} failed")


def head(source, target, count):
    with open(source, "rb") as lines, open(target, "wb") as out:
        out.writelines(line for line, _ in zip(lines, range(count)))


def fingerprint(names):
    """Of a bag of names: how many, and a sum that tells one that is lost, changed or doubled."""
    count = total = 0
    for name in names:
        count += 1
        total += int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big")
    return count, total


def names_of(path):
    with open(path, "rb") as file:
        for line in file:
            yield line.strip()
