"""Folds the plan, the tabs and the details away, and opens them: by key, menu, button and mouse. The window's thread.

The details come with a selection. The tabs fold to their titles, which stay: a click on a title opens its page.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QWidget

from desktop.settings import Settings
from desktop.widgets.folding_widgets import FoldingSplitter, FoldingTabs
from desktop.window.actions import Actions

_LEAST_CHART_PX = 420
_MOST_PX = 16_777_215
"""Qt's own value for a height without a limit."""


@dataclass(slots=True)
class _Panel:
    """One panel.

    name: for the settings and for a screen reader. at: its index in the splitter. size_px: its width or height when it is open.
    wanted: whether the user wants to see it.
    """

    name: str
    widget: QWidget
    splitter: QSplitter
    at: int
    size_px: int
    wanted: bool = True

    @property
    def is_open(self) -> bool:
        """Whether it shows now."""
        return not self.widget.isHidden()

    @property
    def dragged_away(self) -> bool:
        """Whether it was dragged to its edge."""
        return self.is_open and self.splitter.sizes()[self.at] == 0

    def keep_size(self) -> None:
        """Remember its size, to have it again when it opens."""
        if self.is_open:
            self.size_px = self.splitter.sizes()[self.at] or self.size_px

    def take_size(self, from_index: int) -> None:
        """Take its size from another widget of the splitter, which keeps at least half of its own."""
        sizes = self.splitter.sizes()
        room = sizes[from_index] + sizes[self.at]
        sizes[self.at] = min(self.size_px, room // 2)
        sizes[from_index] = room - sizes[self.at]
        self.splitter.setSizes(sizes)


class PanelFolding(QObject):
    """Which panels are open. told: one sentence on what was folded or opened, for a screen reader."""

    told = Signal(str)

    def __init__(
        self, whole: FoldingSplitter, plan: QWidget, tabs: FoldingTabs, details: QWidget, sizes_px: tuple[int, int, int]
    ) -> None:
        """whole: plan, timeline and details. sizes_px: of plan, tabs and details, on a first start."""
        super().__init__(whole)
        centre = tabs.parentWidget()
        assert isinstance(centre, FoldingSplitter)
        self._tabs = tabs
        pages = tabs.findChild(QStackedWidget)
        assert pages is not None
        self._pages = pages
        self._plan = _Panel("plan", plan, whole, 0, sizes_px[0])
        self._below = _Panel("tabs", tabs, centre, 1, sizes_px[1], wanted=False)
        self._details = _Panel("details", details, whole, 2, sizes_px[2])
        self._selected = False
        self._plan_gave_way = False  # while the details are open, where there is no room for both
        self._asked = False  # details that were opened by hand show without a selection too
        self._actions: Actions | None = None
        self._quiet = True
        self._bare = False
        whole.drag_ended.connect(self._on_drag_ended)
        centre.drag_ended.connect(self._on_drag_ended)
        tabs.open_requested.connect(self.open_tabs)
        tabs.tabBarClicked.connect(self._on_tab_clicked)
        tabs.tabBarDoubleClicked.connect(self._on_tab_double_clicked)
        tabs.currentChanged.connect(self._on_tab_changed)
        self._opened_by_click = self._folded_by_click = False

    def connect_actions(self, actions: Actions) -> None:
        """Have the actions fold and open the panels, and show by their checks which are open."""
        self._actions = actions
        actions.plan.triggered.connect(self._on_plan)
        actions.tabs.triggered.connect(self._on_tabs)
        actions.details.triggered.connect(self._on_details)
        actions.sides.triggered.connect(self._on_sides)

    @property
    def tabs_open(self) -> bool:
        """Whether the pages of the tabs show."""
        return not self._pages.isHidden()

    @property
    def tabs_px(self) -> int:
        """The height that the pages of the tabs take when they open, 0 where they are open."""
        return 0 if self.tabs_open else self._below.size_px

    def open_tabs(self) -> None:
        """Show the pages of the tabs."""
        self._show_tabs(True)

    def follow_selection(self, selected: bool) -> None:
        """Show the details while something is selected, if the user wants them."""
        self._selected = selected
        if not selected:
            self._asked = False
        self._show_details()

    def restore(self, settings: Settings) -> None:
        """Take what was open at the last end, and the sizes."""
        for panel in (self._plan, self._below, self._details):
            is_open, size_px = settings.panel(panel.name)
            panel.wanted = panel.wanted if is_open is None else is_open
            panel.size_px = size_px or panel.size_px
        self._show_all()
        self._quiet = False

    def keep(self, settings: Settings) -> None:
        """Remember what is open, and the sizes."""
        for panel in (self._plan, self._below, self._details):
            if panel is not self._below or self.tabs_open:
                panel.keep_size()
            settings.keep_panel(panel.name, panel.wanted, panel.size_px)

    @property
    def wanted(self) -> tuple[bool, bool, bool]:
        """Whether the user wants to see plan, tabs and details."""
        return self._plan.wanted, self._below.wanted, self._details.wanted

    def want(self, plan: bool, tabs: bool, details: bool) -> None:
        """Show these panels, details with a selection only."""
        self._plan.wanted, self._below.wanted, self._details.wanted = plan, tabs, details
        self._show_all()

    def show_titles(self, shown: bool) -> None:
        """Show the titles of folded tabs, or leave their room to the timeline. Tabs that are open show in any case."""
        self._bare = not shown
        self._tabs.setVisible(shown or self.tabs_open)

    # What the user does

    def _on_plan(self, is_open: bool) -> None:
        self._plan.wanted = is_open
        self._plan_gave_way = False
        self._show_column(self._plan, is_open)

    def _on_tabs(self, is_open: bool) -> None:
        self._show_tabs(is_open)

    def _on_details(self, is_open: bool) -> None:
        self._details.wanted = self._asked = is_open
        self._show_details()

    def _on_sides(self) -> None:
        fold = self._plan.is_open or self._details.is_open
        self._plan.wanted = self._details.wanted = not fold
        self._asked = self._plan_gave_way = False
        self._show_column(self._plan, not fold)
        self._show_details()

    def _on_tab_clicked(self, at: int) -> None:
        if self._folded_by_click:  # Qt tells the second click of a double click once more, as a click
            self._folded_by_click = False
            return
        self._opened_by_click = at >= 0 and not self.tabs_open
        if self._opened_by_click:
            self._show_tabs(True)

    def _on_tab_double_clicked(self, at: int) -> None:
        if at >= 0 and not self._opened_by_click:
            self._folded_by_click = True
            self._show_tabs(False)

    def _on_tab_changed(self) -> None:
        if not self._quiet:
            self._show_tabs(True)

    def _on_drag_ended(self) -> None:
        """What was dragged to its edge is folded."""
        for panel in (self._plan, self._details):
            if panel.dragged_away:
                panel.wanted = False
                self._show_column(panel, False)
        if self.tabs_open and self._tabs.height() <= self._bar_px:
            self._show_tabs(False)

    # Showing

    @property
    def _bar_px(self) -> int:
        return self._tabs.tabBar().sizeHint().height()

    def _show_all(self) -> None:
        self._show_column(self._plan, self._plan.wanted)
        self._show_tabs(self._below.wanted)
        self._show_details()

    def _show_details(self) -> None:
        is_open = self._details.wanted and (self._selected or self._asked)
        if is_open and not self._details.is_open and self._plan.is_open and not self._has_room:
            self._plan_gave_way = True
            self._show_column(self._plan, False)
        self._show_column(self._details, is_open)
        if self._plan_gave_way and not is_open:
            self._plan_gave_way = False
            self._show_column(self._plan, self._plan.wanted)

    @property
    def _has_room(self) -> bool:
        """Whether the chart stays wide enough between plan and details."""
        whole = self._details.splitter
        between = whole.width() - self._plan.widget.width() - self._details.size_px
        centre = self._below.splitter
        return between >= max(_LEAST_CHART_PX, centre.minimumSizeHint().width())

    def _show_column(self, panel: _Panel, is_open: bool) -> None:
        if is_open != panel.is_open:
            if is_open:
                panel.widget.show()
                panel.take_size(1)
            else:
                if not self._quiet:  # before that nothing has its place yet
                    panel.keep_size()
                self._pass_focus(panel.widget)
                panel.widget.hide()
            self._tell(panel.name, is_open)
        self._show_checks()

    def _show_tabs(self, is_open: bool) -> None:
        self._below.wanted = is_open
        self._tabs.setVisible(is_open or not self._bare)
        if is_open != self.tabs_open:
            if is_open:
                self._tabs.setMaximumHeight(_MOST_PX)
                self._pages.show()
                self._below.take_size(0)
            else:
                if not self._quiet:
                    self._below.keep_size()
                self._pass_focus(self._pages)
                self._pages.hide()
            self._tell("tabs", is_open)
        if not is_open:
            self.fit_titles()
        self._show_checks()

    def fit_titles(self) -> None:
        """Leave folded tabs the height of their titles, whatever the size of the letters."""
        if not self.tabs_open:
            self._tabs.setMaximumHeight(self._bar_px)
            centre = self._below.splitter
            centre.setSizes([sum(centre.sizes()) - self._bar_px, self._bar_px])

    def _pass_focus(self, widget: QWidget) -> None:
        """The keyboard does not stay in what is folded: it goes to the timeline."""
        focused = QApplication.focusWidget()
        if focused is not None and (focused is widget or widget.isAncestorOf(focused)):
            chart = widget.window().findChild(QWidget, "timeline")
            if chart is not None:
                chart.setFocus()

    def _show_checks(self) -> None:
        if self._actions is not None:
            self._actions.plan.setChecked(self._plan.is_open)
            self._actions.tabs.setChecked(self.tabs_open)
            self._actions.details.setChecked(self._details.is_open)

    def _tell(self, name: str, is_open: bool) -> None:
        verb = "are" if name != "plan" else "is"
        if not self._quiet:
            self.told.emit(f"The {name} {verb} {'open' if is_open else 'folded away'}.")
        if name == "tabs":
            self._tabs.setAccessibleDescription("" if is_open else "Folded away. Choose a tab to open it.")
