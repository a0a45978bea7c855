"""The plan panel: how many workers, what each does, how they are made, and what the parent does in which order.

It holds what a person means; `plan` resolves that into a checked `Plan`, or says in a sentence why there is none. What
is said stands at the bottom, where room is kept for it: no control moves while a person uses it.
The window's thread.
"""

import multiprocessing
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.look.palette import LIGHT, Palette
from desktop.panels.plan.estimate_texts import NO_ESTIMATE, plan_text, worker_text
from desktop.panels.plan.size_list import SizeList
from desktop.widgets.bad_field import mark_field
from desktop.widgets.chooser import Chooser
from desktop.widgets.note import Note, Tone, recolour_notes
from desktop.widgets.still_wheel import StillWheel
from workers.errors import PlanError
from workers.plan import estimate
from workers.plan.estimate import Machine, look_at_machine
from workers.plan.plan import MOST_WORKERS, Order, Plan, StartMethod, Workload
from workers.plan.presets import PRESETS, QUICK

DURING_A_RUN = "Changes apply to the next run."

_CHOICES = (*PRESETS, QUICK)
_LETTERS = 8
_SUMMARY_LINES = 2
_MARGIN_PX = _BESIDE_PX = 8
_TOTAL_LINES = 4
"""What the longest texts there take; a panel of the usual width never moves a control for one of them."""


