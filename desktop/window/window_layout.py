"""Where the parts of the window are: columns, tabs, status bar. Remembers their sizes between starts. The window's thread."""

import html
import re
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QFontInfo
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.documents.recent_runs import RECENT_RUNS
from desktop.facts.visible_text import visible
from desktop.panels.all_panels import PANELS
from desktop.settings import Settings
from desktop.widgets.cut_label import CutLabel
from desktop.widgets.folding_widgets import FoldingSplitter, FoldingTabs
from desktop.window.actions import Actions
from desktop.window.panel_folding import PanelFolding
from desktop.window.run_sources import RunSources

_COLUMNS_PX = (300, 720, 260)
_TABS_PX = 230
_FIGURES = re.compile(r"[\d.,]+( ?(ns|µs|ms|s|min|h)\b)?")
_FOLD_STYLE = (
    "QToolButton { padding: 0; border: 2px solid transparent; }"
    "QToolButton:focus { border-color: palette(highlight); border-radius: 3px; }"
)
_CAPTION_PX = 24
"""The least size of the letters of the sentence before an audience."""

_MOST_PLAN = 0.38
"""The share of the window that the plan takes at most on a first start."""

_LESSON = (
    *("lesson_leave", "lesson_drawn", "lesson_stop", "lesson_run", "spread", "lesson_change", "lesson_harder"),
    *("lesson_again", "lesson_next", "lesson_copy", "lesson_code", "order_board", "moment_board"),
)
"""Object names of what a lesson has above the timeline, in the order of the Tab key."""

_TAB_ORDER = (
    *("timeline", "clear_filter", "live_pill", "learn_empty", "start_empty", "script_empty"),
    *(f"recent_run_{number}" for number in range(1, RECENT_RUNS + 1)),
    *("tabs", None, "tabs_more"),
    *(stop for entry in PANELS for stop in entry.stops),
    *("plan_fold", "tabs_fold", "details_fold"),
)
"""Object names in the order of the Tab key from the timeline on; None stands for the bar of the tabs."""


