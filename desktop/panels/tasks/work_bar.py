"""The bar above the tasks: a filter, how many pass it, and a button to the next longest. The window's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.bad_field import mark_field
from desktop.widgets.note import Note, Tone
from workers.analysis.tables.work_filter import NO_FILTER, FilterError, WorkFilter, parse_filter, with_limits

_HINT = "Filter: >100ms, error, a worker, a function …"
_SPAN_HINT = "Filter: >100ms, a name, a track …"


class WorkBar(QWidget):
    """by: the filter; while the text cannot be understood, the last one that could. changed: it may have changed.
    longest_requested: the button was pressed.
    """

    changed = Signal()
    longest_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.by: WorkFilter = NO_FILTER
        self._spans = False
        self._palette = LIGHT
        self._field = QLineEdit()
        self._field.setObjectName("tasks_filter")
        self._field.setAccessibleName("Filter")
        self._field.setClearButtonEnabled(True)
        self._field.setMinimumWidth(120)
        self._note = Note(wrap=False)
        self._note.setObjectName("tasks_note")
        self._note.setMinimumWidth(self._note.fontMetrics().horizontalAdvance("1,000 of 2,000 tasks") + 2)
        self._problem = Note(tone=Tone.BAD)
        self._problem.setObjectName("tasks_problem")
        self._problem.hide()
        self._longest = QPushButton("Next longest")
        self._longest.setObjectName("tasks_longest")
        self._longest.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._field, 3)
        row.addWidget(self._note, 2)
        row.addWidget(self._longest)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 5, 8, 5)
        whole.setSpacing(4)
        whole.addLayout(row)
        whole.addWidget(self._problem)
        QWidget.setTabOrder(self._field, self._longest)
        self._field.textChanged.connect(self._on_text_changed)
        self._longest.clicked.connect(self._on_pressed)

    def set_spans(self, spans: bool) -> None:
        """Filter a trace's spans, or a run's tasks. The text stays."""
        self._spans = spans
        self._field.setPlaceholderText(_SPAN_HINT if spans else _HINT)
        self._longest.setToolTip(f"Select the next longest {'span' if spans else 'task'} of those that are listed (F4)")
        self.by = NO_FILTER
        self._read()

    def limit(self, least_ns: int | None, below_ns: int | None) -> None:
        """Filter by these durations in place of those in the text."""
        self._field.setText(with_limits(self._field.text(), least_ns, below_ns))

    def say(self, words: str) -> None:
        """Say how many pass."""
        self._note.setText(words)
        self._note.setToolTip(words)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours. The notes are recoloured with the panel's."""
        self._palette = palette
        mark_field(self._field, self._problem.text(), palette)

    def _read(self) -> None:
        problem = ""
        try:
            self.by = parse_filter(self._field.text(), spans=self._spans)
        except FilterError as error:
            problem = str(error)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        mark_field(self._field, problem, self._palette)

    def _on_text_changed(self) -> None:
        self._read()
        self.changed.emit()

    def _on_pressed(self) -> None:
        self.longest_requested.emit()
