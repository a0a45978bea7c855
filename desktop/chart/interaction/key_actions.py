"""What the keys do in the timeline view; `desktop.chart.keys` binds them. The window's thread."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.going_back import GoingBack
from desktop.chart.interaction.marking import Marking
from desktop.chart.interaction.measuring import Measuring
from desktop.chart.interaction.menus import Menus
from desktop.chart.interaction.path_showing import PathShowing
from desktop.chart.interaction.pointer import Pointer
from desktop.chart.interaction.revealing import Revealing
from desktop.chart.interaction.searching import Searching
from desktop.chart.interaction.steering import VERB_OF, Steering
from desktop.chart.keys import Action
from desktop.chart.state.chart_state import whole
from desktop.facts.selection import ProcessSelection, Selection

_ZOOM, _FAST_ZOOM = 0.8, 0.5
_PAN, _FAST_PAN = 0.1, 0.5
_WALKING = frozenset(
    (Action.UP, Action.DOWN, Action.PAGE_UP, Action.PAGE_DOWN, Action.PREVIOUS, Action.NEXT, Action.LEFT, Action.RIGHT,
     Action.NEXT_MARK, Action.EXTEND_EARLIER, Action.EXTEND_LATER, Action.MEASURE)
)  # fmt: skip
"""The keys that move what is selected: after them a new mark is set there, and not at the pointer."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the interaction that keys act on."""

    arranging: Arranging
    going_back: GoingBack
    marking: Marking
    measuring: Measuring
    menus: Menus
    path: PathShowing
    pointer: Pointer
    revealing: Revealing
    searching: Searching
    steering: Steering


