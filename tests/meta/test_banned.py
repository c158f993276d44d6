#!/usr/bin/python3
"""Functions that write without a bound, hide an error or start a shell are called nowhere in src/ and include/."""

import re

import source

BANNED = {
    "strcpy": "a bounded buffer",
    "strcat": "a bounded buffer",
    "stpcpy": "a bounded buffer",
    "strncpy": "a bounded buffer; this one leaves text without its end",
    "strncat": "a bounded buffer",
    "sprintf": "snprintf",
    "vsprintf": "vsnprintf",
    "gets": "fgets",
    "atoi": "dcv_text_number",
    "atol": "dcv_text_number",
    "atoll": "dcv_text_number",
    "atof": "strtod with its end checked",
    "strtok": "strcspn",
    "strtok_r": "strcspn",
    "alloca": "an arena",
    "scanf": "a cursor",
    "fscanf": "a cursor",
    "sscanf": "a cursor",
    "vscanf": "a cursor",
    "vfscanf": "a cursor",
    "vsscanf": "a cursor",
    "system": "nothing: no shell",
    "popen": "nothing: no shell",
    "tmpnam": "open with O_EXCL",
    "tempnam": "open with O_EXCL",
    "mktemp": "open with O_EXCL",
    "setjmp": "a status",
    "sigsetjmp": "a status",
    "longjmp": "a status",
}
# Not a member, not a part of a longer name; a macro that calls it counts as a call.
CALL = re.compile(r"(?<![\w.])(?<!->)(" + "|".join(BANNED) + r")\s*\(")


def main():
    faults = []
    checked = 0
    for path in source.c_files("src", "include"):
        checked += 1
        for number, line in source.lines(path):
            for match in CALL.finditer(line):
                name = match.group(1)
                faults.append((path, number, f"{name} is called; use {BANNED[name]}"))
    source.finish(faults, checked)


if __name__ == "__main__":
    main()
