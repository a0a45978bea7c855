"""What each key does in the timeline: the one table for the bindings, the key sheet and the command palette.

Keys act only while the timeline has the focus. Names are those of QKeySequence, which also shows them as the system does.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence


class Action(Enum):
    """What a key asks for."""

    ZOOM_IN = "zoom in"
    ZOOM_OUT = "zoom out"
    EARLIER = "pan left"
    LATER = "pan right"
    CENTRE = "centre"
    FIT = "fit"
    FOLLOW = "follow"
    CLEAR = "clear"
    UP = "row up"
    DOWN = "row down"
    PREVIOUS = "previous in row"
    NEXT = "next in row"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    OPEN = "open"
    MENU = "menu"
    START_IT = "start the process"
    ASK_IT = "ask whether it is alive"
    JOIN_IT = "join the process"
    TERMINATE_IT = "terminate the process"
    MEASURE = "measure the selection"
    EXTEND_EARLIER = "measure to the left"
    EXTEND_LATER = "measure to the right"
    MARK = "mark"
    NEXT_MARK = "next mark"
    RENAME_MARK = "rename the mark"
    DELETE_MARK = "delete the mark"
    SEARCH = "search"
    NEXT_MATCH = "next match"
    LEFT = "left"
    RIGHT = "right"
    PIN = "pin"
    ROW_SIZE = "row height"
    FILTER = "filter"
    BACK = "back"
    FORWARD = "forward"
    PATH = "critical path"
    COPY = "copy the picture"
    KEYS = "key sheet"


@dataclass(frozen=True, slots=True)
class Binding:
    """One action: its keys, the first of which is the one to remember, and what it does in a few words."""

    action: Action
    keys: tuple[str, ...]
    text: str


BINDINGS = (
    Binding(Action.ZOOM_IN, ("W", "+", "="), "Zoom in (Shift: faster)"),
    Binding(Action.ZOOM_OUT, ("S", "-"), "Zoom out (Shift: faster)"),
    Binding(Action.EARLIER, ("A",), "Pan to earlier (Shift: faster)"),
    Binding(Action.LATER, ("D",), "Pan to later (Shift: faster)"),
    Binding(Action.CENTRE, ("F",), "Centre the selection; again: fit it"),
    Binding(Action.FIT, ("0", "Home"), "Fit the whole run"),
    Binding(Action.FOLLOW, ("L",), "Follow live"),
    Binding(Action.UP, ("Up",), "Lane above"),
    Binding(Action.DOWN, ("Down",), "Lane below"),
    Binding(Action.PAGE_UP, ("PgUp",), "A page of lanes up"),
    Binding(Action.PAGE_DOWN, ("PgDown",), "A page of lanes down"),
    Binding(Action.PREVIOUS, (",",), "Previous in the lane"),
    Binding(Action.NEXT, (".",), "Next in the lane"),
    Binding(Action.LEFT, ("Left",), "Previous; on a lane itself: fold it, or its parent"),
    Binding(Action.RIGHT, ("Right",), "Next; on a folded lane: unfold it"),
    Binding(Action.OPEN, ("Return", "Enter", "Space"), "Fold or unfold the lane"),
    Binding(Action.PIN, ("P",), "Pin the lane at the top, or unpin it"),
    Binding(Action.ROW_SIZE, ("H",), "Higher lanes (Shift: lower)"),
    Binding(Action.FILTER, ("Ctrl+Shift+F",), "Filter the lanes"),
    Binding(Action.MENU, ("Menu", "Shift+F10"), "What to do with the lane"),
    Binding(Action.START_IT, ("G",), "By hand: start the lane's process"),
    Binding(Action.ASK_IT, ("I",), "Have the parent ask whether it is alive"),
    Binding(Action.JOIN_IT, ("J",), "Have the parent join it"),
    Binding(Action.TERMINATE_IT, ("X",), "Terminate it"),
    Binding(Action.MEASURE, ("R",), "Measure the selected span"),
    Binding(Action.EXTEND_EARLIER, ("Shift+Left",), "Measure an interval: its end to the left"),
    Binding(Action.EXTEND_LATER, ("Shift+Right",), "Measure an interval: its end to the right"),
    Binding(Action.MARK, ("M",), "Mark this moment, with a label"),
    Binding(Action.NEXT_MARK, ("N",), "Next mark (Shift: previous)"),
    Binding(Action.RENAME_MARK, ("F2",), "Change the selected mark's label"),
    Binding(Action.DELETE_MARK, ("Del", "Backspace"), "Delete the selected mark"),
    Binding(Action.SEARCH, ("/",), "Find names, pids, states, tasks, printed lines"),
    Binding(Action.NEXT_MATCH, ("F3",), "Next match (Shift: previous)"),
    Binding(Action.CLEAR, ("Esc",), "Select nothing"),
    Binding(Action.BACK, ("Alt+Left",), "Back to the view before: zoom, filter, pins, selection"),
    Binding(Action.FORWARD, ("Alt+Right",), "Forward again"),
    Binding(Action.PATH, ("C",), "The critical path: show it, or hide it"),
    Binding(Action.COPY, ("Ctrl+C",), "Copy a picture of what is seen"),
    Binding(Action.KEYS, ("?",), "This sheet"),
)

POINTER = (
    ("Click", "Select and see the details"),
    ("Double-click", "Fit what is there"),
    ("Drag", "Measure an interval"),
    ("Shift+drag, middle drag", "Pan"),
    ("Wheel", "Lanes"),
    ("Ctrl+wheel", "Zoom at the pointer"),
    ("Shift+wheel", "Pan"),
    ("Right click", "What to do with the lane"),
)
"""What mouse and wheel do, and in which words."""


def action_of(event: QKeyEvent) -> tuple[Action, bool] | None:
    """What a key press asks for, and whether Shift asks for more of it. None for a key that is not bound."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key, shift = Qt.Key(event.key()), Qt.KeyboardModifier.ShiftModifier
    action = _table().get((key, modifiers))
    if action is not None:
        return action, False
    action = _table().get((key, modifiers & ~shift)) if modifiers & shift else None
    # With letters and named keys Shift asks for more; some keyboards have "/" or "+" on a shifted key.
    return None if action is None else (action, Qt.Key.Key_A <= key <= Qt.Key.Key_Z or key >= Qt.Key.Key_Escape)


@cache
def _table() -> dict[tuple[Qt.Key, Qt.KeyboardModifier], Action]:
    table = {}
    for binding in BINDINGS:
        for name in binding.keys:
            combination = QKeySequence(name)[0]  # type: ignore[index]  # the stubs leave it out
            table[combination.key(), combination.keyboardModifiers()] = binding.action
    return table
