"""A fact, and the sheet of facts that the details panel and tooltips show. Plain data without Qt."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from desktop.facts.selection import Selection
from desktop.facts.visible_text import visible_lines


class CodePlace(NamedTuple):
    """A line of a file, as the recorded program names that file."""

    file: str
    line: int

    @property
    def short(self) -> str:
        """``worker.py:41``."""
        return f"{os.path.basename(self.file)}:{self.line}"


class Fact(NamedTuple):
    """One known thing: a label, and its value as text to be shown literally. link: the selection that a click on it makes, or
    the line of code that it shows. meaning: what a word of the timeline means, in one line; empty for what explains itself."""

    label: str
    text: str
    link: Selection | CodePlace | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All facts of one selection, under a title."""

    title: str
    facts: tuple[Fact, ...]

    def __post_init__(self) -> None:
        """Whatever a fact was made of, it is shown without a character that acts on the display."""
        object.__setattr__(self, "title", visible_lines(self.title))
        shown = (fact._replace(label=visible_lines(fact.label), text=visible_lines(fact.text)) for fact in self.facts)
        object.__setattr__(self, "facts", tuple(shown))


def as_text(facts: Iterable[Fact]) -> str:
    """The facts as lines of ``label: text``, for the clipboard."""
    return "\n".join(f"{fact.label}: {fact.text}" if fact.label else f"  {fact.text}" for fact in facts)
