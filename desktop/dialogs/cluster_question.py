"""The question for the address of a cluster to watch, and whether its plugins may be installed there. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from workers.engines.cluster.watch_program import INSTALLED
from workers.errors import PlanError
from workers.plan.plan_engines import checked_address

_WIDTH_EM = 34


class ClusterQuestion(QObject):
    """Asks for an address. answered: the address. Nothing waits for the answer.

    knows: whether the user has agreed before that an address is watched. Then the box that says so is checked; for any other
    address it is empty, and nothing is installed before the user checks it.
    """

    answered = Signal(str)

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
        buttons.accepted.connect(dialog.accept)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        for widget in (label, self._address, told, self._agreed, self._problem, buttons):
            layout.addWidget(widget)
        self._address.textChanged.connect(self._on_address_changed)
        self._agreed.toggled.connect(self._show)
        dialog.finished.connect(self._on_finished)
        self._on_address_changed()

    def ask(self) -> None:
        """Show the question."""
        self._dialog.open()
        self._address.setFocus()

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
        self._problem.setText(problem)

    def _on_finished(self, result: int) -> None:
        address = self._checked()
        self._dialog.deleteLater()
        if result == QDialog.DialogCode.Accepted and address:
            self.answered.emit(address)
        self.deleteLater()
