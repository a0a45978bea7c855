"""What a sentence of a lesson points at, as things that can be selected, and the predictions as the chart draws them. Pure
functions without Qt, in the window's thread."""

from dataclasses import dataclass

from desktop.chart.drawing.overlay import Guess
from desktop.facts.fact import CodePlace
from desktop.facts.formatting import format_moment
from desktop.facts.selection import CallSelection, LineSelection, ProcessSelection, Selection
from desktop.facts.visible_text import visible
from workers.lessons.explaining import ExplainedPart
from workers.lessons.lesson import OrderedItem, PlacedMoment
from workers.lessons.run_words import process_called
from workers.timeline.timeline import Timeline

_MOST_LETTERS = 28
_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")
_MOMENTS = ("exited_ns", "target_ended_ns", "target_began_ns", "start_called_ns", "start_returned_ns", "born_ns", "joined_ns",
            "reaped_ns")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LessonEvidence:
    """Something that shows that a sentence is true. words: on its button. shows: what the button selects."""

    words: str
    shows: Selection | CodePlace


def evidence_of(part: ExplainedPart, timeline: Timeline, path: str) -> tuple[LessonEvidence, ...]:
    """What a sentence points at in this run. path: of the program that ran."""
    found = []
    if part.line:
        found.append(LessonEvidence(f"line {part.line}", CodePlace(path, part.line)))
    if part.call is not None:
        call = timeline.call(part.call)
        of = "" if call.process is None else f" of {visible(timeline.process(call.process).name)}"
        found.append(LessonEvidence(f"{call.name}(){of}", CallSelection(call.by, call.began_ns, call.id)))
    elif part.printed is not None and part.at_ns is not None:
        text = visible(next(line.text for line in timeline.lines if line.number == part.printed))
        cut = text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
        found.append(LessonEvidence(f"“{cut}”", LineSelection(part.process or 1, part.at_ns, part.printed)))
    elif part.process is not None:
        found.append(LessonEvidence(visible(timeline.process(part.process).name), ProcessSelection(part.process)))
    elif part.at_ns is not None:
        lane = _lane_at(timeline, part.at_ns, "")
        found.append(LessonEvidence(format_moment(part.at_ns), ProcessSelection(lane, part.at_ns)))
    return tuple(found)


def moment_guess(moment: PlacedMoment, timeline: Timeline, guessed_s: float, *, right: bool) -> Guess | None:
    """The moment that was placed beside the one that was. None where that is not known of the run."""
    at_s = moment.at.value(timeline)
    lane = process_called(timeline, moment.lane)
    since_s = 0.0 if moment.since is None else moment.since.value(timeline)
    if at_s is None or lane is None or since_s is None:
        return None
    guessed_ns = round((since_s + guessed_s) * 1e9)
    since = f" {moment.since_text}" if moment.since_text else ""
    words = f"{moment.text}: {at_s - since_s:.2f} s{since}"
    return Guess(lane.id, round(at_s * 1e9), words, right, guessed_ns, f"your answer: {guessed_s:.2f} s{since}")


def order_guesses(items: tuple[OrderedItem, ...], timeline: Timeline, order: tuple[int, ...]) -> tuple[Guess, ...]:
    """Which place each item was given, beside the one that it had. order: the items, from 0, the first one first."""
    at_s = [item.at.value(timeline) for item in items]
    known = sorted((at, number) for number, at in enumerate(at_s) if at is not None)
    guesses = []
    for place, (at, number) in enumerate(known):
        given = order.index(number)
        words = _ORDINALS[place] if given == place else f"{_ORDINALS[place]} (you: {_ORDINALS[given]})"
        lane = _lane_at(timeline, round(at * 1e9), items[number].text)
        guesses.append(Guess(lane, round(at * 1e9), words, given == place))
    return tuple(guesses)


def _lane_at(timeline: Timeline, at_ns: int, text: str) -> int:
    """The process to whose life a moment belongs; one that the text names goes first, and the program is last."""
    named = [one for one in timeline.processes if one.name in text]
    for process in [*named, *timeline.processes[1:]]:
        moments = (getattr(process, name) for name in _MOMENTS)
        if any(one is not None and abs(at_ns - one) <= 1 for one in moments):
            return process.id
    return named[0].id if named else 1
