"""The window's actions: their texts, keys, icons and tooltips, in one place. The window's thread."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton, QWidget

from desktop.control.abilities import Ability
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import Palette
from desktop.look.toolbar import ShorterButtons, bar_icon_size, bar_style


class Actions:
    """Every action of a window, made once. `show` enables and disables them and says why."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._icons: list[tuple[QAction, Icon]] = []
        self._tips: dict[QAction, str] = {}
        self._bar: QToolBar | None = None
        self._shorter: ShorterButtons | None = None
        # In the order of the table of keys in the README, which is that of the actions of the window.
        self._make_run_actions()
        self._make_place_actions()
        self._make_file_actions()
        self._make_view_actions()
        self._make_edit_actions()
        self._make_other_actions()
        self._make_themes()

    def _make_run_actions(self) -> None:
        make = self._make
        self.start = make("start", "&Start", "Ctrl+R", Icon.START, "Start the plan's workers")
        self.join = make("join", "&Join", "Ctrl+J", Icon.JOIN, "Have the parent wait for its workers, in order")
        self.is_alive = make("is_alive", "Is &alive?", "Ctrl+I", Icon.IS_ALIVE, "Have the parent ask each worker now")
        self.stop = make("stop", "S&top", "Ctrl+.", Icon.STOP, "End every process of the run")
        self.end_parent = make(
            "end_parent",
            "&End the parent",
            "Ctrl+Shift+E",
            Icon.END_PARENT,
            "Let the parent continue to its end: there Python joins the workers that are left",
        )
        self.end_parent.setVisible(False)  # it is for runs by hand
        self.look = make(
            "look",
            "&What is it doing?",
            "Ctrl+D",
            None,
            "Read the stack of every thread of the run, and show equal ones once",
        )
        self.watch_cluster = make(
            "watch_cluster", "&Watch a cluster…", "", None, "Show live what the workers of a Dask cluster do"
        )

    def _make_place_actions(self) -> None:
        make = self._make
        self.follow = make("follow", "&Follow live", "Ctrl+L", Icon.FOLLOW, "Keep the newest moment in view")
        self.follow.setCheckable(True)
        self.fit = make("fit", "Fit &all", "Ctrl+9", Icon.FIT, "Show the whole run")

    def _make_file_actions(self) -> None:
        make = self._make
        self.open = make(
            "open", "&Open…", "Ctrl+O", None, "A script of your own to run, a saved run, or a trace to look at"
        )
        self.history = make("history", "&History…", "Ctrl+H", None, "Earlier runs: open, rename, delete")
        self.compare = make(
            "compare", "Compare with another &file…", "Ctrl+Shift+O", None, "Show another run beside this one"
        )
        self.compare_previous = make(
            "compare_previous",
            "Compare with &previous run",
            "Ctrl+Shift+R",
            None,
            "Show the run before beside this one",
        )
        self.compare_menu = QMenu("Co&mpare with", self._window)
        self.save = make("save", "&Save run…", "Ctrl+S", None, "Save the run itself, with everything that was recorded")
        self.export = make(
            "export",
            "&Export picture…",
            "Ctrl+E",
            Icon.EXPORT,
            "Save a picture of the whole run, or of its visible part",
        )
        self.copy_picture = make(
            "copy_picture",
            "&Copy picture",
            "Ctrl+Shift+C",
            Icon.COPY,
            "Put a picture of the whole run on the clipboard",
        )

    def _make_view_actions(self) -> None:
        make = self._make
        self.plan = make("plan", "&Plan", "", Icon.PANEL_LEFT, "Show the plan's column, or fold it away")
        self.tabs = make("tabs", "&Tabs below", "Shift+F9", Icon.PANEL_BELOW, "Show the tabs' pages, or fold them away")
        self.details = make(
            "details", "&Details", "", Icon.PANEL_RIGHT, "Show the details of what is selected, or fold them away"
        )
        for panel in (self.plan, self.tabs, self.details):
            panel.setCheckable(True)
        self.sides = make("sides", "Side &panels", "F9", None, "Fold plan and details away, or bring them back")
        self.larger = make("larger", "&Larger", "Ctrl++", None, "Make letters and everything else larger")
        self.larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller = make("smaller", "S&maller", "Ctrl+-", None, "Make letters and everything else smaller")
        self.usual_size = make("usual_size", "&Usual size", "Ctrl+0", None, "Letters of the usual size")
        self.present = make(
            "present",
            "P&resent (full screen)",
            "F11",
            None,
            "Fill the screen, with large letters and the timeline alone",
        )
        self.present.setCheckable(True)

    def _make_edit_actions(self) -> None:
        make = self._make
        self.undo = make("undo", "&Undo", "Ctrl+Z", None, "Undo the last change of the plan or of a mark")
        self.redo = make("redo", "&Redo", "Ctrl+Shift+Z", None, "Redo the change that was undone")
        self.find = make("find", "&Find in the run…", "Ctrl+F", None, "Find names, pids, states, tasks, printed lines")
        self.longest = make(
            "longest", "Next &longest task", "F4", None, "Select the next shorter task, from the longest on"
        )
        self.shortest = make("shortest", "Previous longest task", "Shift+F4", None, "Select the next longer task")
        self.path = make(
            "path", "&Critical path", "F7", None, "Draw what the end of the run waited for, back to its start"
        )
        self.path.setCheckable(True)
        self.next_finding = make("next_finding", "&Next finding", "F8", None, "Show what the next finding is about")
        self.commands = make("commands", "Co&mmands…", "Ctrl+Shift+P", None, "Everything the window can do, by name")
        self.commands.setShortcuts([QKeySequence("Ctrl+Shift+P"), QKeySequence("Ctrl+K")])

    def _make_other_actions(self) -> None:
        make = self._make
        self.quit = make("quit", "&Quit", "Ctrl+Q", None, "Close the window")
        self.keys = make("keys", "&Keys", "F1", None, "Every key and what it does")
        self.about = make("about", "&About Procession", "", None, "Version and platform, with a button to copy them")

    def _make_themes(self) -> None:
        self.themes = QActionGroup(self._window)
        for theme, text in (("system", "&System"), ("light", "&Light"), ("dark", "&Dark")):
            action = QAction(text, self._window)
            action.setCheckable(True)
            action.setData(theme)
            self.themes.addAction(action)
        self.contrast = self._make(
            "contrast", "&High contrast", "", None, "Stronger texts and lines, whatever the desktop asks for"
        )
        self.contrast.setCheckable(True)

    def connect_all(self, slots: dict[QAction, Callable[..., object]]) -> None:
        """Connect each action to what it does."""
        for action, slot in slots.items():
            action.triggered.connect(slot)

    def show(self, action: QAction, ability: Ability, does: str = "") -> None:
        """Enable or disable an action; its tooltip says what it does, or why it cannot. does: what it does now, if that
        changes."""
        action.setEnabled(ability.enabled)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = (does or self._tips[action]) if ability.enabled else ability.why_not
        # Qt takes a tooltip with tags for rich text; these are our own words, without tags. A reason is shown without the key:
        # it would read as the key of what to do instead.
        action.setToolTip(f"{text} ({keys})" if keys and ability.enabled else text)
        action.setStatusTip("" if ability.enabled else ability.why_not)

    def set_palette(self, palette: Palette) -> None:
        """Redraw the icons and the toolbar's buttons. Start stands out while it can be pressed."""
        for action, icon in self._icons:
            action.setIcon(make_icon(icon, palette))
        if self._bar is not None:
            self._bar.setStyleSheet(bar_style(palette))

    def show_by_hand(self, by_hand: bool) -> None:
        """Show what is for runs by hand alone, or hide it."""
        if self.end_parent.isVisible() != by_hand:
            self.end_parent.setVisible(by_hand)
            if self._shorter is not None:
                self._shorter.fit()

    def fit_letters(self) -> None:
        """Make the icons of the toolbar as large as its letters."""
        if self._bar is not None:
            self._bar.setIconSize(bar_icon_size(self._bar))
        if self._shorter is not None:
            self._shorter.fit()

    def fill(self, bar: QToolBar) -> None:
        """Fill the toolbar: commands to the run at the left, to its picture at the right."""
        self._bar = bar
        bar.setObjectName("toolbar")
        bar.toggleViewAction().setEnabled(False)  # else the user could hide the toolbar and find no way to get it back
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setMovable(False)
        bar.setIconSize(bar_icon_size(bar))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for action in (self.start, self.join, self.is_alive, self.end_parent, self.stop):
            bar.addAction(action)
        spring = QWidget()
        spring.setSizePolicy(spring.sizePolicy().Policy.Expanding, spring.sizePolicy().Policy.Preferred)
        bar.addWidget(spring)
        bar.addActions(self._to_picture)
        self._name_buttons(bar)
        self._shorter = ShorterButtons(bar, self._to_picture, (self.end_parent,))

    @property
    def _to_picture(self) -> list[QAction]:
        return [self.follow, self.fit, self.export]

    def _name_buttons(self, bar: QToolBar) -> None:
        for action in bar.actions():
            button = bar.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setObjectName(action.objectName().removesuffix("_action"))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(action.text().replace("&", "").rstrip("…"))

    def present_bar(self, presents: bool) -> None:
        """Leave the commands to the run alone in the toolbar, or have all in it again. All keys stay."""
        bar = self._bar
        if bar is None or (self.fit not in bar.actions()) == presents:
            return
        if presents:
            for action in self._to_picture:
                bar.removeAction(action)
        else:
            bar.addActions(self._to_picture)
            self._name_buttons(bar)
        self.fit_letters()

    def fill_menus(self, menus: Mapping[str, QMenu]) -> QMenu:
        """Fill the menus, which are given by their titles. Returns the empty menu of recent files."""
        recent = QMenu("Open &recent", self._window)
        file = (self.open, recent.menuAction(), self.history, self.compare_menu.menuAction(), None)
        saving = (self.save, self.export, self.copy_picture, None, self.quit)
        edit = (self.undo, self.redo, None)
        finding = (self.find, self.next_finding, self.longest, self.shortest, None, self.commands)
        run = (self.start, self.join, self.is_alive, self.end_parent, self.look, self.stop, None, self.watch_cluster)
        panels = (self.follow, self.fit, self.path, None, self.plan, self.tabs, self.details, self.sides, None)
        sizes = (self.larger, self.smaller, self.usual_size, self.present, None)
        for title, actions in (
            ("&File", file + saving),
            ("&Edit", edit + finding),
            ("&Run", run),
            ("&View", panels + sizes),
            ("&Help", (self.keys, self.about)),
        ):
            menu = menus[title]
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)
            if title == "&View":
                self._add_themes(menu)
        return recent

    def _add_themes(self, menu: QMenu) -> None:
        themes = menu.addMenu("&Theme")
        themes.addActions(self.themes.actions())
        themes.addSeparator()
        themes.addAction(self.contrast)

    def _make(self, name: str, text: str, keys: str, icon: Icon | None, tip: str) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"{name}_action")
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._tips[action] = tip
        if icon is not None:
            self._icons.append((action, icon))
        self._window.addAction(action)
        self.show(action, Ability(True))
        return action
