"""The chart of one run on the screen: joins what is known of the view with its widgets, and shows frames. The window's thread.

`TimelineView` is what the window uses; keys, mouse and menus are in `interaction`. Both change the state here and then ask for
it to be shown.
"""

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QWidget

from desktop.chart.drawing.chart import AXIS_PX, Chart, scale_over
from desktop.chart.drawing.chart_painting import legend_sign
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lane_headers import headers_width
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.drawing.legend import LEGEND_PX
from desktop.chart.drawing.overlay import chips
from desktop.chart.drawing.repaint import Repaint
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.chart_unit import scaled, unit_for
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.chart.state.chart_state import ChartState
from desktop.chart.widgets.layout import Layout
from desktop.chart.widgets.spoken_lanes import SpokenLanes
from desktop.facts.glossary import of_sign
from desktop.facts.selection import Selection
from desktop.facts.visible_text import visible_lines
from desktop.look.palette import Palette
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

_MOST_OF_WIDTH = 0.4
"""The share of the view that headers with buttons may take."""


class ChartDisplay(QObject):
    """Shows one run in the widgets of a view. state: what is shown. layout: the widgets."""

    selected = Signal(object)  # the Selection that the user made here, or None
    chosen = Signal()  # something was selected, here or elsewhere
    arranged = Signal()  # the lanes are arranged in another way
    moved = Signal()  # another interval is in view
    laid_out = Signal()  # the headers may need another width
    follow_changed = Signal(bool)
    redrawn = Signal()  # another frame is about to be painted

    def __init__(self, owner: QWidget, palette: Palette) -> None:
        super().__init__(owner)
        self.state = ChartState()
        self.state.arrangement = Arrangement(fills=True)
        self.layout = Layout(owner)
        self._spoken = SpokenLanes(self.layout.canvas, self.layout.scroll, self.state)
        self._owner = owner
        self._style = ChartStyle(palette, static=True)
        self._known_follow = True
        self._known_interval = 0, 0
        self._least_headers_px = 0
        self._caches = FrameCaches()
        self._repaint = Repaint(self._caches.images)
        self.layout.set_unit(unit_for(owner.fontInfo().pixelSize()))
        self.layout.canvas.resized.connect(self._on_resized)
        self.layout.canvas.focus_changed.connect(self.redraw)
        self.layout.scroll.valueChanged.connect(self._on_scroll_changed)

    # How it looks

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._style = ChartStyle(palette, static=True)
        self.layout.set_palette(palette)
        self.redraw()

    def take_letters(self) -> None:
        """Draw as large as the letters of the view."""
        self.layout.set_unit(unit_for(self._owner.fontInfo().pixelSize()))
        self.state.room_px = self._room_px
        self.state.take_in()
        self.set_palette(self._style.palette)
        self.lay_out()
        self.move_view()

    @property
    def unit_px(self) -> float:
        """How many pixels a unit of the chart takes."""
        return self.layout.unit_px

    # What is shown

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another run, from its beginning and followed; None: the empty page. Sorting, the height of the lanes
        and the critical path stay."""
        kept, shows_path = self.state.arrangement, self.state.shows_path
        self.state = self._spoken.state = ChartState(timeline)
        self.state.arrangement = Arrangement(
            order=kept.order, reverse=kept.reverse, row_px=kept.row_px, fills=kept.fills, strips=kept.strips
        )
        self.state.shows_path = shows_path
        self.state.room_px = self._room_px
        self.forget_frames()
        self.layout.mark_editor.give_up()
        self.layout.lane_tools.field.clear()
        self.layout.headers.choose(None)
        if timeline is None:
            self.layout.headers.setFixedWidth(self._least_headers_px)
        self.layout.scroll.setValue(0)
        self.layout.show_work(None)
        self.layout.show_run(timeline is not None, traced=timeline is not None and timeline.imported is not None)
        self._show_follow()

    def forget_frames(self) -> None:
        """Keep nothing of earlier frames: the next one is computed whole."""
        self._caches = FrameCaches()
        self._repaint = Repaint(self._caches.images)

    def arrange(self, arrangement: Arrangement, *, keep: int | None = None) -> None:
        """Arrange the lanes in another way. keep: the index of a row that stays where it is on the screen."""
        if arrangement == self.state.arrangement:
            return
        before = None if keep is None else self.state.rows[keep].top_px
        self.state.arrange(arrangement)
        self.show_arrangement()
        if before is not None and keep is not None and keep < len(self.state.rows):
            scroll = self.layout.scroll
            scroll.setValue(scroll.value() + self.state.rows[keep].top_px - before)

    def show_arrangement(self) -> None:
        """Show the lanes as the state arranges them now."""
        self.lay_out()
        self.move_view()
        timeline, arrangement = self.state.timeline, self.state.arrangement
        self.layout.lane_tools.show_arrangement(arrangement)
        self.arranged.emit()
        if timeline is not None:
            count = len(timeline.processes)
            self.layout.lane_tools.show_count(count - len(arrangement.hidden), count)

    def choose(self, selection: Selection | None, *, announce: bool = True) -> None:
        """Select something, or nothing. announce: whether the user did it here, so that other views have to follow."""
        self.chosen.emit()
        if self.state.choose(selection):
            words = self.state.words(self.state.row, selection) if selection is not None else ""
            self.layout.canvas.setAccessibleDescription(visible_lines(words))
            self.layout.headers.choose(selection)
            if announce:
                self.selected.emit(selection)
        self._spoken.tell(aloud=announce)
        self.redraw()

    # The interval in view

    @property
    def scale(self) -> TimeScale:
        """The interval in view over the width of the canvas."""
        camera = self.state.camera
        return scale_over(self._area, camera.t0_ns, camera.t1_ns)

    @property
    def axis(self) -> QRectF:
        """The place of the time axis on the canvas."""
        return QRectF(0, 0, self._area.width(), AXIS_PX)

    @property
    def follow(self) -> bool:
        """Whether the view keeps showing the whole of a live run."""
        return self.state.camera.follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        camera = self.state.camera
        if follow == camera.follow:
            return
        camera.follow = follow
        if follow and camera.whole():
            self.move_view()
        self._show_follow()

    def fit(self) -> None:
        """Show the whole run. Following stays on or off."""
        if self.state.camera.whole():
            self.move_view()

    def moved_by_hand(self) -> None:
        """Show where the user moved the camera, and whether that ended following."""
        self.move_view()
        self._show_follow()

    # What is where

    @property
    def headers_px(self) -> int:
        """The width that the headers need."""
        timeline = self.state.timeline
        if timeline is None:
            return 0
        beside = self._owner.width() / self.unit_px
        texts = headers_width(self._style, timeline, self.state.rows, beside)
        most = max(texts, _MOST_OF_WIDTH * beside)  # in a narrow window the buttons take some of the room of the texts
        return round(min(texts + self.layout.headers.buttons_px, most) * self.unit_px)

    def set_least_headers_px(self, headers_px: int) -> None:
        """Make the headers at least this wide."""
        if headers_px != self._least_headers_px:
            self._least_headers_px = headers_px
            self.lay_out()

    def under(self, at: QPointF) -> tuple[int | None, Selection | None]:
        """The index of the row at a place of the canvas, and the thing at that place."""
        if at.y() < AXIS_PX:
            return None, None
        return self.state.under(at.x(), at.y() - AXIS_PX, self.scale, self.layout.scroll.value())

    def mark_at(self, x_px: float, y_px: float) -> Bookmark | None:
        """The mark whose flag is at a place of the canvas; the one in front where two overlap."""
        timeline = self.state.timeline
        if timeline is None or y_px >= AXIS_PX:
            return None
        placed = chips(self._style, tuple(timeline.bookmarks), self.scale, self.axis)
        return next((mark for mark, place, _ in reversed(placed) if place.contains(x_px, y_px)), None)

    def meaning_at(self, at: QPointF) -> str:
        """What the word of the legend at a place of the canvas means; empty where there is none."""
        timeline = self.state.timeline
        if timeline is None or at.y() < AXIS_PX:
            return ""
        found = legend_sign(self._style, self._chart(timeline), self._caches, at)
        return "" if found is None else f"{found[1]}: {of_sign(found[0])}"

    def extent(self) -> PictureExtent:
        """The part of the run in view, for a picture of it."""
        timeline = self.state.timeline
        assert timeline is not None
        chart = self._chart(timeline)
        return PictureExtent.seen(replace(chart, overlay=replace(chart.overlay, matches=None)))

    # From the state to the screen

    def lay_out(self) -> None:
        """Fit headers and scroll bar to the rows."""
        timeline = self.state.timeline
        if timeline is None:
            return
        self.layout.headers.show_rows(timeline, self.state.rows, self._style)
        self.layout.headers.setFixedWidth(max(self._least_headers_px, self.headers_px))
        self.layout.fit_scroll(self.state.rows.height_px)
        self._place_overlays()
        self.laid_out.emit()

    def move_view(self) -> None:
        """Move the ViewBox to where the camera and the scroll bar are, and paint once."""
        layout, scale = self.layout, self.scale
        top = layout.scroll.value() - AXIS_PX
        layout.headers.scroll_to(layout.scroll.value())
        layout.canvas.view_box.setRange(
            xRange=(scale.t0_ns * 1e-9, scale.t1_ns * 1e-9),
            yRange=(top, top + max(1.0, self._area.height())),
            padding=0,
        )
        self.redraw()
        interval = self.state.camera.t0_ns, self.state.camera.t1_ns
        if self._known_interval != interval:
            self._known_interval = interval
            self.moved.emit()

    def redraw(self) -> None:
        """Paint the state as it is now, at the next frame."""
        state, layout, style = self.state, self.layout, self._style
        timeline, camera = state.timeline, state.camera
        layout.overview.show_run(timeline, state.rows, style, camera.overview_end_ns, (camera.t0_ns, camera.t1_ns))
        if timeline is None:
            layout.canvas.item.show_chart(None, style)
            return
        chart = self._chart(timeline)
        layout.queue.show_interval(self._scale_px)
        rows = self._repaint.rows(chart, style)
        layout.canvas.item.show_chart(chart, style, self._caches, self.unit_px, rows)
        layout.headers.show_rows(timeline, state.rows, style)
        self.redrawn.emit()

    def _chart(self, timeline: Timeline) -> Chart:
        state, layout, camera = self.state, self.layout, self.state.camera
        focused = layout.canvas.hasFocus()
        return Chart(
            timeline,
            state.rows,
            self._area,
            camera.t0_ns,
            camera.t1_ns,
            layout.scroll.value(),
            layout.canvas.devicePixelRatioF() * self.unit_px,
            state.links,
            state.selection,
            state.row if focused else None,
            state.overlay(),
            state.arrangement.strips,
            focused,
        )

    @property
    def _scale_px(self) -> TimeScale:
        """The same scale in pixels of the widgets."""
        scale = self.scale
        return replace(scale, left_px=scale.left_px * self.unit_px, width_px=scale.width_px * self.unit_px)

    @property
    def _area(self) -> QRectF:
        return scaled(QRectF(self.layout.canvas.viewport().rect()), 1 / self.unit_px)

    @property
    def _room_px(self) -> float:
        """The height that the lanes may fill: that of the canvas, without the line of the legend."""
        return self.layout.lanes_height - LEGEND_PX

    def _on_resized(self) -> None:
        self.state.room_px = self._room_px
        rows = self.state.rows
        self.state.take_in()
        if rows is not self.state.rows:
            self.lay_out()
        self.layout.fit_scroll(self.state.rows.height_px)
        self._place_overlays()
        self.move_view()

    def _on_scroll_changed(self, _value: int) -> None:
        self.move_view()

    def _place_overlays(self) -> None:
        """Place the Live button, and the page for a run without lanes."""
        self._place_live()
        timeline, filtered = self.state.timeline, bool(self.state.arrangement.hidden)
        empty = timeline is not None and not len(self.state.rows) and (filtered or timeline.ended)
        self.layout.place_no_lanes(empty, filtered=filtered)

    def _place_live(self) -> None:
        timeline = self.state.timeline
        self.layout.place_live(timeline is not None and not timeline.ended and not self.state.camera.follow)

    def _show_follow(self) -> None:
        self._place_live()
        if self._known_follow != self.follow:
            self._known_follow = self.follow
            self.follow_changed.emit(self._known_follow)
