"""The controls for how many runs are kept, and how much of the disk they may take. The window's thread."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.widgets.note import Note
from workers.runs.limits import LEAST_BYTES, LEAST_RUNS, MOST_BYTES, MOST_RUNS, Limits

_MB = 10**6


class HistoryLimits(QWidget):
    """Three numbers. changed: the user wants these `Limits`."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._runs = _field("history_most_runs", "How many runs are kept at most", LEAST_RUNS, MOST_RUNS, " runs", 10)
        self._size = _field(
            "history_most_size",
            "How much of the disk they may take, in megabytes",
            LEAST_BYTES // _MB,
            MOST_BYTES // _MB,
            " MB",
            100,
        )
        self._run = _field(
            "history_most_run",
            "How much of the disk one run may take while it is recorded, in megabytes",
            LEAST_BYTES // _MB,
            MOST_BYTES // _MB,
            " MB",
            100,
        )
        keep = QLabel("&Keep at most")
        keep.setBuddy(self._runs)
        size = QLabel("a&nd")
        size.setBuddy(self._size)
        each = QLabel("&each run up to")
        each.setBuddy(self._run)
        note = Note(
            "When a run ends, the oldest runs beyond these limits are deleted, those with a name last. When one run is nearly "
            "at its own limit, it runs on: what is left is for starts, exits and joins."
        )
        note.setMinimumWidth(1)
        row = QHBoxLayout()
        for part in (keep, self._runs, size, self._size):
            row.addWidget(part)
        row.addSpacing(12)
        row.addWidget(each)
        row.addWidget(self._run)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(note)
        self._runs.valueChanged.connect(self._on_changed)
        self._size.valueChanged.connect(self._on_changed)
        self._run.valueChanged.connect(self._on_changed)

    def show_limits(self, limits: Limits) -> None:
        """Show the limits that apply."""
        with QSignalBlocker(self._runs), QSignalBlocker(self._size), QSignalBlocker(self._run):
            self._runs.setValue(limits.runs)
            self._size.setValue(limits.size_bytes // _MB)
            self._run.setValue(limits.run_bytes // _MB)

    def _on_changed(self) -> None:
        self.changed.emit(Limits(self._runs.value(), self._size.value() * _MB, self._run.value() * _MB))


def _field(name: str, accessible: str, least: int, most: int, suffix: str, step: int) -> QSpinBox:
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setRange(least, most)
    field.setSingleStep(step)
    field.setSuffix(suffix)
    field.setGroupSeparatorShown(True)
    field.setKeyboardTracking(False)
    return field
