"""The window as it is first painted: its ground, the titles of its menus, its bars, at its final size. The window's thread.

Little is imported for it, and nothing of PySide6's `Qt` namespace, whose hundred enums take a sixth of the time until a bare
window is painted. What the window is made of comes in after the first paint.
"""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QToolBar

from desktop.look.palette import DARK, LIGHT
from desktop.look.window_size import FRAME_PX
from desktop.settings import Settings

SIZE_PX = (1280, 800)
_TITLES = ("&File", "&Edit", "&Run", "&View", "&Help")
LEAST_PX = (900, 510)
"""What its contents will need, so that it need not grow when they come."""
BAR_PX = 43
"""How high the toolbar will be."""
_HALF = 128


class Frame(QMainWindow):
    """A window without contents, which come in later where it is told to `wait`. painted: for the first time, and what came
    before it is done."""

    painted = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._waited_for = True
        self._says: QLabel | None = None
        self.setWindowTitle("Procession")
        self.resize(QSize(*SIZE_PX).boundedTo(self.screen().availableSize() - QSize(*FRAME_PX)))
        geometry = settings.layout("window")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.menus: dict[str, QMenu] = {title: self.menuBar().addMenu(title) for title in _TITLES}
        self.bar = QToolBar("Run", self)
        self.bar.setMovable(False)
        self.addToolBar(self.bar)
        self.statusBar().setSizeGripEnabled(False)

    def wait(self, settings: Settings) -> None:
        """Look, until all is there, as the window will: in its colours, and with bars as high as they will be."""
        dark = settings.theme == "dark"
        if settings.theme == "system":  # Qt's own palette is dark where the desktop is
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            dark = app.palette().window().color().lightness() < _HALF
        palette = DARK if dark else LIGHT
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(palette.window))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
            colours.setColor(role, QColor(palette.text))
        self.setPalette(colours)
        self.bar.setStyleSheet(f"QToolBar {{ border: none; border-bottom: 1px solid {palette.line}; }}")
        self.setMinimumSize(*LEAST_PX)
        self.bar.setMinimumHeight(BAR_PX)
        self._says = QLabel("Starting…")
        self._says.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self._says, 1)

    def end_waiting(self) -> None:
        """Make room for what was waited for. Does nothing when nothing was."""
        if self._says is None:
            return
        self.setPalette(QPalette())
        self.setMinimumSize(0, 0)
        self.bar.setMinimumHeight(0)
        self.statusBar().removeWidget(self._says)
        self._says.deleteLater()
        self._says = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._waited_for:
            self._waited_for = False
            self.painted.emit()
