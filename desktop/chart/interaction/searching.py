"""What the user does to search the run: find words, go from match to match. The window's thread."""

import time

import numpy as np
from PySide6.QtCore import QObject

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.interaction.argument_search import ArgumentSearch
from desktop.chart.interaction.revealing import Revealing
from desktop.facts.selection import (
    BookmarkSelection,
    InstantSelection,
    LineSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
)
from workers.analysis.search import Matches, MatchKind, find
from workers.timeline.timeline import Timeline

_REST_S, _REST = 0.5, 20.0
"""The pause between two searches in a live run: at least so many seconds, and so many times as long as the search took."""


class Searching(QObject):
    """Connects the search bar with the chart. In a live run the search is repeated when there is news."""

    def __init__(self, display: ChartDisplay, revealing: Revealing) -> None:
        super().__init__(display)
        self._display = display
        self._revealing = revealing
        self._bar = bar = display.layout.search
        self._found: Matches | None = None
        self._seen: tuple[int, int] | None = None
        self._at: int | None = None
        self._from_ns: int | None = None
        self._arguments = ArgumentSearch(self)
        self._rested_s = 0.0  # when the next search in a live run may be
        bar.words_changed.connect(self._on_words)
        bar.stepped.connect(self.step)
        bar.closed.connect(self.close)
        display.arranged.connect(self.show_count)
        self._arguments.progressed.connect(self.show_count)
        self._arguments.finished.connect(self._on_arguments_searched)

    def open(self) -> None:
        """Open the search bar."""
        selection = self._display.state.selection
        self._from_ns = None if selection is None else selection.at_ns
        self._bar.ask()
        self._on_words(self._bar.field.text(), go=False)

    def close(self) -> None:
        """Close the search bar. Matches are no longer marked; the selected one stays selected."""
        self._display.layout.canvas.setFocus()  # before the bar hides: that would give the keyboard to its neighbour first
        self._bar.hide()
        self._arguments.cancel()
        self._set_found(None)
        self._at = None
        self._display.redraw()

    def forget(self) -> None:
        """Forget the matches: another run is shown."""
        self._arguments.cancel()
        self._set_found(None)
        self._at = self._from_ns = self._seen = None
        if self._bar.isVisible():
            self._on_words(self._bar.field.text(), go=False)

    def step(self, by: int) -> None:
        """Show the next match, or with -1 the one before; after the last comes the first. Opens the search bar if it
        is closed."""
        timeline = self._display.state.timeline
        if timeline is None:
            return
        if self._bar.isHidden():
            self.open()
            return
        self._catch_up(timeline)
        if self._found is None or not len(self._found):
            self._at = None
            self.show_count()
            return
        count = len(self._found)
        if self._at is None:
            self._at = self._first() if by > 0 else (self._first() - 1) % count
        else:
            self._at = (self._at + by) % count
        self._show(timeline)

    def take_news(self) -> None:
        """Search again after news, but not at every frame, and show the new count."""
        timeline = self._display.state.timeline
        if timeline is not None and self.behind and (timeline.ended or time.monotonic() >= self._rested_s):
            self._catch_up(timeline)
            self.show_count()

    @property
    def behind(self) -> bool:
        """Whether the run has news since the last search."""
        timeline = self._display.state.timeline
        if timeline is None or self._bar.isHidden() or not self._bar.field.text().strip():
            return False
        return (id(timeline), timeline.revision) != self._seen

    def _catch_up(self, timeline: Timeline) -> None:
        held = self._held()
        if (id(timeline), timeline.revision) != self._seen:
            self._search(timeline)
            self._at = self._same(held)

    def _on_words(self, _words: str, *, go: bool = True) -> None:
        timeline = self._display.state.timeline
        if timeline is None:
            return
        self._search(timeline)
        self._at = None
        count = 0 if self._found is None else len(self._found)
        if count and go:
            self._at = self._first()
            self._show(timeline)
        self.show_count()
        self._display.redraw()

    def _search(self, timeline: Timeline) -> None:
        words, began_s = self._bar.field.text(), time.monotonic()
        self._arguments.start(timeline, words)
        self._set_found(find(timeline, words, self._arguments.events) if words.strip() else None)
        now_s = time.monotonic()
        self._rested_s = now_s + max(_REST_S, _REST * (now_s - began_s))
        self._seen = id(timeline), timeline.revision

    def _on_arguments_searched(self) -> None:
        """Add what was found in the arguments. It is gone to if nothing was found before, and the user still waits for it."""
        timeline, held = self._display.state.timeline, self._held()
        if timeline is None:
            return
        self._search(timeline)
        self._at = self._same(held)
        if self._at is None and self._bar.field.hasFocus() and self._found is not None and len(self._found):
            self._at = self._first()
            self._show(timeline)
        self.show_count()
        self._display.redraw()

    def _set_found(self, found: Matches | None) -> None:
        self._found = self._display.state.found = found

    def _first(self) -> int:
        """The first match from where the search began, or from the left edge of the view; else the very first."""
        assert self._found is not None
        from_ns = self._display.scale.t0_ns if self._from_ns is None else self._from_ns
        at = int(np.searchsorted(self._found.t, from_ns))
        return at if at < len(self._found) else 0

    def _held(self) -> tuple[int, ...] | None:
        return None if self._found is None or self._at is None else _row(self._found, self._at)

    def _same(self, held: tuple[int, ...] | None) -> int | None:
        """The index of the match that was shown last among the matches now."""
        if held is None or self._found is None:
            return None
        low, high = np.searchsorted(self._found.t, (held[0], held[0] + 1)).tolist()
        return next((at for at in range(low, high) if _row(self._found, at) == held), None)

    def _show(self, timeline: Timeline) -> None:
        assert self._found is not None
        assert self._at is not None
        selection = selection_of(timeline, self._found, self._at)
        if self._from_ns is None:
            self._from_ns = self._display.scale.t0_ns
        self._display.choose(selection)
        self._revealing.reveal(selection)
        self.show_count()

    def show_count(self) -> None:
        """Show the number of the match and of all matches, whether the filter hides its lane, and how far the arguments are
        searched."""
        timeline, found, hidden = self._display.state.timeline, self._found, self._display.state.arrangement.hidden
        self._bar.show_arguments(self._arguments.done, self._arguments.reason)
        if timeline is None or found is None or self._at is None:
            self._bar.show_count(None, 0 if found is None else len(found))
        else:
            match = selection_of(timeline, found, self._at)
            self._bar.show_count(self._at, len(found), filtered=match.process in hidden)


def selection_of(timeline: Timeline, found: Matches, at: int) -> Selection:
    """A match as a selection."""
    t, what, of, ref = _row(found, at)
    match MatchKind(what):
        case MatchKind.TASK:
            return TaskSelection(of, t, ref)
        case MatchKind.LINE:
            return LineSelection(of or 1, t, ref)  # a line of an unknown writer came through the program's pipe
        case MatchKind.BOOKMARK:
            return BookmarkSelection(timeline.bookmarks[ref])
        case MatchKind.SPAN:
            return SpanSelection(timeline.tracks[of - 1].process, t, of, ref)
        case MatchKind.INSTANT:
            return InstantSelection(timeline.tracks[of - 1].process, t, of, ref)
        case _:
            return ProcessSelection(ref)


def _row(found: Matches, at: int) -> tuple[int, int, int, int]:
    return int(found.t[at]), int(found.what[at]), int(found.of[at]), int(found.ref[at])
