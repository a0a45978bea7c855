"""Mouse and keys on the tracks of an imported trace, as real events."""

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from support.builders import SECOND, traced_run
from support.charts import canvas, open_view
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.track_depths import level
from desktop.chart.keys import Action
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.facts.selection import (
    InstantSelection,
    IntervalSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TrackSelection,
)
from desktop.facts.sheets import sheet_text
from desktop.look.palette import LIGHT
from workers.errors import OpenError
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, traced_run(6))


def place(view: TimelineView, track: int, at_ns: int, depth: int) -> QPoint:
    """Where a moment of a depth of a track shows on the canvas."""
    row = view.state.rows.row_of_track(track)
    timeline = view.state.timeline
    assert row is not None
    assert timeline is not None
    top, height = level(row, timeline.tracks[track - 1].spans.height, depth)
    y = AXIS_PX + view.state.rows.y(row, scrolled(view)) + top + height / 2
    return QPoint(round(view.scale.x(at_ns)), round(y))


def scrolled(view: TimelineView) -> int:
    """How far the lanes are scrolled."""
    area: tuple[float, float] = canvas(view).view_box.viewRange()[1]
    return round(area[0]) + AXIS_PX


def key(view: TimelineView, qtbot: QtBot, which: Qt.Key) -> Selection | None:
    qtbot.keyClick(canvas(view), which)
    return view.state.selection


def is_framed(view: TimelineView, at: QPoint) -> bool:
    """Whether the upper edge of a selection's frame shows above the middle of a depth."""
    image = canvas(view).viewport().grab().toImage()
    accent = QColor(LIGHT.accent)
    return any(image.pixelColor(at.x(), at.y() + down) == accent for down in range(-10, -6))


