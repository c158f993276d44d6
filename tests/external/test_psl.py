#!/usr/bin/python3
"""The tests of the Public Suffix List, and names of every rule of it, against both base domains that the library tells.

A base domain is that of the ICANN section (BR 3.2.2.6); the one with the PRIVATE section counted is for a notice. The
tests expect the latter of every row. Where a rule of the PRIVATE section decides a row, the former is what the list
without that section says: which rows these are is found by the algorithm of the list, which is here once more.
"""

import re
import sys

import corpus

ROW = re.compile(r"checkPublicSuffix\((null|'[^']*'), (null|'[^']*')\);")
REASONS = {
    "implied": 'libpsl takes "foo" for a suffix where the list has "*.foo" only; by its algorithm "foo" matches no such '
    "rule. In the ICANN section only names of registries are such",
    "private": "a rule of the PRIVATE section decides; a CA goes by the ICANN section, and so do we (BR 3.2.2.6)",
}


def a_label(label):
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def a_name(name):
    """In lower case and A-labels; the labels of the list and of its tests are U-labels where they are not ASCII."""
    return ".".join(map(a_label, name.lower().split(".")))


def read_rules(path):
    """Sets of rules in A-labels: those of the ICANN section, and all."""
    sections, rules = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        mark = re.search(r"===BEGIN (ICANN|PRIVATE) DOMAINS===", line)
        if mark:
            rules = sections.setdefault(mark[1], set())
        elif line and not line.startswith("//"):
            rules.add(a_name(line.split()[0]))
    return sections["ICANN"], sections["ICANN"] | sections["PRIVATE"]


def suffix_labels(labels, rules):
    """How many labels of a name are its public suffix: https://github.com/publicsuffix/list/wiki/Format#algorithm."""
    tails = [labels[i:] for i in range(len(labels))]
    for tail in tails:
        if "!" + ".".join(tail) in rules:
            return len(tail) - 1
    for tail in tails:
        if ".".join(tail) in rules or ".".join(["*", *tail[1:]]) in rules:
            return len(tail)
    return 1


def base(name, rules):
    labels = name.split(".")
    count = suffix_labels(labels, rules) + 1
    return ".".join(labels[-count:]) if count <= len(labels) else None


def read_rows(path, pattern):
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("//"):
            continue
        found = pattern.fullmatch(line)
        if not found:
            sys.exit(f"{path.name}: not understood: {line}")
        yield tuple(None if field == "null" else field.strip("'") for field in found.groups())


def read_answer(answer):
    """The base of the ICANN section and of both; None where there is none, as for what is no name."""
    return [None if field == "-" else field for field in answer[1:]] if answer[0] == "ok" else [None, None]


def check_row(tally, row, answer, rules):
    name, expected = row
    icann, both = read_answer(answer)
    expected = expected and a_name(expected)
    without_private = name and not name.startswith(".") and base(a_name(name), rules)
    if both != expected:
        tally.fault(f"{name}: {both}, not {expected}, with the PRIVATE section")
    elif icann == expected:
        tally.agree()
    elif icann == without_private:
        tally.explain("private")
    else:
        tally.fault(f"{name}: {icann}, not {expected} nor {without_private}")


def names_of(rule):
    """Names that a rule decides, and some that are a label short of it."""
    tail = rule.lstrip("!").replace("*", "wild")
    parent = tail.split(".", 1)[-1]
    return {tail, parent, f"example.{tail}", f"www.example.{tail}", f"other.{parent}"}


def with_implied(rules):
    return rules | {rule[2:] for rule in rules if rule.startswith("*.")}


def check_rules(tally, ask, icann, both):
    names = sorted({name for rule in both for name in names_of(rule)})
    implied = with_implied(icann), with_implied(both)
    for name, answer in zip(names, ask([name.encode() for name in names])):
        bases = read_answer(answer)
        if bases == [base(name, icann), base(name, both)]:
            tally.agree()
        elif "*." + name in both and bases == [base(name, rules) for rules in implied]:
            tally.explain("implied")
        else:
            tally.fault(f"{name}: {bases}, not {[base(name, icann), base(name, both)]}")


def main():
    corpus_dir = corpus.find("psl/publicsuffix-list")
    path = corpus_dir / "public_suffix_list.dat"
    icann, both = read_rules(path)
    tally = corpus.Tally(REASONS)

    def ask(values):
        return corpus.ask(sys.argv[1], "base", values, path)

    rows = list(read_rows(corpus_dir / "tests" / "test_psl.txt", ROW))
    again = list(read_rows(corpus_dir / "tests" / "tests.txt", re.compile(r"(\S+) (\S+)")))
    if not rows or rows != again:
        tally.fault("test_psl.txt and tests.txt do not say the same")
    for row, answer in zip(rows, ask([(name or "").encode() for name, _ in rows])):
        check_row(tally, row, answer, icann)
    print(f"{len(rows)} rows of the tests, {len(both)} rules, {len(icann)} of them of the ICANN section")
    check_rules(tally, ask, icann, both)
    tally.finish()


if __name__ == "__main__":
    main()