class PlanPanel(QWidget):
    """The controls of a plan. plan_changed: a person, or `set_plan`, changed it."""

    plan_changed = Signal()

    def __init__(self, machine: Callable[[], Machine] = look_at_machine) -> None:
        """machine: where to learn what there is to run on."""
        super().__init__()
        self._look_at_machine = machine
        self._machine = machine()
        self._plan: Plan | None = None
        self._problem = ""
        self._wrong = ""
        self._palette = LIGHT
        self._running = False
        self._setting = False
        self._make_controls()
        self._lay_out()
        self._fill()
        self._connect()
        self.set_palette(LIGHT)
        self.set_plan(Plan.make(PRESETS[0].sizes, PRESETS[0].workload, _methods()[0], PRESETS[0].order))

    def plan(self) -> Plan:
        """The plan as it is set now. Raises PlanError with one sentence when it cannot be run at all."""
        if self._plan is None:
            raise PlanError(self._problem)
        return self._plan

    def problem(self) -> str:
        """Why Start cannot run this, in one sentence with the figures; empty when it can."""
        return self._problem

    @property
    def override(self) -> bool:
        """Whether a person wants to run a plan that does not fit in memory."""
        return not self._override.isHidden() and self._override.isChecked()

    def set_plan(self, plan: Plan) -> None:
        """Show this plan."""
        self._setting = True
        self._count.setValue(plan.workers)
        self._workload.setCurrentIndex(self._workload.findData(plan.workload))
        self._sizes.set_unit(plan.workload.unit)
        self._sizes.set_sizes(list(plan.sizes))
        self._method.setCurrentIndex(self._method.findData(plan.start_method))
        self._steps.setEditText(plan.order_text)
        self._steps_text.setCursorPosition(0)
        self._setting = False
        self._resolve()

    def set_running(self, running: bool) -> None:
        """Say that what is changed now waits for the next run."""
        if running != self._running:
            self._running = running
            self._running_note.setVisible(running)
            if not running:
                self.look_again()

    def look_again(self) -> None:
        """Ask anew how much memory is available. Not during a run, whose own memory would count against the plan."""
        if self._running:
            return
        machine = self._look_at_machine()
        if machine != self._machine:
            self._machine = machine
            self._judge()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        recolour_notes(self, palette)
        self._sizes.set_palette(palette)
        mark_field(self._steps_text, self._steps_text.accessibleDescription(), palette)

    def sizeHint(self) -> QSize:
        """At this width no text of a combo box is cut."""
        combos = (self._presets, self._workload, self._method, self._steps)
        whole = max(combo.whole_px for combo in combos)
        beside = self._labels_px + _BESIDE_PX + 2 * _MARGIN_PX
        return QSize(max(super().sizeHint().width(), beside + whole), super().sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Look at the memory again when a person comes back to the window: other programs may have taken some."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.look_again()

    def _make_controls(self) -> None:
        self._presets = _combo("presets", "Preset")
        self._presets.setPlaceholderText("Your own plan")
        self._workload = _combo("workload", "Workload")
        self._summary = Note()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("worker_count_slider")
        self._slider.setAccessibleName("Number of workers, slider")
        self._slider.setRange(1, MOST_WORKERS)
        self._slider.setPageStep(4)
        self._count = QSpinBox()
        self._count.setObjectName("worker_count")
        self._count.setAccessibleName("Number of workers")
        self._count.setRange(1, MOST_WORKERS)
        self._sizes = SizeList()
        self._method = _combo("start_method", "Start method")
        self._steps = _combo("steps", "Steps of the parent")
        self._steps_text = QLineEdit()
        self._steps.setLineEdit(self._steps_text)
        self._steps.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._steps.setCompleter(None)  # type: ignore[arg-type]  # would finish "start 1" to "start all, …"
        self._steps_text.setAccessibleName("Steps of the parent")
        self._steps.setToolTip("Choose an order, or write your own: start 1; alive 1; join 1")
        self._total = Note()
        self._total.setObjectName("plan_total")
        self._total.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        for note, lines in ((self._summary, _SUMMARY_LINES), (self._total, _TOTAL_LINES)):
            note.setMinimumHeight(lines * note.fontMetrics().lineSpacing())
        self._summary.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._override = QCheckBox("Run although &it does not fit")
        self._override.setObjectName("override")
        self._running_note = Note(DURING_A_RUN)
        self._running_note.setObjectName("running_note")
        for widget in (self._override, self._running_note):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.hide()
        self._wheel = StillWheel(self)
        self._wheel.guard(self._presets, self._workload, self._slider, self._count, self._method, self._steps)

    def _lay_out(self) -> None:
        workers = QHBoxLayout()
        workers.setSpacing(6)
        workers.addWidget(self._slider, 1)
        workers.addWidget(self._count)
        top = _form()
        self._labels_px = self.fontMetrics().horizontalAdvance("Start method") + 2
        _add(top, 0, "&Preset", self._presets)
        _add(top, 1, "&Workload", self._workload)
        top.addWidget(self._summary, 2, 1)
        _add(top, 3, "Wor&kers", self._count, workers)
        _add(top, 4, "Start &method", self._method)
        _add(top, 5, "S&teps", self._steps)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addWidget(self._sizes, 1)
        said = QVBoxLayout()
        said.setSpacing(2)
        for widget in (self._total, self._override, self._running_note):
            said.addWidget(widget)
        whole.addLayout(said)
        # What cannot wrap decides, whatever the font.
        self.setMinimumWidth(max(244, self._override.sizeHint().width() + 16, self._sizes.least_width + 16))

    def _fill(self) -> None:
        for preset in _CHOICES:
            self._presets.addItem(preset.name)
        for workload in Workload:
            self._workload.addItem(workload.value, workload)
            self._workload.setItemData(self._workload.count() - 1, workload.summary, Qt.ItemDataRole.ToolTipRole)
        available = _methods()
        for at, method in enumerate(StartMethod):
            self._method.addItem(method.value, method)
            if method not in available:
                model = self._method.model()
                assert isinstance(model, QStandardItemModel)
                model.item(at).setEnabled(False)
                model.item(at).setToolTip("This system does not have it")
        self._steps.addItems([order.value for order in Order])

    def _connect(self) -> None:
        self._slider.valueChanged.connect(self._count.setValue)
        self._count.valueChanged.connect(self._slider.setValue)
        self._count.valueChanged.connect(self._on_count_changed)
        self._presets.activated.connect(self._on_preset)
        self._workload.currentIndexChanged.connect(self._on_workload_changed)
        self._sizes.changed.connect(self._resolve)
        self._method.currentIndexChanged.connect(self._resolve)
        self._steps.editTextChanged.connect(self._resolve)
        self._override.toggled.connect(self._judge)

    def _chosen_workload(self) -> Workload:
        return Workload(self._workload.currentData())  # Qt keeps the enum as plain text

    def _chosen_method(self) -> StartMethod:
        return StartMethod(self._method.currentData())

    def _on_count_changed(self, count: int) -> None:
        self._sizes.set_count(count)
        self._resolve()

    def _on_workload_changed(self) -> None:
        self._sizes.set_unit(self._chosen_workload().unit)
        self._resolve()

    def _on_preset(self, at: int) -> None:
        preset = _CHOICES[at]
        self.set_plan(Plan.make(preset.sizes, preset.workload, self._chosen_method(), preset.order))

    def _resolve(self) -> None:
        """Make the plan that the controls mean, and say what is to be said of it."""
        if self._setting:
            return
        workload = self._chosen_workload()
        self._summary.setText(workload.summary)
        sizes_problem = steps_problem = ""
        try:
            sizes = self._sizes.sizes
        except PlanError as error:
            sizes, sizes_problem = [1] * self._count.value(), str(error)  # the steps can be judged all the same
        plan = None
        try:
            plan = Plan.make(sizes, workload, self._chosen_method(), _steps_of(self._steps.currentText()))
        except PlanError as error:
            steps_problem = str(error)
        self._problem = sizes_problem or steps_problem
        self._plan = None if self._problem else plan
        self._wrong = "\n".join(filter(None, (sizes_problem, steps_problem)))
        mark_field(self._steps_text, steps_problem, self._palette)
        self._show_preset()
        if not self._running:
            self._machine = self._look_at_machine()
        self._judge()
        self.plan_changed.emit()

    def _judge(self) -> None:
        """Hold the plan against the machine, and show the estimates."""
        refusal = None if self._plan is None else estimate.refusal(self._plan, self._machine)
        self._override.setVisible(refusal is not None)
        if refusal is None and self._plan is not None and self._override.isChecked():
            self._override.setChecked(False)  # what was meant for one plan is not meant for the next
        if self._plan is not None:
            self._problem = "" if refusal is None or self.override else refusal
        workload = self._chosen_workload()
        most = estimate.MOST_OF_MEMORY * self._machine.available_bytes
        estimates = []
        for number in range(1, self._count.value() + 1):
            size = self._sizes.size_or_none(number)
            fits = size is None or estimate.memory_bytes(workload, size) <= most
            estimates.append((NO_ESTIMATE if size is None else worker_text(workload, size), fits))
        self._sizes.show_estimates(estimates)
        if self._plan is None:
            self._total.say(self._wrong, Tone.BAD)
        elif refusal is not None:
            self._total.say(refusal, Tone.BAD)
        else:
            self._total.say(plan_text(self._plan, self._machine), Tone.QUIET)

    def _show_preset(self) -> None:
        at = -1
        if self._plan is not None:
            key = (self._plan.sizes, self._plan.workload, self._plan.steps, self._plan.by_hand)
            keys = [(one.sizes, one.workload, one.order.steps(len(one.sizes)), False) for one in _CHOICES]
            at = keys.index(key) if key in keys else -1
        self._presets.setCurrentIndex(at)


def _steps_of(text: str) -> str | Order:
    return next((order for order in Order if order == text.strip()), text)


def _methods() -> list[StartMethod]:
    """The start methods that this system has, in the order they are offered."""
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


def _add(grid: QGridLayout, row: int, text: str, control: QWidget, whole: QHBoxLayout | None = None) -> None:
    label = QLabel(text)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Start method") + 2)
    label.setBuddy(control)
    grid.addWidget(label, row, 0)
    if whole is not None:
        grid.addLayout(whole, row, 1)
    else:
        grid.addWidget(control, row, 1)
