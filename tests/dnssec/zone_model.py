"""What the denial records of a zone prove, thought out from its names alone, and the library's answers compared with that.

A name is a tuple of its labels in lower case, the rightmost first: a prefix is an ancestor, and tuples sort canonically.
"""

import base64
import hashlib
import itertools
import subprocess

TYPES = ("A", "CNAME", "DS", "MX", "NS")
NONE = {"nodata": "none", "nxdomain": "none", "expanded": "none", "cut": "unproven"}
BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")
FAULTS_SHOWN = 20
PAIRS_SKIPPED = 9


def name_of(text):
    return tuple(label.encode() for label in reversed(text.lower().rstrip(".").split(".")))


def text_of(name):
    return ".".join(label.decode() for label in reversed(name))


def below(name, ancestor):
    return len(name) > len(ancestor) and name[: len(ancestor)] == ancestor


class Zone:
    """The names of a master file that are the zone's own, with their types; those of an empty non-terminal are none."""

    def __init__(self, text):
        found = {}
        for line in text.splitlines():
            fields = line.split(";")[0].split()
            if fields:
                found.setdefault(name_of(fields[0]), set()).add(fields[3])
        self.apex = next(name for name, types in found.items() if "SOA" in types)
        self.types = {}
        ends = [name for name in found if name != self.apex and "NS" in found[name] or "DNAME" in found[name]]
        for name, types in found.items():
            if not any(below(name, end) for end in ends):
                self.types[name] = types & {"NS", "DS"} if self.delegates(types) else types
        for name in list(self.types):
            for count in range(len(self.apex), len(name)):
                self.types.setdefault(name[:count], set())

    @staticmethod
    def delegates(types):
        return "NS" in types and "SOA" not in types


class Chain:
    """The denial records of a zone. `types` are those of the names that it knows, `opt_out` says whether there may be more."""

    opt_out = False

    def __init__(self, zone):
        self.apex = zone.apex
        self.types = dict(zone.types)

    def ends_names(self, name):
        return Zone.delegates(self.types[name]) or "DNAME" in self.types[name]

    def encloser(self, name):
        return max((known for known in self.types if below(name, known)), key=len)

    def lacks(self, name, kind):
        types = self.types[name]
        if types & {kind, "CNAME"}:
            return False
        return "SOA" not in types if kind == "DS" else not Zone.delegates(types)

    def at(self, name):
        """The records by which a name that exists is known."""
        raise NotImplementedError

    def enclosing(self, name):
        """The records by which a name is known not to exist."""
        raise NotImplementedError


class Nsec(Chain):
    def __init__(self, zone):
        super().__init__(zone)
        self.owners = sorted(name for name, types in self.types.items() if types)
        self.records = []
        for owner, following in zip(self.owners, self.owners[1:] + self.owners[:1]):
            types = " ".join(sorted(self.types[owner] | {"RRSIG", "NSEC"}))
            self.records.append(f"{text_of(owner)}. 300 IN NSEC {text_of(following)}. {types}")

    def cover(self, name):
        return max(index for index, owner in enumerate(self.owners) if owner < name)

    def at(self, name):
        return {self.owners.index(name) if self.types[name] else self.cover(name)}

    def enclosing(self, name):
        return {self.cover(name)}

    def covering(self, name):
        return {self.cover(name)}

    def expanded(self, name, labels):
        encloser = self.encloser(name)
        return len(encloser) == labels and not self.ends_names(encloser), self.enclosing(name)


class Nsec3(Chain):
    def __init__(self, zone, iterations, salt, opt_out):
        super().__init__(zone)
        self.iterations, self.salt, self.opt_out = iterations, salt, opt_out
        if opt_out:
            self.leave_out()
        self.owners = sorted((self.hash(name), name) for name in self.types)
        self.hashes = [digest for digest, _ in self.owners]
        parameters = f"1 {int(opt_out)} {iterations} {salt.hex() or '-'}"
        self.records = []
        for (digest, name), (following, _) in zip(self.owners, self.owners[1:] + self.owners[:1]):
            types = " ".join(sorted(self.types[name] | ({"RRSIG"} if self.types[name] - {"NS"} else set())))
            self.records.append(f"{digest}.{text_of(self.apex)}. 300 IN NSEC3 {parameters} {following} {types}")

    def leave_out(self):
        """Unsigned delegations, and the empty non-terminals above that lead to nothing else."""
        kept = [name for name, types in self.types.items() if types - {"NS"}]
        self.types = {name: types for name, types in self.types.items() if any(name == end[: len(name)] for end in kept)}

    def hash(self, name):
        octets = b"".join(bytes([len(label)]) + label for label in reversed(name)) + b"\0"
        for _ in range(self.iterations + 1):
            octets = hashlib.sha1(octets + self.salt).digest()
        return base64.b32encode(octets).translate(BASE32).decode()

    def at(self, name):
        return {self.hashes.index(self.hash(name))}

    def covering(self, name):
        digest = self.hash(name)
        before = [index for index, owner in enumerate(self.hashes) if owner < digest]
        return {before[-1] if before else len(self.hashes) - 1}

    def enclosing(self, name):
        encloser = self.encloser(name)
        return self.at(encloser) | self.covering(name[: len(encloser) + 1])

    def expanded(self, name, labels):
        next_closer = name[: labels + 1]
        return next_closer not in self.types, self.covering(next_closer)


