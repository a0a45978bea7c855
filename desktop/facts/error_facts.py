"""The facts of an exception: its message, where it was raised, the frames that it passed. Pure functions without Qt."""

from desktop.facts.fact import CodePlace, Fact
from desktop.facts.visible_text import visible
from workers.timeline.model import RaisedError

_MOST_FRAMES = 8


def error_facts(kind: str | None, error: RaisedError | None) -> list[Fact]:
    """What an exception says. kind: the name of its type, empty for no exception. error: None where no more is known."""
    if not kind:
        return []
    if error is None:
        return [Fact("Error", visible(kind))]
    facts = [Fact("Error", visible(error.text))]
    if error.file:
        facts.append(Fact("Raised at", f"{visible(error.file)}:{error.line}", CodePlace(error.file, error.line)))
    passed = error.frames[-_MOST_FRAMES:]
    if len(passed) > 1:
        for number, frame in enumerate(passed):
            facts.append(Fact("" if number else "Through", visible(_short(frame)), _place(frame)))
    return facts


def _place(frame: str) -> CodePlace | None:
    """The line of a frame that is written as ``file:line function``."""
    file, _, line = frame.rpartition(" ")[0].rpartition(":")
    return CodePlace(file, int(line)) if file and line.isdecimal() else None


def _short(frame: str) -> str:
    """``plan.py:12 work`` for ``/home/me/plan.py:12 work``."""
    place, _, function = frame.rpartition(" ")
    return f"{place.replace(chr(92), '/').rpartition('/')[2]} {function}"
