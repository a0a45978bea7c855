"""The plan panel, set with real keys and clicks, on a machine of our own choosing."""

import dataclasses
import multiprocessing
import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QStandardItemModel
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support.widgets import button, find, label_text

from desktop.look.palette import DARK, LIGHT
from desktop.panels.plan.plan_controls import DURING_A_RUN
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.widgets.chooser import Chooser
from desktop.widgets.note import Note, Tone
from workers.errors import PlanError
from workers.plan import estimate
from workers.plan.plan import Order, Plan, StartMethod, Step, Verb, Workload
from workers.plan.presets import PRESETS, UNEVEN
from workers.system.machine import Machine

GB = 10**9


class Memory:
    """A machine whose memory a test can change."""

    def __init__(self, available_bytes: int) -> None:
        self.available_bytes = available_bytes

    def look(self) -> Machine:
        return Machine(self.available_bytes, 2)


@pytest.fixture
def memory() -> Memory:
    return Memory(64 * GB)


@pytest.fixture
def panel(qtbot: QtBot, memory: Memory) -> PlanPanel:
    made = PlanPanel(memory.look)
    qtbot.addWidget(made)
    made.resize(290, 640)
    made.show()
    return made


def combo(panel: PlanPanel, name: str) -> QComboBox:
    return find(panel, QComboBox, name)


def field(panel: PlanPanel, name: str) -> QLineEdit:
    return find(panel, QLineEdit, name)


def slider(panel: PlanPanel, name: str) -> QSlider:
    return find(panel, QSlider, name)


def spin(panel: PlanPanel) -> QSpinBox:
    return find(panel, QSpinBox, "worker_count")


def override(panel: PlanPanel) -> QCheckBox:
    return find(panel, QCheckBox, "override")


def write(qtbot: QtBot, into: QLineEdit, text: str) -> None:
    into.selectAll()
    qtbot.keyClicks(into, text)


def test_it_opens_with_the_guides_plan(panel: PlanPanel) -> None:
    plan = panel.plan()
    assert plan.sizes == UNEVEN
    assert plan.workload is Workload.SORT
    assert plan.order_text == Order.START_THEN_JOIN
    assert combo(panel, "presets").currentText() == PRESETS[0].name
    assert panel.problem() == ""


def test_the_promised_names_are_there(panel: PlanPanel) -> None:
    names = {widget.objectName() for widget in panel.findChildren(QWidget)}
    assert {"worker_count", "worker_count_slider", "size_all", "size_1", "size_4", "start_method", "workload"} <= names
    assert "steps" in names


def test_count_and_slider_are_linked(panel: PlanPanel, qtbot: QtBot) -> None:
    count = slider(panel, "worker_count_slider")
    assert (count.minimum(), count.maximum()) == (1, 64)
    qtbot.keyClick(count, Qt.Key.Key_Right)
    assert spin(panel).value() == 5
    assert panel.plan().sizes == (*UNEVEN, UNEVEN[-1])
    spin(panel).selectAll()
    qtbot.keyClicks(spin(panel), "64")
    assert count.value() == 64
    assert panel.plan().workers == 64
    qtbot.keyClick(count, Qt.Key.Key_Home)
    assert panel.plan().sizes == UNEVEN[:1]
    assert not field(panel, "size_2").isVisible()
    spin(panel).setValue(4)
    assert panel.plan().sizes == UNEVEN  # what was taken away is remembered


def test_a_size_is_typed(panel: PlanPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.plan_changed):
        write(qtbot, field(panel, "size_2"), "500k")
    assert panel.plan().sizes == (10_000_000, 500_000, 40_000_000, 20_000_000)
    assert combo(panel, "presets").currentIndex() == -1


def test_a_bad_size_stops_the_plan_until_it_is_mended(panel: PlanPanel, qtbot: QtBot) -> None:
    write(qtbot, field(panel, "size_2"), "7x")
    sentence = "Worker 2: '7x' is not a size: write a number such as 70M, 500k or 10000."
    assert panel.problem() == sentence
    assert label_text(panel, "plan_total") == sentence
    assert field(panel, "size_2").palette().text().color().name() == LIGHT.bad
    with pytest.raises(PlanError, match="7x"):
        panel.plan()
    write(qtbot, field(panel, "size_2"), "7M")
    assert panel.problem() == ""
    assert "of 64 GB available" in label_text(panel, "plan_total")
    assert field(panel, "size_2").palette().text().color().name() != LIGHT.bad


