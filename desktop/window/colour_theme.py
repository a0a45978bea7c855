"""The window's colours: the theme and the contrast chosen in the menu, or the desktop's. The window's thread."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication

from desktop.look.palette import Palette
from desktop.look.theme import apply_theme, choose_palette
from desktop.settings import Settings


class ColourTheme(QObject):
    """palette: the colours to draw in. changed: the new Palette; the application has it already."""

    changed = Signal(object)

    def __init__(self, themes: QActionGroup, contrast: QAction, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._themes = themes
        self._settings = settings
        self.palette = self._chosen()
        for action in themes.actions():
            action.setChecked(action.data() == settings.theme)
        contrast.setChecked(settings.high_contrast)
        themes.triggered.connect(self._on_theme)
        contrast.toggled.connect(self._on_contrast)
        self._hints = _app().styleHints()
        self._hints.colorSchemeChanged.connect(self.apply)
        if hasattr(self._hints, "accessibility"):  # from Qt 6.10 on
            self._hints.accessibility().contrastPreferenceChanged.connect(self.apply)

    def apply(self) -> None:
        """Draw everything in the chosen theme."""
        self.palette = self._chosen()
        apply_theme(_app(), self.palette)
        self.changed.emit(self.palette)

    def _on_theme(self, action: QAction) -> None:
        self._settings.theme = next((each.data() for each in self._themes.actions() if each is action), "system")
        self.apply()

    def _on_contrast(self, wanted: bool) -> None:
        self._settings.high_contrast = wanted
        self.apply()

    def _chosen(self) -> Palette:
        return choose_palette(self._settings.theme, _app(), high_contrast=self._settings.high_contrast)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
