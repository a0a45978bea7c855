"""The short texts on the chart."""

import pytest
from support.builders import running_run

from desktop.chart.geometry import lane_words
from workers.timeline.model import Process, ProcessKind, Request


@pytest.mark.parametrize(("exit_code", "end"), [(0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (None, "")])
def test_a_header_says_how_it_ended(exit_code: int | None, end: str) -> None:
    process = Process(2, "Process-1", ProcessKind.WORKER, pid=7, start_called_ns=0, target_began_ns=1)
    process.exit_code = exit_code
    assert lane_words.header(process).end == end
    assert lane_words.header(process).below == "pid 7 · alive"


def test_a_header_says_quietly_that_its_pool_ended_it() -> None:
    process = Process(2, "ForkPoolWorker-1", ProcessKind.POOL_WORKER, pid=7, start_called_ns=0, target_began_ns=1)
    process.exited_ns, process.exit_code, process.pool_ended_ns = 9, -15, 8
    assert lane_words.header(process) == lane_words.HeaderText("ForkPoolWorker-1", "", "pid 7 · ended by its Pool")
    process.pool_ended_ns = None
    assert lane_words.header(process).end == "SIGTERM"


def test_a_question_that_waits_is_named() -> None:
    timeline = running_run(2)
    assert lane_words.pending_text(timeline) == ""
    timeline.requests[1] = Request(1, "alive", 2, 10)
    assert lane_words.pending_text(timeline) == "is_alive(Process-2)? waits"
    timeline.requests[2] = Request(2, "join", 1, 20)
    assert lane_words.pending_text(timeline) == "is_alive(Process-2)? and 1 more wait"


def test_a_request_to_the_parent_itself_names_no_worker() -> None:
    timeline = running_run(2)
    timeline.requests[1] = Request(1, "join_rest", 0, 10)
    assert lane_words.pending_text(timeline) == "join rest? waits"
