"""Reads the zone sources (zones/*.zone). Their format is in README.md."""

import dataclasses
import re

import plan
import registrations
import roles
import signing

SERIAL = 2026010102
NOT_SECOND, ONLY_SECOND, TWIN_SUFFIX = ">", "<", "-ok"
DEFAULT_LINES = ("@ MX 10 mail", "mail A 192.0.2.25", "www A 192.0.2.80")
OPTIONS = {"signed", "bare", "ns", "parent-ns", "on", "serial", "rname", "keys", "iterations", "salt", "flood", "dates", "ds",
           "key-flags", "redate", "signer", "stray-key", "hash", "bad-sig", "strip", "strip-sig", "algorithm",
           "parent-proof"}


class SourceError(Exception):
    """A zone source cannot be read."""


@dataclasses.dataclass(frozen=True)
class Expectation:
    """What the validating resolver must answer."""

    name: str
    rrtype: str
    wanted: tuple


@dataclasses.dataclass
class Zone:
    """One zone; `name` is fully qualified, with the final dot."""

    name: str
    options: dict
    lines: list
    stale_lines: list
    expectations: list
    registration: list

    @property
    def signing(self):
        """None, "nsec", "nsec3" or "optout"."""
        if "signed" not in self.options:
            return None
        return self.options["signed"] or "nsec"

    @property
    def keys(self):
        """The kinds of its keys, for signing.make_key()."""
        return (self.options.get("keys") or signing.ALGORITHM).split(",")

    @property
    def ds(self):
        """The kinds of its DS records, for signing.ds_lines()."""
        kinds = (self.options.get("ds") or "good").split(",")
        return [] if kinds == ["none"] else kinds

    @property
    def labels(self):
        return self.name.rstrip(".").split(".") if self.name != "." else []

    @property
    def parent_candidates(self):
        """The names above the zone, the nearest first."""
        labels = self.labels
        return [".".join(labels[i:]) + "." for i in range(1, len(labels))] + ["."]

    def _servers(self, side="ns"):
        """The servers of each NS record, as the zone or (`parent-ns`) its parent has them."""
        if not self.labels:
            return [["root"]]
        if len(self.labels) == 1:
            return [["tld"]]
        given = self.options.get(side) or self.options.get("ns") or "first,second"
        return [word.split("+") for word in roles.expand(given.split(","))]

    @property
    def servers(self):
        """Names of the servers that hold the zone, or seem to."""
        named = [*self._servers(), *self._servers("parent-ns"), [self.options.get("on", "")]]
        return list(dict.fromkeys(name for names in named for name in names if name))

    @property
    def hosts(self):
        """Names of the honest servers that hold the zone."""
        return list(dict.fromkeys(filter(None, map(roles.holder, self.servers))))

    def nameservers(self, side="ns"):
        """(host name, its addresses) of the name servers that the source does not give as records."""
        if any(line_key(line) == ("@", "NS") for line in self.lines):
            return []
        return [self._nameserver(number, names)
                for number, names in enumerate(self._servers(side), 1)]

    def _nameserver(self, number, names):
        if names[0].endswith("."):
            return names[0], []
        if names == ["tld"]:
            return under("ns1", self.name), [plan.TLD_ADDRESS[self.labels[0]]]
        try:
            addresses = map(roles.address, names)
            return under(f"ns{number}", self.name), [given for given in addresses if given]
        except KeyError as error:
            raise SourceError(f"{self.name}: there is no server {error}") from error

    def delegation(self):
        """The parent's lines: NS and glue, without DS."""
        own = [line.split()[-1] for line in self.lines if line_key(line) == ("@", "NS")]
        yield from (f"{self.name} NS {host}" for host in own)
        for host, addresses in self.nameservers("parent-ns"):
            yield f"{self.name} NS {host}"
            yield from (address_line(host, address) for address in addresses)

    def text(self, *, stale=False, extra=()):
        """The zone as a master file; `stale` is the second server's copy."""
        rname = self.options.get("rname") or under("hostmaster", self.name)
        ns_lines = [f"@ NS {host}" for host, _ in self.nameservers()]
        # The addresses of a server that only the parent names are there, too.
        hosts = dict(self.nameservers("parent-ns") + self.nameservers())
        ns_lines += [address_line(host, address) for host, addresses in hosts.items()
                     for address in addresses]
        primary = next(line.split()[2] for line in [*ns_lines, *self.lines]
                       if line_key(line) == ("@", "NS"))
        serial = SERIAL - (stale and self.options.get("serial") != "same")
        soa = f"@ SOA {primary} {rname} {serial} 7200 900 1209600 300"
        body = self.stale_lines if stale else self.lines
        return "\n".join([f"$ORIGIN {self.name}", "$TTL 300", soa, *ns_lines,
                          *body, *extra, ""])


def under(label, zone):
    return f"{label}.{zone.lstrip('.')}"


