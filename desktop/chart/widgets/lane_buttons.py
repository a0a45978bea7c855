"""The buttons in the headers of a run by hand: start, is alive?, join and terminate for each worker. The window's thread.

They lie on the headers as widgets of their own, so that a screen reader finds them and Qt explains them. They take no focus: on
the keyboard the keys of the selected lane do the same. Only lanes in view have some, and those are used again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.chart.drawing.chart_style import tooltip
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette

BUTTON_PX = 22
_LEAST_PX = 12
_ICONS = {"start": Icon.START, "alive": Icon.IS_ALIVE, "join": Icon.JOIN, "terminate": Icon.STOP}
BUTTONS_PX = BUTTON_PX * len(_ICONS) + 4
"""The width that the buttons of a lane take, in units of the chart."""


@dataclass(frozen=True, slots=True)
class ButtonState:
    """One button. text: the call that it makes. why_not: a sentence while it cannot, empty while it can. key: its key."""

    verb: str
    text: str
    why_not: str
    key: str


class LaneButtons(QObject):
    """The buttons of all lanes in view. requested: a process's id and a verb."""

    requested = Signal(int, str)
    VERBS = tuple(_ICONS)

    def __init__(self, headers: QWidget) -> None:
        super().__init__(headers)
        self._headers = headers
        self._lanes: list[_Lane] = []
        self._icons: dict[str, QIcon] = {}
        self._style = ""
        self.set_palette(LIGHT)

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self._icons = {verb: make_icon(icon, palette) for verb, icon in _ICONS.items()}
        self._style = (
            "QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 0; background: transparent; }"
            f"QToolButton:hover:enabled {{ background: {palette.button}; border-color: {palette.line}; }}"
            f"QToolButton:pressed {{ background: {palette.line}; }}"
        )
        for lane in self._lanes:
            lane.set_look(self._icons, self._style)

    def place(self, boxes: Sequence[tuple[int, QRect]], unit_px: float) -> None:
        """Show buttons at the right edge of these boxes, and nowhere else. boxes: each with the id of its process.

        A process keeps its buttons while it has a box: one that is pressed while the lanes move must not become another's.
        """
        wanted = {process for process, _ in boxes}
        kept = {lane.process: lane for lane in self._lanes if lane.process in wanted}
        spare = [lane for lane in self._lanes if lane.process not in wanted]
        for process, box in boxes:
            lane = kept.get(process) or (spare.pop() if spare else self._add_lane())
            lane.place(process, box, unit_px)
        for lane in spare:
            lane.hide()

    def _add_lane(self) -> "_Lane":
        lane = _Lane(self._headers)
        lane.pressed.connect(self.requested)
        lane.set_look(self._icons, self._style)
        self._lanes.append(lane)
        return lane

    @property
    def processes(self) -> list[int]:
        """The ids of the processes whose buttons are shown."""
        return [lane.process for lane in self._lanes if lane.process]

    def show_states(self, process: int, name: str, states: Sequence[ButtonState]) -> None:
        """Enable and explain the buttons of one process, if they are shown. name: of the process."""
        for lane in self._lanes:
            if lane.process == process:
                lane.show_states(name, states)


class _Lane(QObject):
    """The buttons of one lane. process: its id; 0 while they are hidden. pressed: as `LaneButtons.requested`."""

    pressed = Signal(int, str)

    def __init__(self, headers: QWidget) -> None:
        super().__init__(headers)
        self.process = 0
        self._held = 0  # the process for which a button was pressed down
        self._buttons = {verb: _button(headers) for verb in _ICONS}
        for verb, button in self._buttons.items():
            button.pressed.connect(self._on_pressed)
            button.clicked.connect(partial(self._on_clicked, verb))

    def set_look(self, icons: dict[str, QIcon], style: str) -> None:
        for verb, button in self._buttons.items():
            button.setIcon(icons[verb])
            button.setStyleSheet(style)

    def place(self, process: int, box: QRect, unit_px: float) -> None:
        most = round(BUTTON_PX * unit_px)
        high = min(most, box.height() - 2)
        if high < _LEAST_PX * unit_px:
            self.hide()
            return
        self.process = process
        left = box.right() - round(BUTTONS_PX * unit_px)
        for at, (verb, button) in enumerate(self._buttons.items()):
            button.setObjectName(f"lane_{verb}_{process}")
            button.setIconSize(QSize(high * 3 // 4, high * 3 // 4))
            button.setGeometry(left + at * most, box.top() + (box.height() - high) // 2, most, high)
            button.show()

    def hide(self) -> None:
        self.process = self._held = 0
        for button in self._buttons.values():
            button.hide()
            button.setObjectName("")  # the name belongs to a process

    def show_states(self, name: str, states: Sequence[ButtonState]) -> None:
        for state in states:
            button = self._buttons[state.verb]
            button.setEnabled(not state.why_not)
            button.setAccessibleName(state.text)
            button.setAccessibleDescription(state.why_not or f"Key on the lane of {name}: {state.key}")
            button.setToolTip(
                tooltip(f"{state.text}\n{state.why_not}" if state.why_not else f"{state.text} ({state.key})")
            )

    def _on_pressed(self) -> None:
        self._held = self.process

    def _on_clicked(self, verb: str) -> None:
        if self.process and self.process == self._held:
            self.pressed.emit(self.process, verb)


def _button(headers: QWidget) -> QToolButton:
    button = QToolButton(headers)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setCursor(Qt.CursorShape.ArrowCursor)
    button.hide()
    return button