class KeyActions(QObject):
    """Carries out the actions of keys, and of the command palette."""

    copy_requested = Signal()
    keys_requested = Signal()

    def __init__(self, display: ChartDisplay, parts: Parts) -> None:
        super().__init__(display)
        self._display, self._layout, self._parts = display, display.layout, parts
        self._centred: Selection | None = None
        self._table = self._actions()
        display.layout.canvas.acted.connect(self.act)
        display.chosen.connect(self._on_chosen)

    def act(self, action: Action, fast: bool = False) -> None:
        """Carry out an action. fast: Shift asks for more of it. Without a run only the key sheet can be shown."""
        if action is Action.KEYS:
            self.keys_requested.emit()
        if self._display.state.timeline is None:
            return
        if action in _WALKING:
            self._parts.pointer.active = False
        self._parts.pointer.hide_tooltip()  # it would cover what the key does
        if action is not Action.KEYS:
            self._table[action](fast)

    def _actions(self) -> dict[Action, Callable[[bool], None]]:
        """What carries out each action; the argument is `fast`."""
        parts = self._parts
        return {
            Action.ZOOM_IN: self._zoom_in,
            Action.ZOOM_OUT: self._zoom_out,
            Action.EARLIER: lambda fast: self._pan(1, fast),
            Action.LATER: lambda fast: self._pan(-1, fast),
            Action.CENTRE: self._centre,
            Action.FIT: lambda _: self._display.fit(),
            Action.FOLLOW: self._follow,
            Action.CLEAR: self._clear,
            Action.UP: lambda _: self._move_row(-1),
            Action.DOWN: lambda _: self._move_row(1),
            Action.PAGE_UP: lambda _: self._move_row(-self._page),
            Action.PAGE_DOWN: lambda _: self._move_row(self._page),
            Action.PREVIOUS: lambda _: self._step(-1),
            Action.NEXT: lambda _: self._step(1),
            Action.LEFT: self._left,
            Action.RIGHT: self._right,
            Action.OPEN: self._open,
            Action.MENU: lambda _: parts.menus.open_by_key(),
            **{action: lambda _, action=action: parts.steering.press(action) for action in VERB_OF},  # type: ignore[misc]
            Action.MEASURE: lambda _: parts.measuring.measure_selection(),
            Action.EXTEND_EARLIER: lambda _: parts.measuring.extend(-1),
            Action.EXTEND_LATER: lambda _: parts.measuring.extend(1),
            Action.MARK: self._mark,
            Action.NEXT_MARK: lambda fast: parts.marking.step(-1 if fast else 1),
            Action.RENAME_MARK: lambda _: parts.marking.rename(),
            Action.DELETE_MARK: lambda _: parts.marking.delete(),
            Action.SEARCH: lambda _: parts.searching.open(),
            Action.NEXT_MATCH: lambda fast: parts.searching.step(-1 if fast else 1),
            Action.PIN: lambda _: parts.arranging.pin_held(),
            Action.ROW_SIZE: lambda fast: parts.arranging.size(-1 if fast else 1),
            Action.FILTER: lambda _: parts.arranging.filter(),
            Action.BACK: lambda _: parts.going_back.go(-1),
            Action.FORWARD: lambda _: parts.going_back.go(1),
            Action.PATH: lambda _: parts.path.toggle(),
            Action.COPY: lambda _: self.copy_requested.emit(),
        }

    def _on_chosen(self) -> None:
        self._centred = None

    def _zoom_in(self, fast: bool) -> None:
        self._parts.pointer.zoom(_FAST_ZOOM if fast else _ZOOM, self._layout.canvas.pointer_x())

    def _zoom_out(self, fast: bool) -> None:
        self._parts.pointer.zoom(1 / (_FAST_ZOOM if fast else _ZOOM), self._layout.canvas.pointer_x())

    def _pan(self, direction: int, fast: bool) -> None:
        self._parts.pointer.pan((_FAST_PAN if fast else _PAN) * direction * self._display.scale.width_px)

    def _centre(self, _fast: bool) -> None:
        """Bring the selection to the middle; the second time fit it. Without a selection, fit the run."""
        selection = self._display.state.selection
        if selection is None:
            self._display.fit()
        elif self._centred != selection:
            self._parts.revealing.centre_on(selection)
            self._centred = selection
        elif self._display.state.fit(selection):
            self._display.moved_by_hand()

    def _follow(self, _fast: bool) -> None:
        self._display.follow = not self._display.follow

    def _clear(self, _fast: bool) -> None:
        self._display.state.row = None
        self._display.choose(None)

    @property
    def _page(self) -> int:
        """How many rows a page has."""
        state = self._display.state
        return max(1, self._layout.scroll.pageStep() // (state.rows.lane_px or state.arrangement.row_px))

    def _move_row(self, by: int) -> None:
        state = self._display.state
        self._display.choose(state.row_by(by))
        self._parts.revealing.show_row(state.row)

    def _step(self, by: int) -> None:
        """Select the next thing in the lane, or with -1 the previous one."""
        display, state = self._display, self._display.state
        selection, span = state.landmark_by(by)
        display.choose(selection)
        if selection is not None:
            self._parts.revealing.show_place(selection)
        if span is not None and state.camera.reveal(*span):
            display.moved_by_hand()

    @property
    def _on_lane(self) -> bool:
        """Whether a lane as a whole has the keyboard, one that is folded into it, or a row of helpers."""
        selection, held = self._display.state.selection, self._display.state.held_row
        if held is None or selection is None:
            return held is not None
        folded = selection == ProcessSelection(selection.process) and selection.process in held.members
        return selection == whole(held) or folded

    def _left(self, _fast: bool) -> None:
        """On a lane as a whole: fold it, or go to its parent's lane. Otherwise: the previous thing in the lane."""
        state = self._display.state
        if not self._on_lane:
            self._step(-1)
        elif not self._parts.arranging.fold(opened=False) and state.timeline is not None and state.held_row is not None:
            process = state.held_row.process
            parent: int | None = state.held_row.helpers_of or state.held_row.under
            if process:
                parent = state.timeline.process(process).parent_id
            index = None if parent is None else state.rows.index_of(parent)
            if parent is not None and index is not None:
                self._display.choose(ProcessSelection(parent))
                self._parts.revealing.show_row(index)

    def _right(self, _fast: bool) -> None:
        """On a folded lane as a whole: unfold it. Otherwise: the next thing in the lane."""
        if not (self._on_lane and self._parts.arranging.fold(opened=True)):
            self._step(1)

    def _open(self, _fast: bool) -> None:
        state = self._display.state
        held = state.held_row
        if held is not None and held.folds and state.row is not None:
            self._parts.arranging.toggle(state.row)

    def _mark(self, _fast: bool) -> None:
        """Set a mark: at the pointer if that was used last, else at the selection, else in the middle."""
        display, state = self._display, self._display.state
        span = None if state.selection is None else state.interval(state.selection)
        at_pointer = display.scale.at(self._layout.canvas.pointer_x())
        at_ns = at_pointer if self._parts.pointer.active or span is None else span[0]
        self._parts.marking.mark(state.within_run(at_ns))
