"""The Script panel: which of the user's scripts to run, with which arguments, and with which Python. The window's thread.

It checks its fields at every keystroke. The window's Start runs the script.
"""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.look.palette import Palette
from desktop.panels.plan.plan_controls import DURING_A_RUN
from desktop.settings import Settings
from desktop.widgets.cut_line_edit import CutLineEdit
from desktop.widgets.note import Note, Tone, recolour_notes
from workers.engines.interpreter import likely_python
from workers.engines.script import Script
from workers.errors import PlanError

RIGHTS = "A script runs with your rights: it can do whatever you can. Procession changes nothing in it or beside it."


class ScriptPanel(QWidget):
    """The controls of a script. script_changed: a field changed. opened: another script was taken."""

    script_changed = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._script: Script | None = None
        self._problem = ""
        self._path = _field("script_path", "Script", "a .py file, or drop one on the window")
        self._browse = QPushButton("O&pen…")
        self._browse.setObjectName("script_open")
        self._arguments = _field("script_arguments", "Arguments", "as on a command line")
        self._python = _field("script_python", "Python", "an interpreter")
        self._folder = _field("script_folder", "Folder to run in", "the script's own")
        self._watch = _field("script_watch", "Globals to watch", "names, with commas between")
        self._note = Note()
        self._note.setObjectName("script_note")
        rights = Note(RIGHTS)
        self._running_note = Note(DURING_A_RUN)
        self._running_note.hide()
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._path, 1)
        line.addWidget(self._browse)
        label = QLabel("Scri&pt")
        label.setBuddy(self._path)
        form.addRow(label, line)
        for text, field in (
            ("Ar&guments", self._arguments),
            ("P&ython", self._python),
            ("Fold&er", self._folder),
            ("&Watch", self._watch),
        ):
            form.addRow(text, field)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 10, 8, 8)
        whole.setSpacing(8)
        whole.addLayout(form)
        whole.addWidget(self._note)
        whole.addStretch(1)
        whole.addWidget(rights)
        whole.addWidget(self._running_note)
        for field in (self._path, self._arguments, self._python, self._folder, self._watch):
            field.textChanged.connect(self._resolve)
        self._path.editingFinished.connect(self._suggest_python)
        self._browse.clicked.connect(self.browse)
        self._resolve()

    def script(self) -> Script:
        """The script with its settings. Raises PlanError with one sentence if it cannot be run."""
        if self._script is None:
            raise PlanError(self._problem)
        return self._script

    def problem(self) -> str:
        """Why Start cannot run this, in one sentence; empty when it can."""
        return self._problem

    def open(self, path: str) -> None:
        """Take this script, with the Python that most likely belongs to it."""
        self._python.clear()
        self._folder.clear()
        self._path.setText(path)
        self._suggest_python()
        self.opened.emit()
        self._arguments.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_running(self, running: bool) -> None:
        """Show during a run that changes apply to the next one."""
        self._running_note.setVisible(running)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        recolour_notes(self, palette)

    def browse(self) -> None:
        """Ask for a script in a dialog."""
        start = str(Path(self._path.text()).parent) if self._path.text() else str(Settings().folder)
        path, _ = QFileDialog.getOpenFileName(self, "Open a script", start, "Python (*.py *.pyw);;All files (*)")
        if path:
            Settings().know_folder(path)
            self.open(path)

    def _suggest_python(self) -> None:
        path = Path(self._path.text().strip())
        if path.is_file() and not self._python.text():
            self._python.setText(likely_python(path.absolute().parent))

    def _resolve(self) -> None:
        try:
            self._script = Script.make(
                self._path.text(), self._arguments.text(), self._folder.text(), self._python.text(), self._watch.text()
            )
            self._problem = ""
        except PlanError as error:
            self._script = None
            self._problem = str(error)
        self._note.say(self._problem if self._path.text() else "", Tone.BAD)
        self.script_changed.emit()


def _field(name: str, accessible: str, hint: str) -> QLineEdit:
    field = CutLineEdit(middle=True)
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setPlaceholderText(hint)
    return field