class WindowLayout(QObject):
    """The sources of a run at the left, the timeline above the tabs in the middle, details at the right, a sentence below."""

    def __init__(
        self, window: QMainWindow, sources: RunSources, tabs: Sequence[tuple[QWidget, str]], details: QWidget
    ) -> None:
        """tabs: each page and its title."""
        super().__init__(window)
        self._window = window
        self.tabs = FoldingTabs("tabs", list(tabs))
        self.sources = sources
        self.chart = QWidget()
        place = QVBoxLayout(self.chart)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(0)
        self.centre = FoldingSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.chart)
        self.centre.addWidget(self.tabs)
        self.centre.setSizes([470, _TABS_PX])
        self.whole = FoldingSplitter(Qt.Orientation.Horizontal)
        for widget in (self.sources, self.centre, details):
            self.whole.addWidget(widget)
        # With a larger font the plan's texts need more, which the timeline can spare.
        plan_px = max(_COLUMNS_PX[0], min(self.sources.sizeHint().width(), round(_MOST_PLAN * window.width())))
        self._columns_px = (plan_px, *_COLUMNS_PX[1:])
        timeline_px = sum(_COLUMNS_PX) - self._columns_px[0] - self._columns_px[2]
        self.whole.setSizes([self._columns_px[0], timeline_px, self._columns_px[2]])
        for at, stretch in enumerate((0, 1, 0)):
            self.whole.setStretchFactor(at, stretch)
        for splitter in (self.centre, self.whole):
            splitter.setChildrenCollapsible(True)
        self.whole.setCollapsible(1, False)
        self.centre.setCollapsible(0, False)
        self.centre.setStretchFactor(0, 1)
        self.folding = PanelFolding(
            self.whole, self.sources, self.tabs, details, (self._columns_px[0], _TABS_PX, _COLUMNS_PX[2])
        )
        self.folding.told.connect(self._on_told)
        window.setCentralWidget(self.whole)
        self._sentence = _sentence()
        window.statusBar().addWidget(self._sentence, 1)
        self._said = ""
        self._buttons: list[QToolButton] = []

    def say(self, text: str) -> None:
        """Show one sentence in the status bar. Where it is cut short, its tooltip has the whole."""
        text = visible(text)
        if self._sentence.text() != text:
            self._sentence.setText(text)
            self._sentence.setAccessibleName(text)
            words = _FIGURES.sub("#", text)
            if words != self._said:  # figures alone change ten times a second
                self._said = words
                announcement = QAccessibleAnnouncementEvent(self._sentence, text)
                announcement.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
                QAccessible.updateAccessibility(announcement)
            fits = self._sentence.fontMetrics().horizontalAdvance(text) <= self._sentence.contentsRect().width()
            self._sentence.setToolTip("" if fits else f"<p>{html.escape(text)}</p>")

    def _on_told(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.whole, text))

    def count(self, tab: QWidget, number: int) -> None:
        """Show on a tab how many entries it has."""
        at = self.tabs.indexOf(tab)
        title = self.tabs.tabText(at).partition(" (")[0]
        self._set_title(at, f"{title} ({number})" if number else title)

    def rename(self, tab: QWidget, title: str) -> None:
        """Give a tab another title."""
        self._set_title(self.tabs.indexOf(tab), title)

    def _set_title(self, at: int, title: str) -> None:
        if self.tabs.tabText(at) != title:  # otherwise a screen reader would be told so at every look
            self.tabs.setTabText(at, title)

    def offer_tab(self, tab: QWidget, offered: bool) -> None:
        """Have a tab, or not."""
        self.tabs.offer(tab, offered)

    def show_tab(self, tab: QWidget) -> None:
        """Bring a tab to the front."""
        self.tabs.setCurrentWidget(tab)
        self.folding.open_tabs()

    def put_above_chart(self, bar: QWidget, stretch: int = 0) -> None:
        """Put a bar above the timeline. stretch: for what takes the place of the timeline at times."""
        layout = self.chart.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, bar, stretch)

    def put_chart(self, chart: QWidget) -> None:
        """Put the timeline in its place."""
        layout = self.chart.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(chart, 1)
        proxy = chart.focusProxy()
        assert proxy is not None
        chart.setFocusPolicy(proxy.focusPolicy())  # without one it cannot be put in its place for Tab

    def order_tabs(self, first: QWidget | None, chart: QWidget) -> None:
        """Have Tab go from `first` to the timeline, then to the tabs and the details, in whatever order they were made."""
        # These come before the view around them: Tab would skip them behind its proxy.
        bar = ("search", "search_previous", "search_next", "search_close")
        before_view = ("notice_show", "notice_close", *_LESSON, *bar, "overview", "balance", "lane_filter", "lanes")
        parts: list[QWidget | None] = [first, *(self._window.findChild(QWidget, name) for name in before_view), chart]
        parts += [self.tabs.tabBar() if name is None else self._window.findChild(QWidget, name) for name in _TAB_ORDER]
        for before, after in pairwise(part for part in parts if part is not None):
            QWidget.setTabOrder(before, after)

    def connect_actions(self, actions: Actions) -> None:
        """Have the actions fold the panels, and their buttons stand in the status bar."""
        self.folding.connect_actions(actions)
        for action in (actions.plan, actions.tabs, actions.details):
            button = QToolButton()
            button.setObjectName(action.objectName().replace("_action", "_fold"))
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setStyleSheet(_FOLD_STYLE)
            button.setAccessibleName(f"Show the {action.objectName().partition('_')[0]}")
            self._buttons.append(button)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._window.statusBar().addPermanentWidget(button)
        self.fit_letters()

    def present(self, presents: bool) -> None:
        """Show the timeline, the toolbar and the sentence, as a caption with large letters; or everything again."""
        self._window.menuBar().setVisible(not presents)
        self.folding.show_titles(not presents)
        for button in self._buttons:
            button.setVisible(not presents)
        font = QFont(QApplication.font())
        if presents and QFontInfo(font).pixelSize() < _CAPTION_PX:
            font.setPixelSize(_CAPTION_PX)
        self._sentence.setFont(font if presents else QFont())

    def fit_letters(self) -> None:
        """Make everything that has a size of its own as large as the letters."""
        height = self._sentence.sizeHint().height()
        for button in self._buttons:  # no higher than the sentence beside them
            button.setIconSize(QSize(height, height))
            button.setFixedSize(height + 10, height)
        self.folding.fit_titles()

    def restore(self, settings: Settings) -> None:
        """Take the sizes of the last start, and what was folded. The window has taken its own geometry before."""
        self.folding.restore(settings)

    def end(self) -> None:
        """Signal no change of tabs any more: tabs signal each page that is destroyed with them, to a window that is gone."""
        self.tabs.blockSignals(True)
        self.sources.blockSignals(True)

    def keep(self, settings: Settings) -> None:
        """Remember all sizes."""
        settings.keep_layout("window", self._window.saveGeometry())
        self.folding.keep(settings)


def _sentence() -> QLabel:
    sentence = CutLabel()
    sentence.setObjectName("sentence")
    sentence.setTextFormat(Qt.TextFormat.PlainText)
    sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    sentence.setAccessibleDescription("Status")  # else a screen reader would be told the markup of the tooltip
    sentence.setContentsMargins(8, 0, 8, 0)
    # A long sentence is cut rather than making the window wider; its tooltip has it all.
    sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return sentence
