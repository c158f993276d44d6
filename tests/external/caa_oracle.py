"""What CAA says of a name: RFC 8659, read from the zones themselves and not through any server."""

import re

import personas

NO, YES, UNKNOWN = "no", "yes", "unknown"
CRITICAL = 128
KNOWN_TAGS = {"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"}
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
ISSUE = re.compile(rf"[ \t]*((?:{LABEL}(?:\.{LABEL})*)?)[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)
RDATA = re.compile(r'(\d+) (\S+) "(.*)"')
# What the answers of a zone are spoilt by (contrib/lab/README.md).
SPOILT = {"dates", "bad-sig", "strip", "ds"}


def labels_of(name):
    return name.rstrip(".").lower().split(".")


class Oracle:
    """`zones` are those of zonesource.read_all()."""

    def __init__(self, zones):
        self._zones = {zone.name.rstrip(".").lower(): zone for zone in zones.values()}
        self._records = {}
        for zone in zones.values():
            for line in zone.lines:
                owner, rrtype, rdata = line.split(maxsplit=2)
                self._records.setdefault(self._absolute(owner, zone), []).append((rrtype.upper(), rdata, zone))

    @staticmethod
    def _absolute(name, zone):
        whole = zone.name if name == "@" else name if name.endswith(".") else f"{name}.{zone.name.lstrip('.')}"
        return whole.rstrip(".").lower()

    def _zone(self, name):
        labels = labels_of(name)
        return next(self._zones[apex] for apex in (".".join(labels[i:]) for i in range(len(labels) + 1)) if apex in self._zones)

    def signed(self, name):
        """Does a DS lead to the zone of the name?"""
        return self._zone(name).signing is not None

    def spoilt(self, name):
        """Does the zone of the name give no answer, or none that validates?"""
        zone = self._zone(name)
        return bool(SPOILT & set(zone.options)) or any(server in personas.BY_NAME for server in zone.servers)

    def _alias(self, name):
        """Where a CNAME at the name or a DNAME above it leads to, or None."""
        for rrtype, rdata, zone in self._records.get(name, ()):
            if rrtype == "CNAME":
                return self._absolute(rdata, zone)
        labels = labels_of(name)
        for i in range(1, len(labels)):
            for rrtype, rdata, zone in self._records.get(".".join(labels[i:]), ()):
                if rrtype == "DNAME":
                    return ".".join(labels[:i]) + "." + self._absolute(rdata, zone)
        return None

    def _caa(self, name):
        """The CAA RRset at the name or at what it is an alias of: (flags, tag, value)."""
        while (target := self._alias(name)) is not None:
            name = target
        for rrtype, rdata, _ in self._records.get(name, ()):
            if rrtype == "CAA":
                flags, tag, value = RDATA.fullmatch(rdata).groups()
                yield int(flags), tag.lower(), value

    def _relevant(self, name):
        """RFC 8659 §3; None where a lookup on the way fails, with the name that it failed at."""
        labels = labels_of(name)
        for i in range(len(labels)):
            here = ".".join(labels[i:])
            if self.spoilt(here):
                return None, here
            rrset = list(self._caa(here))
            if rrset:
                return rrset, here
        return [], ""

    def permits(self, name, domains):
        """Whether a CA with these issuer domains (none: not known) may issue for the name, as far as can be told."""
        rrset, where = self._relevant(name.removeprefix("*."))
        if rrset is None:
            return NO if self.signed(where) else UNKNOWN  # RFC 4035 §4.3, BR 4.2.2.1
        if any(flags & CRITICAL and tag not in KNOWN_TAGS for flags, tag, _ in rrset):
            return NO
        tags = {tag for _, tag, _ in rrset}
        tag = "issuewild" if name.startswith("*.") and "issuewild" in tags else "issue"
        if tag not in tags:
            return YES
        parsed = [ISSUE.fullmatch(value) for _, own, value in rrset if own == tag]
        issuers = {match[1].lower() for match in parsed if match} - {""}
        if issuers & {domain.lower() for domain in domains}:
            return YES
        return UNKNOWN if issuers and not domains else NO
