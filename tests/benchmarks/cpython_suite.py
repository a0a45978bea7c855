"""Runs CPython's own multiprocessing tests bare and recorded, and lists the tests whose results differ.

Usage: python tests/benchmarks/cpython_suite.py [fork|spawn|forkserver]... [--limit SECONDS] [--match PATTERN]

Each test case runs in an interpreter of its own, so that one that hangs does not stop the others. Exit code 1 when any result
differs.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program

_RUNNER = """
import sys, unittest
from test import _test_multiprocessing as tests
if sys.argv[1] == "names":
    tests.install_tests_in_module_dict(globals(), sys.argv[2])
    print(*sorted(name for name, held in globals().items() if isinstance(held, type) and issubclass(held, unittest.TestCase)))
    sys.exit()


class Result(unittest.TestResult):
    def say(self, test, what):
        print("RESULT", test.id().rpartition("__main__.")[2], what, file=log, flush=True)
    def addSuccess(self, test): self.say(test, "passed")
    def addError(self, test, error): self.say(test, "error " + error[0].__name__)
    def addFailure(self, test, error): self.say(test, "failed " + error[0].__name__)
    def addSkip(self, test, reason): self.say(test, "skipped")


tests.install_tests_in_module_dict(globals(), sys.argv[2])
if __name__ == "__main__":
    log = open(sys.argv[3], "a")
    setUpModule()
    unittest.defaultTestLoader.loadTestsFromTestCase(globals()[sys.argv[4]]).run(Result())
    tearDownModule()
"""


def results(log: Path) -> dict[str, str]:
    """{test: what came of it}"""
    found = {}
    for line in log.read_text().splitlines() if log.exists() else []:
        _, name, what = line.split(" ", 2)
        found[name] = what
    return found


def run_case(command: list[str], log: Path, *, record: bool, limit_s: float) -> dict[str, str]:
    """Run one test case's tests, at most so long."""
    until_s = time.monotonic() + limit_s
    if record:
        run = LocalEngine(Program((*command,), os.getcwd(), "tests"), whole=False)
        run.start()
        while not run.over and time.monotonic() < until_s:
            run.take()
            time.sleep(0.02)
        run.close()
    else:
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           timeout=limit_s)  # fmt: skip
        except subprocess.TimeoutExpired:
            pass
    return results(log)


def compare(method: str, limit_s: float, match: str) -> bool:
    """Print what differs under a start method. Whether anything does."""
    differs = False
    total = passed = 0
    with tempfile.TemporaryDirectory() as held:
        script = Path(held) / "mp_tests.py"
        script.write_text(_RUNNER)
        listed = subprocess.run(
            [sys.executable, str(script), "names", method], capture_output=True, text=True, check=True
        )
        for case in listed.stdout.split():
            if not re.search(match, case):
                continue
            sides = []
            for record in (False, True):
                log = Path(held) / f"{case}-{record}"
                command = [sys.executable, str(script), "run", method, str(log), case]
                sides.append(run_case(command, log, record=record, limit_s=limit_s))
            bare, recorded = sides
            total += len(bare)
            passed += sum(what == "passed" for what in recorded.values())
            for name in sorted(set(bare) | set(recorded)):
                if bare.get(name) != recorded.get(name):
                    differs = True
                    print(
                        f"{method} {name}: bare {bare.get(name, 'not run')}, recorded {recorded.get(name, 'not run')}"
                    )
            sys.stdout.flush()
    print(f"{method}: {total} tests bare, {passed} passed recorded", flush=True)
    return differs


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("methods", nargs="*", default=["fork"])
    parser.add_argument("--limit", type=float, default=120.0)
    parser.add_argument("--match", default="")
    options = parser.parse_args()
    differing = [method for method in options.methods if compare(method, options.limit, options.match)]
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
