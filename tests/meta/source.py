"""The C files of the project, as the tests beside this file read them."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

_TOKENS = re.compile(
    r"""//(?:\\\n|[^\n])*        # comment to the end of the line
      | /\*.*?\*/               # comment
      | "(?:\\.|[^"\\\n])*"     # string
      | '(?:\\.|[^'\\\n])*'     # character""",
    re.DOTALL | re.VERBOSE,
)


def c_files(*folders):
    """C sources, headers and tables below the folders of the top directory."""
    for folder in folders:
        for path in sorted((TOP / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".def"):
                yield path


def _blank(match):
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + text[0]
    return " " + "\n" * text.count("\n")


def code(path):
    """The text without comments and without what is in strings; lines stay where they are."""
    return _TOKENS.sub(_blank, path.read_text(encoding="utf-8"))


def lines(path):
    """Number and code of each line."""
    return enumerate(code(path).split("\n"), 1)


def includes(path):
    """Line, name of each #include, and whether it is one in <>."""
    text = path.read_text(encoding="utf-8")
    without_comments = re.sub(r"/\*.*?\*/", _blank, text, flags=re.DOTALL)
    for number, line in enumerate(without_comments.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            yield number, match.group(2), match.group(1) == "<"


def finish(faults, checked):
    """Prints the faults, each "path:line: text"; a test that looked at nothing has failed too."""
    for path, number, text in faults:
        print(f"{path.relative_to(TOP)}:{number}: {text}")
    if not checked:
        print("nothing was there to be checked")
    sys.exit(1 if faults or not checked else 0)
