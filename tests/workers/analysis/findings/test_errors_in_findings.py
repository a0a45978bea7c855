"""Findings say an exception's message and place where these are known."""

from support.builders import MS, joined_run, running_run

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding
from workers.timeline.model import RaisedBy, RaisedError
from workers.timeline.timeline import Timeline


def raised(process: int, at_ns: int, by: RaisedBy, message: str = "bad value", thread: str = "") -> RaisedError:
    return RaisedError(process, at_ns, by, "ValueError", message, "/home/me/app.py", 12, (), thread)


def of_code(timeline: Timeline, code: str) -> list[Finding]:
    return [found for found in findings(timeline) if found.code == code]


def failing_tasks(count: int) -> Timeline:
    timeline = running_run(2)
    for number in range(count):
        task = timeline.begin_task(2, "load", number * 10 * MS)
        timeline.tasks.end(task, number * 10 * MS + MS, "ValueError")
    return timeline


def test_one_task_that_raised() -> None:
    timeline = failing_tasks(1)
    timeline.add_error(raised(2, MS, RaisedBy.TASK))
    (finding,) = of_code(timeline, "task_raised")
    assert finding.text == "The task load raised ValueError: bad value (app.py:12)."
    assert (finding.file, finding.line) == ("/home/me/app.py", 12)


def test_many_tasks_that_raised_are_told_with_the_first() -> None:
    timeline = failing_tasks(3)
    timeline.add_error(raised(2, MS, RaisedBy.TASK))
    (finding,) = of_code(timeline, "task_raised")
    assert finding.text == "3 tasks named load raised ValueError, the first time ValueError: bad value (app.py:12)."


def test_without_its_message_the_type_is_told() -> None:
    assert [found.text for found in of_code(failing_tasks(1), "task_raised")] == ["The task load raised ValueError."]


def test_a_process_that_ended_by_an_exception_which_a_task_had_raised() -> None:
    timeline = joined_run(1, exit_codes={1: 1})
    worker = timeline.process(2)
    task = timeline.begin_task(1, "load", 100 * MS)
    timeline.tasks.end(task, 200 * MS, "ValueError")
    timeline.add_error(raised(1, 200 * MS, RaisedBy.TASK))
    worker.error = "ValueError"
    timeline.add_error(raised(2, worker.target_ended_ns or 0, RaisedBy.TARGET))
    (finding,) = of_code(timeline, "exit_code")
    assert finding.text.endswith(": ValueError: bad value (app.py:12), as the task load raised it.")
    assert (finding.call, finding.file, finding.line) == (None, "/home/me/app.py", 12)


def test_a_message_of_several_lines_is_one_line_and_is_cut() -> None:
    timeline = failing_tasks(1)
    timeline.add_error(raised(2, MS, RaisedBy.TASK, "one\n\ttwo " + "x" * 1000))
    (finding,) = of_code(timeline, "task_raised")
    assert "ValueError: one two xxx" in finding.text
    assert len(finding.text) < 260


def test_threads_that_ended_by_an_exception() -> None:
    timeline = running_run(1)
    timeline.add_error(raised(1, 50 * MS, RaisedBy.THREAD, thread="Thread-2 (_handle_results)"))
    timeline.add_error(raised(2, 60 * MS, RaisedBy.THREAD, thread="QueueFeederThread"))
    assert [found.text for found in of_code(timeline, "thread_raised")] == [
        "Thread Thread-2 (_handle_results) of the program was ended by an exception, so that this Pool hands out no more "
        "results: ValueError: bad value (app.py:12).",
        "Thread QueueFeederThread of process Process-1 could not send an object that was put into a queue: "
        "ValueError: bad value (app.py:12).",
    ]


def test_the_same_exception_of_one_thread_is_told_once() -> None:
    timeline = running_run(1)
    for number in range(4):
        timeline.add_error(raised(1, number * MS, RaisedBy.THREAD, thread="Thread-2 (_handle_tasks)"))
    (found,) = of_code(timeline, "thread_raised")
    assert "could not send a task of its Pool, which never runs, 4 times: ValueError" in found.text


def test_threads_that_fail_when_the_run_is_being_ended_are_no_fault() -> None:
    timeline = running_run(1)
    timeline.add_error(raised(1, 60 * MS, RaisedBy.THREAD))
    timeline.cut_ns = 50 * MS
    assert of_code(timeline, "thread_raised") == []


def test_very_many_threads_are_counted() -> None:
    timeline = running_run(1)
    for number in range(100):
        timeline.add_error(raised(1, number * MS, RaisedBy.THREAD, thread=f"Thread-{number}"))
    found = of_code(timeline, "thread_raised")
    assert len(found) == 8
    assert found[-1].text.endswith("92 more threads ended by an exception.")
