"""The timeline as a person works in it: headers, overview, chart, and the hands on them. The window's thread.

It reads a Timeline and asks for things by signals; it touches no process. `refresh` is called by the window's frame
clock: whatever changed since the last frame makes one repaint.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.chart import picture
from desktop.chart.arrangement import Arrangement
from desktop.chart.canvas import Action
from desktop.chart.chart import AXIS_PX, Chart, scale_over
from desktop.chart.headers import width_for
from desktop.chart.ink import Ink, tooltip
from desktop.chart.layout import Layout
from desktop.chart.state import ChartState
from desktop.chart.time_scale import TimeScale
from desktop.chart.verbs import LaneMenu, VerbChoice
from desktop.palette import LIGHT, Palette
from desktop.selection import Selection
from workers.timeline import Timeline

_ZOOM, _FAST_ZOOM = 0.8, 0.5
_PAN, _FAST_PAN = 0.1, 0.5

_TEXT_NS = 100_000_000  # the durations written on open bars are at most this old


class TimelineView(QWidget):
    """Shows one run. Ids, kinds and times go out as a Selection; verbs as a process's id and a word."""

    selected = Signal(object)
    hovered = Signal(str)
    follow_changed = Signal(bool)
    verb_requested = Signal(int, str)
    start_asked = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink = Ink(palette)
        self._state = ChartState()
        self._seen = (-1, -1, False)
        self._said_follow = True
        self._centred: Selection | None = None
        self._hovered = ""
        self._layout = Layout(self)
        self._menu = LaneMenu(self)
        self.setFocusProxy(self._layout.canvas)
        self._connect()
        self.set_palette(palette)

    def _connect(self) -> None:
        canvas, headers = self._layout.canvas, self._layout.headers
        canvas.zoomed.connect(self._on_zoomed)
        canvas.panned.connect(self._on_panned)
        canvas.scrolled.connect(self._on_scrolled)
        canvas.clicked.connect(self._on_clicked)
        canvas.double_clicked.connect(self._on_double_clicked)
        canvas.pointed.connect(self._on_pointed)
        canvas.menu_asked.connect(self._on_menu_asked)
        canvas.acted.connect(self._on_acted)
        canvas.resized.connect(self._on_resized)
        canvas.focus_changed.connect(self._redraw)
        headers.clicked.connect(self._on_header_clicked)
        headers.fold_clicked.connect(self._toggle)
        headers.menu_asked.connect(self._on_header_menu_asked)
        headers.scrolled.connect(self._on_scrolled)
        self._layout.overview.moved.connect(self._on_overview_moved)
        self._layout.scroll.valueChanged.connect(self._on_scroll_changed)
        self._layout.live.clicked.connect(self._on_live_clicked)
        self._layout.start.clicked.connect(self._on_start_clicked)
        self._menu.requested.connect(self.verb_requested)

    # What the window uses

    def set_palette(self, palette: Palette) -> None:
        """Redraw in these colours."""
        self._ink = Ink(palette)
        self._layout.dress(palette)
        self._layout.canvas.setBackgroundBrush(self._ink.colour("base"))
        self._redraw()

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another run, from its beginning and followed; None: the empty state."""
        self._state = ChartState(timeline)
        self._seen = (-1, -1, False)
        self._centred = None
        self._layout.headers.choose(None)
        self._layout.scroll.setValue(0)
        self._layout.show_run(timeline is not None)
        self._say_follow()
        if timeline is None:
            self._redraw()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Take in what the timeline learned since the last call. Costs nothing when none of it can be seen."""
        timeline = self._state.timeline
        if timeline is None:
            return
        seen = timeline.revision, timeline.now_ns, timeline.ended
        if seen == self._seen:
            return
        news = seen[0] != self._seen[0] or seen[2] != self._seen[2]
        if not news and seen[1] - self._seen[1] < min(self.scale.ns_per_px, _TEXT_NS):
            return  # the bars would grow by less than a pixel: the cores are the workers', not ours
        self._seen = seen
        if news:
            self._state.take_in()
            self._lay_out(timeline)
        if self._state.camera.grown(timeline.now_ns, not timeline.ended):
            self._move()
        else:
            self._redraw()

    @property
    def arrangement(self) -> Arrangement:
        """How the lanes are arranged: folded, filtered, sorted, pinned, and how high they are."""
        return self._state.arrangement

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange the lanes in another way."""
        if arrangement != self._state.arrangement:
            self._state.arrange(arrangement)
            if self._state.timeline is not None:
                self._lay_out(self._state.timeline)
                self._move()

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """What can be done to a process, by its id; asked each time its menu opens."""
        self._menu.set_provider(provider)

    def set_problem(self, problem: str) -> None:
        """Say on the empty page why Start cannot run the plan; empty when it can."""
        self._layout.set_problem(problem)

    def select(self, selection: Selection | None) -> None:
        """Show a selection that was made elsewhere, or none. It is not announced again."""
        self._select(selection, announce=False)

    def centre_on(self, selection: Selection) -> None:
        """Bring something to the middle, its lane included; following ends."""
        span = self._state.interval(selection)
        self._show_row(self._state.rows.index_of(selection.process))
        if span is not None and self._state.camera.centre((span[0] + span[1]) // 2):
            self._moved_by_hand()

    def reveal(self, selection: Selection) -> None:
        """Bring something into view, its lane included. What is in view already stays where it is."""
        span = self._state.interval(selection)
        self._show_row(self._state.rows.index_of(selection.process))
        if span is not None and self._state.camera.reveal(*span):
            self._moved_by_hand()

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
            self._move()
        self._say_follow()

    def fit(self) -> None:
        """Show the whole run. Following goes on or stays off as it is."""
        if self._state.camera.whole():
            self._move()

    def picture_size(self) -> QSizeF:
        """The size of the complete picture at 1x."""
        return picture.picture_size(self._state.timeline)

    def paint_picture(
        self, painter: QPainter, size: QSizeF, *, title: str, vector: bool, palette: Palette = LIGHT
    ) -> None:
        """Paint the complete picture: every lane, the whole run, whatever is in view. Nothing without a run."""
        if self._state.timeline is not None:
            picture.paint_picture(painter, self._state.timeline, palette, size, title=title, vector=vector)

    @property
    def scale(self) -> TimeScale:
        """Where times lie on the canvas."""
        camera = self._state.camera
        return scale_over(QRectF(self._layout.canvas.viewport().rect()), camera.t0_ns, camera.t1_ns)

    # From the run to the screen

    def _lay_out(self, timeline: Timeline) -> None:
        self._layout.headers.setFixedWidth(width_for(self._ink, timeline, self._state.rows))
        self._layout.fit_scroll(self._state.rows.height_px)
        self._layout.headers.show_rows(timeline, self._state.rows, self._ink)
        self._place_live()

    def _move(self) -> None:
        """Bring the ViewBox to where the camera and the scroll bar are, and paint once."""
        layout, scale = self._layout, self.scale
        top = layout.scroll.value() - AXIS_PX
        layout.headers.scroll_to(layout.scroll.value())
        layout.canvas.view_box.setRange(
            xRange=(scale.t0_ns * 1e-9, scale.t1_ns * 1e-9),
            yRange=(top, top + max(1, layout.canvas.viewport().height())),
            padding=0,
        )
        self._redraw()

    def _redraw(self) -> None:
        state, layout = self._state, self._layout
        timeline, camera = state.timeline, state.camera
        layout.overview.show_run(timeline, state.rows, self._ink, camera.overview_end_ns, camera.t0_ns, camera.t1_ns)
        viewport = layout.canvas.viewport()
        if timeline is None:
            layout.canvas.item.show_chart(None, self._ink)
            return
        area = QRectF(0, 0, viewport.width(), viewport.height())
        row = state.row if layout.canvas.hasFocus() else None
        layout.canvas.item.show_chart(
            Chart(timeline, state.rows, area, camera.t0_ns, camera.t1_ns, layout.scroll.value(),
                  viewport.devicePixelRatioF(), state.links, state.selection, row),
            self._ink,
        )  # fmt: skip
        layout.headers.show_rows(timeline, state.rows, self._ink)

    def _on_resized(self) -> None:
        self._layout.fit_scroll(self._state.rows.height_px)
        self._place_live()
        self._move()

    def _on_scroll_changed(self, _value: int) -> None:
        self._move()

    def _place_live(self) -> None:
        timeline = self._state.timeline
        self._layout.place_live(timeline is not None and not timeline.ended and not self._state.camera.follow)

    def _say_follow(self) -> None:
        self._place_live()
        if self._said_follow != self.follow:
            self._said_follow = self.follow
            self.follow_changed.emit(self._said_follow)

    # Hands

    def _moved_by_hand(self) -> None:
        self._move()
        self._say_follow()

    def _on_zoomed(self, factor: float, x: float) -> None:
        if self._state.camera.zoom(factor, self.scale.at(x)):
            self._moved_by_hand()

    def _on_panned(self, by_px: float) -> None:
        if self._state.camera.pan(round(-by_px * self.scale.ns_per_px)):
            self._moved_by_hand()

    def _on_scrolled(self, by_px: float) -> None:
        self._layout.scroll.setValue(round(self._layout.scroll.value() + by_px))

    def _on_overview_moved(self, t0_ns: int, t1_ns: int) -> None:
        if self._state.camera.show(t0_ns, t1_ns):
            self._moved_by_hand()

    def _on_live_clicked(self) -> None:
        self.follow = True
        self._layout.canvas.setFocus()

    def _on_start_clicked(self) -> None:
        self.start_asked.emit()

    def _under(self, at: QPointF) -> tuple[int | None, Selection | None]:
        if at.y() < AXIS_PX:
            return None, None
        return self._state.under(at.x(), at.y() - AXIS_PX, self.scale, self._layout.scroll.value())

    def _on_clicked(self, at: QPointF) -> None:
        index, selection = self._under(at)
        self._state.row = index
        if index is not None and selection is None:
            self._toggle(index)
        else:
            self._select(selection, announce=True)

    def _on_double_clicked(self, at: QPointF) -> None:
        _, selection = self._under(at)
        if selection is not None and self._state.fit(selection):
            self._moved_by_hand()

    def _on_pointed(self, at: QPointF | None, where: QPoint | None) -> None:
        text = "" if at is None else self._state.words(*self._under(at))
        if text != self._hovered:
            self._hovered = text
            self.hovered.emit(text)
        if text and where is not None:
            QToolTip.showText(where, tooltip(text), self._layout.canvas)
        else:
            QToolTip.hideText()

    def _on_header_clicked(self, index: int) -> None:
        self._layout.canvas.setFocus()
        self._state.row = index
        process = self._state.rows[index].process
        if process:
            self._select(Selection(process), announce=True)
        else:
            self._toggle(index)

    def _toggle(self, index: int) -> None:
        timeline = self._state.timeline
        if timeline is not None:
            self._state.toggle(index)
            self._lay_out(timeline)
            self._move()

    def _select(self, selection: Selection | None, *, announce: bool) -> None:
        self._centred = None
        if self._state.choose(selection):
            words = self._state.words(self._state.row, selection) if selection is not None else ""
            self._layout.canvas.setAccessibleDescription(words)
            self._layout.headers.choose(selection)
            if announce:
                self.selected.emit(selection)
        self._redraw()

    def _show_row(self, index: int | None) -> None:
        if index is not None:
            row = self._state.rows[index]
            if not row.pinned:
                self._layout.scroll_into_view(row.top_px, row.height_px, self._state.rows.pinned_px)

    # Keys

    def _on_acted(self, action: Action, fast: bool) -> None:
        if self._state.timeline is None:
            return
        match action:
            case Action.ZOOM_IN:
                self._on_zoomed(_FAST_ZOOM if fast else _ZOOM, self._layout.canvas.pointer_x())
            case Action.ZOOM_OUT:
                self._on_zoomed(1 / (_FAST_ZOOM if fast else _ZOOM), self._layout.canvas.pointer_x())
            case Action.EARLIER | Action.LATER:
                share = (_FAST_PAN if fast else _PAN) * (1 if action is Action.EARLIER else -1)
                self._on_panned(share * self.scale.width_px)
            case Action.CENTRE:
                self._centre()
            case Action.FIT:
                self.fit()
            case Action.FOLLOW:
                self.follow = not self.follow
            case Action.CLEAR:
                self._state.row = None
                self._select(None, announce=True)
            case Action.UP | Action.DOWN | Action.PAGE_UP | Action.PAGE_DOWN:
                page = max(1, self._layout.scroll.pageStep() // self._state.arrangement.row_px)
                by = {Action.UP: -1, Action.DOWN: 1, Action.PAGE_UP: -page, Action.PAGE_DOWN: page}[action]
                self._select(self._state.row_by(by), announce=True)
                self._show_row(self._state.row)
            case Action.PREVIOUS | Action.NEXT:
                self._step(1 if action is Action.NEXT else -1)
            case Action.OPEN:
                held = self._state.held_row
                if held is not None and held.folds and self._state.row is not None:
                    self._toggle(self._state.row)
            case Action.MENU:
                self._open_menu_by_key()

    def _centre(self) -> None:
        """F: bring the selection to the middle; F again fits it. Without one, fit the run."""
        selection = self._state.selection
        if selection is None:
            self.fit()
        elif self._centred != selection:
            self.centre_on(selection)
            self._centred = selection
        elif self._state.fit(selection):
            self._moved_by_hand()

    def _step(self, by: int) -> None:
        selection, span = self._state.stop_by(by)
        self._select(selection, announce=True)
        self._show_row(self._state.row)
        if span is not None and self._state.camera.reveal(*span):
            self._moved_by_hand()

    # The lane's menu

    def _on_menu_asked(self, at: QPointF, where: QPoint) -> None:
        self._open_menu(self._under(at)[0], where)

    def _on_header_menu_asked(self, index: int, where: QPoint) -> None:
        self._layout.canvas.setFocus()
        self._open_menu(index, where)

    def _open_menu_by_key(self) -> None:
        held = self._state.held_row
        if held is not None:
            y = round(self._state.rows.y(held, self._layout.scroll.value()) + held.height_px / 2)
            headers = self._layout.headers
            self._open_menu(self._state.row, headers.mapToGlobal(QPoint(headers.width() // 2, y)))

    def _open_menu(self, index: int | None, where: QPoint) -> None:
        timeline = self._state.timeline
        process = 0 if index is None else self._state.rows[index].process
        if timeline is not None and process:
            self._select(Selection(process), announce=True)
            self._menu.open(process, timeline.process(process).name, where)