def test_a_bad_size_of_a_worker_taken_away_does_not_matter(panel: PlanPanel, qtbot: QtBot) -> None:
    write(qtbot, field(panel, "size_4"), "x")
    assert panel.problem()
    spin(panel).setValue(3)
    assert panel.problem() == ""


def test_what_is_said_moves_no_control(panel: PlanPanel, memory: Memory, qtbot: QtBot) -> None:
    def places() -> dict[str, QPoint]:
        QApplication.processEvents()
        kinds = (QComboBox, QSlider, QSpinBox, QLineEdit)
        controls = [widget for kind in kinds for widget in panel.findChildren(kind) if widget.objectName()]
        return {widget.objectName(): widget.mapTo(panel, QPoint(0, 0)) for widget in controls}

    before = places()
    panel.set_running(True)
    assert places() == before
    panel.set_running(False)
    write(qtbot, field(panel, "size_2"), "seventy million")
    assert places() == before
    combo(panel, "steps").setEditText("start everybody; join*")
    assert places() == before
    panel.set_plan(Plan.make(UNEVEN))
    memory.available_bytes = 4 * GB
    panel.look_again()
    assert override(panel).isVisible()
    assert places() == before
    for workload in Workload:
        combo(panel, "workload").setCurrentText(workload.value)
        assert places() == before


def test_only_a_size_that_does_not_fit_by_itself_is_red(panel: PlanPanel, memory: Memory) -> None:
    memory.available_bytes = 8 * GB
    panel.set_plan(Plan.make([1_000_000_000, 10_000, 10_000]))
    red = [note for note in panel.findChildren(Note) if note.isVisible() and note.tone is Tone.BAD]
    assert len(red) == 2
    assert any(note.text().startswith("55 GB") for note in red)
    panel.set_plan(Plan.make([70_000_000] * 3))
    red = [note for note in panel.findChildren(Note) if note.isVisible() and note.tone is Tone.BAD]
    assert [note.objectName() for note in red] == ["plan_total"]


def test_a_bad_size_of_all_is_a_problem_until_there_is_a_good_one(panel: PlanPanel, qtbot: QtBot) -> None:
    write(qtbot, field(panel, "size_all_text"), "abc")
    assert panel.problem().startswith("All: 'abc' is not a size")
    qtbot.keyClick(slider(panel, "size_1_slider"), Qt.Key.Key_Home)
    assert panel.problem() == ""
    assert field(panel, "size_all_text").text() == ""


def test_the_master_sets_all(panel: PlanPanel, qtbot: QtBot) -> None:
    assert field(panel, "size_all_text").text() == ""
    qtbot.keyClick(slider(panel, "size_all"), Qt.Key.Key_Home)
    assert panel.plan().sizes == (10_000, 70_000, 40_000, 20_000), "sizes that differ change in proportion"
    assert field(panel, "size_all_text").text() == ""
    write(qtbot, field(panel, "size_all_text"), "2M")
    assert panel.plan().sizes == (2_000_000,) * 4
    assert field(panel, "size_3").text() == "2M"
    write(qtbot, field(panel, "size_3"), "3M")
    assert field(panel, "size_all_text").text() == ""


def test_uneven_sizes_for_any_number(panel: PlanPanel, qtbot: QtBot) -> None:
    spin(panel).setValue(6)
    uneven = find(panel, QPushButton, "uneven")
    qtbot.mouseClick(uneven, Qt.MouseButton.LeftButton)
    assert panel.plan().sizes == (*UNEVEN, *UNEVEN[:2])


