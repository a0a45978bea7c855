"""Findings about a pipe that only its writer has open, over built timelines."""

from support.builders import SECOND, running_run
from support.finding_runs import only, still

from workers.analysis.findings.all_findings import findings
from workers.timeline.model import Wait
from workers.timeline.stacks import CodeFrame, EndHolder


def test_a_pipe_that_only_its_writer_has_open() -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    program = timeline.process(1)
    still(program, Wait.PIPE_WRITE)
    program.waits[0].ends = (81,)
    program.waits[0].frames = (CodeFrame("Connection._send", "/usr/lib/python3.11/multiprocessing/connection.py", 384),
                               CodeFrame("<module>", "plan.py", 12))  # fmt: skip
    timeline.holders[81] = (EndHolder(1, 1000, "", reads=True, writes=True),)
    found = only(timeline)
    assert found.text == ("The program waits in Connection._send() (plan.py:12) for room in a full pipe that only it has open: "
                          "nothing is read from it before this call returns. Start the process that reads first.")  # fmt: skip
    assert (found.code, found.processes, found.line) == ("full_pipe", (1,), 12)
    timeline.holders[81] += (EndHolder(2, 1001, "", reads=True, writes=False),)
    assert findings(timeline) == []  # the worker may read
    timeline.holders[81] = (
        EndHolder(1, 1000, "", reads=False, writes=True),
        EndHolder(None, 5, "cat", reads=True, writes=False),
    )
    assert findings(timeline) == []
