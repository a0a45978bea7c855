"""What the runs of a lesson say: the right answer, and whether a prediction was right. Pure functions, any process.

No answer is known before a run. Where a run contradicts what usually happens, or decides nothing, that is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.lessons.lesson import AnswerKind, Lesson, PlacedMoment
from workers.lessons.run_words import OutcomeCounts, whole
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

_TIMES = re.compile(r"\btimes\s*\(\s*(\d+)\s*\)")
_UNDECIDED = "This run does not decide the question"
_NOT_SEEN = f"{_UNDECIDED}: a part of what it asks for was not seen."


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """In how many runs an outcome came about."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the runs say about the question.

    answer: the choice that is right, from 0; None where the runs decide for none of them.
    sentence: the same in words, or why not.
    as_usual: whether the answer is the usual one; None where there is no answer, or no usual one.
    order: the items in the order in which they happened, from 0; empty where that is not known, or not asked.
    moment_s: when the moment was, on the axis of the question. marks_s: where each choice would be on it.
    spread: how often each outcome came about, of a lesson that runs more than once. spread_sentence: the same in words.
    runs: how many were judged. unclear: how many others fit none of the outcomes, or more than one.
    """

    answer: int | None
    sentence: str
    as_usual: bool | None = None
    order: tuple[int, ...] = ()
    moment_s: float | None = None
    marks_s: tuple[float | None, ...] = ()
    spread: tuple[OutcomeCount, ...] = ()
    spread_sentence: str = ""
    runs: int = 1
    unclear: int = 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the learner expects; one of the three, as the kind of the lesson asks.

    choice: from 0. order: the items, from 0. moment_s: on the axis of the question.
    """

    choice: int | None = None
    order: tuple[int, ...] = ()
    moment_s: float | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A prediction beside the fact.

    right: None where the runs do not tell. sentence: the result in words. tempting: why a wrong answer is tempting, where the
    lesson has a word on it.
    """

    right: bool | None
    sentence: str
    tempting: str = ""


def judge(lesson: Lesson, runs: Sequence[Timeline]) -> Verdict:
    """The verdict of these runs of the listing. Of a lesson that runs once the last one counts."""
    if not runs:
        return Verdict(None, "There is no run yet.", runs=0)
    if lesson.runs > 1:
        return _judge_spread(lesson, runs)
    timeline = runs[-1]
    match lesson.kind:
        case AnswerKind.ORDER:
            return _judge_order(lesson, timeline)
        case AnswerKind.MOMENT:
            return _judge_moment(lesson, timeline)
    return _judge_choice(lesson, timeline)


def assess(lesson: Lesson, verdict: Verdict, prediction: Prediction) -> Assessment:
    """Whether a prediction was right, by the verdict."""
    choice, right = prediction.choice, None
    if lesson.kind is AnswerKind.ORDER:
        choice = next((at for at, one in enumerate(lesson.choices) if one.order == prediction.order), None)
        right = prediction.order == verdict.order if verdict.order else None
    elif lesson.kind is AnswerKind.MOMENT and lesson.moment is not None:
        placed_s, moment_s, within_s = prediction.moment_s, verdict.moment_s, lesson.moment.tolerance_s
        choice = _nearest(placed_s, verdict.marks_s, within_s)
        if placed_s is not None and moment_s is not None:
            right = abs(placed_s - moment_s) <= within_s
    elif verdict.answer is not None and choice is not None:
        right = choice == verdict.answer
    if right is None:
        return Assessment(None, verdict.sentence)
    if right:
        return Assessment(True, f"Right. {verdict.sentence}")
    tempting = "" if choice is None or choice == verdict.answer else lesson.choices[choice].tempting
    return Assessment(False, f"Not this time. {verdict.sentence}", tempting)


def _decided(lesson: Lesson, answer: int, sentence: str) -> tuple[str, bool | None]:
    """The sentence for a run that has an answer, and whether that is the usual one."""
    if lesson.usual is None:
        return sentence, None
    if lesson.usual == answer:
        return sentence, True
    usual = lesson.choices[lesson.usual].text.rstrip(".")
    return f"{sentence} Usually it is “{usual}”: this run contradicts that.", False


def _said(text: str) -> str:
    return f"So it was: {text.rstrip('.')}."


def _judge_choice(lesson: Lesson, timeline: Timeline) -> Verdict:
    held = [choice.holds.value(timeline) if choice.holds is not None else None for choice in lesson.choices]
    answer, sentence = _only_one(lesson, held, whole(timeline))
    if answer is None:
        return Verdict(None, sentence)
    return Verdict(answer, *_decided(lesson, answer, sentence))


def _only_one(lesson: Lesson, held: Sequence[bool | None], all_seen: bool) -> tuple[int | None, str]:
    """The only choice that holds, and a sentence. Where all was seen, a condition on what did not happen does not hold."""
    if None in held and not all_seen:
        return None, _NOT_SEEN
    holding = [number for number, holds in enumerate(held) if holds]
    if len(holding) == 1:
        return holding[0], _said(lesson.choices[holding[0]].text)
    if not holding:
        return None, f"{_UNDECIDED}: none of the answers fits it."
    numbers = [str(number + 1) for number in holding]
    return None, f"{_UNDECIDED}: answers {', '.join(numbers[:-1])} and {numbers[-1]} both fit it."


def _judge_order(lesson: Lesson, timeline: Timeline) -> Verdict:
    moments = [item.at.value(timeline) for item in lesson.items]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        return Verdict(None, _NOT_SEEN)
    if len(set(known)) < len(known):
        return Verdict(None, f"{_UNDECIDED}: two of these happened at the same moment.")
    order = tuple(sorted(range(len(known)), key=known.__getitem__))
    sentence = _said(", then ".join(lesson.items[number].text for number in order))
    answer = next((number for number, choice in enumerate(lesson.choices) if choice.order == order), None)
    if answer is None:
        return Verdict(None, sentence, order=order)
    return Verdict(answer, *_decided(lesson, answer, sentence), order=order)


def _judge_moment(lesson: Lesson, timeline: Timeline) -> Verdict:
    moment = lesson.moment
    assert moment is not None
    since_s = 0.0 if moment.since is None else moment.since.value(timeline)
    at_s = moment.at.value(timeline)
    if since_s is None or at_s is None:
        return Verdict(None, _NOT_SEEN)
    places = [None if choice.at is None else choice.at.value(timeline) for choice in lesson.choices]
    marks_s = tuple(None if place is None else place - since_s for place in places)
    moment_s = at_s - since_s
    answer = _nearest(moment_s, marks_s, moment.tolerance_s)
    sentence = _moment_words(moment, moment_s)
    if answer is None:
        return Verdict(None, sentence, moment_s=moment_s, marks_s=marks_s)
    sentence = f"{sentence} {_said(lesson.choices[answer].text)}"
    return Verdict(answer, *_decided(lesson, answer, sentence), moment_s=moment_s, marks_s=marks_s)


def _moment_words(moment: PlacedMoment, moment_s: float) -> str:
    text = moment.text[:1].upper() + moment.text[1:]
    return f"{text} was {placed_words(moment, moment_s)}."


def placed_words(moment: PlacedMoment, at_s: float) -> str:
    """A place on the axis of the question: ``at 2.011 s``, ``2.011 s after start()``."""
    return f"{format_duration(at_s)} {moment.since_text}" if moment.since_text else f"at {format_duration(at_s)}"


def _nearest(at_s: float | None, marks_s: Sequence[float | None], within_s: float) -> int | None:
    """The nearest of the marks; None where none is near enough."""
    if at_s is None:
        return None
    near = [(abs(mark - at_s), number) for number, mark in enumerate(marks_s) if mark is not None]
    off_s, number = min(near, default=(within_s + 1, 0))
    return number if off_s <= within_s else None


def _judge_spread(lesson: Lesson, runs: Sequence[Timeline]) -> Verdict:
    times, unclear = [0] * len(lesson.outcomes), 0
    for timeline in runs:
        holding = [number for number, outcome in enumerate(lesson.outcomes) if outcome.holds.value(timeline)]
        if len(holding) == 1:
            times[holding[0]] += 1
        else:
            unclear += 1
    judged = len(runs) - unclear
    spread = tuple(OutcomeCount(one.text, count) for one, count in zip(lesson.outcomes, times, strict=True))
    said = _spread_words(lesson, spread, judged, unclear)
    if not judged:
        return Verdict(None, f"{_UNDECIDED}: none of the runs fits an outcome.", spread=spread, runs=0, unclear=unclear)
    counts = OutcomeCounts(judged, tuple(times))
    held = [choice.holds.value(counts) if choice.holds is not None else None for choice in lesson.choices]
    answer, sentence = _only_one(lesson, held, True)
    sentence = sentence.replace("This run does not", "These runs do not")
    as_usual = None
    if answer is not None:
        sentence, as_usual = _decided(lesson, answer, sentence)
        sentence = sentence.replace("this run contradicts", "these runs contradict")
    return Verdict(answer, sentence, as_usual, spread=spread, spread_sentence=said, runs=judged, unclear=unclear)


def _spread_words(lesson: Lesson, spread: Sequence[OutcomeCount], judged: int, unclear: int) -> str:
    """``A first: 19 of 20 runs. B first: 1 of 20 runs. It went more than one way, …``. Outcomes that no choice asks about are
    one way together."""
    asked = {
        int(found) - 1 for one in lesson.choices if one.holds is not None for found in _TIMES.findall(one.holds.text)
    }
    rest = sum(one.times for number, one in enumerate(spread) if number not in asked)
    ways = sum(one.times > 0 for number, one in enumerate(spread) if number in asked) + (rest > 0)
    runs = "1 run" if judged == 1 else f"{judged} runs"
    parts = [f"{one.text.rstrip('.')}: {one.times} of {runs}." for one in spread]
    came = sum(one.times > 0 for one in spread)
    if ways > 1:
        parts.append("It went more than one way, so that runs which go well prove nothing about the next one.")
    elif judged > 1 and came == 1:
        parts.append("All went the same way, which does not say that the next one will.")
    if unclear:
        parts.append(f"{unclear} more {'run' if unclear == 1 else 'runs'} fitted none of these, or more than one.")
    return " ".join(parts)
