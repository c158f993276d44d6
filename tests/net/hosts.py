"""What the tests of mail hosts and web servers share: live runs beside their replays, and what the lab's servers heard."""

import collections
import json
import pathlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "scenario"), str(TOP / "contrib" / "lab")]

import plan  # noqa: E402
import zonesource  # noqa: E402
from tool import Failure, Tool, enter_lab  # noqa: E402

WORKERS = 8
TWIN = "-ok"


def domains_of(file):
    """The zones of one source file and their twins, without those that only hold hosts."""
    every = zonesource.parse((plan.ZONE_SOURCES / file).read_text(encoding="utf-8"), file)
    return [zone.name.rstrip(".") for zone in every if not zone.name.startswith(("smtp.", "web."))]


def spoken(protocol):
    """What the lab's servers heard of a protocol, in its order: (server, peer, what was said)."""
    lines = [line.split("\t") for line in plan.query_log().read_text(encoding="latin-1").splitlines()]
    return [(line[2], line[3], line[4]) for line in lines if line[1] == protocol]


def talks(protocol):
    """The connections: server and what was said on each."""
    found = collections.defaultdict(list)
    for server, peer, said in spoken(protocol):
        found[server, peer].append(said.removesuffix("\\n").removesuffix("\\r"))
    return [(server, said) for (server, _), said in found.items()]


def difference(first, second):
    for number, (a, b) in enumerate(zip(first.splitlines(), second.splitlines()), 1):
        if a != b:
            return f"line {number}: {a.strip()} / {b.strip()}"
    return "length"


class Batch:
    """Reports of names that were asked together, made live and replayed with the same octets."""

    def __init__(self, tool, tape, arguments):
        form = (*arguments, "--facts", "--format", "json")
        live = tool.run("check", *form, "--record", tape)
        again = tool.run("check", *form, "--replay", tape, status=live.returncode)
        if again.stdout != live.stdout:
            raise Failure(f"{tape.stem}: the replay differs: {difference(live.stdout, again.stdout)}")
        for language in ("en", "ja"):
            tool.run("check", *arguments, "--lang", language, "--verbose", "--replay", tape, status=live.returncode)
        self.status = live.returncode
        try:
            self.reports = json.loads(live.stdout)
        except ValueError:
            raise Failure(f"{tape.stem}: no JSON: {live.stderr.strip()[:500]}") from None
        for report in self.reports:
            if "error" in report:
                raise Failure(f"{tape.stem}: {report}")


class Seen(Batch):
    """The report of one name."""

    def __init__(self, tool, directory, name, *options):
        title = "-".join(str(option).strip("-") for option in options if "/" not in str(option))
        super().__init__(tool, pathlib.Path(directory) / f"{name}-{title}.tape", (*options, name))
        [self.report] = self.reports

    def facts(self, kind):
        return [fact for fact in self.report["facts"] if fact["kind"] == kind]

    def findings(self):
        return sorted({f"{finding['id']}={finding['severity']}" for finding in self.report["findings"]})

    def verdict(self):
        return self.report["cas"][0]["verdict"]


def expect(title, wanted, seen):
    if wanted != seen:
        raise Failure(f"{title}: {seen}, not {wanted}")


def run_all(jobs):
    """Calls all at once, as far as there are workers; prints what fails, and exits."""
    def attempt(job):
        try:
            job()
        except Failure as failure:
            return str(failure)
        return None

    with ThreadPoolExecutor(WORKERS) as pool:
        return [wrong for wrong in pool.map(attempt, jobs) if wrong]


def finish(count, failed):
    for wrong in failed:
        print(f"FAIL {wrong}")
    print(f"{count - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed) or count == 0)


def main_of(run, title):
    """The main of a test: `run` is given the tool and a directory, and returns how many checks there were and what failed."""
    if len(sys.argv) != 2:
        sys.exit(title)
    enter_lab()
    with tempfile.TemporaryDirectory() as directory:
        finish(*run(Tool(sys.argv[1]), pathlib.Path(directory)))
