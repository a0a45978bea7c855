"""Finding words in the run that is shown, and going from match to match. The window's thread."""

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from desktop.chart.widgets.search_bar import SearchBar
from desktop.facts.selection import (
    BookmarkSelection,
    LineSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
)
from workers.analysis.search import Match, MatchKind, find
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

_REST_S, _REST = 0.5, 20.0
"""How long nothing is looked for again while a run goes on, at the least and as a multiple of what looking took."""


class Searching(QObject):
    """Joins the search bar with the view. What was found is looked for anew when the run has gone on."""

    def __init__(self, view: "TimelineView", bar: SearchBar) -> None:
        super().__init__(view)
        self._view = view
        self._bar = bar
        self._found: Match | None = None
        self._seen: tuple[int, int] | None = None
        self._at: int | None = None
        self._from_ns: int | None = None
        self._rested_s = 0.0
        bar.words_changed.connect(self._on_words)
        bar.stepped.connect(self.step)
        bar.closed.connect(self.close)

    @property
    def found(self) -> Match | None:
        """What is found now; None while nothing is searched."""
        return self._found

    def open(self) -> None:
        """Ask for words."""
        selection = self._view.state.selection
        self._from_ns = None if selection is None else selection.at_ns
        self._bar.ask()
        self._on_words(self._bar.field.text(), go=False)

    def close(self) -> None:
        """Be done: the matches are no longer marked, the one that is selected stays so."""
        self._bar.hide()
        self._found = self._at = None
        self._view.setFocus()
        self._view.redraw()

    def forget(self) -> None:
        """Another run is shown: what was found in the last one is gone."""
        self._found = self._at = self._from_ns = self._seen = None
        if self._bar.isVisible():
            self._on_words(self._bar.field.text(), go=False)

    def step(self, by: int) -> None:
        """Show the next match, or with -1 the one before; after the last comes the first. Without a search, ask for one."""
        timeline = self._view.state.timeline
        if timeline is None:
            return
        if self._bar.isHidden():
            self.open()
            return
        self._catch_up(timeline)
        if self._found is None or not len(self._found):
            self._at = None
            self.say()
            return
        count = len(self._found)
        if self._at is None:
            self._at = self._first() if by > 0 else (self._first() - 1) % count
        else:
            self._at = (self._at + by) % count
        self._show(timeline)

    def take_news(self) -> None:
        """The run has gone on: look again, but not at every frame, and say how many there are now."""
        timeline = self._view.state.timeline
        if timeline is not None and self.behind and (timeline.ended or time.monotonic() >= self._rested_s):
            self._catch_up(timeline)
            self.say()

    @property
    def behind(self) -> bool:
        """Whether words are searched in a run that has gone on since they were looked for."""
        timeline = self._view.state.timeline
        if timeline is None or self._bar.isHidden() or not self._bar.field.text().strip():
            return False
        return (id(timeline), timeline.revision) != self._seen

    def _catch_up(self, timeline: Timeline) -> None:
        held = self._held()
        if (id(timeline), timeline.revision) != self._seen:
            self._look(timeline)
            self._at = self._same(held)

    def _on_words(self, _words: str, *, go: bool = True) -> None:
        timeline = self._view.state.timeline
        if timeline is None:
            return
        self._look(timeline)
        self._at = None
        count = 0 if self._found is None else len(self._found)
        if count and go:
            self._at = self._first()
            self._show(timeline)
        self.say()
        self._view.redraw()

    def _look(self, timeline: Timeline) -> None:
        words, began_s = self._bar.field.text(), time.monotonic()
        self._found = find(timeline, words) if words.strip() else None
        now_s = time.monotonic()
        self._rested_s = now_s + max(_REST_S, _REST * (now_s - began_s))
        self._seen = id(timeline), timeline.revision

    def _first(self) -> int:
        """The first match from where the search began, or from the left of what was in view; else the very first."""
        assert self._found is not None
        from_ns = self._view.scale.t0_ns if self._from_ns is None else self._from_ns
        at = int(np.searchsorted(self._found.t, from_ns))
        return at if at < len(self._found) else 0

    def _held(self) -> tuple[int, ...] | None:
        return None if self._found is None or self._at is None else _row(self._found, self._at)

    def _same(self, held: tuple[int, ...] | None) -> int | None:
        """Where what was shown last is among the matches now."""
        if held is None or self._found is None:
            return None
        low, high = np.searchsorted(self._found.t, (held[0], held[0] + 1)).tolist()
        return next((at for at in range(low, high) if _row(self._found, at) == held), None)

    def _show(self, timeline: Timeline) -> None:
        assert self._found is not None
        assert self._at is not None
        selection = selection_of(timeline, self._found, self._at)
        if self._from_ns is None:
            self._from_ns = self._view.scale.t0_ns
        self._view.choose(selection)
        self._view.revealing.reveal(selection)
        self.say()

    def say(self) -> None:
        """Say which match is shown, and whether the filter leaves its lane out."""
        timeline, found, hidden = self._view.state.timeline, self._found, self._view.arrangement.hidden
        if timeline is None or found is None or self._at is None:
            self._bar.say(None, 0 if found is None else len(found))
        else:
            match = selection_of(timeline, found, self._at)
            self._bar.say(self._at, len(found), filtered=match.process in hidden)


def selection_of(timeline: Timeline, found: Match, at: int) -> Selection:
    """A match as a selection."""
    t, what, of, ref = _row(found, at)
    match MatchKind(what):
        case MatchKind.TASK:
            return TaskSelection(of, t, ref)
        case MatchKind.LINE:
            return LineSelection(of or 1, t, ref)  # a line without a known writer came through the program's pipe
        case MatchKind.BOOKMARK:
            return BookmarkSelection(timeline.bookmarks[ref])
        case MatchKind.SPAN:
            return SpanSelection(timeline.tracks[of - 1].process, t, of, ref)
        case _:
            return ProcessSelection(ref)


def _row(found: Match, at: int) -> tuple[int, int, int, int]:
    return int(found.t[at]), int(found.what[at]), int(found.of[at]), int(found.ref[at])
