"""The status bar's sentence, over built timelines: it may say only what is so."""

import pytest
from support import builders
from support.builders import MS, SECOND

from workers.analysis.comparison import compare
from workers.analysis.figures import Quantity
from workers.analysis.status import sentence
from workers.history.summaries import summarize
from workers.plan.plan import Order, Plan
from workers.timeline.model import CallName, ProcessKind, Request, Signalled
from workers.timeline.timeline import Timeline


def waiting(timeline: Timeline) -> Timeline:
    """The parent waits for its person."""
    timeline.waiting_for_person = True
    return timeline


def exited(timeline: Timeline, *numbers: int) -> Timeline:
    """These workers ended well and were not reaped."""
    for number in numbers:
        child = timeline.process(number + 1)
        child.target_ended_ns, child.exited_ns, child.exit_code = 300 * MS, 301 * MS, 0
    return timeline


def by_hand(workers: int = 3) -> Timeline:
    """A run by hand whose parent is there and waits; nothing is started."""
    timeline = Timeline.planned(builders.plan(workers, Order.BY_HAND))
    parent = timeline.process(1)
    parent.start_called_ns, parent.born_ns, parent.target_began_ns = 0, MS, 25 * MS
    return waiting(timeline)


def test_before_anything_and_while_the_parent_comes_up() -> None:
    assert sentence(None) == "Set a plan and press Start."
    timeline = Timeline.planned(builders.plan(4))
    assert sentence(timeline) == "The parent is being started."
    assert sentence(Timeline(builders.plan(4))) == "The parent is being started."
    timeline.process(1).start_called_ns = 0
    assert sentence(timeline) == "0 of 4 alive; the parent's interpreter is starting."


def test_what_the_parent_does_is_not_guessed() -> None:
    assert sentence(builders.running_run(4)) == "4 of 4 alive."


def test_free_parent_says_what_to_press() -> None:
    assert sentence(waiting(builders.running_run(4))) == (
        "4 of 4 alive; the parent is free: press Join and it will wait for its workers."
    )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 2, 3, 4), "0 of 4 alive; 4 have exited and wait to be joined: press Join."),
        ((2,), "3 of 4 alive; 1 has exited and waits to be joined: press Join."),
    ],
)
def test_workers_that_wait_to_be_joined(numbers: tuple[int, ...], said: str) -> None:
    assert sentence(waiting(exited(builders.running_run(4), *numbers))) == said


def test_parent_in_join() -> None:
    timeline = exited(builders.running_run(4), 2)
    timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    timeline.now_ns = 12 * SECOND + 400 * MS
    assert sentence(timeline) == (
        "3 of 4 alive; 1 has exited and waits to be joined; the parent has waited in join(Process-1) for 12.300 s."
    )


def test_questions_wait_for_a_parent_in_join() -> None:
    timeline = builders.running_run(2)
    timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    timeline.requests[1] = Request(1, "alive", 1, 200 * MS)
    assert sentence(timeline).endswith("for 400 ms. 1 question waits until the parent is free.")
    timeline.requests[2] = Request(2, "alive", 2, 200 * MS)
    assert sentence(timeline).endswith(" 2 questions wait until the parent is free.")
    timeline.requests[3] = Request(3, "join", 2, 200 * MS)
    assert sentence(timeline).endswith(" 3 requests wait until the parent is free.")
    for request in timeline.requests.values():
        request.answered_ns = 300 * MS
    assert sentence(timeline).endswith("for 400 ms.")


def test_request_on_its_way_to_a_free_parent() -> None:
    timeline = waiting(builders.running_run(2))
    timeline.requests[1] = Request(1, "join_rest", 0, 200 * MS)
    assert sentence(timeline) == "2 of 2 alive. 1 request on the way to the parent."


def test_paused_parent_is_not_called_free() -> None:
    timeline = waiting(builders.running_run(2))
    timeline.process(1).paused = True
    timeline.requests[1] = Request(1, "alive", 1, 200 * MS)
    assert sentence(timeline) == "2 of 2 alive; the parent is paused. 1 question waits until the parent is free."


