"""What a sweep runs and times, and what it refuses before anything runs."""

from pathlib import Path

import pytest
from support.builders import MS, joined_run, running_run

from workers.engines.programs import Program
from workers.engines.script import Script
from workers.errors import PlanError
from workers.plan.plan import Order, Plan, Step, Verb, Workload
from workers.sweep.subjects import PlanSubject, ScriptSubject
from workers.system.machine import Machine
from workers.timeline.timeline import Timeline

PLAN = Plan.make([1_000_000] * 4, Workload.SPIN)


def test_the_time_of_a_plan_is_from_the_first_start_to_the_last_join() -> None:
    timeline, subject = joined_run(4), PlanSubject.make(PLAN, (1, 4))
    joins = [call.ended_ns or 0 for call in timeline.calls]
    taken = subject.duration_ns(timeline)
    assert taken == max(joins) - 40 * MS
    assert timeline.program is not None
    assert taken < (timeline.program.exited_ns or 0) - 40 * MS


def test_without_every_join_it_ends_with_the_program() -> None:
    timeline, subject = joined_run(2), PlanSubject.make(PLAN, (1, 4))
    timeline.process(3).joined_ns = None
    assert timeline.program is not None
    assert subject.duration_ns(timeline) == (timeline.program.exited_ns or 0) - 40 * MS


def test_what_was_not_seen_has_no_time() -> None:
    subject = PlanSubject.make(PLAN, (1, 4))
    assert subject.duration_ns(Timeline()) is None
    assert subject.duration_ns(running_run(2)) is None
    assert ScriptSubject(("x.py",)).duration_ns(running_run(2)) is None


def test_the_time_of_a_script_is_that_of_its_program() -> None:
    timeline = joined_run(2)
    assert timeline.program is not None
    assert ScriptSubject(("x.py",)).duration_ns(timeline) == timeline.program.exited_ns


def test_a_script_gets_the_number_in_every_place() -> None:
    made = ScriptSubject.make(["work.py", "--jobs={workers}", "{workers}", "x"], "/usr/bin/python3")
    program = made.at(8)
    assert isinstance(program, Program)
    assert program.argv == ("/usr/bin/python3", "work.py", "--jobs=8", "8", "x")
    assert made.title == "work.py --jobs={workers} {workers} x"


def test_a_script_of_the_window_keeps_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "work.py"
    path.write_text("")
    script = Script.make(str(path), "--jobs {workers}", watch="total")
    made = ScriptSubject.make(script).at(3)
    assert isinstance(made, Script)
    assert (made.arguments, made.watch, made.python) == (("--jobs", "3"), ("total",), script.python)


@pytest.mark.parametrize("words", [["work.py"], ["work.py", "{worker}"], ["{workers}.py", "4"]])
def test_a_script_without_a_place_for_the_number_is_refused(words: list[str]) -> None:
    with pytest.raises(PlanError, match=r"^Write \{workers\} among the script's arguments"):
        ScriptSubject.make(words)


def test_a_plan_whose_steps_are_for_one_number_is_refused() -> None:
    by_hand = Plan.make([1000] * 2, Workload.SPIN, steps=Order.BY_HAND)
    own = Plan.make([1000] * 2, Workload.SPIN, steps=[Step(Verb.START, 2), Step(Verb.START, 1)])
    with pytest.raises(PlanError, match="by hand cannot be swept"):
        PlanSubject.make(by_hand, (1, 2))
    with pytest.raises(PlanError, match="choose an order of steps"):
        PlanSubject.make(own, (1, 2))
    assert PlanSubject.make(own, (1, 2), "start*; join*").at(1).steps == Order.START_THEN_JOIN.steps(1)


def test_what_does_not_fit_is_refused_before_anything_runs() -> None:
    subject = PlanSubject.make(Plan.make([10_000_000] * 4, Workload.SORT), (1, 4))
    assert subject.refusal((1, 4), Machine(10**12, 4)) is None
    why = subject.refusal((1, 4), Machine(10**9, 4))
    assert why is not None
    assert why.startswith("With 4 workers: This plan needs about")


def test_what_is_held_is_said() -> None:
    assert "4 s in all, in equal shares" in PlanSubject.make(PLAN, (1, 2)).held
    uneven = PlanSubject.make(Plan.make([10, 70, 40, 20], Workload.SLEEP), (1, 4))
    assert "140 µs in all, each of the 4 sizes whole" in uneven.held
    assert uneven.title == "sleep 10 µs, 70 µs, 40 µs, 20 µs · fork"
    assert PlanSubject.make(PLAN, (1, 2)).title == "spin 4 s in all · fork"