def judge(chain, verb, name, argument=None):
    """The answer that all records give, and those of them that a server would send."""
    nothing = NONE[verb], set()
    if name[: len(chain.apex)] != chain.apex or (name == chain.apex and (argument == "DS" or verb == "cut")):
        return nothing
    weaker = "opt-out" if chain.opt_out else "no-cut" if verb == "cut" else "good"
    if verb == "expanded":
        if name in chain.types or not len(chain.apex) <= argument < len(name):
            return nothing
        proven, records = chain.expanded(name, argument)
        return (weaker, records) if proven else nothing
    if name in chain.types:
        return judge_existing(chain, verb, name, argument)
    encloser = chain.encloser(name)
    if chain.ends_names(encloser):
        return nothing
    records = chain.enclosing(name)
    if verb == "cut":
        return weaker, records
    wildcard = (*encloser, b"*")
    if wildcard in chain.types:
        if verb == "nodata" and chain.lacks(wildcard, argument):
            return weaker, records | chain.at(wildcard)
        return nothing
    if verb == "nxdomain":
        return weaker, records | chain.covering(wildcard)
    return ("opt-out", records) if chain.opt_out else nothing


def judge_existing(chain, verb, name, argument):
    nothing = NONE[verb], set()
    if verb == "nodata":
        return ("good", chain.at(name)) if chain.lacks(name, argument) else nothing
    if verb == "nxdomain" or "DS" in chain.types[name]:
        return nothing
    return "unsigned" if "NS" in chain.types[name] else "no-cut", chain.at(name)


def names_around(zone, text):
    """The names of a zone and of its glue, and some beside and below each; one outside."""
    names = set(zone.types) | {name_of(line.split()[0]) for line in text.splitlines() if line and line[0] != ";"}
    for name in list(names):
        names |= {(*name, b"m"), (*name, b"n", b"m"), (*name, b"*"), (*name[:-1], name[-1] + b"m")}
    return sorted(names | {name_of("m.outside.test")})


def questions(names):
    for name in names:
        yield from (("nodata", name, kind) for kind in TYPES)
        yield from (("expanded", name, labels) for labels in range(len(name) + 1))
        yield from (("nxdomain", name), ("cut", name))


def selections(chain, records, turn):
    """Sets of records: all, what a server sends, that with one left out, each one, and by turns all but one and some two."""
    everything = set(range(len(chain.records)))
    yield everything
    yield records
    yield from (records - {index} for index in records)
    yield everything - {turn % len(everything)}
    yield from map(set, itertools.combinations(everything, 1))
    yield from map(set, itertools.islice(itertools.combinations(everything, 2), turn % PAIRS_SKIPPED, None, PAIRS_SKIPPED))


def allowed(chain, question, expected, records, chosen):
    """The answers that are right for the records chosen."""
    if records and records <= chosen:
        return {expected}
    answers = {NONE[question[0]]}
    if expected == "opt-out":
        answers.add(expected)
    # That the wildcard has the type cannot be known where its record is missing.
    if chain.opt_out and question[0] == "nodata" and question[1] not in chain.types:
        answers.add("opt-out")
    return answers


def ask(program, cases):
    """Answers to (zone, question, records), all in text."""
    lines = "".join("|".join([zone, question, *records]) + "\n" for zone, question, records in cases)
    output = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    answers = [line.split("\t")[0] for line in output.splitlines()]
    if len(answers) != len(cases):
        raise SystemExit(f"{len(cases)} questions got {len(answers)} answers")
    return answers


def question_text(verb, name, argument=""):
    return f"{verb} {text_of(name)}. {argument}"


def compare(program, chain, names):
    """The faults, and how many questions there were by the answer that all records give."""
    cases, meant = [], []
    for turn, question in enumerate(questions(names)):
        expected, records = judge(chain, *question)
        for chosen in {frozenset(chosen) for chosen in selections(chain, records, turn)}:
            cases.append((text_of(chain.apex), question_text(*question), [chain.records[index] for index in sorted(chosen)]))
            meant.append((allowed(chain, question, expected, records, chosen), expected))
    counts, faults = {}, []
    for case, (right, expected), answer in zip(cases, meant, ask(program, cases)):
        counts[expected] = counts.get(expected, 0) + 1
        if answer not in right:
            faults.append(f"{case[1]}: {answer}, not {' or '.join(sorted(right))}, by {case[2]}")
    return faults, counts


def report(title, faults, counts):
    """Prints the figures; whether all was right, and anything was asked. `counts` says of what there were how many."""
    for fault in faults[:FAULTS_SHOWN]:
        print(f"fault: {fault}")
    print(f"{title}: {sum(counts.values())} answers, {len(faults)} faults; {dict(sorted(counts.items()))}")
    return not faults and bool(counts)