def test_by_hand_says_what_is_not_started() -> None:
    timeline = by_hand()
    timeline.now_ns = SECOND
    assert sentence(timeline) == (
        "0 of 3 alive; 3 not started; the parent is free: press Start, or choose what it does from a lane's menu."
    )
    for child in timeline.processes[1:]:
        child.start_called_ns = child.target_began_ns = 30 * MS
    assert sentence(timeline) == (
        "3 of 3 alive; the parent is free: press Join, or choose what it does from a lane's menu."
    )


def test_stopping_and_stopped() -> None:
    assert sentence(builders.running_run(4), stopping=True) == "Stopping: 4 of 4 alive."
    timeline = builders.joined_run(2, exit_codes={1: -15, 2: -15})
    timeline.process(1).exit_code = -15
    assert sentence(timeline, stopped=True) == "Stopped after 2.075 s: the parent and 2 workers were ended."
    timeline.process(2).exit_code = 0
    assert sentence(timeline, stopped=True) == (
        "Stopped after 2.075 s: the parent and 1 worker were ended; 1 worker had ended by then."
    )


def test_parent_that_has_ended_before_its_workers() -> None:
    timeline = exited(builders.running_run(4), 1)
    timeline.process(1).exited_ns = 400 * MS
    timeline.requests[1] = Request(1, "alive", 1, 200 * MS)
    assert sentence(timeline) == "3 of 4 alive; the parent has ended."


def test_outcomes() -> None:
    timeline = builders.joined_run(2)
    assert sentence(timeline) == "Done after 2.075 s: every process ended with exit code 0."
    timeline = builders.joined_run(5, exit_codes={1: 1, 2: -9, 3: 1, 4: 1})
    assert sentence(timeline) == (
        "Done after 5.106 s: 4 of 5 failed (Process-1: exit code 1, Process-2: SIGKILL (exit code -9), "
        "Process-3: exit code 1, and 1 more)."
    )
    timeline = builders.joined_run(2)
    timeline.process(1).exit_code = 1
    assert "the parent ended with exit code 1." in sentence(timeline)


@pytest.mark.parametrize(
    ("exit_code", "error", "said"),
    [
        (-2, None, "Stopped by Ctrl-C after 2.075 s: 1 of 2 was ended by it (Process-1)."),
        (1, "KeyboardInterrupt", "Stopped by Ctrl-C after 2.075 s: 1 of 2 was ended by it (Process-1)."),
        (130, None, "Stopped by Ctrl-C after 2.075 s: 1 of 2 was ended by it (Process-1)."),
        (0, None, "Done after 2.075 s, with Ctrl-C at 2.000 s: 1 of 2 was ended by the user (Process-1)."),
        (3, None, "Done after 2.075 s, with Ctrl-C at 2.000 s: the parent ended with exit code 3; "
                  "1 of 2 was ended by the user (Process-1)."),
    ],
)  # fmt: skip
def test_what_ctrl_c_ended_was_not_done(exit_code: int, error: str | None, said: str) -> None:
    timeline = builders.joined_run(2, exit_codes={1: 1})
    program, worker = timeline.process(1), timeline.process(2)
    program.exit_code, program.error, worker.error = exit_code, error, "KeyboardInterrupt"
    worker.target_ended_ns = worker.exited_ns = 2 * SECOND
    timeline.add_sent_signal(Signalled(1, 2 * SECOND, "SIGINT"))
    assert sentence(timeline) == said
    worker.exit_code, worker.error = 0, None
    if exit_code == -2:
        assert sentence(timeline) == "Stopped by Ctrl-C after 2.075 s."


def test_a_program_that_a_signal_ended_was_not_done() -> None:
    timeline = builders.joined_run(2)
    timeline.process(1).exit_code = -9
    assert sentence(timeline) == "Ended after 2.075 s: the parent ended with SIGKILL (exit code -9)."
    timeline.process(1).exit_code = -2  # not by a Ctrl-C that was seen
    assert sentence(timeline) == "Ended after 2.075 s: the parent ended with SIGINT (exit code -2)."


