"""Builds the zones: sources to master files, signed, with the chain of DS.

A build is a directory `zones-<hash of the sources>-<time>`; it is written
under another name and renamed, so labs that start in parallel never see half
of one. Signatures outlive MAX_AGE_S by far.

    <server>.d/<name.>zone   the zones of each server (root, tld, first, second, ipv6)
    root.anchor              the root's DNSKEY and DS
    tls/                     the CA; certificate and key of the resolver
"""

import concurrent.futures
import hashlib
import os
import pathlib
import shutil
import tempfile
import time

import pki
import plan
import signing
import zonesource

MAX_AGE_S = 7 * 86400
OTHERS_KEPT_S = 3600
SERVERS = ("root", "tld", "first", "second", "ipv6")
BUILDERS = ("build.py", "personas.py", "pki.py", "plan.py", "signing.py", "zonesource.py")


def source_hash(extra=None):
    digest = hashlib.sha256()
    builders = [plan.ZONE_SOURCES.parent / name for name in BUILDERS]
    for path in [*zonesource.files(extra), *builders]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def built_zones(extra=None):
    """The directory of a fresh build; builds when there is none.

    `extra` is a directory with sources beside the lab's own, or None.
    """
    lab_dir = plan.lab_dir()
    lab_dir.mkdir(parents=True, exist_ok=True)
    prefix = f"zones-{source_hash(extra)}-"
    for path in sorted(lab_dir.glob(f"{prefix}*"), reverse=True):
        if 0 <= time.time() - _built_at(path) < MAX_AGE_S:
            return path
    return _build(lab_dir, prefix, zonesource.read_all(extra))


def _built_at(path):
    return int(path.name.rpartition("-")[2])


def _build(lab_dir, prefix, zones):
    _prune(lab_dir)
    work = tempfile.mkdtemp(prefix="building-", dir=lab_dir)
    try:
        _Builder(work).build(zones)
        target = lab_dir / f"{prefix}{int(time.time())}"
        try:
            os.rename(work, target)
        except OSError:
            # Another lab finished the same build in the same second.
            if not target.is_dir():
                raise
        return target
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prune(lab_dir):
    """Remove builds of other sources, old builds, and what a crash left."""
    for path in [*lab_dir.glob("zones-*-*"), *lab_dir.glob("building-*")]:
        if time.time() - path.stat().st_mtime > OTHERS_KEPT_S:
            shutil.rmtree(path, ignore_errors=True)


class _Builder:
    """One build into a directory."""

    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        self._keys_directory = self._directory / "keys"
        self._keys_directory.mkdir()
        self._keys = {}
        self._parent_lines = {}
        for server in SERVERS:
            (self._directory / f"{server}.d").mkdir()

    def build(self, zones):
        """Children first: a parent holds its children's DS."""
        signed = [zone.name for zone in zones.values() if zone.signing]
        self._delegate(zones)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self._keys = dict(zip(signed, pool.map(self._make_key, signed)))
            self._add_ds(zones)
            list(pool.map(self._write, zones.values()))
        self._write_anchor()
        tls = self._directory / "tls"
        tls.mkdir()
        pki.make(tls)
        shutil.rmtree(self._keys_directory)

    def _make_key(self, name):
        return signing.make_key(name, self._keys_directory)

    def _parent(self, zone, zones):
        return next(name for name in zone.parent_candidates if name in zones)

    def _delegate(self, zones):
        for zone in zones.values():
            if zone.labels:
                lines = self._parent_lines.setdefault(self._parent(zone, zones), [])
                lines.extend(zone.delegation())

    def _add_ds(self, zones):
        for zone in zones.values():
            if zone.labels and zone.signing:
                ds = signing.ds_line(zone.name, self._published_key(zone))
                self._parent_lines[self._parent(zone, zones)].append(ds)

    def _published_key(self, zone):
        """The key that the zone's DS is made from."""
        dnskey = self._keys[zone.name][1]
        if zone.options.get("ds") == "wrong":
            return signing.wrong_key(dnskey)
        if "algorithm" in zone.options:
            return signing.with_algorithm(dnskey, zone.options["algorithm"])
        return dnskey

    def _write(self, zone):
        delegations = self._parent_lines.get(zone.name, ())
        text = self._finish(zone, zone.text(extra=delegations))
        for host in zone.hosts:
            path = self._directory / f"{host}.d" / f"{zone.name}zone"
            stale = host == "second" and zone.stale_lines
            path.write_text(zone.text(stale=True) if stale else text, encoding="ascii")

    def _finish(self, zone, text):
        """Sign, and break what the source says is broken."""
        if not zone.signing:
            return text
        options = zone.options
        key = self._keys[zone.name]
        dates = signing.parse_dates(options["dates"]) if "dates" in options else None
        text = signing.sign(zone.name, text, key, self._keys_directory,
                            denial=zone.signing, dates=dates)
        if "bad-sig" in options:
            text = signing.spoil_signatures(text, options["bad-sig"])
        if "strip" in options:
            text = signing.strip(text, options["strip"].split(","))
        if "algorithm" in options:
            text = signing.change_algorithm(text, key[1], options["algorithm"])
        return text

    def _write_anchor(self):
        (self._directory / "root.anchor").write_text(
            signing.anchor(".", self._keys["."][1]), encoding="ascii")
