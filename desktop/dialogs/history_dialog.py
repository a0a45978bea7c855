"""The list of runs in a window of its own. The window's thread."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from desktop.look.window_size import FRAME_PX
from desktop.panels.history.history_panel import HistoryPanel

_SIZE_PX = (980, 620)
_DESIGNED_LETTER_PX = 12


class HistoryDialog(QDialog):
    """The list in a window of its own; the main window can be used beside it. hidden: it is not visible any more."""

    hidden = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("history_dialog")
        self.setWindowTitle("History")
        letters = self.fontInfo().pixelSize() / _DESIGNED_LETTER_PX
        wanted = QSize(*_SIZE_PX) * max(1.0, letters)
        self.resize(wanted.boundedTo(self.screen().availableSize() - QSize(*FRAME_PX)))
        self.panel = HistoryPanel()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.panel, 1)
        column.addWidget(buttons)

    def hideEvent(self, event: QHideEvent) -> None:
        """Report that the list is not visible any more."""
        super().hideEvent(event)
        self.hidden.emit()
