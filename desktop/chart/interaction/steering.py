"""Steering the processes of a run by hand from their lanes: by the buttons in the headers, and by keys. The window's thread."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, Signal

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.geometry.chart_unit import scaled
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.interaction.menus import Menus
from desktop.chart.keys import BINDINGS, Action
from desktop.chart.widgets.lane_buttons import ButtonState, LaneButtons
from desktop.facts.naming import name_of
from desktop.facts.selection import ProcessSelection

VERB_OF = {
    Action.START_IT: "start",
    Action.ASK_IT: "alive",
    Action.JOIN_IT: "join",
    Action.TERMINATE_IT: "terminate",
}
_KEYS = {VERB_OF[one.action]: one.keys[0] for one in BINDINGS if one.action in VERB_OF}
_NO_PROCESS = "Select the lane of a process first."
_NOT_HERE = "Only the workers of a plan can be told to do this. A menu of the lane has what can be done here."


class Steering(QObject):
    """Shows what can be done to each process in its header, and asks for it.

    verb_requested: a process's id and a verb. said: one sentence, why a key does nothing.
    """

    verb_requested = Signal(int, str)
    said = Signal(str)

    def __init__(self, display: ChartDisplay, menus: Menus) -> None:
        super().__init__(display)
        self._display, self._menus = display, menus
        self._buttons: LaneButtons = display.layout.headers.buttons
        self._placed: object = None
        self._buttons.requested.connect(self._on_requested)
        display.redrawn.connect(self._place)

    def show_verbs(self) -> None:
        """What can be done may have changed."""
        timeline = self._display.state.timeline
        if timeline is None:
            return
        for process in self._buttons.processes:
            choices = self._menus.choices(process)
            states = [
                ButtonState(one.verb, one.text, "" if one.enabled else one.why_not, _KEYS[one.verb])
                for one in choices
                if one.verb in _KEYS
            ]
            self._buttons.show_states(process, name_of(timeline, process), states)

    def press(self, action: Action) -> None:
        """Do to the process of the lane that has the keyboard what a key asks for, or say why not."""
        held = self._display.state.held_row
        process = 0 if held is None or held.helpers_of else held.owner
        choice = _choice(self._menus.choices(process) if process else (), VERB_OF[action])
        if not process:
            self.said.emit(_NO_PROCESS)
        elif choice is None:
            self.said.emit(_NOT_HERE)
        elif not choice.enabled:
            self.said.emit(choice.why_not)
        else:
            self.verb_requested.emit(process, choice.verb)

    def _place(self) -> None:
        """Put the buttons where their lanes are."""
        state, headers = self._display.state, self._display.layout.headers
        if not headers.has_buttons:
            if self._buttons.processes:
                self._buttons.place((), 1.0)
            self._placed = None
            return
        timeline, rows, scroll_px = state.timeline, state.rows, self._display.layout.scroll.value()
        placed = timeline, rows, scroll_px, headers.size(), self._display.unit_px
        if timeline is None or placed == self._placed:
            return
        self._placed = placed
        unit_px = self._display.unit_px
        boxes = []
        for index in rows.shown(scroll_px, headers.height() / unit_px):
            row = rows[index]
            top = rows.y(row, scroll_px)
            if (
                not row.process
                or timeline.process(row.process).worker is None
                or (not row.pinned and top < rows.pinned_px)
            ):
                continue
            box = QRectF(0, top, headers.width() / unit_px, row.height_px)
            boxes.append((row.process, scaled(box, unit_px).toAlignedRect()))
        self._buttons.place(boxes, unit_px)
        self.show_verbs()

    def _on_requested(self, process: int, verb: str) -> None:
        display = self._display
        display.layout.canvas.setFocus()
        display.state.row = display.state.rows.index_of(process)  # keys go on from there
        if display.state.selection is None:
            display.redraw()  # the details would move the button away from the pointer
        else:
            display.choose(ProcessSelection(process))  # they are shown already: of the lane that keys act on
        self.verb_requested.emit(process, verb)


def _choice(choices: Sequence[VerbChoice], verb: str) -> VerbChoice | None:
    return next((one for one in choices if one.verb == verb), None)
