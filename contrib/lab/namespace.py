"""A private little machine: own network, processes and mounts."""

import ctypes
import os
import pathlib
import signal
import subprocess
import traceback

import plan
from servers import LIBC, PR_SET_PDEATHSIG

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
RESOLV_CONF = pathlib.Path("/etc/resolv.conf")
# Where Debian's dns-root-data puts the root's keys and addresses.
ROOT_DATA = pathlib.Path("/usr/share/dns")


class Refused(Exception):
    """This machine does not let us have namespaces."""


def _call(function, *arguments):
    if function(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")


def _mount(source, target, kind, flags, options=None):
    _call(LIBC.mount, os.fsencode(source), os.fsencode(target),
          kind and kind.encode(), ctypes.c_ulong(flags), options and options.encode())


def _unshare():
    """Leave the host's namespaces; with a user namespace where needed."""
    flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        try:
            _call(LIBC.unshare, flags)
            return
        except OSError:
            pass  # root without CAP_SYS_ADMIN
    _call(LIBC.unshare, flags | CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"),
                       ("gid_map", f"0 {gid} 1")):
        pathlib.Path(f"/proc/self/{name}").write_text(text, encoding="ascii")


def _furnish():
    """Mounts and loopback of the new namespaces."""
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    try:
        _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    except OSError:
        pass  # some containers forbid it; the lab itself can do without
    _mount("tmpfs", plan.run_dir(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755")
    own = plan.run_dir() / "resolv.conf"
    own.write_text(f"nameserver {plan.RESOLVER}\n", encoding="ascii")
    if RESOLV_CONF.exists():
        _mount(own, RESOLV_CONF.resolve(), None, MS_BIND)
    _ip("link", "set", "lo", "up", check=True)
    for address in plan.GLOBAL_ADDRESSES:
        _ip("address", "add", address, "dev", "lo", check=False)
    for network in plan.LOCAL_NETWORKS:
        _ip("route", "add", "local", network, "dev", "lo", check=False)
    for network in plan.LOST_NETWORKS:
        # The loopback interface drops what is for no address of this machine.
        _ip("route", "add", network, "dev", "lo", check=False)


def replace_root_data(build):
    """The lab's root.key, root.ds and root.hints instead of the Internet's.

    To be called inside. Nothing is created on the host: without a directory
    to mount over, nothing is done.
    """
    if not ROOT_DATA.is_dir():
        return
    try:
        _mount("tmpfs", ROOT_DATA, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755")
    except OSError:
        return
    for rrtype, name in (("DNSKEY", "root.key"), ("DS", "root.ds")):
        lines = (build / "root.anchor").read_text(encoding="ascii").splitlines()
        (ROOT_DATA / name).write_text(
            "".join(f"{line}\n" for line in lines if line.split()[3] == rrtype), encoding="ascii")
    (ROOT_DATA / "root.hints").write_text(plan.ROOT_HINTS, encoding="ascii")


def _ip(*arguments, check):
    subprocess.run(["ip", *arguments], check=check, stderr=subprocess.DEVNULL)


def _inside(report, function):
    """The life of process 1 of the namespace; returns its exit status."""
    _call(LIBC.prctl, PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        _furnish()
    except (OSError, subprocess.CalledProcessError) as error:
        os.write(report, str(error).encode())
        return 1
    os.close(report)
    return function()


def _fork(function, outer):
    """Run function() as process 1; returns (pid, reason of a refusal)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.close(outer)
        status = 1
        try:
            status = _inside(writing, function)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as report:
        return pid, report.read().decode()


def _middle(report, function):
    """The life of the process that leaves the host; returns its status."""
    _call(LIBC.prctl, PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # its parent deals with them
    try:
        _unshare()
        pid, refusal = _fork(function, report)
    except OSError as error:
        os.write(report, str(error).encode())
        return 1
    if refusal:
        os.write(report, refusal.encode())
    os.close(report)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def run(function):
    """function() inside new namespaces; returns its status.

    Everything inside dies with process 1, and that with the process between,
    which dies with its parent: the caller itself stays on the host. Raises
    Refused before function() is called. To be called from a process with one
    thread.
    """
    plan.run_dir().mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        status = 1
        try:
            status = _middle(writing, function)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as report:
        refusal = report.read().decode()
    if refusal:
        os.waitpid(pid, 0)
        raise Refused(refusal)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.signal(signal.SIGINT, lambda *_: None)  # the command gets it too
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
