"""The short texts on the chart."""

import numpy as np
import pytest
from support.builders import running_run, traced_run

from desktop.chart.geometry import lane_words
from desktop.chart.geometry.row import Row
from workers.timeline.model import Process, ProcessKind, Request
from workers.timeline.tracks import Counter


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


@pytest.mark.parametrize(
    ("most", "text"), [(0.0, "0"), (12.5, "12.5"), (99_999.5, "99,999.5"), (5_990_953.4, "5,990,953"), (2e15, "2e+15")]
)
def test_the_most_of_a_counter_is_a_number_that_can_be_read(most: float, text: str) -> None:
    timeline = traced_run(1)
    timeline.counters[0] = Counter(1, "memory", "bytes", np.array([0]), np.array([most]))
    row = Row(0, 1, 0, 20, counter=1, under=1)
    assert lane_words.other(timeline, row) == ("memory: bytes", f"up to {text}")
