#!/usr/bin/python3
"""The bench sees results that are wrong, and asks the questions that it was told to."""

import collections
import pathlib
import sys
import tempfile

import portfolio
import questions
import results

NAMES = [name for number in range(400) for name in portfolio.names(number, 0.3)]


def line(name, extra=""):
    return f'{{"schema":"dcvready/report/1","name":"{name}","verdict":"ready"{extra},"dns":{{"queries":7,"cached":2}}}}\n'


def expect(what, wanted):
    if what != wanted:
        sys.exit(f"bench: expected {wanted!r}, got {what!r}")


def fault_of(folder, lines):
    output, names = folder / "out", folder / "names"
    output.write_text("".join(lines), encoding="utf-8")
    names.write_text("".join(f"{name}\n" for name in NAMES), encoding="utf-8")
    try:
        results.check(output, names)
    except (results.Faulty, ValueError) as error:
        return type(error).__name__
    return None


def test_results(folder):
    whole = [line(name) for name in NAMES]
    expect(fault_of(folder, whole), None)
    expect(fault_of(folder, whole[::-1]), None)
    expect(fault_of(folder, whole[1:]), "Faulty")
    expect(fault_of(folder, whole[1:] + whole[-1:]), "Faulty")
    expect(fault_of(folder, [line("other.test"), *whole[1:]]), "Faulty")
    expect(fault_of(folder, [whole[0].replace("verdict", "verdikt"), *whole[1:]]), "Faulty")
    expect(fault_of(folder, [whole[0][:-4] + "\n", *whole[1:]]), "JSONDecodeError")


def test_tally(folder):
    output, names = folder / "out", folder / "names"
    failed = (',"findings":[{"id":"caa-failed-secure"}]', ',"provisional":true')
    output.write_text(line("a.test") + line("b.test", failed[0]) + line("c.test", failed[1]), encoding="utf-8")
    names.write_text("a.test\nb.test\nc.test\n", encoding="utf-8")
    tally = results.check(output, names)
    expect((tally.names, tally.failed, tally.queries, tally.cached, tally.verdicts), (3, 2, 21, 6, {"ready": 3}))
    expect(results.summary('a warning\n{\n "names": 3, "dns": {"exchanges": 21}, "ok": true\n}\n'), {"names": 3, "exchanges": 21})


def test_questions(folder):
    names, asked, owners = folder / "names", folder / "questions", folder / "owners"
    names.write_text("".join(f"{name}\n" for name in NAMES), encoding="utf-8")
    counts = {"A": len(NAMES), "TXT": 3 * len(NAMES) + 1, "DS": 7, "ANY": 5}
    total = sum(counts.values()) - counts["ANY"]
    expect(questions.write(names, len(NAMES), counts, asked, owners), total)
    lines = [text.split() for text in asked.read_text(encoding="ascii").splitlines()]
    expect(collections.Counter(words[1] for words in lines), {key: count for key, count in counts.items() if key != "ANY"})
    expect([words[0] for words in lines], owners.read_text(encoding="ascii").split())
    expect({words[0] for words in lines if words[1] == "A"}, set(NAMES))


def test_portfolio(_folder):
    expect(len(set(NAMES)), len(NAMES))
    signed = sum(portfolio.in_signed_tld(number, 0.3) for number in range(10_000))
    expect(2700 < signed < 3300, True)


def main():
    tests = (test_results, test_tally, test_questions, test_portfolio)
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="dcvready-bench-") as folder:
            test(pathlib.Path(folder))
    print(f"{len(tests)} tests passed")


if __name__ == "__main__":
    main()
