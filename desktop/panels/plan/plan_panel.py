"""The plan panel: how many workers, what each does, how they start, and the steps of the parent. The window's thread.

It turns its controls into a checked `Plan`, or says in a sentence why they are not one.
"""

from collections.abc import Callable
from dataclasses import fields

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.plan.estimate_texts import NO_ESTIMATE, cost_text, plan_text, worker_text
from desktop.panels.plan.plan_controls import PlanControls, start_methods
from desktop.panels.plan.plan_edits import PlanEdit
from desktop.widgets.bad_field import mark_field
from desktop.widgets.note import Tone, recolour_notes
from workers.errors import PlanError
from workers.plan import estimate
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.plan.plan_engines import LOCAL, checked_engine, engine_problem
from workers.plan.presets import PRESETS, Preset
from workers.plan.sizes import format_size
from workers.system.machine import Machine, look_at_machine

_LEAST_HEIGHT_PX = 160
_FEW = 4


class PlanPanel(QWidget):
    """The plan of the next run. plan_changed: the user, or `set_plan`, changed it. edits: undoes and redoes changes of it."""

    plan_changed = Signal()

    def __init__(self, machine: Callable[[], Machine] = look_at_machine) -> None:
        """machine: returns the cores and the memory of the machine."""
        super().__init__()
        self._look_at_machine = machine
        self._machine = machine()
        self._plan: Plan | None = None
        self._fitted: Plan | None = None  # the same with less work, which is offered
        self._problem = ""
        self._wrong = ""
        self._palette = LIGHT
        self._running = False
        self._setting = False
        self._going_back = False
        self._kept: Plan | None = None  # the last one that was one
        self.edits = QUndoStack(self)
        self._controls = PlanControls()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()  # for a low window, or large letters
        area.setWidget(self._controls)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole.addWidget(area)
        self._connect()
        self.set_palette(LIGHT)
        self.set_plan(Plan.make(PRESETS[0].sizes, PRESETS[0].workload, start_methods()[0], PRESETS[0].order))

    def sizeHint(self) -> QSize:
        """As wide as the controls need, so that no text is cut."""
        return self._controls.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the controls need at least; lower, they scroll."""
        return QSize(self._controls.minimumWidth(), _LEAST_HEIGHT_PX)

    def fit_letters(self) -> None:
        """Make everything that has a size of its own as large as the letters."""
        self._controls.sizes.fit_letters()

    def plan(self) -> Plan:
        """The current plan. Raises PlanError with one sentence if the controls are not a plan."""
        if self._plan is None:
            raise PlanError(self._problem)
        return self._plan

    def problem(self) -> str:
        """Why Start cannot run this plan, in one sentence with the figures; empty when it can."""
        return self._problem

    @property
    def override(self) -> bool:
        """Whether the user wants to run a plan that does not fit in memory."""
        return not self._controls.override.isHidden() and self._controls.override.isChecked()

    def set_plan(self, plan: Plan) -> None:
        """Show this plan."""
        controls = self._controls
        self._setting = True
        controls.count.setValue(plan.workers)
        controls.workload.setCurrentIndex(controls.workload.findData(plan.workload))
        controls.sizes.set_unit(plan.workload.unit)
        controls.sizes.set_sizes(list(plan.sizes))
        controls.engine.set_engine(plan.engine)
        controls.method.setCurrentIndex(controls.method.findData(plan.start_method))
        controls.steps.setEditText(plan.order_text)
        controls.steps_text.setCursorPosition(0)
        self._setting = False
        self._resolve()

    def choose_preset(self, at: int) -> None:
        """Show the plan of this preset."""
        self._on_preset(at)

    def set_running(self, running: bool) -> None:
        """Show during a run that changes apply to the next one."""
        if running != self._running:
            self._running = running
            self._controls.running_note.setVisible(running)
            if not running:
                self.look_again()

    def look_again(self) -> None:
        """Measure the available memory again. Not during a run: its own memory would count against the plan."""
        if self._running:
            return
        machine = self._look_at_machine()
        if machine != self._machine:
            self._machine = machine
            self._judge()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        controls = self._controls
        self._palette = palette
        recolour_notes(self, palette)
        controls.sizes.set_palette(palette)
        for field in (controls.steps_text, controls.engine.address):
            mark_field(field, field.accessibleDescription(), palette)

    def changeEvent(self, event: QEvent) -> None:
        """Measure the memory again when the user returns to the window: other programs may have taken some."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.look_again()

    def _connect(self) -> None:
        controls = self._controls
        controls.slider.valueChanged.connect(controls.count.setValue)
        controls.count.valueChanged.connect(controls.slider.setValue)
        controls.count.valueChanged.connect(self._on_count_changed)
        controls.presets.activated.connect(self._on_preset)
        controls.guide.clicked.connect(self._on_guide)
        controls.workload.currentIndexChanged.connect(self._on_workload_changed)
        controls.sizes.changed.connect(self._resolve)
        controls.engine.changed.connect(self._resolve)
        controls.method.currentIndexChanged.connect(self._resolve)
        controls.steps.editTextChanged.connect(self._resolve)
        controls.override.toggled.connect(self._judge)
        controls.fit.clicked.connect(self._on_fit)

    def _chosen_workload(self) -> Workload:
        return Workload(self._controls.workload.currentData())  # Qt keeps the enum as plain text

    def _chosen_method(self) -> StartMethod:
        return StartMethod(self._controls.method.currentData())

    def _on_count_changed(self, count: int) -> None:
        self._controls.sizes.set_count(count)
        self._resolve()

    def _on_workload_changed(self) -> None:
        self._controls.sizes.set_unit(self._chosen_workload().unit)
        self._resolve()

    def _on_preset(self, at: int) -> None:
        self.set_plan(self._made_of(PRESETS[at], whole=self._controls.guide.isChecked()))

    def _on_guide(self) -> None:
        self._on_preset(self._controls.presets.currentIndex())

    def _made_of(self, preset: Preset, *, whole: bool) -> Plan:
        """The plan of a preset. whole: with the guide's own sizes."""
        sizes = preset.sizes if whole else preset.quick_sizes(self._machine)
        engine = LOCAL if self._plan is None else self._plan.engine
        return Plan.make(sizes, preset.workload, self._chosen_method(), preset.order, engine=engine)

    def _resolve(self) -> None:
        """Make the plan from the controls, and show its estimates or what is wrong with it."""
        controls = self._controls
        if self._setting:
            return
        workload = self._chosen_workload()
        controls.summary.setText(workload.summary)
        sizes_problem = steps_problem = ""
        engine, engine_problem = self._chosen_engine()
        try:
            sizes = controls.sizes.sizes
        except PlanError as error:
            sizes, sizes_problem = [1] * controls.count.value(), str(error)  # any sizes serve to check the steps
        plan = None
        try:
            steps = _steps_of(controls.steps.currentText())
            plan = Plan.make(sizes, workload, self._chosen_method(), steps, engine=engine)
        except PlanError as error:
            steps_problem = str(error)
        self._problem = sizes_problem or engine_problem or steps_problem
        self._plan = None if self._problem else plan
        self._keep_change()
        self._wrong = "\n".join(filter(None, (sizes_problem, engine_problem, steps_problem)))
        mark_field(controls.engine.address, engine_problem, self._palette)
        mark_field(controls.steps_text, steps_problem, self._palette)
        self._show_preset()
        if not self._running:
            self._machine = self._look_at_machine()
        self._judge()
        self.plan_changed.emit()

    def _chosen_engine(self) -> tuple[str, str]:
        """The engine, and why there can be no plan for it: then that of this machine serves to check the rest."""
        controls = self._controls
        try:
            engine = checked_engine(controls.engine.engine)
        except PlanError as error:
            engine, problem = LOCAL, str(error)
        else:
            problem = engine_problem(engine)
        on_cluster = engine != LOCAL or bool(problem)
        controls.method.setEnabled(not on_cluster)
        controls.method.setToolTip("The cluster starts its workers itself" if on_cluster else "")
        return engine, problem

    def _keep_change(self) -> None:
        """Make it possible to take the last change back."""
        before, now = self._kept, self._plan
        if now is None or now == before:
            return
        self._kept = now
        if before is not None and not self._going_back:
            focused = QApplication.focusWidget()
            name = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
            changed = [one.name for one in fields(Plan) if getattr(before, one.name) != getattr(now, one.name)]
            self.edits.push(PlanEdit(before, now, self._put_back, (name, *changed)))

    def _put_back(self, plan: Plan) -> None:
        self._going_back = True
        self.set_plan(plan)
        self._going_back = False

    def _judge(self) -> None:
        """Compare the plan with the machine, and show the estimates."""
        controls = self._controls
        refusal = None if self._plan is None else estimate.refusal(self._plan, self._machine)
        controls.override.setVisible(refusal is not None)
        if refusal is None and self._plan is not None and controls.override.isChecked():
            controls.override.setChecked(False)  # the override was for one plan, not for the next
        if self._plan is not None:
            self._problem = "" if refusal is None or self.override else refusal
        workload = self._chosen_workload()
        most = estimate.MOST_OF_MEMORY * self._machine.available_bytes
        estimates = []
        for number in range(1, controls.count.value() + 1):
            size = controls.sizes.size_or_none(number)
            fits = size is None or estimate.memory_bytes(workload, size) <= most
            estimates.append((NO_ESTIMATE if size is None else worker_text(workload, size), fits))
        controls.sizes.show_estimates(estimates)
        self._offer_fit()
        if self._plan is None:
            controls.total.say(self._wrong, Tone.BAD)
        elif refusal is not None:
            controls.total.say(refusal, Tone.BAD)
        else:
            controls.total.say(plan_text(self._plan, self._machine), Tone.QUIET)

    def _offer_fit(self) -> None:
        """Offer a plan with less work where this one needs more memory than there is, or takes long."""
        plan, machine, fit = self._plan, self._machine, self._controls.fit
        self._fitted = None if plan is None or estimate.fits(plan, machine) else estimate.fitted(plan, machine)
        fit.setVisible(self._fitted is not None)
        if self._fitted is not None:
            sizes = ", ".join(format_size(size, self._fitted.workload.unit) for size in self._fitted.sizes[:_FEW])
            more = "…" if self._fitted.workers > _FEW else ""
            fit.setToolTip(f"Less work for each worker: {sizes}{more}. It takes {cost_text(self._fitted, machine)}")

    def _on_fit(self) -> None:
        if self._fitted is not None:
            self.set_plan(self._fitted)

    def _show_preset(self) -> None:
        """Show which preset the plan is, with which sizes, and what the guide's would take."""
        controls, found = self._controls, (-1, False)
        plan = self._plan
        if plan is not None and not plan.by_hand:
            for at, one in enumerate(PRESETS):
                share = one.share_of(plan.sizes) if plan.workload is one.workload else None
                if share is not None and plan.steps == one.order.steps(plan.workers):
                    found = at, share == 1
        at, whole = found
        controls.presets.setCurrentIndex(at)
        controls.guide.setEnabled(at >= 0)
        controls.guide.setChecked(whole)
        cost = f": {cost_text(self._made_of(PRESETS[at], whole=True), self._machine)}" if at >= 0 else ""
        controls.guide.setText(f"Guide's sizes{cost}")


def _steps_of(text: str) -> str | Order:
    return next((order for order in Order if order == text.strip()), text)
