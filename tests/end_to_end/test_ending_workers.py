"""The calls by which Python 3.14 ends workers, recorded by every such Python that is found."""

import signal
import sys
from pathlib import Path

import pytest
from support.interpreters import interpreters
from support.run_pairs import Recorded, line_of, record
from support.scripts import script_path

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.analysis.status import sentence
from workers.engines.programs import script_program
from workers.timeline.model import CallName, MarkKind, Process, ProcessKind

SCRIPT = "ends_workers.py"
PYTHONS = {version: path for version, path in interpreters().items() if version >= (3, 14)}
pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks"),
    pytest.mark.skipif(not PYTHONS, reason="needs Python 3.14 or newer: name it in PYTHONS"),
]
EVERY_PYTHON = pytest.mark.parametrize("python", PYTHONS.values(), ids=[f"3.{minor}" for _, minor in PYTHONS])
METHODS = pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])


def run(python: str, *arguments: str) -> Recorded:
    return record(script_program(script_path(SCRIPT), *arguments, python=python))


def signals(found: Recorded, process: Process) -> list[int]:
    """When the lane of a process shows that a signal was sent to it."""
    marks = found.timeline.lane(process.id).marks
    return [int(at) for at, kind in zip(marks.t, marks.kind, strict=True) if kind == MarkKind.SIGNALLED]


@EVERY_PYTHON
@METHODS
def test_an_interrupt_is_recorded_and_explains_the_end(python: str, method: str) -> None:
    found = run(python, method, "interrupt")
    assert found.out.decode().split("\n")[:3] == ["sleeps 1", "dies_of_it -2", "survived"]
    for name, way in (("sleeps", "interrupt()"), ("dies_of_it", "interrupt()"), ("survives", None)):
        worker = found.named(name)
        first, *others = found.calls(worker, "interrupt")
        assert (Path(first.file).name, first.line) == (SCRIPT, line_of(SCRIPT, "# it lives"))
        assert (first.by, first.error, [call.error for call in others]) == (
            1,
            None,
            ["ValueError"] * (name == "survives"),
        )
        assert first.ended_ns is not None
        assert first.began_ns < first.ended_ns
        assert deliberate_end(found.timeline, worker) == way
        assert signals(found, worker) == [first.began_ns]
    assert [finding.code for finding in findings(found.timeline) if finding.severity is not Severity.INFO] == []
    assert "2 of 3 were ended by interrupt() (sleeps, dies_of_it)" in sentence(found.timeline)


@EVERY_PYTHON
@METHODS
@pytest.mark.parametrize(("how", "code"), [("terminate_workers", -15), ("kill_workers", -9)])
def test_an_executor_ends_all_its_workers_in_one_call(python: str, method: str, how: str, code: int) -> None:
    found = run(python, method, how)
    workers = found.of_kind(ProcessKind.POOL_WORKER)
    codes = sorted(worker.exit_code or 0 for worker in workers)
    assert found.out.decode().startswith(f"{how} {codes}\n['BrokenProcessPool', ")
    act, on_none = [call for call in found.timeline.calls if call.name == how]
    assert (act.by, act.process, act.error, act.result) == (1, None, None, None)
    assert (Path(act.file).name, act.line) == (SCRIPT, line_of(SCRIPT, "getattr(pool, how)()"))
    assert (on_none.workers, on_none.error) == ((), None)
    assert len(workers) == 3
    assert act.workers
    for worker in workers:
        # After the first death the executor's own thread terminates the others, and may be faster than the call.
        faster = [call for call in found.calls(worker, "terminate") if call.began_ns < (worker.exited_ns or 0)]
        assert worker.exit_code == code or (faster and worker.exit_code == -signal.SIGTERM), worker.exit_code
        assert worker.id in act.workers or faster, (act.workers, worker.id)
        ways = [f"{how}()"] if worker.id in act.workers else []
        assert deliberate_end(found.timeline, worker) in [*ways, *(["terminate()"] if faster else [])]
        assert act.began_ns < (worker.exited_ns or 0)
        assert worker.id not in act.workers or act.began_ns in signals(found, worker)
    assert [finding.code for finding in findings(found.timeline) if finding.severity is not Severity.INFO] == []
    assert "failed" not in sentence(found.timeline)
    by_call = sum(deliberate_end(found.timeline, worker) == f"{how}()" for worker in workers)
    assert not by_call or f"of 3 {'were' if by_call > 1 else 'was'} ended by {how}()" in sentence(found.timeline)
    for call in found.timeline.calls:  # what the executor asks and sends while it does so is no call of its own
        if call.name in (CallName.IS_ALIVE, CallName.TERMINATE, CallName.KILL):
            assert "proc." not in Path(call.file).read_text().split("\n")[call.line - 1], call
