"""The language of the conditions: what it gives for a run, what is unknown, and where a wrong expression is wrong."""

import pytest
from support.builders import MS, joined_run, running_run
from support.lesson_runs import asked

from workers.lessons.expressions import ExpressionError, parse
from workers.lessons.run_words import COUNTS, RUN, OutcomeCounts
from workers.lessons.value_kinds import ValueKind
from workers.timeline.model import CallName, ProcessKind
from workers.timeline.timeline import Timeline


@pytest.fixture
def run() -> Timeline:
    """Four workers of 1, 2, 3 and 4 seconds; the second one failed, the fourth was killed."""
    return joined_run(4, exit_codes={2: 1, 4: -9})


@pytest.mark.parametrize(("text", "value"), [
    ('process("Process-1").exit_code == 0', True),
    ('process("Process-4").exit_code', -9),
    ('process("Process-4").signal == "SIGKILL"', True),
    ('process("Process-1").ppid == program.pid', True),
    ('process("Process-1").parent == program', True),
    ('process("Process-1").parent != process("Process-2")', True),
    ("process('program') == program", True),
    ("count(processes)", 4),
    ("count(p.exit_code == 0 for p in processes)", 2),
    ("any(p.exit_code == 1 for p in processes)", True),
    ("all(p.exit_code == 0 for p in processes if p.signal == 'SIGKILL')", False),
    ("all(any(q.exited_s > p.exited_s for q in processes) for p in processes)", False),
    ("max(p.target_began_s for p in processes)", 0.072),
    ("min(3, 2) + max(1, 0.5) * 2 - 1 / 2", 3.5),
    ("-(1 - 3)", 2),
    ("1 / 0", None),
    ('before(process("Process-1").exited_s, process("Process-2").exited_s)', True),
    ('overlap(process("Process-1"), process("Process-2"))', True),
    ('0 < call("start", "Process-1").took_s < 0.01', True),
    ('call("start", "Process-2").line', 22),
    ('call("join", "Process-3").result and call("join", "Process-3").by == program', True),
    ('count(calls("join"))', 4),
    ('count(calls("join", "Process-1"))', 1),
    ('"Function" in line("idx:  3").text', True),
    ('number(line("idx:  3").text)', 3),
    ('line("Started").process.name', "Process-1"),
    ('printed("nothing like it")', False),
    ('not printed("Started")', False),
    ("any('idx:' in one.text for one in lines)", True),
    ('happened(process("Process-9").exited_s)', False),
    ('happened(process("Process-1").joined_s)', True),
    ("start_method", "fork"),
    ("duration_s > 4", True),
    # What is not known, and what depends on it.
    ('process("Process-9").exit_code == 0', None),
    ('call("join", "Process-1", 2).result', None),
    ('call("terminate", "Process-1").result == True', None),
    ('process("Process-9").exit_code == 0 or True', True),
    ('process("Process-9").exit_code == 0 and True', None),
    ('process("Process-9").exit_code == 0 and False', False),
    ('not process("Process-9").exit_code == 0', None),
    ("python", None),
])  # fmt: skip
def test_what_an_expression_gives(run: Timeline, text: str, value: object) -> None:
    assert asked(text).value(run) == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(("text", "column", "part"), [
    ("", 1, "there is no expression"),
    ("process(", 0, "this is no expression"),
    ("1 == 1)", 0, "this is no expression"),
    ("(" * 300, 0, "this is no expression"),
    ("x" * 501, 501, "at most 500 characters"),
    ("proces('Process-1').exit_code == 0", 1, "there is no proces(); there are process, call"),
    ("1 == programm.pid", 6, "there is no programm; there are program, processes"),
    ("process('Process-1').exitcode == 0", 1, "a process has no exitcode; there are name, pid"),
    ("call('jion', 'Process-1').took_s", 6, "there is no 'jion'; there are start, join"),
    ("call('join').took_s", 1, "call() takes 2 to 3 arguments, not 1"),
    ("line()", 1, "line() takes 1 argument, not 0"),
    ("line(program)", 6, "this is a process and not a text"),
    ("line(text='a')", 1, "takes its arguments in their order"),
    ("program == 1", 1, "a process cannot be compared with a number by =="),
    ("program < program", 1, "cannot be compared with a process by <"),
    ("'a' < 1", 1, "a text cannot be compared with a number"),
    ("1 in 2", 1, "by in"),
    ("1 is 1", 1, "one can compare with"),
    ("program.pid ** 9", 1, "calculate with +, -, * and / only"),
    ("program + 1", 1, "this is a process, with which one cannot calculate"),
    ("not 1", 5, "this is a number and not a condition"),
    ("True and program", 10, "this is a process and not a condition"),
    ("any(processes)", 1, "write any(… for p in processes)"),
    ("any(p.pid for p in processes)", 5, "this is a number and not a condition"),
    ("any(True for p in program)", 19, "a process is no list"),
    ("any(True for p in processes for q in processes)", 1, "with one loop"),
    ("any(any(True for p in processes) for p in processes)", 18, "there is a p already"),
    ("p.pid == 1", 1, "there is no p"),
    ("processes.pid", 1, "a list of processes has no pid"),
    ("lambda: 1", 1, "nothing that can be asked of a run"),
    ("[program]", 1, "nothing that can be asked of a run"),
    ("processes[0]", 1, "nothing that can be asked of a run"),
    ("__import__('os')", 1, "there is no __import__()"),
    ("program.__class__", 1, "a process has no __class__"),
    ("(1).real", 1, "a number has no real"),
    ("'é' == programm.pid", 8, "there is no programm"),
    ("b'a' == 1", 1, "b'a' is neither a number"),
])  # fmt: skip
def test_a_wrong_expression_is_told_where_it_is_wrong(text: str, column: int, part: str) -> None:
    """column: 0 where Python itself says it, which differs from version to version."""
    with pytest.raises(ExpressionError) as caught:
        parse(text, RUN)
    assert part in str(caught.value)
    assert caught.value.column == column or (not column and caught.value.column >= 1)


