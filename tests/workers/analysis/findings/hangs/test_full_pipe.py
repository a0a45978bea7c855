"""Findings about a pipe that only its writer has open, over built timelines."""

from support.builders import SECOND, running_run
from support.finding_runs import only, said, still

from workers.analysis.findings.all_findings import findings
from workers.timeline.model import ProcessKind, Wait
from workers.timeline.stacks import CodeFrame, EndHolder

SUBPROCESS = "/usr/lib/python3.11/subprocess.py"


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


def test_a_command_whose_input_is_never_closed() -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    command = timeline.process(2)
    command.kind, command.handled_signals = ProcessKind.SUBPROCESS, 1  # its own handler for SIGHUP, as sort has it
    still(timeline.process(1), Wait.CHILD)
    still(command, Wait.PIPE_READ)
    timeline.process(1).waits[0].object = command.pid or 0
    command.waits[0].ends = (81,)
    timeline.process(1).waits[0].frames = (CodeFrame("Popen.wait", SUBPROCESS, 9), CodeFrame("<module>", "plan.py", 9))
    timeline.holders[81] = (EndHolder(1, 1001, "", reads=False, writes=True),)
    assert only(timeline).text.endswith(
        "Process-1 waits for data from a pipe. The writing end of the pipe that Process-1 reads is open in the program, so "
        "that Process-1 gets no end of file: close it there, or use communicate()."
    )
    timeline.process(1).waits[0].object = 0  # it may wait for another one
    assert "no end of file" not in only(timeline).text
    timeline.process(1).waits[0].object = command.pid or 0
    timeline.holders[81] += (EndHolder(None, 5, "cat", reads=False, writes=True),)
    assert said(timeline) == []


def test_an_output_that_a_background_process_keeps_open() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    program, shell, sleeps = timeline.processes
    program.waits, shell.exited_ns, shell.exit_code = [], 300_000_000, 0
    still(program, Wait.PIPE_READ)
    program.waits[0].ends = (81,)
    program.waits[0].frames = (CodeFrame("Popen.communicate", SUBPROCESS, 9), CodeFrame("<module>", "plan.py", 7))
    still(sleeps, Wait.TIME)
    timeline.holders[81] = (EndHolder(3, 1003, "", reads=False, writes=True),)
    assert "pipe_kept_open" not in dict(said(timeline))  # a child of its own: it waits for that
    sleeps.parent_id = 2
    assert dict(said(timeline))["pipe_kept_open"].startswith(
        "The program waits in Popen.communicate() (plan.py:7) for the end of a pipe: Process-1 has ended, but Process-2, which "
        "it started, has that pipe open still."
    )