@pytest.mark.parametrize("at", range(len(PRESETS)))
def test_every_preset_can_be_chosen(panel: PlanPanel, qtbot: QtBot, at: int) -> None:
    panel.set_plan(Plan.make([1], Workload.SLEEP))
    box = combo(panel, "presets")
    guide = find(panel, QCheckBox, "guide_sizes")
    assert not guide.isEnabled(), "a plan of one's own has no sizes in the guide"
    qtbot.keyClicks(box, PRESETS[at].name[:1])
    box.setCurrentIndex(at)
    box.activated.emit(at)
    quick = PRESETS[at].quick_sizes(Machine(64 * GB, 2))
    assert (panel.plan().sizes, guide.isChecked()) == (quick, False)
    assert re.fullmatch(r"Guide's sizes: [\d.]+ GB, \d+ (s|min)", guide.text()), "what they take is said before"
    qtbot.mouseClick(guide, Qt.MouseButton.LeftButton, pos=QPoint(8, guide.height() // 2))
    plan = panel.plan()
    assert (plan.sizes, plan.workload) == (PRESETS[at].sizes, PRESETS[at].workload)
    assert plan.steps == PRESETS[at].order.steps(plan.workers)
    qtbot.keyClick(guide, Qt.Key.Key_Space)
    assert (panel.plan().sizes, guide.isEnabled()) == (quick, True)
    assert box.currentIndex() == at
    panel.set_plan(Plan.make([size // 50 for size in PRESETS[at].sizes], PRESETS[at].workload, steps=PRESETS[at].order))
    assert (box.currentIndex(), guide.isChecked()) == (at, False), "quick on a slower machine"


@pytest.mark.parametrize("order", list(Order))
def test_every_order_can_be_chosen(panel: PlanPanel, order: Order) -> None:
    combo(panel, "steps").setCurrentIndex(list(Order).index(order))
    assert panel.plan().steps == order.steps(4)
    assert panel.plan().by_hand is (order is Order.BY_HAND)


def test_steps_of_ones_own(panel: PlanPanel, qtbot: QtBot) -> None:
    spin(panel).setValue(1)
    text = combo(panel, "steps").lineEdit()
    assert text is not None
    write(qtbot, text, "start 1; alive 1; join 1 0.5")
    assert panel.plan().steps == (Step(Verb.START, 1), Step(Verb.ALIVE, 1), Step(Verb.JOIN, 1, 0.5))
    assert combo(panel, "steps").currentText() == "start 1; alive 1; join 1 0.5"
    write(qtbot, text, "join 1")
    assert panel.problem() == "'join 1': worker 1 is not started by then."
    assert label_text(panel, "plan_total") == panel.problem()
    assert text.palette().text().color().name() == LIGHT.bad
    write(qtbot, field(panel, "size_1"), "x")
    assert label_text(panel, "plan_total").endswith(
        "'join 1': worker 1 is not started by then."
    )  # what is wrong with the sizes does not hide what is wrong with the steps
    write(qtbot, field(panel, "size_1"), "1M")
    write(qtbot, text, "start*; join*")
    assert panel.problem() == ""
    assert "of 64 GB available" in label_text(panel, "plan_total")
    assert text.palette().text().color().name() != LIGHT.bad


def test_the_workload_decides_what_a_size_counts(panel: PlanPanel, qtbot: QtBot) -> None:
    spin(panel).setValue(1)
    combo(panel, "workload").setCurrentText("sleep")
    assert field(panel, "size_1").text() == "10 s"
    write(qtbot, field(panel, "size_1"), "1.5 s")
    assert panel.plan() == Plan.make([1_500_000], Workload.SLEEP, panel.plan().start_method)
    combo(panel, "workload").setCurrentText("allocate")
    assert panel.plan().sizes == (1_500_000,)
    assert field(panel, "size_1").text() == "1.5 MB"


def test_only_the_start_methods_of_this_system_are_offered(
    qtbot: QtBot, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    made = PlanPanel(memory.look)
    qtbot.addWidget(made)
    box = combo(made, "start_method")
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    assert [model.item(at).isEnabled() for at in range(box.count())] == [False, True, False]
    assert made.plan().start_method is StartMethod.SPAWN


@pytest.mark.parametrize(
    "plan",
    [
        Plan.make([1, 2, 3], Workload.SPIN, StartMethod.SPAWN, Order.ASK_BETWEEN),
        Plan.make([5_000], Workload.ALLOCATE, StartMethod.FORK, "start 1; kill 1; join 1 2"),
        Plan.make([12_345_678] * 64, Workload.SORT_PID, StartMethod.FORKSERVER, Order.BY_HAND),
    ],
)
def test_a_plan_that_is_set_comes_back(panel: PlanPanel, plan: Plan) -> None:
    spy = QSignalSpy(panel.plan_changed)
    panel.set_plan(plan)
    assert panel.plan() == plan
    assert spy.count() == 1


def test_a_plan_that_does_not_fit_is_refused_with_figures(panel: PlanPanel, memory: Memory, qtbot: QtBot) -> None:
    assert not override(panel).isVisible()
    memory.available_bytes = 4 * GB
    panel.look_again()
    assert "4 GB" in panel.problem()
    assert label_text(panel, "plan_total") == panel.problem()
    assert panel.plan().sizes == UNEVEN
    red = [note for note in panel.findChildren(Note) if note.isVisible() and note.tone is Tone.BAD]
    assert [note.objectName() for note in red if note.objectName()] == ["plan_total"]
    assert len(red) == 2  # the sum, and the one size of 70M that would not fit by itself
    qtbot.mouseClick(override(panel), Qt.MouseButton.LeftButton, pos=QPoint(8, override(panel).height() // 2))
    assert panel.override
    assert panel.problem() == ""
    memory.available_bytes = 64 * GB
    panel.look_again()
    assert not panel.override
    assert not override(panel).isVisible()
    assert panel.problem() == ""
    memory.available_bytes = 4 * GB
    panel.look_again()
    assert not panel.override  # it was meant for that time only


@pytest.mark.parametrize("why", ["memory", "time"])
def test_what_does_not_fit_is_made_to_fit(panel: PlanPanel, memory: Memory, qtbot: QtBot, why: str) -> None:
    panel.set_plan(Plan.make([50_000, 20_000], Workload.SLEEP))
    assert not button(panel, "make_it_fit").isVisible()
    if why == "memory":
        memory.available_bytes = 4 * GB
        whole = Plan.make(UNEVEN, Workload.SORT)
    else:
        whole = Plan.make([900_000_000, 300_000_000], Workload.SLEEP)
    panel.set_plan(whole)
    assert bool(panel.problem()) == (why == "memory")
    offer = button(panel, "make_it_fit")
    assert offer.isVisible()
    qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    made = panel.plan()
    assert panel.problem() == ""
    assert estimate.fits(made, memory.look())
    assert not offer.isVisible()
    assert made.sizes[0] / made.sizes[1] == whole.sizes[0] / whole.sizes[1]
    panel.edits.undo()
    assert panel.plan() == whole
    assert offer.isVisible()


def test_the_estimates_are_said(panel: PlanPanel) -> None:
    assert "of 64 GB available" in label_text(panel, "plan_total")
    assert "2 cores" in label_text(panel, "plan_total")


def test_during_a_run_the_controls_stay_usable_and_a_note_says_what_they_do(
    panel: PlanPanel, memory: Memory, qtbot: QtBot
) -> None:
    panel.set_running(True)
    assert label_text(panel, "running_note") == DURING_A_RUN
    memory.available_bytes = 1 * GB  # the run itself has taken it
    write(qtbot, field(panel, "size_1"), "20M")
    assert panel.plan().sizes[0] == 20_000_000
    assert panel.problem() == ""
    panel.set_running(False)
    assert label_text(panel, "running_note") == ""
    assert "1 GB" in panel.problem()


def test_nothing_is_cut_at_its_narrowest(panel: PlanPanel, memory: Memory) -> None:
    memory.available_bytes = 4 * GB
    spin(panel).setValue(64)
    panel.look_again()
    panel.resize(panel.minimumSizeHint().width(), 640)
    assert panel.width() <= 320
    for widget in [*panel.findChildren(QLabel), *panel.findChildren(QCheckBox)]:
        if widget.isVisible() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.width() >= widget.sizeHint().width(), widget.text()
    for edit in panel.findChildren(QLineEdit):
        if edit.objectName().startswith("size_") and edit.isVisible():
            assert edit.width() >= edit.fontMetrics().horizontalAdvance(edit.text()) + 8


def test_every_control_has_a_name_for_a_screen_reader(panel: PlanPanel) -> None:
    controls = [*panel.findChildren(QSlider), *panel.findChildren(QSpinBox), *panel.findChildren(QComboBox)]
    assert all(control.accessibleName() for control in controls)
    assert all(edit.accessibleName() for edit in panel.findChildren(QLineEdit) if edit.objectName().startswith("size"))


def test_the_labels_lead_to_their_controls(panel: PlanPanel) -> None:
    buddies = {label.text(): label.buddy() for label in panel.findChildren(QLabel) if label.buddy() is not None}
    assert buddies["Wor&kers"] is spin(panel)
    assert buddies["&1"] is field(panel, "size_1")
    mnemonics = [text[text.index("&") + 1].lower() for text in buddies if "&" in text]
    assert len(mnemonics) == len(set(mnemonics))


def test_tab_goes_from_the_top_to_the_bottom(panel: PlanPanel, qtbot: QtBot) -> None:
    spin(panel).setValue(2)
    panel.activateWindow()
    combo(panel, "presets").setFocus()
    visited = []
    for _ in range(14):
        now = panel.focusWidget()
        assert now is not None
        name = now.objectName()
        visited.append(name)
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    assert visited == [
        "presets",
        "workload",
        "worker_count_slider",
        "worker_count",
        "engine",
        "start_method",
        "steps",
        "size_all",
        "size_all_text",
        "uneven",
        "size_1_slider",
        "size_1",
        "size_2_slider",
        "size_2",
    ]


def test_it_takes_a_palette(panel: PlanPanel, memory: Memory) -> None:
    memory.available_bytes = GB
    panel.look_again()
    panel.set_palette(DARK)
    total = find(panel, Note, "plan_total")
    assert total.palette().windowText().color().name() == DARK.bad_text


@pytest.mark.parametrize("points", [9, 11, 13])
def test_at_the_width_it_asks_for_no_choice_is_cut(
    qtbot: QtBot, memory: Memory, qapp: QApplication, points: int
) -> None:
    before = qapp.font()
    font = QFont(before)
    font.setPointSize(points)
    qapp.setFont(font)
    try:
        panel = PlanPanel(memory.look)
        qtbot.addWidget(panel)
        panel.resize(panel.sizeHint().width(), 700)
        panel.show()
        for name in ("presets", "workload", "start_method", "steps"):
            chooser = combo(panel, name)
            assert isinstance(chooser, Chooser)
            assert chooser.width() >= chooser.whole_px, name
    finally:
        qapp.setFont(before)


def test_the_slider_of_all_changes_different_sizes_in_proportion_and_equal_ones_alike(qtbot: QtBot) -> None:
    panel = PlanPanel()
    qtbot.addWidget(panel)
    panel.set_plan(Plan.make([40_000_000, 60_000_000, 20_000], Workload.SORT, StartMethod.FORK))
    slider = find(panel, QSlider, "size_all")
    field = find(panel, QLineEdit, "size_all_text")
    slider.setFocus()
    for _ in range(10):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert panel.plan().sizes == (4_000_000, 6_000_000, 10_000), "a tenth, and no less than a slider can show"
    assert (field.text(), field.placeholderText()) == ("", "mixed")
    for _ in range(10):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert panel.plan().sizes == (40_000_000, 60_000_000, 20_000), "there and back again, nothing is lost"
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "5M")
    assert panel.plan().sizes == (5_000_000, 5_000_000, 5_000_000)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert len(set(panel.plan().sizes)) == 1


def test_another_workload_leaves_different_sizes_mixed(qtbot: QtBot) -> None:
    panel = PlanPanel()
    qtbot.addWidget(panel)
    panel.set_plan(Plan.make([1_000_000, 7_000_000, 4_000_000], Workload.SORT, StartMethod.FORK))
    box = find(panel, QComboBox, "workload")
    box.setFocus()
    box.setCurrentText("sleep")
    field = find(panel, QLineEdit, "size_all_text")
    assert (field.text(), field.placeholderText()) == ("", "mixed")
    assert panel.plan().sizes == (1_000_000, 7_000_000, 4_000_000)


def test_a_cluster_carries_out_the_same_plan(panel: PlanPanel) -> None:
    engine, address = combo(panel, "engine"), find(panel, QLineEdit, "engine_address")
    before = panel.plan()
    assert (before.engine, address.isVisible(), combo(panel, "start_method").isEnabled()) == ("local", False, True)
    engine.setCurrentIndex(1)
    assert panel.plan() == dataclasses.replace(before, engine="dask")
    assert not combo(panel, "start_method").isEnabled()
    engine.setCurrentIndex(2)
    assert address.isVisible()
    assert "tcp://HOST:PORT is meant" in panel.problem()
    address.setText("10.0.0.5:8786")
    assert panel.plan() == dataclasses.replace(before, engine="dask=tcp://10.0.0.5:8786")
    panel.edits.undo()
    assert (panel.plan(), engine.currentIndex(), address.isVisible()) == (before, 0, False)
    panel.set_plan(dataclasses.replace(before, engine="dask=tls://host:1"))
    assert (engine.currentIndex(), address.text()) == (2, "tls://host:1")


def test_without_dask_the_choice_says_how_to_get_it(panel: PlanPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.plan.plan_engines.find_spec", lambda name: None)
    combo(panel, "engine").setCurrentIndex(1)
    assert panel.problem() == "A Dask cluster takes the package distributed: pip install 'procession[dask]'."
    assert panel.problem() in label_text(panel, "plan_total")
    combo(panel, "engine").setCurrentIndex(0)
    assert panel.problem() == ""


def test_a_kill_in_the_steps_is_refused_on_a_cluster(panel: PlanPanel) -> None:
    combo(panel, "steps").setEditText("start 1; kill 1")
    assert panel.problem() == ""
    combo(panel, "engine").setCurrentIndex(1)
    assert "cannot be killed" in panel.problem()
