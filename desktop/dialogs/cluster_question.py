"""The question for the address of a cluster to watch, and whether its plugins may be installed there. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from workers.engines.cluster.watch_program import INSTALLED
from workers.errors import PlanError
from workers.plan.plan_engines import checked_address

_WIDTH_EM = 34


class ClusterQuestion(QObject):
    """Asks for an address. Nothing waits for the answer.

    wanted: the address that the user agreed to watch. The question stays until its owner closes it, and says what is wrong with
    the address. closed: the user has closed it.
    knows: whether the user has agreed before that an address is watched. Then the box that says so is checked; for any other
    address it is empty, and nothing is installed before the user checks it.
    """

    wanted = Signal(str)
    closed = Signal()

    def __init__(self, window: QWidget, last: str, knows: Callable[[str], bool]) -> None:
        super().__init__(window)
        self._knows = knows
        self._dialog = dialog = QDialog(window)
        dialog.setObjectName("cluster_question")
        dialog.setWindowTitle("Watch a cluster")
        dialog.setMinimumWidth(dialog.fontMetrics().averageCharWidth() * _WIDTH_EM * 2)
        self._address = QLineEdit(last)
        self._address.setObjectName("cluster_address")
        self._address.setPlaceholderText("tcp://10.0.0.5:8786")
        self._address.setAccessibleName("Address of the scheduler")
        label = QLabel("&Address of the Dask scheduler")
        label.setBuddy(self._address)
        told = QLabel(
            f"While it is watched, the cluster has {INSTALLED}. They leave when the watch ends, however it ends. "
            "Tasks take a little longer meanwhile. Nothing that the cluster sends is run here."
        )
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setWordWrap(True)
        self._agreed = QCheckBox("&Install them: I may do so in this cluster")
        self._agreed.setObjectName("cluster_agreed")
        self._problem = QLabel()
        self._problem.setObjectName("cluster_problem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._watch = buttons.addButton("Watch", QDialogButtonBox.ButtonRole.AcceptRole)
        self._watch.setObjectName("cluster_watch")
        self._watch.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        for widget in (label, self._address, told, self._agreed, self._problem, buttons):
            layout.addWidget(widget)
        self._address.textChanged.connect(self._on_address_changed)
        self._agreed.toggled.connect(self._show)
        dialog.rejected.connect(self._on_rejected)
        self._on_address_changed()

    def ask(self) -> None:
        """Show the question."""
        self._dialog.open()
        self._address.setFocus()

    def show_look(self, address: str) -> None:
        """The address is being looked at: nothing can be changed until that is known."""
        self._set_looking(True)
        self._say(f"Looking whether a Dask scheduler answers at {address}…")

    def show_problem(self, sentence: str) -> None:
        """The address cannot be watched."""
        self._set_looking(False)
        self._show()
        self._say(sentence)
        self._address.setFocus()
        self._address.selectAll()

    def close(self) -> None:
        """The question is answered."""
        self._dialog.hide()
        self._dialog.deleteLater()
        self.deleteLater()

    def _set_looking(self, looking: bool) -> None:
        for widget in (self._address, self._agreed, self._watch):
            widget.setEnabled(not looking)

    def _checked(self) -> str:
        """The address as it is used; empty for one that is none."""
        try:
            return checked_address(self._address.text())
        except PlanError:
            return ""

    def _on_address_changed(self) -> None:
        address = self._checked()
        self._agreed.setChecked(bool(address) and self._knows(address))
        self._show()

    def _show(self) -> None:
        address = self._checked()
        self._watch.setEnabled(bool(address) and self._agreed.isChecked())
        if not self._address.text().strip():
            problem = ""
        elif not address:
            problem = "This is no address of a Dask scheduler: tcp://HOST:PORT is meant."
        else:
            problem = "" if self._agreed.isChecked() else "Nothing is installed until you agree."
        self._say(problem)

    def _say(self, sentence: str) -> None:
        """Show a sentence, with room for all its lines."""
        self._problem.setText(sentence)
        layout, width = self._dialog.layout(), self._dialog.width()
        wanted = 0 if layout is None else layout.totalHeightForWidth(width)
        if self._dialog.isVisible() and wanted > self._dialog.height():
            self._dialog.resize(width, wanted)

    def _on_accepted(self) -> None:
        address = self._checked()
        if address and self._agreed.isChecked():
            self.wanted.emit(address)

    def _on_rejected(self) -> None:
        self.closed.emit()
        self.close()