def test_a_click_selects_a_span_and_frames_it_in_its_depth(view: TimelineView, qtbot: QtBot) -> None:
    inner, outer = place(view, 1, 2 * SECOND, 1), place(view, 1, 8 * SECOND, 0)
    assert not is_framed(view, inner)
    chosen: list[Selection | None] = []
    view.selected.connect(chosen.append)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=inner)
    assert chosen == [SpanSelection(1, SECOND, track=1, span=1)]
    assert is_framed(view, inner)
    assert not is_framed(view, place(view, 1, 5 * SECOND + SECOND // 2, 1)), "the frame ends where the span does"
    assert not is_framed(view, outer)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=outer)
    assert chosen[-1] == SpanSelection(1, 0, track=1, span=0)


def test_hovering_tells_of_the_span(view: TimelineView, qtbot: QtBot) -> None:
    told: list[str] = []
    view.hovered.connect(told.append)
    for at in (place(view, 1, 8 * SECOND, 0), place(view, 1, 2 * SECOND, 1)):
        qtbot.mouseMove(canvas(view).viewport(), at)
    qtbot.waitUntil(lambda: bool(told) and told[-1].startswith("load"))
    assert "4.000 s" in told[-1]
    assert "MainThread" in told[-1]


def test_a_double_click_fits_the_span(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.mouseDClick(canvas(view).viewport(), LEFT, pos=place(view, 2, 5 * SECOND, 1))
    scale = view.scale
    assert SECOND < scale.t0_ns <= 2 * SECOND
    assert 6 * SECOND <= scale.t1_ns < 7 * SECOND


def test_comma_and_full_stop_walk_along_the_track(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=place(view, 1, 8 * SECOND, 0))
    assert key(view, qtbot, Qt.Key.Key_Period) == SpanSelection(1, SECOND, track=1, span=1)
    assert key(view, qtbot, Qt.Key.Key_Right) == InstantSelection(1, 3 * SECOND, track=1, instant=0)
    timeline = view.state.timeline
    assert timeline is not None
    assert "mark" in sheet_text(timeline, InstantSelection(1, 3 * SECOND, track=1, instant=0))
    assert key(view, qtbot, Qt.Key.Key_Period) == SpanSelection(1, 6 * SECOND, track=1, span=2)
    assert key(view, qtbot, Qt.Key.Key_Period) == SpanSelection(1, 6 * SECOND, track=1, span=2), "it was the last"
    for expected in (InstantSelection(1, 3 * SECOND, track=1, instant=0), SpanSelection(1, SECOND, track=1, span=1),
                     SpanSelection(1, 0, track=1, span=0), TrackSelection(1, track=1)):  # fmt: skip
        assert key(view, qtbot, Qt.Key.Key_Comma) == expected


def test_down_goes_from_a_process_to_its_tracks_and_left_back(view: TimelineView, qtbot: QtBot) -> None:
    assert key(view, qtbot, Qt.Key.Key_Down) == ProcessSelection(1)
    assert key(view, qtbot, Qt.Key.Key_Down) == TrackSelection(1, track=1)
    assert key(view, qtbot, Qt.Key.Key_Down) == TrackSelection(1, track=2)
    assert key(view, qtbot, Qt.Key.Key_Right) == SpanSelection(1, 0, track=2, span=0)
    assert key(view, qtbot, Qt.Key.Key_Left) == TrackSelection(1, track=2)
    assert key(view, qtbot, Qt.Key.Key_Left) == ProcessSelection(1)


def test_a_click_on_a_tracks_header_selects_the_track(view: TimelineView, qtbot: QtBot) -> None:
    headers = find(view, Headers)
    row = view.state.rows.row_of_track(2)
    assert row is not None
    qtbot.mouseClick(headers, LEFT, pos=QPoint(headers.width() // 2, AXIS_PX + row.top_px + 8))
    assert view.state.selection == TrackSelection(1, track=2)


def test_a_span_that_is_found_is_opened_brought_into_view_and_framed(view: TimelineView, qtbot: QtBot) -> None:
    last = view.state.rows.index_of(6)
    assert last is not None
    view.state.row = last
    view.act(Action.OPEN)
    assert view.state.rows.row_of_track(11) is None
    qtbot.keyClicks(canvas(view), "/")
    field = find(view, QLineEdit, "search")
    field.clear()
    qtbot.keyClicks(field, "wait")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.state.selection == SpanSelection(6, 6 * SECOND, track=11, span=2)
    at = place(view, 11, 7 * SECOND, 1)
    assert AXIS_PX <= at.y() < canvas(view).viewport().height()
    assert is_framed(view, at)


def test_an_instant_is_found_by_its_name_and_framed(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.keyClicks(canvas(view), "/")
    field = find(view, QLineEdit, "search")
    field.clear()
    qtbot.keyClicks(field, "mark")
    assert view.state.selection == InstantSelection(1, 3 * SECOND, track=1, instant=0)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert isinstance(view.state.selection, InstantSelection)
    assert view.state.selection.process == 2


class _LongArguments:
    """Arguments of a file that takes long: a tenth of it is searched at each step, and then no more until it may go on."""

    long = True

    def __init__(self, events: list[int]) -> None:
        self.events, self.goes_on, self.words = events, False, ""

    def of(self, event: int, name: str) -> Sequence[tuple[str, str]]:
        return [("event", str(event))]

    def unsearched(self) -> str:
        return ""

    def containing(self, words: str) -> Generator[float, None, NDArray[np.uint32]]:
        self.words = words
        yield from (0.1, 0.345)
        while not self.goes_on:
            yield 0.345
        if not self.events:
            raise OpenError("the file has changed since it was opened")
        return np.array(self.events, np.uint32)


def long_trace(events: list[int]) -> tuple[Timeline, _LongArguments]:
    """A trace whose spans and instants are the events 1, 2, … of a long file. events: those that are found."""
    timeline, arguments, count = traced_run(2), _LongArguments(events), 1
    assert timeline.imported is not None
    timeline.imported = replace(timeline.imported, arguments=arguments)
    for at, track in enumerate(timeline.tracks):
        spans, marks = len(track.spans), len(track.mark_t)
        numbers = np.arange(count, count + spans + marks, dtype=np.uint32)
        count += spans + marks
        timeline.tracks[at] = replace(
            track, spans=replace(track.spans, event=numbers[:spans]), mark_event=numbers[spans:]
        )
    return timeline, arguments


def test_the_arguments_of_a_long_file_are_searched_while_one_looks_on(qtbot: QtBot) -> None:
    timeline, arguments = long_trace([2, 4])
    view = open_view(qtbot, timeline)
    qtbot.keyClicks(canvas(view), "/")
    field, count = find(view, QLineEdit, "search"), find(view, QLabel, "search_count")
    field.setText("SOME value")
    qtbot.waitUntil(lambda: count.text() == "No match · arguments 34 %")
    assert arguments.words == "some value"
    assert view.state.selection is None
    arguments.goes_on = True
    qtbot.waitUntil(lambda: count.text() == "1 of 2")
    first = timeline.tracks[0]
    assert view.state.selection == SpanSelection(1, int(first.spans.t0[1]), track=1, span=1)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.state.selection == InstantSelection(1, int(first.mark_t[0]), track=1, instant=0)
    arguments.goes_on = False
    field.setText("more")
    qtbot.waitUntil(lambda: count.text() == "No match · arguments 34 %")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    view.search()
    field.setText("mark")
    qtbot.waitUntil(lambda: count.text() == "1 of 2 · arguments 34 %")
    view.set_timeline(None)


def test_why_the_arguments_could_not_be_searched_is_said(qtbot: QtBot) -> None:
    timeline, arguments = long_trace([])
    arguments.goes_on = True
    view = open_view(qtbot, timeline)
    qtbot.keyClicks(canvas(view), "/")
    count = find(view, QLabel, "search_count")
    find(view, QLineEdit, "search").setText("value")
    qtbot.waitUntil(lambda: count.text() == "No match · arguments not searched")
    assert count.toolTip() == "The arguments are not searched: the file has changed since it was opened."


def test_f_fits_all_that_is_told_of_a_track_and_of_a_process(view: TimelineView, qtbot: QtBot) -> None:
    for selection, last_ns in ((TrackSelection(1, track=2), 6 * SECOND), (ProcessSelection(1), 9 * SECOND)):
        view.fit()
        view.select(selection)
        key(view, qtbot, Qt.Key.Key_F)
        key(view, qtbot, Qt.Key.Key_F)
        assert view.state.camera.t0_ns == 0
        assert last_ns < view.state.camera.t1_ns <= last_ns * 1.1, "with a little room"
        key(view, qtbot, Qt.Key.Key_R)
        assert view.state.selection == IntervalSelection.between(0, last_ns)
