"""The controls of the plan panel, laid out: presets, workload, workers, start method, steps, sizes. The window's thread.

Sentences and estimates are at the bottom, below the list of sizes, which scrolls: where they need more room, the list becomes
lower, and no control above them moves.
"""

import multiprocessing

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.panels.plan.engine_choice import EngineChoice
from desktop.panels.plan.size_list import SizeList
from desktop.widgets.chooser import Chooser
from desktop.widgets.cut_line_edit import CutLineEdit
from desktop.widgets.note import Note
from desktop.widgets.still_wheel import StillWheel
from workers.plan.plan import MOST_WORKERS, Order, StartMethod, Workload
from workers.plan.presets import PRESETS

DURING_A_RUN = "Changes apply to the next run."
_WIDEST_GUIDE = "Guide's sizes: 12.5 GB, 100 min"

_LETTERS = 8
_LINES = 2
"""The lines that the usual texts take at the usual width."""
_MARGIN_PX = _BESIDE_PX = 8


class PlanControls(QWidget):
    """The widgets of a plan. `PlanPanel` reads them, and says what they mean."""

    def __init__(self) -> None:
        super().__init__()
        self._make_controls()
        self._lay_out()
        self._fill()

    def sizeHint(self) -> QSize:
        """Wide enough that no text of a combo box is cut."""
        combos = (self.presets, self.workload, self.engine.combo, self.method, self.steps)
        whole = max(combo.whole_px for combo in combos)
        beside = self._labels_px + _BESIDE_PX + 2 * _MARGIN_PX
        return QSize(max(super().sizeHint().width(), beside + whole), super().sizeHint().height())

    def _make_controls(self) -> None:
        self.presets = _combo("presets", "Preset")
        self.presets.setPlaceholderText("Your own plan")
        self.guide = QCheckBox("Guide's sizes")
        self.guide.setObjectName("guide_sizes")
        self.guide.setToolTip("The sizes of the guide to multiprocessing, with the memory and the time that they take here. "
                              "Otherwise a preset is quick: it has as much of them as is done here in 5 seconds")  # fmt: skip
        self.workload = _combo("workload", "Workload")
        self.summary = Note()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("worker_count_slider")
        self.slider.setAccessibleName("Number of workers, slider")
        self.slider.setRange(1, MOST_WORKERS)
        self.slider.setPageStep(4)
        self.count = QSpinBox()
        self.count.setObjectName("worker_count")
        self.count.setAccessibleName("Number of workers")
        self.count.setRange(1, MOST_WORKERS)
        self.sizes = SizeList()
        self.engine = EngineChoice()
        self.method = _combo("start_method", "Start method")
        self.steps = _combo("steps", "Steps of the parent")
        self.steps_text = CutLineEdit()
        self.steps.setLineEdit(self.steps_text)
        self.steps.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.steps.setCompleter(None)  # type: ignore[arg-type]  # it would complete "start 1" to "start all, …"
        self.steps_text.setAccessibleName("Steps of the parent")
        self.steps.setToolTip("Choose an order, or write your own: start 1; alive 1; join 1")
        self.total = Note()
        self.total.setObjectName("plan_total")
        self.total.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.fit = QPushButton("Make it fit")
        self.fit.setObjectName("make_it_fit")
        self.fit.setAutoDefault(False)
        self.override = QCheckBox("Run although &it does not fit")
        self.override.setObjectName("override")
        self.running_note = Note(DURING_A_RUN)
        self.running_note.setObjectName("running_note")
        for widget in (self.fit, self.override, self.running_note):
            widget.hide()
        self._wheel = StillWheel(self)
        self._wheel.guard(
            self.presets, self.workload, self.slider, self.count, self.engine.combo, self.method, self.steps
        )

    def _lay_out(self) -> None:
        workers = QHBoxLayout()
        workers.setSpacing(6)
        workers.addWidget(self.slider, 1)
        workers.addWidget(self.count)
        top = _form()
        self._labels = [
            _add(top, 0, "&Preset", self.presets),
            _add(top, 2, "&Workload", self.workload),
            _add(top, 4, "Wor&kers", self.count, workers),
            _add(top, 5, "En&gine", self.engine),
            _add(top, 6, "Start &method", self.method),
            _add(top, 7, "S&teps", self.steps),
        ]
        top.addWidget(self.guide, 1, 0, 1, 2)
        top.addWidget(self.summary, 3, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addWidget(self.sizes, 1)
        below = QVBoxLayout()
        below.setSpacing(2)
        below.addWidget(self.total)
        below.addWidget(self.fit, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.override, self.running_note):
            below.addWidget(widget)
        whole.addLayout(below)
        self._fit_letters()

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as the letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit_letters()

    def _fit_letters(self) -> None:
        for note in (self.summary, self.total):
            note.setMinimumHeight(_LINES * note.fontMetrics().lineSpacing())
        for label in self._labels:
            label.setMinimumWidth(self._labels_px)
        # The widest part that cannot wrap decides.
        guide_px = self.guide.sizeHint().width() - self.fontMetrics().horizontalAdvance(self.guide.text())
        guide_px += self.fontMetrics().horizontalAdvance(_WIDEST_GUIDE)
        self.setMinimumWidth(
            max(244, *(px + 16 for px in (self.override.sizeHint().width(), guide_px, self.sizes.least_width)))
        )

    @property
    def _labels_px(self) -> int:
        return self.fontMetrics().horizontalAdvance("Start method") + 2

    def _fill(self) -> None:
        for preset in PRESETS:
            self.presets.addItem(preset.name)
        for workload in Workload:
            self.workload.addItem(workload.value, workload)
            self.workload.setItemData(self.workload.count() - 1, workload.summary, Qt.ItemDataRole.ToolTipRole)
        available = start_methods()
        for at, method in enumerate(StartMethod):
            self.method.addItem(method.value, method)
            if method not in available:
                model = self.method.model()
                assert isinstance(model, QStandardItemModel)
                model.item(at).setEnabled(False)
                model.item(at).setToolTip("This system does not have it")
        self.steps.addItems([order.value for order in Order])


def start_methods() -> list[StartMethod]:
    """The start methods of this system, in the order of their combo box."""
    available = multiprocessing.get_all_start_methods()
    return [method for method in StartMethod if method in available]


def _combo(name: str, spoken: str) -> Chooser:
    combo = Chooser(_LETTERS)
    combo.setObjectName(name)
    combo.setAccessibleName(spoken)
    return combo


def _form() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(_BESIDE_PX)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    return grid


def _add(grid: QGridLayout, row: int, text: str, control: QWidget, whole: QHBoxLayout | None = None) -> QLabel:
    label = QLabel(text)
    label.setBuddy(control)
    grid.addWidget(label, row, 0)
    if whole is not None:
        grid.addLayout(whole, row, 1)
    else:
        grid.addWidget(control, row, 1)
    return label
