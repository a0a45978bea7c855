"""Records every public report in all the ways in which a run may go and end, and compares what is told about each.

Each script as it is, beside a thread that wakes up once a second, and with a handler for SIGTERM; ended by Ctrl-C, by TERM to
the whole group, and by Stop; with each Python that is named. A program of its own: ``make reports``, or
``python tests/endurance/reports.py [--python EXE]... [NAME]...``. It prints a line for each script of which something is not
told, or told wrongly, and ends with 1 if there is any.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.commands import PROCESSION
from support.report_expectations import EXPECTED, Expected
from support.report_runs import told_about
from support.scripts import SCRIPTS

from workers.analysis.findings.finding import Finding
from workers.engines.programs import script_program
from workers.report.report import report

KINDS = {
    "plain": "",
    "heartbeat": "import heartbeat_thread; heartbeat_thread.begin()",
    "sigterm": "import signal as _g; _g.signal(_g.SIGTERM, lambda number, frame: None)",
}
HEARTBEAT = """import threading, time
def heartbeat():
    while True:
        time.sleep(1)
def begin():
    threading.Thread(target=heartbeat, daemon=True).start()
"""
ENDS = ("Ctrl-C", "TERM", "Stop")
AFTER_S = 11.0
AT_A_TIME = 8
_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """One run. healthy: nothing may be told."""

    name: str
    kind: str
    end: str
    python: str
    script: Path
    row: Expected | None

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.end}, {Path(self.python).name})"


def prepared(folder: Path, kind: str, name: str) -> Path:
    """A copy of the script with a line of its kind, run in the main process only, and no other line moved."""
    original = next(SCRIPTS.joinpath("reports").rglob(f"{name}.py"))
    within = folder / kind / original.parent.name
    if not within.exists():
        shutil.copytree(original.parent, within)
        (within / "heartbeat_thread.py").write_text(HEARTBEAT)
    path = within / original.name
    source = original.read_text()
    end = source.index('"""', 3) + 3
    if KINDS[kind]:
        path.write_text(f"{source[:end]}; __name__ == '__main__' and exec({KINDS[kind]!r}){source[end:]}")
    return path


def recorded(case: Case) -> dict[str, Any] | None:
    """The report of a run that is ended from outside, as a user or a CI would: with a signal to the whole group.

    None where there is no report: the run did not end before it was killed.
    """
    arguments = case.row.arguments if case.row is not None else ()
    command = [*PROCESSION, "record", "--json", "--python", case.python, str(case.script), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    ) as running:  # fmt: skip
        number = signal.SIGINT if case.end == "Ctrl-C" else signal.SIGTERM
        until_s = time.monotonic() + _LIMIT_S
        wait_s = AFTER_S
        while True:
            try:
                out, _ = running.communicate(timeout=wait_s)
                return json.loads(out) if out else None
            except subprocess.TimeoutExpired:
                if time.monotonic() > until_s:
                    number = signal.SIGKILL
                os.killpg(running.pid, number)
                wait_s = 6.0


def stopped(cases: list[Case]) -> list[dict[str, Any] | None]:
    """The reports of runs that are ended by Stop, as in the window."""
    programs = {
        str(case): script_program(case.script, *(case.row.arguments if case.row else ()), python=case.python)
        for case in cases
    }
    told = told_about(programs, lambda name, found: False, lambda name: AFTER_S, at_a_time=AT_A_TIME)
    return [json.loads(json.dumps(report(told[str(case)].timeline))) for case in cases]


def judged(case: Case, data: dict[str, Any] | None) -> str:
    """What is wrong about what was told; empty if nothing is."""
    if data is None:
        return f"no report: killed after {_LIMIT_S:.0f} s"
    problems = [one for one in data["findings"] if one["severity"] == "problem"]
    row = case.row
    if row is None:
        return "; ".join(one["text"] for one in problems)
    false = [one["text"] for one in data["findings"] if row.never and re.search(row.never, one["text"])]
    false += [one["text"] for one in problems if one["code"] not in (row.code, *row.also)]
    if false:
        return "wrong: " + "; ".join(false)
    if any(_matches(row, one) for one in data["findings"]):
        return ""
    return "not named: " + ("; ".join(one["text"] for one in data["findings"]) or "nothing was told")


def _matches(row: Expected, found: dict[str, Any]) -> bool:
    finding = Finding(
        found["code"], found["severity"], found["text"], (), None, None, found["file"] or "", found["line"] or 0
    )
    lines = {str(finding.line)} if Path(finding.file).stem == row.script else set()
    lines |= set(re.findall(rf"{row.script}\.py:(\d+)", finding.text))
    return (
        finding.code == row.code and re.search(row.text, finding.text) is not None and {*map(str, row.lines)} <= lines
    )


def main() -> int:
    """Run all of them, and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", action="append", default=[], help="an interpreter for the scripts")
    parser.add_argument("--kind", action="append", default=[], choices=list(KINDS))
    parser.add_argument("--end", action="append", default=[], choices=ENDS)
    parser.add_argument("names", nargs="*", help="scripts, without .py; all if none is given")
    options = parser.parse_args()
    rows = {row.script: row for row in EXPECTED}
    healthy = sorted(path.stem for path in SCRIPTS.joinpath("reports").rglob("*_ok.py"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONUNBUFFERED", None)  # some reports are about buffers
        os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = folder
        cases = [
            Case(name, kind, end, python, prepared(Path(folder), kind, name), rows.get(name))
            for python in options.python or [sys.executable]
            for kind in options.kind or KINDS
            for end in options.end or ENDS
            for name in (*rows, *healthy)
            if not options.names or name in options.names
        ]
        by_stop = [case for case in cases if case.end == "Stop"]
        by_signal = [case for case in cases if case.end != "Stop"]
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            results = list(zip(by_signal, pool.map(recorded, by_signal), strict=True))
        results += zip(by_stop, stopped(by_stop), strict=True)
    counts: Counter[tuple[str, str, str]] = Counter()
    wrong = 0
    for case, data in results:
        told = judged(case, data)
        counts[case.python, case.kind, case.end] += not told
        if told:
            wrong += 1
            print(f"{case}: {told}", flush=True)
    for (python, kind, end), right in counts.items():
        print(
            f"{right} of {sum((c.python, c.kind, c.end) == (python, kind, end) for c, _ in results)}: {kind}, {end}, {python}"
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
