"""What the details say of a task."""

from support.builders import MS, pooled_run, threaded_run

from desktop.facts.selection import TaskSelection
from desktop.facts.sheets import describe
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline


def facts(timeline: Timeline, task: int) -> dict[str, str]:
    sheet = describe(timeline, TaskSelection(timeline.task(task).process, 0, task))
    assert sheet is not None
    return {fact.label: fact.text for fact in sheet.facts}


def test_a_task_has_its_number_arguments_wait_cpu_and_bytes() -> None:
    timeline = pooled_run(2000)
    task = next(task.id for task in timeline.tasks if task.index == 1338)
    timeline.tasks.note(task, TaskDetail.BYTES_IN, 212)
    timeline.tasks.note(task, TaskDetail.BYTES_OUT, 5_250_000)
    found = facts(timeline, task)
    assert found["Number"] == "1,338 of 2,000"
    assert (found["Arguments"], found["Waited"], found["Duration"]) == ("(1338,)", "1.338 s", "1.338 s")
    assert (found["CPU"], found["Bytes in"], found["Bytes out"]) == ("669 ms, 50% of the duration", "212 B", "5.25 MB")


def test_what_is_not_known_of_a_task_has_no_line() -> None:
    timeline = threaded_run()
    assert {"Number", "Arguments", "CPU", "Bytes in", "Bytes out"} & set(facts(timeline, 1)) == set()
    timeline.tasks.note(1, TaskDetail.INDEX, 7)
    timeline.tasks.note(1, TaskDetail.ARGUMENTS, timeline.tasks.names.number("('\x1b[31m',)"))
    timeline.finish_task(1, timeline.task(1).began_ns + MS, None)
    timeline.tasks.note(1, TaskDetail.CPU_S, 0.0)
    found = facts(timeline, 1)
    assert (found["Number"], found["Arguments"], found["CPU"]) == ("7", "('‹ESC›[31m',)", "< 10 ms")
