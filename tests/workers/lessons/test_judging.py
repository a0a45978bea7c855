"""What runs say of a question: the answer, a run that contradicts the usual one or decides nothing, and the spread of many."""

import re
from dataclasses import replace

import pytest
from support.builders import joined_run, running_run
from support.lesson_runs import asked, choosing, lesson, ordering, placing, raced, racing

from workers.lessons.explaining import explain
from workers.lessons.expressions import parse
from workers.lessons.judging import OutcomeCount, Prediction, assess, judge
from workers.lessons.lesson import ExplanationPart, LessonOutcome
from workers.lessons.run_words import COUNTS, RUN

GOOD, BAD = 'process("Process-1").exit_code == 0', 'process("Process-1").exit_code == 1'


def test_the_only_choice_that_holds_is_the_answer() -> None:
    verdict = judge(choosing(BAD, GOOD, usual=1), [joined_run(1)])
    assert (verdict.answer, verdict.as_usual) == (1, True)
    assert verdict.sentence == "So it was: choice 1."


def test_a_run_that_contradicts_the_usual_answer_is_right() -> None:
    verdict = judge(choosing(BAD, GOOD, usual=1), [joined_run(1, exit_codes={1: 1})])
    assert (verdict.answer, verdict.as_usual) == (0, False)
    assert verdict.sentence == "So it was: choice 0. Usually it is “choice 1”: this run contradicts that."


@pytest.mark.parametrize(("conditions", "part"), [
    ((BAD, 'process("Process-1").exit_code == 2'), "none of the answers fits it"),
    ((GOOD, BAD, "True"), "answers 1 and 3 both fit it"),
    ((GOOD, "True", "True"), "answers 1, 2 and 3 both fit it"),
    (('process("Process-9").exit_code == 0', BAD), "none of the answers fits it"),
])  # fmt: skip
def test_a_run_that_decides_nothing_is_said_to(conditions: tuple[str, ...], part: str) -> None:
    verdict = judge(choosing(*conditions, usual=0), [joined_run(1)])
    assert (verdict.answer, verdict.as_usual) == (None, None)
    assert verdict.sentence.startswith("This run does not decide the question: ")
    assert part in verdict.sentence


def test_what_was_not_seen_decides_nothing_where_the_run_lacks_something() -> None:
    question = choosing("True", 'happened(process("Process-1").joined_s)')
    assert judge(question, [running_run(1)]).sentence.endswith("a part of what it asks for was not seen.")


def test_without_a_run_there_is_no_answer() -> None:
    verdict = judge(choosing(GOOD, BAD), [])
    assert (verdict.answer, verdict.runs, verdict.sentence) == (None, 0, "There is no run yet.")


def test_the_last_run_counts_for_a_lesson_that_runs_once() -> None:
    assert judge(choosing(GOOD, BAD), [joined_run(1), joined_run(1, exit_codes={1: 1})]).answer == 1


def test_a_wrong_choice_is_told_why_it_is_tempting_and_the_right_one_is_right() -> None:
    question = choosing(GOOD, BAD, "False")
    verdict = judge(question, [joined_run(1)])
    found = [assess(question, verdict, Prediction(choice=at)) for at in range(3)]
    assert [one.right for one in found] == [True, False, False]
    assert [one.tempting for one in found] == ["", "tempting 1", "tempting 2"]
    assert found[0].sentence == "Right. So it was: choice 0."
    undecided = judge(question, [joined_run(1, exit_codes={1: 7})])
    assert assess(question, undecided, Prediction(choice=0)).right is None


ENDS = tuple(f'process("Process-{number}").exited_s' for number in (2, 1, 3))


def test_an_order_is_that_of_the_moments_of_the_run() -> None:
    question = ordering(*ENDS, orders=((0, 1, 2), (1, 0, 2)), usual=1)
    verdict = judge(question, [joined_run(3)])
    assert (verdict.answer, verdict.order, verdict.as_usual) == (1, (1, 0, 2), True)
    assert verdict.sentence == "So it was: item 1, then item 0, then item 2."
    assert assess(question, verdict, Prediction(order=(1, 0, 2))).right is True
    wrong = assess(question, verdict, Prediction(order=(0, 1, 2)))
    assert (wrong.right, wrong.tempting) == (False, "tempting 0")
    other = assess(question, verdict, Prediction(order=(2, 1, 0)))
    assert (other.right, other.tempting) == (False, "")


def test_an_order_that_was_not_offered_is_told_all_the_same() -> None:
    question = ordering(*ENDS, orders=((0, 1, 2), (2, 1, 0)), usual=0)
    verdict = judge(question, [joined_run(3)])
    assert (verdict.answer, verdict.order) == (None, (1, 0, 2))
    assert assess(question, verdict, Prediction(order=(1, 0, 2))).right is True


def test_an_order_of_moments_that_are_equal_or_unknown_decides_nothing() -> None:
    same = ordering(ENDS[0], ENDS[0], orders=((0, 1), (1, 0)))
    assert judge(same, [joined_run(3)]).sentence.endswith("two of these happened at the same moment.")
    assert judge(ordering(*ENDS, orders=((0, 1, 2), (1, 0, 2))), [joined_run(2)]).order == ()


