"""How large the whole interface is, and presenting it on a full screen. The window's thread.

All sizes follow the letters, so that a larger font makes everything larger: panels, lanes, bars and icons.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop.settings import Settings
from desktop.window.actions import Actions
from desktop.window.window_layout import WindowLayout

STEPS_PERCENT = (70, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
_PRESENTED = 1.5
_USUAL_PERCENT = 100
_OWN_FONT = Qt.WidgetAttribute.WA_SetFont


class InterfaceSize(QObject):
    """The size of the letters, in percent of those of the desktop. changed: the letters are of another size."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._usual = _usual_font()
        self.percent = _USUAL_PERCENT
        self._take(settings.zoom)

    def connect_actions(self, actions: Actions) -> None:
        """Have the actions make everything larger and smaller."""
        actions.larger.triggered.connect(self._on_larger)
        actions.smaller.triggered.connect(self._on_smaller)
        actions.usual_size.triggered.connect(self._on_usual)

    def show(self, percent: int) -> None:
        """Show everything at this size, which is not remembered."""
        if self._take(percent):
            self.changed.emit()

    def _on_larger(self) -> None:
        self._choose(next((step for step in STEPS_PERCENT if step > self.percent), self.percent))

    def _on_smaller(self) -> None:
        self._choose(next((step for step in reversed(STEPS_PERCENT) if step < self.percent), self.percent))

    def _on_usual(self) -> None:
        self._choose(_USUAL_PERCENT)

    def _choose(self, percent: int) -> None:
        self.show(percent)
        self._settings.zoom = percent
        self.said.emit(f"Size: {percent} %")

    def _take(self, percent: int) -> bool:
        percent = min(max(percent, STEPS_PERCENT[0]), STEPS_PERCENT[-1])
        changed, self.percent = percent != self.percent, percent
        if changed:
            font = QFont(self._usual)
            if font.pixelSize() > 0:
                font.setPixelSize(max(1, round(font.pixelSize() * percent / 100)))
            else:
                font.setPointSizeF(font.pointSizeF() * percent / 100)
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            sheet = app.styleSheet()
            app.setStyleSheet("")  # with one, Qt passes no font on to widgets that are there already
            app.setFont(font)
            app.setStyleSheet(sheet)
            _pass_on(app)
        return changed


def _pass_on(app: QApplication) -> None:
    """Give the font to the widgets that Qt left out. With a style sheet it leaves some out at times, as the titles of tabs,
    which then keep the font before."""
    for widget in app.allWidgets():
        above = None if widget.isWindow() else widget.parentWidget()
        if above is not None and not widget.testAttribute(_OWN_FONT) and widget.font() != above.font():
            widget.setFont(above.font())
            widget.setFont(QFont())


def _usual_font() -> QFont:
    """The desktop's font. Another window of this process may have changed the application's."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    usual = app.property("usual_font")
    if not isinstance(usual, QFont):
        usual = QFont(QApplication.font())
        app.setProperty("usual_font", usual)
    return usual


class Presenting(QObject):
    """A full screen with large letters and no panels, for an audience. F11 and Esc end it, and everything is as before."""

    def __init__(self, window: QMainWindow, size: InterfaceSize, layout: WindowLayout, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._size = size
        self._layout = layout
        self._folding = layout.folding
        self._actions = actions
        self._action = action = actions.present
        self._before: tuple[Qt.WindowState, int, tuple[bool, bool, bool]] | None = None
        self._escape = QAction("End the presentation", window)
        self._escape.setShortcut(QKeySequence("Esc"))
        self._escape.setEnabled(False)
        window.addAction(self._escape)
        action.triggered.connect(self._on_chosen)
        self._escape.triggered.connect(self.end)

    def _on_chosen(self, present: bool) -> None:
        if present:
            self._begin()
        else:
            self.end()

    def _begin(self) -> None:
        if self._before is not None:
            return
        self._before = self._window.windowState(), self._size.percent, self._folding.wanted
        self._folding.want(False, False, False)
        self._size.show(round(self._size.percent * _PRESENTED))
        self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowFullScreen)
        self._show()

    def end(self) -> None:
        """Be as before. Does nothing when nothing is presented."""
        if self._before is None:
            return
        state, percent, wanted = self._before
        self._before = None
        self._window.setWindowState(state)
        self._size.show(percent)
        self._folding.want(*wanted)
        self._show()

    def _show(self) -> None:
        presents = self._before is not None
        self._layout.present(presents)
        self._actions.present_bar(presents)
        self._action.setChecked(presents)
        self._escape.setEnabled(presents)