def address_line(host, address):
    return f"{host} {'AAAA' if ':' in address else 'A'} {address}"


def line_key(line):
    """(owner, type) of a record line."""
    fields = line.split(maxsplit=2)
    return fields[0], fields[1].upper()


def files(extra=None):
    """The source files: the lab's own, then those of the directory `extra`."""
    directories = [plan.ZONE_SOURCES] + ([extra] if extra else [])
    return [path for directory in directories
            for path in sorted(directory.glob("*.zone"))]


def read_all(extra=None):
    """Every zone and twin of the sources, by name."""
    zones = {}
    for path in files(extra):
        for zone in parse(path.read_text(encoding="utf-8"), path):
            if zone.name in zones:
                raise SourceError(f"{path}: {zone.name} is there twice")
            zones[zone.name] = zone
    return zones


def parse(text, origin):
    """The zones of one source file."""
    head, body = None, []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{origin}:{number}"
        line = line.rstrip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("zone "):
            yield from _finish(head, body)
            head, body = _parse_head(line, where), []
        elif head is None:
            raise SourceError(f"{where}: no zone yet")
        else:
            body.append(_parse_line(line))
    yield from _finish(head, body)


def _parse_head(line, where):
    """(name, options, options of the defect only)."""
    words = line.split()[1:]
    split = words.index("but") if "but" in words else len(words)
    sound, defect = _options(words[1:split], where), _options(words[split + 1:], where)
    return words[0], sound, defect


def _options(words, where):
    options = dict((word.partition("=")[::2]) for word in words)
    unknown = set(options) - OPTIONS
    if unknown:
        raise SourceError(f"{where}: unknown option {unknown.pop()}")
    return options


def _parse_line(line):
    """(mark, text); the mark is one of "-", "+", ">", "<" or ""."""
    if line[:2] in ("- ", "+ ", "> ", "< "):
        return line[0], line[2:]
    return "", line


def _finish(head, body):
    """The zone and, when it shows a defect, its sound twin."""
    if head is None:
        return
    name, sound, defect = head
    marks = {mark for mark, _ in body}
    yield _make(name, sound | defect, body, {"", "-", NOT_SECOND, ONLY_SECOND},
                bool(marks & {NOT_SECOND, ONLY_SECOND}))
    if defect or marks - {""}:
        first, dot, rest = name.partition(".")
        twin = first + TWIN_SUFFIX + dot + rest
        yield _make(twin, sound, body, {"", "+", NOT_SECOND}, False)


def _make(name, options, body, marks, is_stale):
    said = [text for mark, text in body if mark in marks and registrations.is_line(text)]
    taken = [(mark, text) for mark, text in body if mark in marks and not registrations.is_line(text)]
    fresh = [text for mark, text in taken
             if mark != ONLY_SECOND and not text.startswith("? ")]
    old = [text for mark, text in taken
           if mark != NOT_SECOND and not text.startswith("? ")]
    wanted = [_expectation(text, name) for _, text in taken if text.startswith("? ")]
    bare = "bare" in options or name.count(".") < 2
    return Zone(name, options, _complete(fresh, bare),
                _complete(old, bare) if is_stale else [], wanted, said)


def _expectation(text, zone):
    _, owner, rrtype, *wanted = text.split()
    name = zone if owner == "@" else owner if owner.endswith(".") else under(owner, zone)
    return Expectation(name, rrtype, tuple(wanted))


def _complete(lines, bare):
    """Expand, escape, and add the default lines that the zone leaves open."""
    lines = [escape(line) for raw in lines for line in map(with_service, expand(raw))]
    keys = {line_key(line) for line in lines}

    def is_open(line):
        owner, rrtype = line_key(line)
        return not keys & {(owner, rrtype), (owner, "CNAME")}

    return lines + [line for line in DEFAULT_LINES if not bare and is_open(line)]


def expand(line):
    """`$GENERATE first-last owner TYPE rdata`, with $ and ${offset}."""
    if not line.startswith("$GENERATE "):
        return [line]
    _, span, template = line.split(maxsplit=2)
    first, last = map(int, span.split("-"))
    return [re.sub(r"\$(?:\{(\d+)\})?", lambda m, n=n: str(n + int(m[1] or 0)), template)
            for n in range(first, last + 1)]


def with_service(line):
    """`A {NAME}`, `AAAA {NAME}`: the address of one of plan.SERVICES."""
    found = re.fullmatch(r"(.* A{1,4} )\{([a-z0-9-]+)\}", line)
    if not found:
        return line
    if found[2] not in plan.SERVICES:
        raise SourceError(f"{line}: there is no such server")
    return found[1] + plan.SERVICES[found[2]]


def escape(line):
    r"""Characters beyond ASCII as the \DDD of their UTF-8 octets."""
    return "".join(c if c.isascii() else "".join(f"\\{b:03}" for b in c.encode())
                   for c in line)
