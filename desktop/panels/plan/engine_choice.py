"""The choice of what carries out the plan: this machine, or a Dask cluster. The window's thread.

The choices are there without Dask, too: the panel then says how to get it.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.chooser import Chooser
from desktop.widgets.cut_line_edit import CutLineEdit
from workers.plan.plan_engines import DASK, LOCAL, cluster_address

_LETTERS = 8
_AT_ADDRESS = f"{DASK}="
_CHOICES = (
    ("This machine", LOCAL, "Each worker is a process that the parent starts"),
    (
        "Local Dask cluster",
        DASK,
        "A Dask cluster that is made on this machine for the run. Each worker's work is a task there",
    ),
    ("Dask cluster at…", _AT_ADDRESS, "A Dask cluster that runs already. Its scheduler listens at this address"),
)


class EngineChoice(QWidget):
    """changed: the user chose another engine, or wrote another address."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.combo = Chooser(_LETTERS)
        self.combo.setObjectName("engine")
        self.combo.setAccessibleName("Engine")
        for text, engine, tip in _CHOICES:
            self.combo.addItem(text, engine)
            self.combo.setItemData(self.combo.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.address = CutLineEdit()
        self.address.setObjectName("engine_address")
        self.address.setAccessibleName("Address of the cluster's scheduler")
        self.address.setPlaceholderText("tcp://10.0.0.5:8786")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(5)
        whole.addWidget(self.combo)
        whole.addWidget(self.address)
        self.setFocusProxy(self.combo)
        self.address.hide()
        self.combo.currentIndexChanged.connect(self._on_chosen)
        self.address.textChanged.connect(self.changed)

    @property
    def engine(self) -> str:
        """What was chosen, as a plan has it: with the address as it was written."""
        chosen = str(self.combo.currentData())
        return chosen + self.address.text().strip() if chosen == _AT_ADDRESS else chosen

    def set_engine(self, engine: str) -> None:
        """Show this engine."""
        address = cluster_address(engine)
        if address:
            self.address.setText(address)
        self.combo.setCurrentIndex(self.combo.findData(_AT_ADDRESS if address else engine))

    def _on_chosen(self) -> None:
        self.address.setVisible(self.combo.currentData() == _AT_ADDRESS)
        self.changed.emit()
