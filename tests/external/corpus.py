"""Test data of others, which lie beside the project and not in it, and what a test says about them."""

import collections
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CORPORA = pathlib.Path("..", "shared", "testdata")
SKIPPED = 77


def find(directory):
    """The directory of a corpus; the test is skipped where it is not there."""
    path = TOP / CORPORA / directory
    if not path.is_dir():
        print(f"skipped: there is no {CORPORA / directory}")
        sys.exit(SKIPPED)
    return path


def ask(program, verb, values, *arguments):
    """The answers to values in octets, each a list of fields; answers.c says which."""
    lines = "".join(value.hex() + "\n" for value in values)
    command = [program, verb, *map(str, arguments)]
    output = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    answers = [line.split("\t") for line in output.split("\n")[:-1]]
    if len(answers) != len(values):
        sys.exit(f"{len(values)} values got {len(answers)} answers")
    return answers


class Tally:
    """Cases that agree, that differ for a reason of the table, and that differ for none.

    `reasons` maps a short name to the explanation. One that explains nothing any more is a fault, too.
    """

    def __init__(self, reasons):
        self.reasons = reasons
        self.agreed = 0
        self.explained = collections.Counter()
        self.faults = []

    def agree(self):
        self.agreed += 1

    def explain(self, reason):
        self.explained[reason] += 1

    def fault(self, text):
        self.faults.append(text)

    def finish(self, least=0.0):
        """Prints the figures and ends the program; `least` is the share of cases, in percent, that must agree."""
        cases = self.agreed + self.explained.total() + len(self.faults)
        share = 100 * self.agreed / cases if cases else 0.0
        for reason, why in self.reasons.items():
            print(f"explained: {self.explained[reason]:5} {reason}: {why}")
            if self.explained[reason] == 0:
                self.faults.append(f"no case differs by {reason} any more: take it out of the table")
        if share < least:
            self.faults.append(f"less than {least} % of the cases agree")
        for text in self.faults:
            print(f"fault: {text}")
        print(f"{cases} cases, {self.agreed} agreed ({share:.2f} %), {self.explained.total()} explained, "
              f"{len(self.faults)} faults")
        sys.exit(1 if self.faults or cases == 0 else 0)
