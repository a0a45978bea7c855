"""The Sweep tab: runs the plan or the script at several numbers of workers, and shows the curves. The window's thread.

It shows what it is given and emits requests; `desktop/documents/sweeping.py` carries them out. What is swept is what Start
would run, and not the run that is shown.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QStackedWidget, QVBoxLayout

from desktop.facts.selection import Selection
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.run_panel import RunPanel
from desktop.panels.sweep.sweep_view import SweepView
from desktop.widgets.note import Note, Tone, recolour_notes
from workers.sweep.measured import Sweep
from workers.sweep.sweep_words import headline, point_words, serial_words
from workers.timeline.timeline import Timeline

MOST_REPEATS = 100
USUAL_REPEATS = 3
NONE_YET = "Is it faster with more workers? A sweep runs the work with 1, 2, 4 … workers and compares the times."


class SweepPanel(RunPanel):
    """Requests: start_requested, stop_requested, export_requested; open_requested: the number of workers whose run is wanted.
    counts_changed: the user has written other numbers of workers."""

    start_requested = Signal()
    stop_requested = Signal()
    export_requested = Signal()
    open_requested = Signal(int)
    counts_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sweep: Sweep | None = None
        self._problem = self._held = ""
        self._running = False
        self._counts = QLineEdit()
        self._counts.setObjectName("sweep_workers")
        self._counts.setAccessibleName("Numbers of workers to sweep")
        self._counts.setPlaceholderText("1,2,4")
        self._counts.setToolTip("The numbers of workers, with commas between them")
        self._counts.setMinimumWidth(50)
        self._counts.setMaximumWidth(170)
        self._repeats = QSpinBox()
        self._repeats.setObjectName("sweep_repeats")
        self._repeats.setAccessibleName("Runs for each number of workers")
        self._repeats.setToolTip("How often each number of workers is run; the curve shows the median and the spread")
        self._repeats.setRange(1, MOST_REPEATS)
        self._repeats.setValue(USUAL_REPEATS)
        self._start = _button("sweep_start", "Start sweep")
        self._stop = _button("sweep_stop", "Stop")
        self._stop.setToolTip("End the run in progress; what was measured stays")
        self._export = _button("sweep_export", "Export…")
        self._said = Note(tone=Tone.PLAIN, wrap=False)
        self._said.setObjectName("sweep_said")
        self._said.setMinimumWidth(1)
        self._view = SweepView()
        self._view.setToolTip("Click a point, or go through the points with ← and →. Enter opens the run of one.")
        self._empty = Note(NONE_YET)
        self._empty.setObjectName("sweep_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(24, 0, 24, 0)
        self._lay_out()
        self._counts.textChanged.connect(self._on_counts_changed)
        self._counts.returnPressed.connect(self._on_return)
        self._start.clicked.connect(self.start_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._export.clicked.connect(self.export_requested)
        self._view.chosen.connect(self._on_chosen)
        self._view.opened.connect(self.open_requested)
        self.set_palette(LIGHT)
        self._show()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        for text, field in (("Workers", self._counts), ("Runs", self._repeats)):
            label = QLabel(text)
            label.setBuddy(field)
            bar.addWidget(label)
            bar.addWidget(field)
        bar.addWidget(self._start)
        bar.addWidget(self._stop)
        bar.addStretch(1)
        bar.addWidget(self._export)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._view)
        texts = QVBoxLayout()
        texts.setContentsMargins(8, 0, 8, 4)
        texts.addWidget(self._said)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addLayout(texts)
        whole.addWidget(self._pages, 1)

    @property
    def counts(self) -> str:
        """The numbers of workers as the user wrote them."""
        return self._counts.text() or self._counts.placeholderText()

    @property
    def repeats(self) -> int:
        """How often each is run."""
        return self._repeats.value()

    def suggest_counts(self, text: str) -> None:
        """What is swept while the user has written nothing."""
        self._counts.setPlaceholderText(text)

    def show_subject(self, held: str, problem: str) -> None:
        """What the next sweep holds constant, in one sentence, or why it cannot be started."""
        self._held, self._problem = held, problem
        self._show()

    def show_sweep(self, sweep: Sweep | None) -> None:
        """Draw this sweep."""
        self._sweep = sweep
        shown = sweep is not None and bool(sweep.runs)
        self._view.show_sweep(sweep if shown else None)
        self._pages.setCurrentWidget(self._view if shown else self._empty)
        self._show()

    def show_progress(self, text: str) -> None:
        """A sweep is being measured: where it is. Empty: none is."""
        self._running = bool(text)
        self._show(text)

    # What a panel has.

    def set_timeline(self, timeline: Timeline | None) -> None:
        """A sweep is not about the run that is shown."""

    def refresh(self) -> None:
        """Nothing changes with the run that is shown."""

    def show_selection(self, selection: Selection | None) -> None:
        """Nothing here is part of the run that is shown."""

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._view.set_palette(palette)
        for button, icon in ((self._start, Icon.START), (self._stop, Icon.STOP), (self._export, Icon.EXPORT)):
            button.setIcon(make_icon(icon, palette))
        recolour_notes(self, palette)

    # What happens.

    def _on_counts_changed(self) -> None:
        self.counts_changed.emit()

    def _on_return(self) -> None:
        if self._start.isEnabled():
            self.start_requested.emit()

    def _on_chosen(self) -> None:
        self._show()

    def _show(self, progress: str = "") -> None:
        sweep = self._sweep
        measured = sweep is not None and bool(sweep.runs)
        had_focus = self._start.hasFocus() or self._stop.hasFocus()
        self._start.setVisible(not self._running)
        self._stop.setVisible(self._running)
        if had_focus:
            (self._stop if self._running else self._start).setFocus()
        self._start.setEnabled(not self._problem)
        self._start.setToolTip(self._problem or f"Run what Start would run, with {self.counts} workers. {self._held}")
        self._export.setEnabled(measured and not self._running)
        self._export.setToolTip("Save the curves or the figures" if measured else "There is no sweep to export yet")
        for field in (self._counts, self._repeats):
            field.setEnabled(not self._running)
        if self._running:
            if progress:
                self._said.say(progress, Tone.PLAIN)
        elif self._problem:
            self._said.say(self._problem, Tone.BAD)
        else:
            self._said.say(self._result() if measured else self._held, Tone.PLAIN if measured else Tone.QUIET)
        self._said.setToolTip(self._said.text())

    def _result(self) -> str:
        """The chosen point; else what the whole sweep says."""
        sweep, point = self._sweep, self._view.point
        assert sweep is not None
        return point_words(sweep, point) if point is not None else f"{headline(sweep)} {serial_words(sweep)}".strip()


def _button(name: str, text: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAutoDefault(False)
    made.setIconSize(QSize(16, 16))
    return made
