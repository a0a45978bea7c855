"""The window as it is first painted: its background, menu titles and bars, at its final size. The window's thread.

It imports little, and nothing of PySide6's `Qt` namespace: its hundred enums take a sixth of the time until a bare window is
painted. The contents of the window are made after the first paint.
"""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QToolBar

from desktop.look.palette import palette_of
from desktop.look.window_size import FRAME_PX
from desktop.settings import Settings

SIZE_PX = (1280, 800)
_TITLES = ("&File", "&Edit", "&Run", "&View", "&Help")
LEAST_PX = (900, 510)
"""The size that the contents will need, so that the window need not grow when they come."""
BAR_PX = 43
"""The height that the toolbar will have."""
_MIDDLE_LIGHTNESS = 128


class Frame(QMainWindow):
    """A window without contents. After `wait` it is shown like that until the contents come. painted: for the first time."""

    painted = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._first_paint = True
        self._note: QLabel | None = None
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
        """Look as the window will when it is complete: in its colours, and with bars of their final height."""
        dark = settings.theme == "dark"
        if settings.theme == "system":  # Qt's own palette is dark where the desktop is
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            dark = app.palette().window().color().lightness() < _MIDDLE_LIGHTNESS
        palette = palette_of(dark=dark, high_contrast=settings.high_contrast)
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Window, QColor(palette.window))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
            colours.setColor(role, QColor(palette.text))
        self.setPalette(colours)
        self.bar.setStyleSheet(f"QToolBar {{ border: none; border-bottom: 1px solid {palette.line}; }}")
        self.setMinimumSize(*LEAST_PX)
        self.bar.setMinimumHeight(BAR_PX)
        self._note = QLabel("Starting…")
        self._note.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self._note, 1)

    def end_waiting(self) -> None:
        """Make room for the contents. Does nothing without `wait`."""
        if self._note is None:
            return
        self.setPalette(QPalette())
        self.setMinimumSize(0, 0)
        self.bar.setMinimumHeight(0)
        self.statusBar().removeWidget(self._note)
        self._note.deleteLater()
        self._note = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._first_paint:
            self._first_paint = False
            self.painted.emit()
