"""A fact, and the sheet of facts that the details panel and tooltips show. Plain data without Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from desktop.facts.selection import Selection


class Fact(NamedTuple):
    """One known thing: a label, and its value as text to be shown literally. link: the selection that a click on it makes."""

    label: str
    text: str
    link: Selection | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All facts of one selection, under a title."""

    title: str
    facts: tuple[Fact, ...]


def as_text(facts: Iterable[Fact]) -> str:
    """The facts as lines of ``label: text``, for the clipboard."""
    return "\n".join(f"{fact.label}: {fact.text}" for fact in facts)
