"""What a person's keys, mouse and wheel do in the timeline view. The window's thread.

The canvas tells what was pressed, in pixels; here it becomes times, rows and selections, and the view shows them.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Signal
from PySide6.QtWidgets import QToolTip

from desktop.chart.drawing.chart_style import tooltip
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.interaction.marking import Marking
from desktop.chart.interaction.measuring import Measuring
from desktop.chart.interaction.menus import Menus
from desktop.chart.interaction.searching import Searching
from desktop.chart.keys import Action
from desktop.chart.state.chart_state import whole
from desktop.chart.widgets.layout import Layout
from desktop.facts.formatting import format_moment
from desktop.facts.selection import ProcessSelection, Selection
from desktop.facts.visible_text import visible

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

_ZOOM, _FAST_ZOOM = 0.8, 0.5
_PAN, _FAST_PAN = 0.1, 0.5
_WALKING = (
    Action.UP, Action.DOWN, Action.PAGE_UP, Action.PAGE_DOWN, Action.PREVIOUS, Action.NEXT, Action.LEFT, Action.RIGHT,
    Action.NEXT_MARK, Action.EXTEND_EARLIER, Action.EXTEND_LATER, Action.MEASURE,
)  # fmt: skip


class Interaction(QObject):
    """Connects the widgets of a view with what they mean. verb_requested: a process's id and a word from its menu."""

    verb_requested = Signal(int, str)

    def __init__(self, view: "TimelineView", layout: Layout) -> None:
        super().__init__(view)
        self._view = view
        self._layout = layout
        self._centred: Selection | None = None
        self._hovered = ""
        self._told_at: tuple[QPointF, QPoint] | None = None  # where the tooltip is about, and where it is on the screen
        self._held = 0, 0.0  # a moment and a height that stay under the pointer
        self._scroll_rest = 0.0  # what less than a pixel of scrolling is still to come
        self._pointing = False  # whether the pointer, not the keyboard, was used last
        self._marking = Marking(view, layout.mark_editor)
        self._arranging = Arranging(view, layout.lane_tools, layout.headers, layout.no_lanes)
        self._measuring = Measuring(view)
        self._menus = Menus(view, layout, self._arranging, self._marking)
        self._menus.verb_requested.connect(self.verb_requested)
        self.searching = Searching(view, layout.search)
        canvas, headers = layout.canvas, layout.headers
        canvas.zoomed.connect(self._on_zoomed)
        canvas.panned.connect(self._on_panned)
        canvas.scrolled.connect(self._on_scrolled)
        canvas.grabbed.connect(self._on_grabbed)
        canvas.dragged.connect(self._on_dragged)
        canvas.sweep_began.connect(self._measuring.begin)
        canvas.swept.connect(self._measuring.go_on)
        canvas.clicked.connect(self._on_clicked)
        canvas.double_clicked.connect(self._on_double_clicked)
        canvas.pointed.connect(self._on_pointed)
        canvas.menu_asked.connect(self._menus.open_at)
        canvas.acted.connect(self.act)
        headers.clicked.connect(self._on_header_clicked)
        headers.menu_asked.connect(self._menus.open_on_header)
        headers.scrolled.connect(self._on_scrolled)
        layout.overview.moved.connect(self._on_overview_moved)
        layout.live.clicked.connect(self._on_live_clicked)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """What can be done to a process, by its id; asked each time its menu opens."""
        self._menus.set_verbs(provider)

    def forget_centred(self) -> None:
        """The next F centres, whatever was centred before."""
        self._centred = None

    # Wheel and drags

    def _on_zoomed(self, factor: float, x: float) -> None:
        if self._view.state.camera.zoom(factor, self._view.scale.at(x)):
            self._view.moved_by_hand()

    def _on_panned(self, by_px: float) -> None:
        if self._view.state.camera.pan(round(-by_px * self._view.scale.ns_per_px)):
            self._view.moved_by_hand()

    def _on_scrolled(self, by_px: float) -> None:
        wanted = self._layout.scroll.value() + self._scroll_rest + by_px
        self._layout.scroll.setValue(round(wanted))
        # A touchpad turns by less than a pixel at a time; what is beyond an end is not owed.
        self._scroll_rest = wanted - round(wanted)

    def _on_grabbed(self, at: QPointF) -> None:
        self._held = self._view.scale.at(at.x()), at.y() + self._layout.scroll.value()

    def _on_dragged(self, at: QPointF) -> None:
        """Bring what was grabbed back under the pointer. Each move starts from what was grabbed: nothing adds up."""
        self._layout.scroll.setValue(round(self._held[1] - at.y()))
        if self._view.state.camera.pan(self._held[0] - self._view.scale.at(at.x())):
            self._view.moved_by_hand()

    def _on_overview_moved(self, t0_ns: int, t1_ns: int) -> None:
        if self._view.state.camera.show(t0_ns, t1_ns):
            self._view.moved_by_hand()

    def _on_live_clicked(self) -> None:
        self._view.follow = True
        self._layout.canvas.setFocus()

    # Clicks

    def _on_clicked(self, at: QPointF) -> None:
        mark = self._view.mark_at(at.x(), at.y())
        if mark is not None:
            self._marking.choose(mark)
            return
        index, selection = self._view.under(at)
        self._view.state.row = index
        if index is not None and selection is None:
            self._arranging.toggle(index)
        else:
            self._view.choose(selection)

    def _on_double_clicked(self, at: QPointF) -> None:
        if self._view.mark_at(at.x(), at.y()) is not None:
            self._marking.rename()
            return
        _, selection = self._view.under(at)
        if selection is not None and self._view.state.fit(selection):
            self._view.moved_by_hand()

    def _on_pointed(self, at: QPointF | None, where: QPoint | None) -> None:
        self._pointing = at is not None
        self._tell(at, where)

    def _tell(self, at: QPointF | None, where: QPoint | None) -> None:
        text = "" if at is None else self._words_at(at)
        if text != self._hovered:
            self._hovered = text
            self._view.hovered.emit(text)
        if text and at is not None and where is not None:
            self._told_at = at, where
            QToolTip.showText(where, tooltip(text), self._layout.canvas)
        else:
            self._told_at = None
            QToolTip.hideText()

    def look_again(self) -> None:
        """The run went on, or the view moved under a pointer that rests: have the tooltip say what is there now."""
        if self._told_at is None:
            return
        if not QToolTip.isVisible():
            self._told_at = None
        elif self._words_at(self._told_at[0]) != self._hovered:
            self._tell(*self._told_at)

    def _words_at(self, at: QPointF) -> str:
        mark = self._view.mark_at(at.x(), at.y())
        if mark is not None:
            return f"{visible(mark.label)}\n{format_moment(mark.at_ns)}"
        return self._view.state.words(*self._view.under(at))

    def _on_header_clicked(self, index: int) -> None:
        self._layout.canvas.setFocus()
        self._view.state.row = index
        row = self._view.state.rows[index]
        if row.process or row.track:
            self._view.choose(whole(row))
        else:
            self._arranging.toggle(index)

    # Keys

    def act(self, action: Action, fast: bool = False) -> None:
        """Do what a key or a command asks for. Without a run there is nothing to do it to."""
        view, state = self._view, self._view.state
        if action is Action.KEYS:
            view.keys_asked.emit()
        if state.timeline is None:
            return
        if action in _WALKING:
            self._pointing = False
        self._tell(None, None)  # whoever uses keys wants to see what they do
        match action:
            case Action.ZOOM_IN:
                self._on_zoomed(_FAST_ZOOM if fast else _ZOOM, self._layout.canvas.pointer_x())
            case Action.ZOOM_OUT:
                self._on_zoomed(1 / (_FAST_ZOOM if fast else _ZOOM), self._layout.canvas.pointer_x())
            case Action.EARLIER | Action.LATER:
                share = (_FAST_PAN if fast else _PAN) * (1 if action is Action.EARLIER else -1)
                self._on_panned(share * view.scale.width_px)
            case Action.CENTRE:
                self._centre()
            case Action.FIT:
                view.fit()
            case Action.FOLLOW:
                view.follow = not view.follow
            case Action.CLEAR:
                state.row = None
                view.choose(None)
            case Action.UP | Action.DOWN | Action.PAGE_UP | Action.PAGE_DOWN:
                page = max(1, self._layout.scroll.pageStep() // state.arrangement.row_px)
                by = {Action.UP: -1, Action.DOWN: 1, Action.PAGE_UP: -page, Action.PAGE_DOWN: page}[action]
                view.choose(state.row_by(by))
                view.revealing.show_row(state.row)
            case Action.PREVIOUS | Action.NEXT:
                self._step(1 if action is Action.NEXT else -1)
            case Action.LEFT:
                self._left()
            case Action.RIGHT:
                if not (self._on_lane and self._arranging.fold(opened=True)):
                    self._step(1)
            case Action.PIN:
                self._arranging.pin_held()
            case Action.ROW_SIZE:
                self._arranging.size(-1 if fast else 1)
            case Action.FILTER:
                self._arranging.filter()
            case Action.MEASURE:
                self._measuring.measure_selection()
            case Action.EXTEND_EARLIER | Action.EXTEND_LATER:
                self._measuring.extend(1 if action is Action.EXTEND_LATER else -1)
            case Action.OPEN:
                held = state.held_row
                if held is not None and held.folds and state.row is not None:
                    self._arranging.toggle(state.row)
            case Action.MENU:
                self._menus.open_by_key()
            case Action.MARK:
                self._mark()
            case Action.NEXT_MARK:
                self._marking.step(-1 if fast else 1)
            case Action.RENAME_MARK:
                self._marking.rename()
            case Action.DELETE_MARK:
                self._marking.delete()
            case Action.SEARCH:
                self.searching.open()
            case Action.NEXT_MATCH:
                self.searching.step(-1 if fast else 1)
            case Action.COPY:
                view.copy_asked.emit()

    def _centre(self) -> None:
        """F: bring the selection to the middle; F again fits it. Without one, fit the run."""
        selection = self._view.state.selection
        if selection is None:
            self._view.fit()
        elif self._centred != selection:
            self._view.revealing.centre_on(selection)
            self._centred = selection
        elif self._view.state.fit(selection):
            self._view.moved_by_hand()

    def _step(self, by: int) -> None:
        view, state = self._view, self._view.state
        selection, span = state.stop_by(by)
        view.choose(selection)
        if selection is not None:
            view.revealing.show_place(selection)
        if span is not None and state.camera.reveal(*span):
            view.moved_by_hand()

    @property
    def _on_lane(self) -> bool:
        """Whether the keyboard is on a lane as a whole, be it of one that is folded into it, or on a row of helpers."""
        selection, held = self._view.state.selection, self._view.state.held_row
        if held is None or selection is None:
            return held is not None
        return selection == whole(held) or (
            selection == ProcessSelection(selection.process) and selection.process in held.members
        )

    def _left(self) -> None:
        """On a lane as a whole: fold it, or go to its parent's. Else the previous in the lane."""
        state = self._view.state
        if not self._on_lane:
            self._step(-1)
        elif not self._arranging.fold(opened=False) and state.timeline is not None and state.held_row is not None:
            process = state.held_row.process
            parent: int | None = state.held_row.helpers_of or state.held_row.under
            if process:
                parent = state.timeline.process(process).parent_id
            index = None if parent is None else state.rows.index_of(parent)
            if parent is not None and index is not None:
                self._view.choose(ProcessSelection(parent))
                self._view.revealing.show_row(index)

    def _mark(self) -> None:
        """A new mark: at the pointer, or with the keyboard at what is selected, or in the middle."""
        view, state = self._view, self._view.state
        span = None if state.selection is None else state.interval(state.selection)
        pointer = self._layout.canvas.pointer_x()
        at_ns = view.scale.at(pointer) if self._pointing or span is None else span[0]
        self._marking.mark(state.within_run(at_ns))