def test_a_placed_moment_is_right_within_its_tolerance() -> None:
    question = placing(ENDS[1], "program.target_began_s", ENDS[1], ENDS[0], since='call("start", "Process-1").ended_s')
    run = joined_run(2)
    verdict = judge(question, [run])
    exited_ns, started_ns = run.process(2).exited_ns, run.calls[0].ended_ns
    assert exited_ns is not None
    assert started_ns is not None
    assert verdict.moment_s == pytest.approx((exited_ns - started_ns) / 1e9)
    assert verdict.answer == 1
    assert verdict.sentence.startswith("The end was at 1.00")
    for off_s, right in ((0.19, True), (-0.19, True), (0.21, False), (-0.21, False)):
        assert assess(question, verdict, Prediction(moment_s=verdict.moment_s + off_s)).right is right
    marks = [assess(question, verdict, Prediction(moment_s=mark)) for mark in verdict.marks_s]
    assert [one.right for one in marks] == [False, True, False]
    assert [one.tempting for one in marks] == ["tempting 0", "", "tempting 2"]
    assert assess(question, verdict, Prediction(moment_s=4.9)).tempting == ""


def test_a_moment_is_told_with_what_it_is_counted_from() -> None:
    question = placing(ENDS[1], ENDS[1], ENDS[0], since='call("start", "Process-1").ended_s')
    assert question.moment is not None
    question = replace(question, moment=replace(question.moment, since_text="after start()"))
    sentence = judge(question, [joined_run(2)]).sentence
    assert re.match(r"The end was 1\.00\d s after start\(\)\. So it was", sentence), sentence


def test_what_no_choice_asks_about_is_no_race() -> None:
    question = racing()
    asks = [replace(one, holds=parse(text, COUNTS)) for one, text in
            zip(question.choices, ("times(3) == 0", "0 < times(3) < runs", "times(3) == runs"), strict=True)]  # fmt: skip
    missing = LessonOutcome("a line is missing", parse('not printed("from 1")', RUN))
    question = replace(question, choices=tuple(asks), outcomes=(*question.outcomes, missing))
    verdict = judge(question, [raced(1 + number % 2) for number in range(20)])
    assert verdict.answer == 0
    assert verdict.spread_sentence == (
        "1 is first: 10 of 20 runs. 2 is first: 10 of 20 runs. a line is missing: 0 of 20 runs."
    )


def test_a_moment_that_was_not_seen_decides_nothing() -> None:
    assert judge(placing(ENDS[2], ENDS[0], ENDS[1]), [joined_run(2)]).moment_s is None
    far = judge(placing(ENDS[1], "program.exited_s", ENDS[0]), [joined_run(2)])
    assert (far.answer, far.moment_s is None) == (None, False)


def test_a_race_that_passes_nineteen_of_twenty_times_shows_its_spread() -> None:
    verdict = judge(racing(usual=0), [raced(2 if number == 7 else 1) for number in range(20)])
    assert verdict.spread == (OutcomeCount("1 is first", 19), OutcomeCount("2 is first", 1))
    assert (verdict.answer, verdict.as_usual, verdict.runs) == (1, False, 20)
    assert verdict.spread_sentence.startswith(
        "1 is first: 19 of 20 runs. 2 is first: 1 of 20 runs. It went more than one way"
    )
    assert verdict.sentence.endswith("Usually it is “always”: these runs contradict that.")


@pytest.mark.parametrize(("first", "answer"), [(1, 0), (2, 2)])
def test_runs_that_all_went_the_same_way_prove_nothing_about_the_next(first: int, answer: int) -> None:
    verdict = judge(racing(), [raced(first)] * 20)
    assert (verdict.answer, verdict.as_usual) == (answer, None)
    assert "All went the same way, which does not say that the next one will." in verdict.spread_sentence


def test_runs_that_fit_no_outcome_are_counted_apart() -> None:
    verdict = judge(racing(), [raced(1), raced(1), joined_run(2)])
    assert (verdict.answer, verdict.runs, verdict.unclear) == (0, 2, 1)
    assert verdict.spread_sentence.endswith("1 more run fitted none of these, or more than one.")
    nothing = judge(racing(), [joined_run(2)])
    assert (nothing.answer, nothing.runs, nothing.unclear) == (None, 0, 1)


def test_an_explanation_has_the_figures_of_the_run_and_points_at_them() -> None:
    parts = (
        ExplanationPart("It took {duration_s} on {python}.", (asked("duration_s"), asked("python"))),
        ExplanationPart(
            "{count(processes)} of {p}", (asked("count(processes)"), asked("processes")), 3, asked("program")
        ),
        ExplanationPart("one", shows=asked('call("join", "Process-2")'), when=asked(GOOD)),
        ExplanationPart("two", shows=asked('line("Started")'), when=asked(BAD)),
        ExplanationPart("three", shows=asked('line("Started")')),
        ExplanationPart("four", shows=asked('process("Process-9")')),
    )
    run = joined_run(2)
    found = explain(lesson(explanation=parts), run)
    assert [one.text for one in found] == ["It took 2.075 s on (not seen).", "2 of 2", "one", "three", "four"]
    assert [(one.line, one.process, one.call, one.printed) for one in found] == [
        (0, None, None, None), (3, 1, None, None), (0, 3, 4, None), (0, 2, None, 1), (0, None, None, None)
    ]  # fmt: skip
    assert found[2].at_ns == run.calls[3].began_ns
