"""The actions of a comparison's window: texts, keys, menus and toolbar. The window's thread."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QToolBar

from desktop.look.icons import Icon, make_icon
from desktop.look.palette import Palette
from desktop.look.toolbar import bar_icon_size, bar_style

NOT_CHOSEN = "Select a moment, a span or a mark in each of the two runs first."


class CompareActions:
    """Every action of the window, made once and connected by it. It does not refer to the window, which would then stay in
    memory after it is closed, until a garbage collection."""

    def __init__(self, window: QMainWindow) -> None:
        make = partial(_make_action, window)
        self.align_starts = make("align_starts", "Align at the &starts", "Ctrl+1")
        self.align_selections = make("align_selections", "Align at the se&lections", "Ctrl+2")
        self.fit = make("compare_fit", "Fit &all", "Ctrl+0")
        self.export = make("compare_export", "&Export picture…", "Ctrl+E")
        self.copy_picture = make("compare_copy_picture", "&Copy picture", "Ctrl+Shift+C")
        self.copy_text = make("compare_copy_text", "Copy as &text", "Ctrl+Shift+T")
        self.close = make("compare_close", "C&lose", "Ctrl+W")
        self.undo = make("compare_undo", "&Undo the change of a mark", "Ctrl+Z")
        self.redo = make("compare_redo", "&Redo the change of a mark", "Ctrl+Shift+Z")
        self.keys = make("compare_keys", "&Keys", "F1")
        self._bar = self._fill_bar(window)
        self._fill_menus(window)

    def connect_all(self, slots: dict[QAction, Callable[..., object]]) -> None:
        """Connect each action to what it does."""
        for action, slot in slots.items():
            action.triggered.connect(slot)

    def show_alignable(self, alignable: bool) -> None:
        """alignable: something is selected in both runs, and they can be aligned there."""
        self.align_selections.setEnabled(alignable)
        for action, why_not in ((self.align_selections, "" if alignable else NOT_CHOSEN), (self.align_starts, "")):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(why_not or f"{action.text().replace('&', '')} ({keys})")
            action.setStatusTip(why_not)

    def set_palette(self, palette: Palette) -> None:
        """Redraw icons and toolbar in these colours."""
        self._bar.setStyleSheet(bar_style(palette))
        for action, icon in ((self.fit, Icon.FIT), (self.export, Icon.EXPORT), (self.copy_picture, Icon.COPY)):
            action.setIcon(make_icon(icon, palette))

    def _fill_bar(self, window: QMainWindow) -> QToolBar:
        bar = QToolBar("Comparison", window)
        bar.setObjectName("compare_toolbar")
        bar.setMovable(False)
        bar.toggleViewAction().setEnabled(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setIconSize(bar_icon_size(bar))
        window.addToolBar(bar)
        for action in (self.align_starts, self.align_selections, self.fit, self.export):
            bar.addAction(action)
        return bar

    def _fill_menus(self, window: QMainWindow) -> None:
        for title, actions in (
            ("&File", (self.export, self.copy_picture, self.copy_text, None, self.close)),
            ("&Edit", (self.undo, self.redo)),
            ("&View", (self.align_starts, self.align_selections, None, self.fit)),
            ("&Help", (self.keys,)),
        ):
            menu = window.menuBar().addMenu(title)
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)


def _make_action(window: QMainWindow, name: str, text: str, keys: str) -> QAction:
    action = QAction(text, window)
    action.setObjectName(f"{name}_action")
    action.setShortcut(QKeySequence(keys))
    window.addAction(action)
    return action
