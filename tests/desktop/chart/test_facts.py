"""What the chart says in words."""

import pytest
from builders import MS, SECOND, joined_run, running_run

from desktop.chart import facts
from desktop.selection import Selection
from workers.model import CallName, Process, ProcessKind, Request, SpanKind


@pytest.mark.parametrize(("exit_code", "end"), [(0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (None, "")])
def test_a_header_says_how_it_ended(exit_code: int | None, end: str) -> None:
    process = Process(2, "Process-1", ProcessKind.WORKER, pid=7, start_called_ns=0, target_began_ns=1)
    process.exit_code = exit_code
    assert facts.header(process).end == end
    assert facts.header(process).below == "pid 7 · alive"


def test_a_process_tells_every_fact() -> None:
    timeline = joined_run(2, exit_codes={2: -15})
    timeline.process(3).exited_within_ns = 4 * MS
    text = facts.describe(timeline, Selection(3))
    for part in ("Process-2: worker, joined, sort 20k", "pid 1002, parent 1000", "start method fork",
                 "start() called at 50 ms", "target began at 52 ms", "exited at 2.054 s ± 2 ms",
                 "SIGTERM (exit code -15)", "joined at 2.055 s", "2 lines printed"):  # fmt: skip
        assert part in text


def test_a_wait_says_whom_and_how_long() -> None:
    timeline = running_run(2)
    timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    timeline.now_ns = 2 * SECOND
    text = facts.describe(timeline, Selection(1, call=3))
    assert "join(Process-1) called by program" in text
    assert "has not returned, for 1.900 s" in text


def test_a_phase_says_from_when_to_when() -> None:
    text = facts.describe(joined_run(1), Selection(2, phase=int(SpanKind.ALIVE)))
    assert text.startswith("alive from 42 ms to 1.042 s: 1.000 s")


def test_a_line_is_quoted() -> None:
    assert "printed stdout at 43 ms: Started with n: 10000" in facts.describe(running_run(1), Selection(2, line=1))


def test_a_question_that_waits_is_named() -> None:
    timeline = running_run(2)
    assert facts.pending_text(timeline) == ""
    timeline.requests[1] = Request(1, "alive", 2, 10)
    assert facts.pending_text(timeline) == "is_alive(Process-2)? waits"
    timeline.requests[2] = Request(2, "join", 1, 20)
    assert facts.pending_text(timeline) == "is_alive(Process-2)? and 1 more wait"
