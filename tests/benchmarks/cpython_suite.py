"""Runs CPython's own tests of multiprocessing and concurrent.futures bare and recorded, and lists the results that differ.

Usage: python tests/benchmarks/cpython_suite.py [fork|spawn|forkserver|futures]... [--python EXE]... [--library FOLDER]
           [--limit SECONDS] [--match PATTERN] [--jobs N]

Each test case runs in an interpreter of its own, so that one that hangs does not stop the others. A case whose results differ
is repeated twice on both sides: a test that failed bare as well is unsteady by itself. Exit code 1 when a result differs and
the repetitions do not explain it.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program

METHODS = ("fork", "spawn", "forkserver")
FUTURES = "futures"
REPETITIONS = 2

# Lists the test cases of a suite ("names SUITE"), or runs one of them and writes a line for each test ("run SUITE LOG CASE").
_RUNNER = """
import sys, unittest


class Result(unittest.TestResult):
    def say(self, test, outcome):
        print("RESULT", test.id().rpartition("__main__.")[2].replace(" ", "_"), outcome, file=log, flush=True)
    def addSuccess(self, test): self.say(test, "passed")
    def addError(self, test, error): self.say(test, "error " + error[0].__name__)
    def addFailure(self, test, error): self.say(test, "failed " + error[0].__name__)
    def addSkip(self, test, reason): self.say(test, "skipped")
    def addExpectedFailure(self, test, error): self.say(test, "failed as expected")
    def addUnexpectedSuccess(self, test): self.say(test, "passed unexpectedly")


def cases_in(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from cases_in(test)
        else:
            yield type(test)


if sys.argv[2] == "futures":
    if __name__ == "__main__":
        found = cases_in(unittest.defaultTestLoader.loadTestsFromName("test.test_concurrent_futures"))
        cases = {f"{case.__module__}.{case.__qualname__}": case for case in found}
else:
    from test import _test_multiprocessing as tests
    tests.install_tests_in_module_dict(globals(), sys.argv[2])
    cases = {name: held for name, held in globals().items() if isinstance(held, type) and issubclass(held, unittest.TestCase)}
if __name__ == "__main__":
    if sys.argv[1] == "names":
        print(*sorted(cases))
    else:
        log = open(sys.argv[3], "a")
        unittest.defaultTestLoader.loadTestsFromTestCase(cases[sys.argv[4]]).run(Result())
"""

Outcomes = dict[str, str]  # {test: "passed", "failed AssertionError", …}


@dataclass(frozen=True)
class Suite:
    """One of CPython's suites, under one interpreter."""

    python: str
    name: str  # a start method, or FUTURES
    script: Path
    limit_s: float  # of each test case

    def cases(self, match: str) -> list[str]:
        """The names of its test cases."""
        listed = subprocess.run([self.python, self.script, "names", self.name], capture_output=True, text=True)
        if listed.returncode:
            raise SystemExit(f"{self.python} has no tests of {self.name}: {listed.stderr.strip().splitlines()[-1]}")
        return [case for case in listed.stdout.split() if re.search(match, case)]

    def run(self, case: str, *, record: bool) -> Outcomes:
        """Run the tests of one case, for `limit_s` at most."""
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            command = (self.python, str(self.script), "run", self.name, str(log), case)
            (_run_recorded if record else _run_bare)(command, self.limit_s, folder)
            return _outcomes(log)


def _outcomes(log: Path) -> Outcomes:
    lines = log.read_text().splitlines() if log.exists() else []
    return {name: outcome for _, name, outcome in (line.split(" ", 2) for line in lines)}


def _run_bare(command: tuple[str, ...], limit_s: float, folder: str) -> None:
    null = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=null, stdout=null, stderr=null, cwd=folder) as process:
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()


def _run_recorded(command: tuple[str, ...], limit_s: float, folder: str) -> None:
    until_s = time.monotonic() + limit_s
    run = LocalEngine(Program(command, folder, "tests"), whole=False)
    run.start()
    while not run.over and time.monotonic() < until_s:
        run.take()
        time.sleep(0.02)
    run.close()


@dataclass(frozen=True)
class Comparison:
    """The outcomes of a test case on both sides, first run and repetitions."""

    bare: list[Outcomes]
    recorded: list[Outcomes]

    def differing(self) -> Iterator[tuple[str, list[str], list[str]]]:
        """Each test whose first outcomes differ, with all of its outcomes bare and recorded."""
        for test in sorted({*self.bare[0], *self.recorded[0]}):
            bare, recorded = ([run.get(test, "not run") for run in side] for side in (self.bare, self.recorded))
            if bare[0] != recorded[0]:
                yield test, bare, recorded


def compare_case(suite: Suite, case: str) -> Comparison:
    """Run a case on both sides, and again where they differ."""
    bare, recorded = [suite.run(case, record=False)], [suite.run(case, record=True)]
    for _ in range(REPETITIONS if bare[0] != recorded[0] else 0):
        bare.append(suite.run(case, record=False))
        recorded.append(suite.run(case, record=True))
    return Comparison(bare, recorded)


def compare(suite: Suite, match: str, jobs: int) -> bool:
    """Print a suite's counts, and what differs. Whether a difference is left that repetitions do not explain."""
    with ThreadPoolExecutor(jobs) as pool:
        comparisons = list(pool.map(lambda case: compare_case(suite, case), suite.cases(match)))
    differs = False
    counts = [
        Counter(outcome.split()[0] for side in sides for outcome in side.values())
        for sides in ([one.bare[0] for one in comparisons], [one.recorded[0] for one in comparisons])
    ]
    kinds = sorted({*counts[0], *counts[1]}, key=("passed", "failed", "error", "skipped").index)
    version = subprocess.run([suite.python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    words = ", ".join(f"{kind} {counts[0][kind]} bare, {counts[1][kind]} recorded" for kind in kinds)
    print(f"{version} {suite.name}: {words}", flush=True)
    for comparison in comparisons:
        for test, bare, recorded in comparison.differing():
            unsteady = bool({*bare} & {*recorded})
            differs |= not unsteady
            verdict = "unsteady" if unsteady else "DIFFERS"
            print(f"  {verdict} {test}: bare {' / '.join(bare)}; recorded {' / '.join(recorded)}", flush=True)
    return differs


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suites", nargs="*", help=f"{', '.join(METHODS)}, {FUTURES}; all without one")
    parser.add_argument("--python", action="append", help="an interpreter; this one without")
    parser.add_argument("--library", help="a folder with a package `test`, where the interpreter has none of its own")
    parser.add_argument("--limit", type=float, default=180.0, help="seconds for each test case")
    parser.add_argument("--match", default="", help="a regular expression: only the test cases that it finds")
    parser.add_argument("--jobs", type=int, default=1, help="test cases side by side")
    options = parser.parse_args()
    if unknown := set(options.suites) - {*METHODS, FUTURES}:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    if options.library:
        os.environ["PYTHONPATH"] = os.path.abspath(options.library)
    differs = False
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "run_cpython_tests.py"
        script.write_text(_RUNNER)
        for python in options.python or [sys.executable]:
            for name in options.suites or (*METHODS, FUTURES):
                differs |= compare(Suite(python, name, script, options.limit), options.match, options.jobs)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