def test_a_run_has_one_duration_and_what_came_later_is_named() -> None:
    timeline = builders.joined_run(2)
    timeline.now_ns += 30 * MS  # the recorder comes to its end after the program
    durations = [figure.a for figure in compare(timeline, timeline).figures if figure.what is Quantity.DURATION]
    assert durations == [summarize(timeline, 0).duration_s] == [2.0755]
    assert sentence(timeline) == "Done after 2.075 s: every process ended with exit code 0."
    timeline.process(3).exited_ns, timeline.now_ns = 5 * SECOND, 5 * SECOND
    assert sentence(timeline) == (
        "Done after 2.075 s: every process ended with exit code 0; the last worker ended after 5.000 s."
    )


def test_who_was_ended_by_the_program_itself_did_not_fail() -> None:
    timeline = builders.joined_run(5, exit_codes={1: -15, 2: -9, 3: -15, 4: -15, 5: 1})
    for worker, name in ((2, CallName.TERMINATE), (3, CallName.TERMINATE), (4, CallName.TERMINATE)):
        call = timeline.add_call(1, name, worker, (timeline.process(worker).exited_ns or 0) - MS)
        call.ended_ns = call.began_ns + MS // 2
    daemon = timeline.process(5)
    daemon.daemon = True
    timeline.process(1).target_ended_ns = (daemon.exited_ns or 0) - MS
    assert sentence(timeline) == (
        "Done after 5.106 s: 2 of 5 failed (Process-2: SIGKILL (exit code -9), Process-5: exit code 1); "
        "2 of 5 were ended by terminate() (Process-1, Process-3); 1 of 5 was ended by the end of the parent (Process-4)."
    )


def test_not_every_process_ended_well_when_some_are_not_known() -> None:
    timeline = builders.joined_run(2)
    timeline.process(3).exit_code = None
    assert "every process" not in sentence(timeline)
    assert sentence(timeline).endswith("the exit code of 1 process is not known.")
    timeline.process(2).lost = True
    assert sentence(timeline).startswith("Done after")
    assert "1 process is lost from sight" in sentence(timeline)
    timeline.cut_off = True
    assert sentence(timeline).startswith("The recorder was cut off after")
    assert sentence(timeline).endswith("1 process is lost from sight.")


def test_what_outlives_the_program_is_neither_lost_nor_failed() -> None:
    timeline = builders.joined_run(2)
    daemon = timeline.process(3)
    daemon.name, daemon.pid, daemon.exited_ns, daemon.exit_code = "daemon", 4321, None, None
    daemon.left, daemon.lost_ns = True, timeline.now_ns
    assert sentence(timeline) == (
        "Done after 2.075 s: 1 process was still running when the program had ended (daemon, pid 4321)."
    )
    assert (daemon.failed, daemon.ended, daemon.exit_text) == (False, True, "still running when the program had ended")


def test_by_hand_and_finished_early() -> None:
    timeline = Timeline.planned(builders.plan(3, Order.BY_HAND))
    parent = timeline.process(1)
    parent.start_called_ns, parent.exited_ns, parent.exit_code = 0, SECOND, 0
    timeline.now_ns, timeline.ended = SECOND, True
    assert sentence(timeline) == "Done after 1.000 s: 3 were never started."


def test_run_that_could_not_begin() -> None:
    timeline = Timeline.planned(Plan.make([1]))
    timeline.ended = True
    assert sentence(timeline) == "The parent could not be started."


def test_thousands_are_set_apart() -> None:
    timeline = builders.joined_run(2, exit_codes={1: 3})
    for _ in range(10_000):
        timeline.add_process("late", ProcessKind.WORKER, parent_id=1).exit_code = 0
    assert sentence(timeline).startswith("Done after")
    assert "1 of 10,002 failed" in sentence(timeline)
