"""The timeline as a person works in it: headers, overview, chart, and the hands on them. The window's thread.

It reads a Timeline and asks for things by signals; it touches no process. `refresh` is called by the window's frame
clock: whatever changed since the last frame makes one repaint.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollBar,
    QStackedLayout,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from desktop.chart import facts, picture, verbs
from desktop.chart.camera import Camera
from desktop.chart.canvas import Action, Canvas
from desktop.chart.chart import AXIS_PX, Chart, span_of
from desktop.chart.headers import Headers, width_for
from desktop.chart.hits import hit, stops
from desktop.chart.ink import Ink, tooltip
from desktop.chart.links import ShownLinks
from desktop.chart.overview import HEIGHT_PX, Overview
from desktop.chart.rows import ROW_PX, Rows
from desktop.chart.time_scale import TimeScale
from desktop.chart.verbs import VerbChoice
from desktop.palette import LIGHT, Palette
from desktop.selection import Selection
from workers.timeline import Timeline

_ZOOM, _FAST_ZOOM = 0.8, 0.5
_PAN, _FAST_PAN = 0.1, 0.5


class TimelineView(QWidget):
    """Shows one run. Ids, kinds and times go out as a Selection; verbs as a process's id and a word."""

    selected = Signal(object)
    hovered = Signal(str)
    follow_changed = Signal(bool)
    verb_requested = Signal(int, str)
    start_asked = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._ink = Ink(palette)
        self._timeline: Timeline | None = None
        self._camera = Camera()
        self._rows = Rows(())
        self._expanded: set[int] = set()
        self._links = ShownLinks()
        self._selection: Selection | None = None
        self._row: int | None = None
        self._seen = (-1, -1, False)
        self._centred: Selection | None = None
        self._hovered = ""
        self._verbs: Callable[[int], Sequence[VerbChoice]] | None = None
        self._verb_process = 0
        self._build()
        self.set_palette(palette)
        self.set_timeline(None)

    # What the window uses

    def set_palette(self, palette: Palette) -> None:
        """Redraw in these colours."""
        self._palette = palette
        self._ink = Ink(palette)
        self._corner.setStyleSheet(f"background: {palette.window}; color: {palette.quiet}; padding-left: 10px;")
        self._whole_label.setStyleSheet(f"background: {palette.base}; color: {palette.quiet}; padding-left: 10px;")
        self._live.setStyleSheet(
            f"QPushButton {{ background: {palette.accent}; color: {palette.accent_text}; border: 0;"
            " border-radius: 11px; padding: 3px 12px; font-weight: bold; }"
            f"QPushButton:focus {{ border: 2px solid {palette.text}; }}"
        )
        self._canvas.setBackgroundBrush(self._ink.colour("base"))
        self._redraw()

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another run, from its beginning and followed; None: the empty state."""
        self._timeline = timeline
        self._camera = Camera()
        self._seen = (-1, -1, False)
        self._expanded.clear()
        self._row = None
        self._selection = self._centred = None
        self._headers.choose(None)
        self._rows = Rows(())
        self._links = ShownLinks()
        self._scroll.setValue(0)
        self._pages.setCurrentIndex(0 if timeline is None else 1)
        self._say_follow()
        if timeline is None:
            self._redraw()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Take in what the timeline learned since the last call. Costs nothing when that is nothing."""
        timeline = self._timeline
        if timeline is None:
            return
        seen = timeline.revision, timeline.now_ns, timeline.ended
        if seen == self._seen:
            return
        news = seen[0] != self._seen[0]
        ended = seen[2] and not self._seen[2]
        self._seen = seen
        if news:
            self._take_in(timeline)
        moved = self._camera.grown(timeline.now_ns, not timeline.ended)
        if news or ended:
            self._headers.show_rows(timeline, self._rows, self._ink)
            self._place_live()
        if moved:
            self._move()
        else:
            self._redraw()

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """What can be done to a process, by its id; asked each time its menu opens."""
        self._verbs = provider

    def select(self, selection: Selection | None) -> None:
        """Show a selection that was made elsewhere, or none. It is not announced again."""
        self._set_selection(selection, announce=False)

    def centre_on(self, selection: Selection) -> None:
        """Bring something to the middle, its lane included; following ends."""
        timeline = self._timeline
        if timeline is None:
            return
        self._show_row(selection.process)
        span = self._interval(selection)
        if span is not None and self._camera.centre((span[0] + span[1]) // 2):
            self._moved_by_hand()

    @property
    def follow(self) -> bool:
        """Whether the view keeps showing the whole of a run that goes on."""
        return self._camera.follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow == self._camera.follow:
            return
        self._camera.follow = follow
        if follow and self._camera.whole():
            self._move()
        self._say_follow()

    def fit(self) -> None:
        """Show the whole run. Following goes on or stays off as it is."""
        if self._camera.whole():
            self._move()

    def picture_size(self) -> QSizeF:
        """The size of the complete picture at 1x."""
        return picture.picture_size(self._timeline)

    def paint_picture(
        self, painter: QPainter, size: QSizeF, *, title: str, vector: bool, palette: Palette = LIGHT
    ) -> None:  # fmt: skip
        """Paint the complete picture: every lane, the whole run, whatever is in view."""
        if self._timeline is not None:
            picture.paint_picture(painter, self._timeline, palette, size, title=title, vector=vector)

    @property
    def scale(self) -> TimeScale:
        """Where times lie on the canvas."""
        return TimeScale(self._camera.t0_ns, self._camera.t1_ns, 0, self._canvas.viewport().width())

    # Putting it together

    def _build(self) -> None:
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self._empty_page())
        body = QWidget(self)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        self._whole_label = QLabel("Whole run", body)
        self._whole_label.setFixedHeight(HEIGHT_PX)
        self._corner = QLabel("Process", body)
        self._corner.setFixedHeight(AXIS_PX)
        self._headers = Headers(body)
        self._overview = Overview(body)
        self._canvas = Canvas(body)
        self._scroll = QScrollBar(Qt.Orientation.Vertical, body)
        self._scroll.setAccessibleName("Scroll lanes")
        self._scroll.setSingleStep(ROW_PX)
        self._live = QPushButton("Live", self._canvas)
        self._live.setObjectName("live_pill")
        self._live.setAccessibleName("Follow the run live")
        self._live.setToolTip("Follow the run again (L)")
        self._live.setCursor(Qt.CursorShape.PointingHandCursor)
        self._live.hide()
        grid.addWidget(self._whole_label, 0, 0)
        grid.addWidget(self._corner, 1, 0)
        grid.addWidget(self._headers, 2, 0)
        grid.addWidget(self._overview, 0, 1)
        grid.addWidget(self._canvas, 1, 1, 2, 1)
        grid.addWidget(self._scroll, 1, 2, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        self._pages.addWidget(body)
        self.setFocusProxy(self._canvas)
        self._connect()

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        sentence = QLabel("Press Start to run the plan.", page)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._start = QPushButton("Start", page)
        self._start.setObjectName("start_empty")
        self._start.setAccessibleName("Start the plan")
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(self._start)
        line.addStretch()
        column.addStretch()
        column.addWidget(sentence)
        column.addSpacing(8)
        column.addLayout(line)
        column.addStretch()
        return page

    def _connect(self) -> None:
        canvas = self._canvas
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
        self._headers.clicked.connect(self._on_header_clicked)
        self._headers.menu_asked.connect(self._on_header_menu_asked)
        self._headers.scrolled.connect(self._on_scrolled)
        self._overview.moved.connect(self._on_overview_moved)
        self._scroll.valueChanged.connect(self._move)
        self._live.clicked.connect(self._on_live_clicked)
        self._start.clicked.connect(self.start_asked)

    # From the run to the screen

    def _take_in(self, timeline: Timeline) -> None:
        chosen = None if self._row is None or self._row >= len(self._rows) else self._rows[self._row]
        self._rows = Rows.of(timeline, self._expanded)
        self._links = ShownLinks.of(timeline, self._selection)
        if chosen is not None:
            self._row = self._rows.index_of(chosen.process or chosen.members[0])
        self._headers.setFixedWidth(width_for(self._ink, timeline, self._rows))
        self._set_scroll_range()

    def _set_scroll_range(self) -> None:
        page = max(1, self._canvas.viewport().height() - AXIS_PX)
        self._scroll.setPageStep(page)
        self._scroll.setRange(0, max(0, self._rows.height_px - page))
        self._scroll.setVisible(self._scroll.maximum() > 0)

    def _move(self) -> None:
        """Bring the ViewBox to where the camera and the scroll bar are; its one signal makes the one repaint."""
        top = self._scroll.value() - AXIS_PX
        self._headers.scroll_to(self._scroll.value())
        self._canvas.view_box.setRange(
            xRange=(self._camera.t0_ns * 1e-9, self._camera.t1_ns * 1e-9),
            yRange=(top, top + max(1, self._canvas.viewport().height())),
            padding=0, update=False,
        )  # fmt: skip
        self._redraw()

    def _redraw(self) -> None:
        if self._timeline is None:
            self._canvas.item.show_chart(None, self._ink)
            self._overview.show_run(None, self._rows, self._ink, 1, 0, 1)
            return
        viewport = self._canvas.viewport()
        chart = Chart(
            self._timeline, self._rows, QRectF(0, 0, viewport.width(), viewport.height()),
            self._camera.t0_ns, self._camera.t1_ns, self._scroll.value(), viewport.devicePixelRatioF(),
            self._links, self._selection, self._row if self._canvas.hasFocus() else None,
        )  # fmt: skip
        self._canvas.item.show_chart(chart, self._ink)
        self._headers.show_rows(self._timeline, self._rows, self._ink)
        self._overview.show_run(self._timeline, self._rows, self._ink, self._camera.overview_end_ns,
                                self._camera.t0_ns, self._camera.t1_ns)  # fmt: skip

    def _on_resized(self) -> None:
        self._set_scroll_range()
        self._place_live()
        self._move()

    # Hands

    def _moved_by_hand(self) -> None:
        self._move()
        self._say_follow()

    def _say_follow(self) -> None:
        self._place_live()
        if self._camera.follow is not getattr(self, "_said", None):
            self._said = self._camera.follow
            self.follow_changed.emit(self._said)

    def _place_live(self) -> None:
        live = self._timeline is not None and not self._timeline.ended and not self._camera.follow
        self._live.setVisible(live)
        if live:
            self._live.adjustSize()
            self._live.move(self._canvas.width() - self._live.width() - 14, AXIS_PX + 10)

    def _on_live_clicked(self) -> None:
        self.follow = True
        self._canvas.setFocus()

    def _on_zoomed(self, factor: float, x: float) -> None:
        if self._camera.zoom(factor, self.scale.at(x)):
            self._moved_by_hand()

    def _on_panned(self, by_px: float) -> None:
        if self._camera.pan(round(-by_px * self.scale.ns_per_px)):
            self._moved_by_hand()

    def _on_scrolled(self, by_px: float) -> None:
        self._scroll.setValue(round(self._scroll.value() + by_px))

    def _on_overview_moved(self, t0_ns: int, t1_ns: int) -> None:
        if self._camera.show(t0_ns, t1_ns):
            self._moved_by_hand()

    def _under(self, at: QPointF) -> tuple[int, Selection | None] | None:
        """The row under a point, and what is there; None for the second on a row of helpers."""
        if self._timeline is None or at.y() < AXIS_PX:
            return None
        y = at.y() - AXIS_PX + self._scroll.value()
        index = self._rows.at(y)
        if index is None:
            return None
        row = self._rows[index]
        return index, None if row.helpers_of else hit(self._timeline, row, self.scale, at.x(), y - row.top_px)

    def _on_clicked(self, at: QPointF) -> None:
        under = self._under(at)
        if under is None:
            self._row = None
            self._set_selection(None, announce=True)
            return
        self._row = under[0]
        if under[1] is None:
            self._toggle(under[0])
        else:
            self._set_selection(under[1], announce=True)

    def _on_double_clicked(self, at: QPointF) -> None:
        under = self._under(at)
        span = None if under is None or under[1] is None else self._interval(under[1])
        if span is not None and span[1] > span[0]:
            room = (span[1] - span[0]) // 20
            if self._camera.show(span[0] - room, span[1] + room):
                self._moved_by_hand()

    def _on_pointed(self, at: QPointF | None, where: QPoint | None) -> None:
        under = None if at is None else self._under(at)
        text = ""
        if under is not None and self._timeline is not None:
            if under[1] is not None:
                text = facts.describe(self._timeline, under[1])
            else:
                row = self._rows[under[0]]
                text = ", ".join(self._timeline.process(member).name for member in row.members)
        if text != self._hovered:
            self._hovered = text
            self.hovered.emit(text)
        if text and where is not None:
            QToolTip.showText(where, tooltip(text), self._canvas)
        else:
            QToolTip.hideText()

    def _on_header_clicked(self, index: int) -> None:
        self._canvas.setFocus()
        self._row = index
        if self._rows[index].helpers_of:
            self._toggle(index)
        else:
            self._set_selection(Selection(self._rows[index].process), announce=True)

    def _toggle(self, index: int) -> None:
        parent = self._rows[index].helpers_of
        if parent and self._timeline is not None:
            self._expanded ^= {parent}
            self._take_in(self._timeline)
            self._row = index
            self._redraw()

    def _set_selection(self, selection: Selection | None, *, announce: bool) -> None:
        self._centred = None
        if selection is not None:
            index = self._rows.index_of(selection.process)
            self._row = index if index is not None else self._row
        if selection != self._selection:
            self._selection = selection
            if self._timeline is not None:
                self._links = ShownLinks.of(self._timeline, selection)
                said = "" if selection is None else facts.describe(self._timeline, selection)
                self._canvas.setAccessibleDescription(said)
            self._headers.choose(selection)
            if announce:
                self.selected.emit(selection)
        self._redraw()

    def _interval(self, selection: Selection) -> tuple[int, int] | None:
        """When what is selected is: a phase or wait, a moment, or the whole life of a process."""
        timeline = self._timeline
        if timeline is None:
            return None
        span = span_of(timeline, selection)
        if span is None and selection.at_ns is not None:
            span = selection.at_ns, selection.at_ns
        if span is None:
            phases = timeline.lane(selection.process).phases
            span = (int(phases.t0[0]), int(phases.t1[-1])) if len(phases) else None
        return None if span is None else (span[0], min(span[1], timeline.now_ns))

    def _show_row(self, process: int) -> None:
        row = self._rows.row_of(process)
        if row is not None:
            page = self._scroll.pageStep()
            top = min(self._scroll.value(), row.top_px)
            self._scroll.setValue(max(top, row.top_px + row.height_px - page))

    # Keys

    def _on_acted(self, action: Action, fast: bool) -> None:
        if self._timeline is None:
            return
        length = self._camera.t1_ns - self._camera.t0_ns
        match action:
            case Action.ZOOM_IN | Action.ZOOM_OUT:
                factor = _FAST_ZOOM if fast else _ZOOM
                self._on_zoomed(factor if action is Action.ZOOM_IN else 1 / factor, self._anchor_px())
            case Action.EARLIER | Action.LATER:
                step = round(length * (_FAST_PAN if fast else _PAN))
                if self._camera.pan(-step if action is Action.EARLIER else step):
                    self._moved_by_hand()
            case Action.CENTRE:
                self._centre()
            case Action.FIT:
                self.fit()
            case Action.FOLLOW:
                self.follow = not self.follow
            case Action.CLEAR:
                self._row = None
                self._set_selection(None, announce=True)
            case Action.UP | Action.DOWN | Action.PAGE_UP | Action.PAGE_DOWN:
                page = max(1, self._scroll.pageStep() // ROW_PX)
                by = {Action.UP: -1, Action.DOWN: 1, Action.PAGE_UP: -page, Action.PAGE_DOWN: page}[action]
                self._step_row(by)
            case Action.PREVIOUS | Action.NEXT:
                self._step_in_row(1 if action is Action.NEXT else -1)
            case Action.OPEN:
                if self._row is not None and self._rows[self._row].helpers_of:
                    self._toggle(self._row)
            case Action.MENU:
                self._menu_by_key()

    def _anchor_px(self) -> float:
        """Where keys zoom: at the pointer while it is over the chart, else the middle."""
        at = self._canvas.viewport().mapFromGlobal(self._canvas.cursor().pos())
        inside = self._canvas.underMouse() and self._canvas.viewport().rect().contains(at)
        return float(at.x()) if inside else self._canvas.viewport().width() / 2

    def _centre(self) -> None:
        """F: bring the selection to the middle; F again fits it."""
        selection = self._selection
        span = None if selection is None else self._interval(selection)
        if selection is None or span is None:
            self.fit()
        elif self._centred == selection and span[1] > span[0]:
            room = (span[1] - span[0]) // 20
            if self._camera.show(span[0] - room, span[1] + room):
                self._moved_by_hand()
        else:
            self.centre_on(selection)
            self._centred = selection

    def _step_row(self, by: int) -> None:
        if not len(self._rows):
            return
        at = (0 if by > 0 else len(self._rows) - 1) if self._row is None else self._row + by
        self._row = min(max(0, at), len(self._rows) - 1)
        row = self._rows[self._row]
        page = self._scroll.pageStep()
        top = min(self._scroll.value(), row.top_px)
        self._scroll.setValue(max(top, row.top_px + row.height_px - page))
        chosen = self._row
        self._set_selection(Selection(row.process) if row.process else None, announce=True)
        self._row = chosen
        self._redraw()

    def _step_in_row(self, by: int) -> None:
        if self._timeline is None or self._row is None or not self._rows[self._row].process:
            self._step_row(0)
            return
        process = self._rows[self._row].process
        every = stops(self._timeline, process)
        at = next((n for n, stop in enumerate(every) if stop.selection == self._selection), None)
        if not every or (at == 0 and by < 0):
            self._set_selection(Selection(process), announce=True)
            return
        wanted = (0 if by > 0 else len(every) - 1) if at is None else min(at + by, len(every) - 1)
        stop = every[wanted]
        self._set_selection(stop.selection, announce=True)
        if self._camera.reveal(stop.t0_ns, stop.t1_ns):
            self._moved_by_hand()

    # The lane's menu

    def _on_menu_asked(self, at: QPointF, where: QPoint) -> None:
        under = self._under(at)
        if under is not None:
            self._open_menu(under[0], where)

    def _on_header_menu_asked(self, index: int, where: QPoint) -> None:
        self._canvas.setFocus()
        self._open_menu(index, where)

    def _menu_by_key(self) -> None:
        if self._row is not None:
            row = self._rows[self._row]
            y = round(row.top_px + row.height_px / 2 - self._scroll.value())
            self._open_menu(self._row, self._headers.mapToGlobal(QPoint(self._headers.width() // 2, y)))

    def _open_menu(self, index: int, where: QPoint) -> None:
        process = self._rows[index].process
        if self._timeline is None or self._verbs is None or not process:
            return
        choices = self._verbs(process)
        if not choices:
            return
        self._row = index
        self._set_selection(Selection(process), announce=True)
        self._verb_process = process
        menu = verbs.menu(self._timeline.process(process).name, choices, self)
        menu.triggered.connect(self._on_verb_chosen)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _on_verb_chosen(self, action: QAction) -> None:
        self.verb_requested.emit(self._verb_process, str(action.data()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "_canvas"):
            self.set_palette(self._palette)
