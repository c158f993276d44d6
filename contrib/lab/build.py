"""Builds the zones: sources to master files, signed, with the chain of DS.

A build is a directory `zones-<hash of the sources>-<time>`; it is written
under another name and renamed, so labs that start in parallel never see half
of one. Signatures outlive MAX_AGE_S by far.

    <server>.d/<name.>zone   the zones of each server (root, tld, first, second, ipv6)
    root.anchor              the root's DNSKEY and DS
    registrations.json       what registries say of each domain
    tls/                     the CA; certificate and key of the resolver
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import tempfile
import time

import defects
import pki
import plan
import registrations
import signing
import zonesource

MAX_AGE_S = 86400
OTHERS_KEPT_S = 3600
SERVERS = ("root", "tld", "first", "second", "ipv6")
BUILDERS = ("build.py", "defects.py", "p256.py", "personas.py", "pki.py", "plan.py", "rdata.py",
            "registrations.py", "roles.py", "signing.py", "zonesource.py")
# Options that break the signed zone, in this order.
BREAKING = ("key-flags", "redate", "signer", "stray-key", "hash", "bad-sig", "strip", "strip-sig", "algorithm")


def source_hash(extra=None):
    digest = hashlib.sha256(plan.FIRST.encode("ascii"))
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
        self._zones = {}
        self._keys = {}
        self._parent_lines = {}
        for server in SERVERS:
            (self._directory / f"{server}.d").mkdir()

    def build(self, zones):
        """Children first: a parent holds its children's DS."""
        self._zones = zones
        signed = [zone for zone in zones.values() if zone.signing]
        self._delegate()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            made = pool.map(self._make_keys, signed)
            self._keys = {zone.name: keys for zone, keys in zip(signed, made)}
            self._add_ds()
            list(pool.map(self._write, zones.values()))
        self._write_anchor()
        plan.registrations_file(self._directory).write_text(json.dumps(registrations.of_zones(zones)), encoding="utf-8")
        tls = self._directory / "tls"
        tls.mkdir()
        pki.make(tls)
        shutil.rmtree(self._keys_directory)

    def _make_keys(self, zone):
        return [signing.make_key(zone.name, self._keys_directory, kind) for kind in zone.keys]

    def _parent(self, zone):
        return next(name for name in zone.parent_candidates if name in self._zones)

    def _delegate(self):
        for zone in self._zones.values():
            if zone.labels:
                lines = self._parent_lines.setdefault(self._parent(zone), [])
                lines.extend(zone.delegation())

    def _add_ds(self):
        for zone in self._zones.values():
            if zone.labels and zone.signing:
                lines = self._parent_lines[self._parent(zone)]
                for key in self._keys[zone.name]:
                    if key.role in ("", "ksk"):
                        published = self._published(zone, key)
                        lines.extend(signing.ds_lines(zone.name, published, zone.ds))

    @staticmethod
    def _published(zone, key):
        """The DNSKEY as the zone shows it."""
        dnskey = key.dnskey
        if "algorithm" in zone.options:
            dnskey = defects.with_algorithm(dnskey, zone.options["algorithm"])
        if "key-flags" in zone.options:
            dnskey = " ".join([zone.options["key-flags"], *dnskey.split()[1:]])
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
        keys, options = self._keys[zone.name], zone.options
        flood = int(options.get("flood", 0))
        others = defects.colliding_keys(keys[0].dnskey, flood)
        text += "".join(f"{zone.name} DNSKEY {other}\n" for other in others)
        text = signing.sign(zone.name, text, keys, denial=zone.signing,
                            iterations=int(options.get("iterations", 0)),
                            salt=options.get("salt", "-"),
                            dates=signing.validity(options.get("dates", "")))
        if flood:
            text = defects.flood_signatures(text, flood)
        for option in BREAKING:
            if option in options:
                text = getattr(self, f"_break_{option.replace('-', '_')}")(
                    zone, text, options[option])
        return self._break_proofs_of_children(zone, text)

    # BREAKING: each takes the zone, its text and the option's value

    def _break_key_flags(self, zone, text, _):
        (key,) = self._keys[zone.name]
        dnskey = self._published(zone, key)
        return defects.resign(defects.replace_keys(text, dnskey), {"ANY"}, key, zone.name,
                              dnskey=dnskey)

    def _break_redate(self, zone, text, value):
        rrtype, _, dates = value.partition(":")
        return defects.resign(text, {rrtype}, self._keys[zone.name][0], zone.name,
                              dates=signing.validity(dates))

    def _break_signer(self, _, text, value):
        rrtype, _, signer = value.partition("@")
        return defects.resign(text, {rrtype}, self._keys[signer][0], signer)

    def _break_stray_key(self, zone, text, value):
        """The root's key stands for one that the zone does not show."""
        return defects.resign(text, {value}, self._keys["."][0], zone.name)

    def _break_hash(self, zone, text, value):
        return defects.resign(defects.change_hash(text, value), {"NSEC3"}, self._keys[zone.name][0],
                              zone.name)

    @staticmethod
    def _break_bad_sig(_, text, value):
        return defects.spoil_signatures(text, value.split(","))

    @staticmethod
    def _break_strip(_, text, value):
        return defects.strip(text, value.split(","))

    @staticmethod
    def _break_strip_sig(_, text, value):
        return defects.strip_signatures(text, value.split(","))

    @staticmethod
    def _break_algorithm(_, text, value):
        return defects.change_algorithm(text, value)

    def _break_proofs_of_children(self, zone, text):
        """The signatures over a child's DS, or over the NSEC that denies it."""
        for child in self._zones.values():
            kind = child.options.get("parent-proof")
            if not kind or self._parent(child) != zone.name:
                continue
            rrtype = "DS" if child.signing else "NSEC"
            if kind == "bad":
                text = defects.spoil_signatures(text, {rrtype}, child.name)
            elif kind == "missing":
                text = defects.strip_signatures(text, {rrtype}, child.name)
            else:
                text = defects.resign(text, {rrtype}, self._keys[zone.name][0], zone.name,
                                      owner=child.name, dates=signing.validity(kind))
        return text

    def _write_anchor(self):
        (self._directory / "root.anchor").write_text(
            signing.anchor(".", self._keys["."][0].dnskey), encoding="ascii")
