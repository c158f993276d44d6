#!/usr/bin/python3
"""Lays out a corpus: corpus.py SOURCE TARGET. Files named *.hex are octets in hexadecimal, with comments after "#"; others are copied."""

import pathlib
import re
import shutil
import sys


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        octets = path.read_bytes()
        if path.suffix == ".hex":
            octets = bytes.fromhex(re.sub(r"#.*", "", octets.decode("ascii")))
        (target / path.stem).write_bytes(octets)


if __name__ == "__main__":
    main()
