"""Where the parts of the window are: columns, tabs, status bar. Remembers their sizes between starts. The window's thread."""

import html
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMainWindow, QSizePolicy, QSplitter, QTabWidget, QVBoxLayout, QWidget

from desktop.facts.visible_text import visible
from desktop.panels.all_panels import PANELS
from desktop.settings import Settings
from desktop.widgets.cut_label import CutLabel

_COLUMNS_PX = (300, 720, 260)

_TAB_ORDER = (
    *("timeline", "clear_filter", "live_pill", "start_empty", "tabs", None),
    *(stop for entry in PANELS for stop in entry.stops),
)
"""Object names in the order of the Tab key from the timeline on; None stands for the bar of the tabs."""


class WindowLayout(QObject):
    """The sources of a run at the left, the timeline above the tabs in the middle, details at the right, a sentence below."""

    def __init__(
        self, window: QMainWindow, sources: QTabWidget, tabs: Sequence[tuple[QWidget, str]], details: QWidget
    ) -> None:
        """tabs: each page and its title."""
        super().__init__(window)
        self._window = window
        self._details = details
        self.tabs = _tabs("tabs", tabs)
        self.sources = sources
        self.chart = QWidget()
        place = QVBoxLayout(self.chart)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(0)
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.chart)
        self.centre.addWidget(self.tabs)
        self.centre.setSizes([470, 230])
        self.whole = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.sources, self.centre, details):
            self.whole.addWidget(widget)
        # With a larger font the plan's texts need more, which the timeline can spare.
        self._columns_px = (max(_COLUMNS_PX[0], self.sources.sizeHint().width()), *_COLUMNS_PX[1:])
        timeline_px = sum(_COLUMNS_PX) - self._columns_px[0] - self._columns_px[2]
        self.whole.setSizes([self._columns_px[0], timeline_px, self._columns_px[2]])
        for at, stretch in enumerate((0, 1, 0)):
            self.whole.setStretchFactor(at, stretch)
        for splitter in (self.centre, self.whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        for at in (0, 2):
            self.whole.setCollapsible(at, True)
        self.centre.setStretchFactor(0, 1)
        window.setCentralWidget(self.whole)
        self._sentence = _sentence()
        window.statusBar().addWidget(self._sentence, 1)
        self._columns: tuple[QAction, QAction] | None = None

    def say(self, text: str) -> None:
        """Show one sentence in the status bar. Where it is cut short, its tooltip has the whole."""
        text = visible(text)
        if self._sentence.text() != text:
            self._sentence.setText(text)
            fits = self._sentence.fontMetrics().horizontalAdvance(text) <= self._sentence.contentsRect().width()
            self._sentence.setToolTip("" if fits else f"<p>{html.escape(text)}</p>")

    def count(self, tab: QWidget, number: int) -> None:
        """Show on a tab how many entries it has."""
        at = self.tabs.indexOf(tab)
        title = self.tabs.tabText(at).partition(" (")[0]
        self.tabs.setTabText(at, f"{title} ({number})" if number else title)

    def rename(self, tab: QWidget, title: str) -> None:
        """Give a tab another title."""
        self.tabs.setTabText(self.tabs.indexOf(tab), title)

    def offer_tab(self, tab: QWidget, offered: bool) -> None:
        """Have a tab, or not."""
        at = self.tabs.indexOf(tab)
        if self.tabs.isTabVisible(at) != offered:
            self.tabs.setTabVisible(at, offered)

    def show_tab(self, tab: QWidget) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentWidget(tab)

    def put_above_chart(self, bar: QWidget) -> None:
        """Put a bar above the timeline."""
        layout = self.chart.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, bar)

    def put_chart(self, chart: QWidget) -> None:
        """Put the timeline in its place."""
        layout = self.chart.layout()
        assert layout is not None
        layout.addWidget(chart)
        proxy = chart.focusProxy()
        assert proxy is not None
        chart.setFocusPolicy(proxy.focusPolicy())  # without one it cannot be put in its place for Tab

    def order_tabs(self, first: QWidget | None, chart: QWidget) -> None:
        """Have Tab go from `first` to the timeline, then to the tabs and the details, in whatever order they were made."""
        # These come before the view around them: Tab would skip them behind its proxy.
        bar = ("search", "search_previous", "search_next", "search_close")
        before_view = ("notice_show", "notice_close", *bar, "overview", "lane_filter", "lanes")
        parts: list[QWidget | None] = [first, *(self._window.findChild(QWidget, name) for name in before_view), chart]
        parts += [self.tabs.tabBar() if name is None else self._window.findChild(QWidget, name) for name in _TAB_ORDER]
        for before, after in pairwise(part for part in parts if part is not None):
            QWidget.setTabOrder(before, after)

    def connect_columns(self, sources: QAction, details: QAction) -> None:
        """Have two checkable actions fold the outer columns away, and open them."""
        self._columns = sources, details
        for action in self._columns:
            action.triggered.connect(self._on_columns_chosen)
        self.whole.splitterMoved.connect(self.show_columns)

    def _on_columns_chosen(self) -> None:
        assert self._columns is not None
        sizes = self.whole.sizes()
        for at, action in zip((0, 2), self._columns, strict=True):
            if action.isChecked() != (sizes[at] > 0):
                size = self._columns_px[at] if action.isChecked() else 0
                sizes[1] += sizes[at] - size
                sizes[at] = size
        self.whole.setSizes(sizes)
        self.show_columns()

    def show_columns(self) -> None:
        """Check the actions of the columns that are open. A column that is folded away cannot be reached by the keyboard."""
        assert self._columns is not None
        sizes = self.whole.sizes()
        for at, panel, action in zip((0, 2), (self.sources, self._details), self._columns, strict=True):
            action.setChecked(sizes[at] > 0)
            panel.setEnabled(sizes[at] > 0)

    def restore(self, settings: Settings) -> None:
        """Take the sizes of the last start. The window has taken its own geometry before."""
        for name, splitter in (("centre", self.centre), ("whole", self.whole)):
            state = settings.layout(name)
            if state is not None:
                splitter.restoreState(state)
        self.show_columns()

    def end(self) -> None:
        """Signal no change of tabs any more: tabs signal each page that is destroyed with them, to a window that is gone."""
        self.tabs.blockSignals(True)
        self.sources.blockSignals(True)

    def keep(self, settings: Settings) -> None:
        """Remember all sizes."""
        settings.keep_layout("window", self._window.saveGeometry())
        settings.keep_layout("centre", self.centre.saveState())
        settings.keep_layout("whole", self.whole.saveState())


def _tabs(name: str, pages: Sequence[tuple[QWidget, str]]) -> QTabWidget:
    tabs = QTabWidget()
    tabs.setObjectName(name)
    tabs.setDocumentMode(True)
    for page, title in pages:
        tabs.addTab(page, title)
    return tabs


def _sentence() -> QLabel:
    sentence = CutLabel()
    sentence.setObjectName("sentence")
    sentence.setTextFormat(Qt.TextFormat.PlainText)
    sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    sentence.setAccessibleName("Status")
    sentence.setContentsMargins(8, 0, 8, 0)
    # A long sentence is cut rather than making the window wider; its tooltip has it all.
    sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return sentence