def test_the_value_must_be_of_the_kind_that_is_wanted() -> None:
    with pytest.raises(ExpressionError, match="this is a number of seconds and not a condition"):
        parse("program.exited_s", RUN, ValueKind.YES)
    with pytest.raises(ExpressionError, match="this is a list of processes and not a process or a printed line"):
        parse("processes", RUN, ValueKind.PROCESS, ValueKind.LINE)


def test_what_was_not_seen_of_a_run_that_lacks_something_is_unknown() -> None:
    expressions = [asked(text) for text in ('printed("zebra")', 'happened(process("Process-1").joined_s)')]
    run = running_run(2)
    assert [one.value(run) for one in expressions] == [None, None]
    ended = joined_run(2)
    ended.warnings.append("No journal was left by Process-2.")
    assert expressions[0].value(ended) is None
    assert expressions[1].value(ended) is True


def test_an_exit_that_was_seen_only_roughly_is_no_moment() -> None:
    run = joined_run(1)
    expression = asked('process("Process-1").exited_s')
    assert expression.value(run) is not None
    run.process(2).exited_within_ns = 200 * MS
    assert expression.value(run) is None


def test_a_name_of_two_processes_means_the_one_that_came_into_being() -> None:
    run = joined_run(1)
    expression = asked('process("Process-1").pid')
    again = run.add_process("Process-1", ProcessKind.WORKER, parent_id=2)
    assert expression.value(run) == run.process(2).pid
    again.pid = 4711
    assert expression.value(run) is None


def test_calls_are_counted_in_their_order() -> None:
    run = joined_run(1)
    second = run.add_call(1, CallName.JOIN, 2, 9_000 * MS)
    second.ended_ns = 9_500 * MS
    assert asked('call("join", "Process-1", 2).took_s').value(run) == pytest.approx(0.5)
    assert asked('call("join", "Process-1", 0).took_s').value(run) is None


def test_counts_of_outcomes_have_words_of_their_own() -> None:
    counts = OutcomeCounts(20, (19, 1))
    assert parse("times(1) + times(2) == runs", COUNTS).value(counts) is True
    assert parse("times(3) == 0", COUNTS).value(counts) is None
    with pytest.raises(ExpressionError, match="there is no program"):
        parse("program.pid == 1", COUNTS)
