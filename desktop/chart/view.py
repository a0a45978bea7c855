"""The timeline as the window knows it: headers, overview and chart of one run. The window's thread.

It reads a Timeline and asks for things by signals; it touches no process. `refresh` is called by the window's frame
clock: whatever changed since the last frame makes one repaint. What keys, mouse and wheel do in it is in `hands`.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.chart.drawing.chart import AXIS_PX, Chart, scale_over
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.density import Density
from desktop.chart.drawing.lane_headers import headers_width
from desktop.chart.drawing.lane_images import LaneImages
from desktop.chart.drawing.links import KeptLinks
from desktop.chart.drawing.overlay import chips
from desktop.chart.drawing.picture_extent import PictureExtent
from desktop.chart.drawing.repaint import Repaint
from desktop.chart.drawing.track_painting import Levels
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.chart_unit import scaled, unit_for
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.interaction.interaction import Interaction
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.interaction.revealing import Revealing
from desktop.chart.keys import Action
from desktop.chart.state.chart_state import ChartState
from desktop.chart.widgets.layout import Layout
from desktop.facts.naming import name_of
from desktop.facts.selection import Selection
from desktop.look.palette import Palette
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

_TEXT_NS = 100_000_000  # the durations written on open bars are at most this old


_FEW = 200
"""With so few rows the width of the headers follows every name that is learnt."""


class TimelineView(QWidget):
    """Shows one run. Ids, kinds and times go out as a Selection; verbs as a process's id and a word."""

    selected = Signal(object)
    moved = Signal()  # another part of the time is in view
    laid_out = Signal()  # the headers may want another width
    hovered = Signal(str)
    follow_changed = Signal(bool)
    verb_requested = Signal(int, str)
    start_asked = Signal()
    mark_changed = Signal(object, object)  # the Bookmark that was and the one that is to be, None for neither
    copy_asked = Signal()
    keys_asked = Signal()
    said = Signal(str)  # a sentence for the person

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = ChartStyle(palette, static=True)
        self._state = ChartState()
        self._seen = (-1, -1, False)
        self._images, self._kept_links, self._levels = LaneImages(), KeptLinks(), Levels()
        self._density = Density()
        self._renewal = Repaint()
        self._said_follow = True
        self._said_moved = 0, 0
        self._least_headers_px = 0
        self._layout = Layout(self)
        self.revealing = Revealing(self, self._layout)
        self._hands = Interaction(self, self._layout)
        self._layout.set_unit(unit_for(self.fontInfo().pixelSize()))
        self.setFocusProxy(self._layout.canvas)
        self._connect()
        self.set_palette(palette)

    def _connect(self) -> None:
        canvas = self._layout.canvas
        canvas.resized.connect(self._on_resized)
        canvas.focus_changed.connect(self.redraw)
        self._layout.scroll.valueChanged.connect(self._on_scroll_changed)
        self._layout.start.clicked.connect(self._on_start_clicked)
        self._hands.verb_requested.connect(self.verb_requested)

    # What the window uses

    def set_palette(self, palette: Palette) -> None:
        """Redraw in these colours."""
        self._style = ChartStyle(palette, static=True)
        self._layout.dress(palette)
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as the letters of the application, whenever a person changes them."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._layout.set_unit(unit_for(self.fontInfo().pixelSize()))
            self.set_palette(self._style.palette)
            self.lay_out()
            self.move_view()

    @property
    def unit_px(self) -> float:
        """How many pixels a unit of the chart takes."""
        return self._layout.unit_px

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another run, from its beginning and followed; None: the empty state."""
        kept = self._state.arrangement
        self._state = ChartState(timeline)
        # What a person sorts by and how high the lanes are is theirs; what is folded and pinned was the last run's.
        self._state.arrangement = Arrangement(
            order=kept.order, reverse=kept.reverse, row_px=kept.row_px, strips=kept.strips
        )
        self._layout.mark_editor.give_up()
        self._layout.lane_tools.field.clear()
        self._hands.searching.forget()
        self._seen = (-1, -1, False)
        self._images, self._kept_links, self._levels = LaneImages(), KeptLinks(), Levels()
        self._density = Density()
        self._renewal = Repaint()
        self._layout.headers.choose(None)
        self._layout.scroll.setValue(0)
        self._layout.show_run(timeline is not None, traced=timeline is not None and timeline.imported is not None)
        self._say_follow()
        if timeline is None:
            self.redraw()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Take in what the timeline learned since the last call. Costs nothing when none of it can be seen."""
        timeline = self._state.timeline
        if timeline is None:
            return
        seen = timeline.revision, timeline.now_ns, timeline.ended
        behind = self._state.behind or self._hands.searching.behind
        if seen == self._seen and not behind:
            return
        news = seen[0] != self._seen[0] or seen[2] != self._seen[2] or behind
        if not news and seen[1] - self._seen[1] < min(self.scale.ns_per_px, _TEXT_NS):
            return  # the bars would grow by less than a pixel: the cores are the workers', not ours
        self._seen = seen
        if news:
            rows = self._state.rows
            self._state.take_in()
            self._hands.searching.take_news()
            if rows is not self._state.rows or len(rows) < _FEW:
                self.lay_out()
        if self._state.camera.grown(timeline.now_ns, not timeline.ended):
            self.move_view()
        else:
            self.redraw()

    def lane_actions(self) -> list[QAction]:
        """What the lanes' menu can do."""
        return self._layout.lane_tools.actions_

    @property
    def arrangement(self) -> Arrangement:
        """How the lanes are arranged: folded, filtered, sorted, pinned, and how high they are."""
        return self._state.arrangement

    def arrange(self, arrangement: Arrangement, *, keep: int | None = None) -> None:
        """Arrange the lanes in another way. keep: the index of a row that is to stay where it is on the screen."""
        if arrangement == self._state.arrangement:
            return
        before = None if keep is None else self._state.rows[keep].top_px
        self._state.arrange(arrangement)
        self.arranged()
        if before is not None and keep is not None and keep < len(self._state.rows):
            self._layout.scroll.setValue(self._layout.scroll.value() + self._state.rows[keep].top_px - before)

    def arranged(self) -> None:
        """The lanes lie in another way now: show it."""
        self.lay_out()
        self.move_view()
        timeline = self._state.timeline
        self._layout.lane_tools.show_arrangement(self._state.arrangement)
        self._hands.searching.say()
        if timeline is not None:
            every = len(timeline.processes)
            self._layout.lane_tools.say_count(every - len(self._state.arrangement.hidden), every)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """What can be done to a process, by its id; asked each time its menu opens."""
        self._hands.set_verbs(provider)

    def set_problem(self, problem: str, *, script: bool = False) -> None:
        """Say on the empty page why Start cannot run the plan, or a script; empty when it can."""
        self._layout.set_problem(problem, script=script)

    def select(self, selection: Selection | None) -> None:
        """Show a selection that was made elsewhere, or none. It is not announced again."""
        self.choose(selection, announce=False)

    def reveal(self, selection: Selection) -> None:
        """Bring something into view, its lane included. What is in view already stays where it is."""
        self.revealing.reveal(selection)
        if self._state.timeline is not None and selection.process in self._state.arrangement.hidden:
            self.said.emit(f"The filter hides the lane of {name_of(self._state.timeline, selection.process)}.")

    def search(self) -> None:
        """Ask for words to find in the run."""
        self._hands.act(Action.SEARCH)

    def act(self, action: Action) -> None:
        """Do what a key of the timeline does."""
        self._hands.act(action)

    @property
    def follow(self) -> bool:
        """Whether the view keeps showing the whole of a run that goes on."""
        return self._state.camera.follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        camera = self._state.camera
        if follow == camera.follow:
            return
        camera.follow = follow
        if follow and camera.whole():
            self.move_view()
        self._say_follow()

    def fit(self) -> None:
        """Show the whole run. Following goes on or stays off as it is."""
        if self._state.camera.whole():
            self.move_view()

    @property
    def headers_px(self) -> int:
        """How wide the headers want to be."""
        timeline = self._state.timeline
        if timeline is None:
            return 0
        return round(headers_width(self._style, timeline, self._state.rows, self.width() / self.unit_px) * self.unit_px)

    def stand_beside(self, headers_px: int) -> None:
        """Have room for one more timeline above or below this one, its axis where this one's is. headers_px: the least width
        of the headers."""
        self._layout.be_one_of_two()
        if headers_px != self._least_headers_px:
            self._least_headers_px = headers_px
            self.lay_out()

    def show_time(self, t0_ns: int, t1_ns: int) -> None:
        """Show this part of the time, as near as the bounds allow; following ends."""
        if self._state.camera.show(t0_ns, t1_ns):
            self.moved_by_hand()

    def bring_into_view(self, at_ns: int) -> None:
        """Stay within the bounds there are now, and show this moment, in the middle if it is out of view."""
        camera = self._state.camera
        moved = camera.show(camera.t0_ns, camera.t1_ns)
        if not camera.t0_ns <= at_ns <= camera.t1_ns:
            moved = camera.centre(at_ns) or moved
        if moved:
            self.moved_by_hand()

    def align(self, at_ns: int | None) -> None:
        """Draw a line where the moment is at which this run is aligned with another; None for none."""
        self._state.aligned_ns = at_ns
        self.redraw()

    def shown(self) -> PictureExtent:
        """What is seen now, for a picture of it."""
        state, layout = self._state, self._layout
        return PictureExtent.seen(state.rows, state.camera.t0_ns, state.camera.t1_ns, layout.scroll.value(),
                                  int(layout.lanes_height), state.links, state.selection, state.overlay())  # fmt: skip

    @property
    def scale(self) -> TimeScale:
        """Where times lie on the canvas."""
        camera = self._state.camera
        return scale_over(self._area, camera.t0_ns, camera.t1_ns)

    @property
    def _area(self) -> QRectF:
        return scaled(QRectF(self._layout.canvas.viewport().rect()), 1 / self.unit_px)

    # From the run to the screen

    @property
    def state(self) -> ChartState:
        """What is shown: the run, its rows, the part in view, the selection."""
        return self._state

    def lay_out(self) -> None:
        """Bring headers and scroll bar to the rows that there are now."""
        timeline = self._state.timeline
        if timeline is None:
            return
        self._layout.headers.setFixedWidth(max(self._least_headers_px, self.headers_px))
        self._layout.fit_scroll(self._state.rows.height_px)
        self._layout.headers.show_rows(timeline, self._state.rows, self._style)
        self._place_over()
        self.laid_out.emit()

    def move_view(self) -> None:
        """Bring the ViewBox to where the camera and the scroll bar are, and paint once."""
        layout, scale = self._layout, self.scale
        top = layout.scroll.value() - AXIS_PX
        layout.headers.scroll_to(layout.scroll.value())
        layout.canvas.view_box.setRange(
            xRange=(scale.t0_ns * 1e-9, scale.t1_ns * 1e-9),
            yRange=(top, top + max(1.0, self._area.height())),
            padding=0,
        )
        self.redraw()
        camera = self._state.camera
        if self._said_moved != (camera.t0_ns, camera.t1_ns):
            self._said_moved = camera.t0_ns, camera.t1_ns
            self.moved.emit()

    def redraw(self) -> None:
        """Draw what is now known and chosen, at the next frame."""
        state, layout = self._state, self._layout
        timeline, camera = state.timeline, state.camera
        layout.overview.show_run(timeline, state.rows, self._style, camera.overview_end_ns, camera.t0_ns, camera.t1_ns)
        if timeline is None:
            layout.canvas.item.show_chart(None, self._style)
            return
        row = state.row if layout.canvas.hasFocus() else None
        chart = Chart(timeline, state.rows, self._area, camera.t0_ns, camera.t1_ns, layout.scroll.value(),
                  layout.canvas.devicePixelRatioF() * self.unit_px, state.links, state.selection, row,
                  state.overlay(self._hands.searching.found, layout.live_corner), self._images, self._levels,
                  self._density, state.arrangement.strips, self._kept_links,
                  layout.canvas.hasFocus())  # fmt: skip
        layout.canvas.item.show_chart(chart, self._style, self.unit_px, self._renewal.rows(chart, self._style))
        layout.headers.show_rows(timeline, state.rows, self._style)
        self._hands.look_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The headers may take more or less of another width."""
        super().resizeEvent(event)
        self.lay_out()

    def _on_resized(self) -> None:
        self._layout.fit_scroll(self._state.rows.height_px)
        self._place_over()
        self.move_view()

    def _on_start_clicked(self) -> None:
        self.start_asked.emit()

    def _on_scroll_changed(self, _value: int) -> None:
        self.move_view()

    def _place_live(self) -> None:
        timeline = self._state.timeline
        self._layout.place_live(timeline is not None and not timeline.ended and not self._state.camera.follow)

    def _place_over(self) -> None:
        self._place_live()
        state, filtered = self._state, bool(self._state.arrangement.hidden)
        nothing = state.timeline is not None and not len(state.rows) and (filtered or state.timeline.ended)
        self._layout.place_no_lanes(nothing, filtered=filtered)

    def _say_follow(self) -> None:
        self._place_live()
        if self._said_follow != self.follow:
            self._said_follow = self.follow
            self.follow_changed.emit(self._said_follow)

    def moved_by_hand(self) -> None:
        """Show where a person took the camera, and whether that ended following."""
        self.move_view()
        self._say_follow()

    def choose(self, selection: Selection | None, *, announce: bool = True) -> None:
        """Select something, or nothing, and tell of it unless it was made elsewhere."""
        self._hands.forget_centred()
        if self._state.choose(selection):
            words = self._state.words(self._state.row, selection) if selection is not None else ""
            self._layout.canvas.setAccessibleDescription(words)
            self._layout.headers.choose(selection)
            if announce:
                self.selected.emit(selection)
        self.redraw()

    def under(self, at: QPointF) -> tuple[int | None, Selection | None]:
        """The index of the row at a place of the canvas, and what is there."""
        if at.y() < AXIS_PX:
            return None, None
        return self._state.under(at.x(), at.y() - AXIS_PX, self.scale, self._layout.scroll.value())

    def mark_at(self, x_px: float, y_px: float) -> Bookmark | None:
        """The mark whose flag is at a place of the canvas; the one in front where two lie there."""
        timeline = self._state.timeline
        if timeline is None or y_px >= AXIS_PX:
            return None
        placed = chips(self._style, tuple(timeline.bookmarks), self.scale, self.axis)
        return next((mark for mark, place, _ in reversed(placed) if place.contains(x_px, y_px)), None)

    @property
    def axis(self) -> QRectF:
        """Where the time axis lies on the canvas."""
        return QRectF(0, 0, self._area.width(), AXIS_PX)
