"""Records every public report in all the ways in which a run may go and end, and compares what is told about each.

Each script as it is, beside a thread that wakes up once a second, and with a handler for SIGTERM; ended by Ctrl-C, by TERM to
the whole group, and by Stop; with each Python that is named. A program of its own: ``make reports``, or
``python tests/endurance/reports.py [--python EXE]... [NAME]...``. A run of which the cause is not
told is made once more, alone and with more patience, since seven others run beside it at first. What is not told then either,
or told wrongly at any time, is printed. The program ends with 1 if there is any.
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
from collections.abc import Callable
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
NOT_TOLD = {"x80_notified_too_early", "x81_event_of_threads"}
"""A process with a handler for SIGTERM that waits in Event.wait() or Condition.wait() is what a healthy service looks like."""
CHANGED = {"r09_task_done_missing_ok", "r21_nested_pool_ok", "r53_daemon_cut_off", "x48_os_kill"}
"""Not run with the handler: forked children inherit it, so that terminate() and os.kill() do not end them as is meant."""
ENDS = ("Ctrl-C", "TERM", "Stop")
AFTER_S = 11.0
LATER_S = 25.0
"""When runs are ended that are on speed, or made once more."""
AT_A_TIME = 8
FEW_AT_A_TIME = 2
_LIMIT_S = 75.0


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


def by_signal(cases: list[Case], after_s: float, at_a_time: int) -> list[str]:
    """What is wrong about runs that are ended from outside, as a user or a CI would: with a signal to the whole group."""
    with ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(lambda case: _ended_by_signal(case, after_s), cases))


def _ended_by_signal(case: Case, after_s: float) -> str:
    arguments = case.row.arguments if case.row is not None else ()
    command = [*PROCESSION, "record", "--json", "--python", case.python, str(case.script), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    ) as running:  # fmt: skip
        number = signal.SIGINT if case.end == "Ctrl-C" else signal.SIGTERM
        until_s = time.monotonic() + _LIMIT_S
        wait_s = after_s
        while True:
            try:
                out, _ = running.communicate(timeout=wait_s)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > until_s:
                    number = signal.SIGKILL
                os.killpg(running.pid, number)
                wait_s = 6.0
    return judged(case, json.loads(out)) if out else f"no report, exit code {running.returncode}"


def by_stop(cases: list[Case], after_s: float, at_a_time: int) -> list[str]:
    """What is wrong about runs that are ended by Stop, as in the window."""
    programs = {
        str(case): script_program(case.script, *(case.row.arguments if case.row else ()), python=case.python)
        for case in cases
    }
    told = told_about(programs, lambda name, found: False, lambda name: after_s, at_a_time=at_a_time)
    return [judged(case, json.loads(json.dumps(report(told[str(case)].timeline)))) for case in cases]


def judged(case: Case, data: dict[str, Any]) -> str:
    """What is wrong about what was told; empty if nothing is."""
    problems = [one for one in data["findings"] if one["severity"] == "problem"]
    row = case.row
    if row is None:
        # A Pool whose workers inherit a handler that does nothing may really not end.
        allowed = "terminate_ignored" if case.kind == "sigterm" else None
        return "; ".join(one["text"] for one in problems if one["code"] != allowed)
    false = [one["text"] for one in data["findings"] if row.never and re.search(row.never, one["text"])]
    also = (*row.also, "terminate_ignored") if case.kind == "sigterm" else row.also
    false += [one["text"] for one in problems if one["code"] not in (row.code, *also)]
    if false:
        return "wrong: " + "; ".join(false)
    if any(_matches(row, one) for one in data["findings"]):
        return ""
    ignored = any(one["code"] == "terminate_ignored" for one in data["findings"])  # then that is the cause of its hang
    if case.kind == "sigterm" and (ignored or row.script in NOT_TOLD):
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
            if (not options.names or name in options.names) and not (kind == "sigterm" and name in CHANGED)
        ]
        wrong = _all_wrong(cases)
    for way in dict.fromkeys(map(_way, cases)):
        of_way = [case for case in cases if _way(case) == way]
        print(f"{sum(case not in wrong for case in of_way)} of {len(of_way)}: {', '.join(way)}")
    return int(bool(wrong))


def _way(case: Case) -> tuple[str, str, str]:
    return case.kind, case.end, case.python


def _all_wrong(cases: list[Case]) -> set[Case]:
    """Run all cases, a way after the other, and print what is wrong."""
    wrong = set()
    for way in dict.fromkeys(map(_way, cases)):
        run: Callable[[list[Case], float, int], list[str]] = by_stop if way[1] == "Stop" else by_signal
        of_way = [case for case in cases if _way(case) == way]
        on_speed = [case for case in of_way if case.row is not None and case.row.heavy]
        others = [case for case in of_way if case not in on_speed]
        said = dict(zip(others, run(others, AFTER_S, AT_A_TIME), strict=True))
        said |= zip(on_speed, run(on_speed, LATER_S, FEW_AT_A_TIME), strict=True)
        for case, first in said.items():
            told = first
            if first.startswith(("not named", "no report")):
                (told,) = run([case], LATER_S, 1)
            if first:
                print(f"{case}: {told or f'only when run again; at first {first}'}", flush=True)
            if told:
                wrong.add(case)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
