#!/usr/bin/python3
"""What contrib/CONTRIBUTING.md names exists, and its profile is in order: test_contributing.py DCVREADY"""

import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
GUIDE = TOP / "contrib" / "CONTRIBUTING.md"
PLACES = ("contrib/", "fixtures/", "src/", "tests/")
# Written by the program of that test, not there before it ran once.
SNAPSHOTS = "fixtures/policy/"


def call(*command):
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)


def quoted(text):
    """What stands between backquotes outside of code blocks, and the lines of indented blocks."""
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    yield from (" ".join(part.split()) for part in re.findall(r"`([^`]+)`", prose))
    for line in prose.splitlines():
        if line.startswith("    "):
            yield line.split("#")[0].strip()


def faults_of_paths(snippets):
    for snippet in snippets:
        for word in snippet.split():
            if word.startswith(PLACES) and "<" not in word and word != SNAPSHOTS and not (TOP / word).exists():
                yield f"there is no {word}"


def faults_of_calls(tool, snippets):
    for snippet in snippets:
        words = snippet.split()
        if words[:1] != ["dcvready"]:
            continue
        text = call(tool, words[1], "--help")
        if text.returncode != 0:
            yield f"{snippet}: there is no command {words[1]}"
        for option in (word for word in words if word.startswith("--")):
            if not re.search(rf"{option}\b", text.stdout):
                yield f"{snippet}: {words[1]} has no option {option}"


def faults_of_tests(snippets):
    """Tests are chosen by expressions that find some."""
    known = re.findall(r"(?:dcv_test|dcv_lab_test)\((\S+)", (TOP / "tests/CMakeLists.txt").read_text(encoding="utf-8"))
    for module, names in re.findall(r"dcv_unit_tests\((\w+) ([^)]+)\)", (TOP / "tests/CMakeLists.txt").read_text(encoding="utf-8")):
        known += [f"{module}-{name}" for name in names.split()]
    for snippet in snippets:
        found = re.search(r"(?:ctest|contrib/test) -R (\S+)", snippet)
        if found and not any(re.search(found.group(1), name) for name in known):
            yield f"{snippet}: there is no such test"


def faults_of_profile(tool, text):
    blocks = re.findall(r"```yaml\n(.*?)```", text, flags=re.S)
    if len(blocks) != 1:
        yield f"{len(blocks)} profiles, expected one"
        return
    with tempfile.TemporaryDirectory(prefix="dcvready-contributing-") as folder:
        path = pathlib.Path(folder, "my-ca.yaml")
        path.write_text(blocks[0], encoding="utf-8")
        checked = call(tool, "cas", "--check", str(path))
        if checked.stdout.splitlines() != ["files: 1, errors: 0, warnings: 0"]:
            yield checked.stdout + checked.stderr
        if call(tool, "cas", "--ca-dir", folder, "my-ca").returncode != 0:
            yield "the profile cannot be loaded"


def main():
    tool = str(pathlib.Path(sys.argv[1]).resolve())
    text = GUIDE.read_text(encoding="utf-8")
    snippets = list(quoted(text))
    faults = [
        *faults_of_paths(snippets),
        *faults_of_calls(tool, snippets),
        *faults_of_tests(snippets),
        *faults_of_profile(tool, text),
    ]
    for fault in faults:
        print(f"{GUIDE.relative_to(TOP)}: {fault}")
    print(f"{len(snippets)} snippets, {len(faults)} faults")
    return 1 if faults or not snippets else 0


if __name__ == "__main__":
    sys.exit(main())
