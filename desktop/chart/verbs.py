"""What a person can do to one process from its lane: the choices, and the menu that shows them. The window's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from desktop.chart.ink import tooltip


@dataclass(frozen=True, slots=True)
class VerbChoice:
    """One entry. verb: start, join, alive, terminate, kill or finish. why_not: one sentence when it is not enabled."""

    verb: str
    text: str
    enabled: bool
    why_not: str = ""


def menu(title: str, choices: Sequence[VerbChoice], parent: QWidget) -> QMenu:
    """A menu with one entry a choice, whose action carries the verb as its data. The caller shows it."""
    made = QMenu(parent)
    made.setAccessibleName(f"What to do with {title}")
    made.setToolTipsVisible(True)
    for choice in choices:
        action = made.addAction(choice.text.replace("&", "&&"))
        action.setData(choice.verb)
        action.setEnabled(choice.enabled)
        action.setToolTip("" if choice.enabled else tooltip(choice.why_not))
    return made
