"""Findings about output that os._exit() did not write, over built timelines."""

from support.builders import SECOND, joined_run
from support.finding_runs import only, said

from workers.analysis.findings.finding import Severity
from workers.timeline.incidents import LostOutput
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def left(last_line: str = "result: 42", kind: ProcessKind = ProcessKind.FORKED) -> Timeline:
    """A finished run of a program whose child left this in its buffer."""
    timeline = joined_run(1)
    timeline.plan = None
    timeline.process(2).kind = kind
    timeline.mistakes.append(LostOutput(2, SECOND, last_line, 11, "plan.py", 9))
    return timeline


def test_output_that_was_never_written() -> None:
    found = only(left())
    assert found.text == ("Process-1 ended by os._exit() (plan.py:9), which does not write what is still in the buffer of "
                          "sys.stdout: output up to 'result: 42' is lost. Call sys.stdout.flush() first.")  # fmt: skip
    assert (found.code, found.severity, found.processes, found.line) == ("output_lost", Severity.PROBLEM, (2,), 9)


def test_output_that_the_parent_had_printed_before_the_fork_is_not_lost() -> None:
    timeline = left()
    timeline.add_line(1, "stdout", SECOND, "result: 42")
    assert said(timeline) == []


def test_it_is_not_told_while_the_parent_may_still_print_it() -> None:
    timeline = left()
    program = timeline.process(1)
    for exit_code in (None, -9):
        program.exit_code = exit_code
        assert "output_lost" not in dict(said(timeline))
        assert "output_lost" in dict(said(left(kind=ProcessKind.WORKER)))


def test_nothing_is_told_where_not_all_output_is_known() -> None:
    timeline = left()
    timeline.dropped_output_bytes = 1
    assert [code for code, _ in said(timeline)] == ["dropped_output"]
