"""The widgets of the timeline view, and their places. It connects nothing. The window's thread."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.widgets.balance_bar import BalanceBar
from desktop.chart.widgets.canvas import Canvas
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.lane_tools import LaneTools
from desktop.chart.widgets.mark_editor import MarkEditor
from desktop.chart.widgets.no_lanes import NoLanes
from desktop.chart.widgets.overview import HEIGHT_PX, Overview
from desktop.chart.widgets.queue_strip import QueueStrip
from desktop.chart.widgets.search_bar import SearchBar
from desktop.chart.widgets.start_page import StartPage
from desktop.look.palette import Palette
from workers.timeline.timeline import Timeline

_PILL_GAP_PX = 2
_OF_RUN, _OF_TRACE = "Whole run\nCPU and memory of all", "Whole trace"


class Layout:
    """Two pages: ways to begin while there is no run, and the run. owner: the view."""

    def __init__(self, owner: QWidget) -> None:
        self.owner = owner
        self.unit_px = 1.0
        self._pages = QStackedLayout(owner)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self.start_page = StartPage(owner)
        body = QWidget(owner)
        self.search = SearchBar(body)
        self._whole = QLabel(_OF_RUN, body)
        self.balance = BalanceBar(body)
        self._balance_words = QLabel("Time of the workers", body)
        self.queue = QueueStrip(body)
        self._queue_words = QLabel("Tasks waiting", body)
        self.lane_tools = LaneTools(body)
        for above in (
            self._whole,
            self._balance_words,
            self._queue_words,
            self.lane_tools,
        ):  # as wide as the headers
            above.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.headers = Headers(body)
        self.overview = Overview(body)
        self.canvas = Canvas(body)
        self.scroll = QScrollBar(Qt.Orientation.Vertical, body)
        self.scroll.setAccessibleName("Scroll lanes")
        self.scroll.setSingleStep(ROW_PX)
        self.mark_editor = MarkEditor(self.canvas)
        self.no_lanes = NoLanes(self.canvas)
        self.live = QPushButton("Live", self.canvas)
        self.live.setObjectName("live_pill")
        self.live.setAccessibleName("Follow the run live")
        self.live.setToolTip("Follow the run again (L)")
        self.live.setCursor(Qt.CursorShape.PointingHandCursor)
        self.live.hide()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.search, 0, 0, 1, 3)
        grid.addWidget(self._whole, 1, 0)
        grid.addWidget(self._balance_words, 2, 0)
        grid.addWidget(self._queue_words, 3, 0)
        grid.addWidget(self.lane_tools, 4, 0)
        grid.addWidget(self.headers, 5, 0)
        grid.addWidget(self.overview, 1, 1)
        grid.addWidget(self.balance, 2, 1)
        grid.addWidget(self.queue, 3, 1)
        grid.addWidget(self.canvas, 4, 1, 2, 1)
        grid.addWidget(self.scroll, 1, 2, 5, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(5, 1)
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(body)
        self.set_unit(1.0)

    def set_unit(self, unit_px: float) -> None:
        """Make everything as large as the units of the chart."""
        self.unit_px = unit_px
        self._whole.setFixedHeight(round(HEIGHT_PX * unit_px))
        self.lane_tools.setFixedHeight(round(AXIS_PX * unit_px))
        self.canvas.unit_px = unit_px
        self.headers.set_unit(unit_px)
        self.overview.set_unit(unit_px)
        self.balance.set_unit(unit_px)
        self._balance_words.setFixedHeight(self.balance.height())
        self.queue.set_unit(unit_px)
        self._queue_words.setFixedHeight(self.queue.height())

    @property
    def lanes_height(self) -> float:
        """The height of the lanes on the screen, in units."""
        return float(self.canvas.viewport().height()) / self.unit_px - AXIS_PX

    def show_run(self, run: bool, *, traced: bool = False) -> None:
        """Show the run's page, or the empty page. traced: another program traced it, so that there are no samples."""
        self._whole.setText(_OF_TRACE if traced else _OF_RUN)
        self._pages.setCurrentIndex(1 if run else 0)

    def show_lanes_alone(self) -> None:
        """For a view beside another one: hide what is above the lanes, and keep the room of the scroll bar even without one, so
        that both axes have the same width."""
        self._whole.hide()
        self.overview.hide()
        self.balance.never_show()
        self._balance_words.hide()
        self.queue.never_show()
        self._queue_words.hide()
        policy = self.scroll.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.scroll.setSizePolicy(policy)

    def show_work(self, timeline: Timeline | None) -> None:
        """Show where the time of the workers of this run went, and how many tasks waited; None: another run is about to be
        shown."""
        if timeline is None:
            self.balance.forget()
            self.queue.forget()
        else:
            self.balance.show_run(timeline)
            self.queue.show_run(timeline)
        self._balance_words.setVisible(not self.balance.isHidden())
        self._queue_words.setVisible(not self.queue.isHidden())
        if self.queue.summary is not None:
            self._queue_words.setText(f"Tasks waiting, {self.queue.summary.most:,} at most")

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours for all widgets that are not drawn by hand."""
        self._whole.setStyleSheet(_label(palette.base, palette, round(11 * self.unit_px)))
        self._balance_words.setStyleSheet(_label(palette.base, palette, round(11 * self.unit_px)))
        self._queue_words.setStyleSheet(_label(palette.base, palette, round(11 * self.unit_px)))
        self.balance.set_palette(palette)
        self.queue.set_palette(palette)
        self.search.setStyleSheet(f"QWidget#search_bar {{ border-bottom: 1px solid {palette.line}; }}")
        self.lane_tools.set_palette(palette)
        self.headers.buttons.set_palette(palette)
        self.no_lanes.set_palette(palette, round(15 * self.unit_px))
        self.start_page.set_palette(palette, self.unit_px)
        self.live.setStyleSheet(
            f"{_button(palette, 9)} QPushButton {{ padding: 0 14px; border-color: {palette.base}; }}"
            f"QPushButton:focus {{ border-color: {palette.text}; }}"
        )

    def place_live(self, shown: bool) -> None:
        """Show the Live button in the corner of the chart, or hide it."""
        self.live.setVisible(shown)
        if shown:
            height = round(AXIS_PX * self.unit_px) - 2 * _PILL_GAP_PX
            self.live.resize(self.live.sizeHint().width(), height)
            self.live.move(self.canvas.width() - self.live.width() - _PILL_GAP_PX, _PILL_GAP_PX)

    def place_no_lanes(self, shown: bool, *, filtered: bool) -> None:
        """Show in the middle of the chart why there is no lane, or hide that."""
        self.no_lanes.setVisible(shown)
        if shown:
            self.no_lanes.set_reason(filtered=filtered)
            top = round(AXIS_PX * self.unit_px)
            self.no_lanes.place(self.canvas.width(), top, self.canvas.height() - top)

    def fit_scroll(self, rows_px: int) -> None:
        """Make the scroll bar reach the last row."""
        page = max(1, int(self.lanes_height))
        self.scroll.setPageStep(page)
        self.scroll.setRange(0, max(0, rows_px - page))
        self.scroll.setVisible(self.scroll.maximum() > 0)

    def scroll_into_view(self, top_px: int, height_px: int, pinned_px: int = 0) -> None:
        """Scroll as little as shows a row in full, below the pinned rows."""
        top = min(self.scroll.value(), top_px - pinned_px)
        self.scroll.setValue(max(top, top_px + height_px - self.scroll.pageStep()))


def _label(ground: str, palette: Palette, letter_px: int) -> str:
    return (
        f"QLabel {{ background: {ground}; color: {palette.quiet}; padding-left: 10px; font-size: {letter_px}px;"
        f" border-right: 1px solid {palette.line}; border-bottom: 1px solid {palette.line}; }}"
    )


def _button(palette: Palette, radius: int) -> str:
    return (
        f"QPushButton {{ background: {palette.accent}; color: {palette.accent_text}; border: 2px solid {palette.accent};"
        f" border-radius: {radius}px; font-weight: bold; }}"
        f"QPushButton:focus {{ border-color: {palette.text}; }}"
    )
