"""The timeline view as the window uses it: headers, overview and chart of one run. The window's thread.

The view reads a Timeline and asks for things by signals; it touches no process. The window's frame clock calls `refresh`:
everything that changed since the last frame makes one repaint.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.drawing.overlay import Guess
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.interaction.interaction import Interaction
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.keys import Action
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.chart.state.chart_state import ChartState
from desktop.chart.widgets.start_page import StartPage
from desktop.facts.naming import name_of
from desktop.facts.selection import Selection
from desktop.look.palette import Palette
from workers.timeline.timeline import Timeline

_TEXT_NS = 100_000_000
"""The durations written in open bars are at most this old."""

_FEW = 200
"""With fewer rows the headers are laid out again whenever a name may have become known."""


class TimelineView(QWidget):
    """Shows one run."""

    selected = Signal(object)  # the Selection that the user made here, or None
    drag_ended = Signal()  # the user stopped measuring an interval with the mouse
    moved = Signal()  # another interval is in view
    laid_out = Signal()  # the headers may need another width
    hovered = Signal(str)  # every fact of what is under the pointer
    follow_changed = Signal(bool)
    path_shown = Signal(bool)  # whether the critical path is shown
    verb_requested = Signal(int, str)  # a process's id, and the verb to carry out
    start_requested = Signal()
    learn_requested = Signal()  # a lesson is to begin
    script_requested = Signal()  # a script is to be opened
    run_requested = Signal(str)  # a kept run is to be opened, by its folder
    mark_change_requested = Signal(object, object)  # the old Bookmark and the new one, None for neither
    copy_requested = Signal()  # a picture of the part in view is to be copied
    keys_requested = Signal()  # the key sheet is to be shown
    said = Signal(str)  # a sentence for the user

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = ChartDisplay(self, palette)
        self._interaction = Interaction(self._display)
        self._known = (-1, -1, False)
        self.setFocusProxy(self._display.layout.canvas)
        self._connect()
        self.set_palette(palette)

    def _connect(self) -> None:
        display, interaction = self._display, self._interaction
        display.selected.connect(self.selected)
        display.moved.connect(self.moved)
        display.laid_out.connect(self.laid_out)
        display.follow_changed.connect(self.follow_changed)
        interaction.hovered.connect(self.hovered)
        interaction.verb_requested.connect(self.verb_requested)
        interaction.mark_change_requested.connect(self.mark_change_requested)
        interaction.said.connect(self.said)
        interaction.path.changed.connect(self.path_shown)
        interaction.copy_requested.connect(self.copy_requested)
        interaction.keys_requested.connect(self.keys_requested)
        page = display.layout.start_page
        page.start.clicked.connect(self._on_start_clicked)
        page.learn_requested.connect(self.learn_requested)
        page.script_requested.connect(self.script_requested)
        page.run_requested.connect(self.run_requested)
        display.layout.canvas.drag_ended.connect(self.drag_ended)

    # The run

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another run, from its beginning and followed; None: the empty page."""
        self._display.set_timeline(timeline)
        self._interaction.searching.forget()
        self._known = (-1, -1, False)
        if timeline is None:
            self.redraw()
        else:
            self.refresh()
        self._interaction.going_back.forget()

    def refresh(self) -> None:
        """Show what the timeline learned since the last call. Costs nothing when none of it would show."""
        display, state = self._display, self._display.state
        timeline = state.timeline
        if timeline is None:
            return
        known = timeline.revision, timeline.now_ns, timeline.ended
        behind = state.behind or self._interaction.searching.behind
        if known == self._known and not behind:
            return
        news = known[0] != self._known[0] or known[2] != self._known[2] or behind
        if not news and known[1] - self._known[1] < min(self.scale.ns_per_px, _TEXT_NS):
            return  # the bars would grow by less than a pixel: the workers need the cores
        self._known = known
        if news:
            display.layout.show_work(timeline)
            rows = state.rows
            state.take_in()
            self._interaction.searching.take_news()
            if rows is not state.rows or len(rows) < _FEW:
                display.lay_out()
        if state.camera.grown(timeline.now_ns, not timeline.ended):
            display.move_view()
        else:
            display.redraw()

    @property
    def state(self) -> ChartState:
        """What is shown: the run, its rows, the interval in view, the selection."""
        return self._display.state

    def set_problem(self, problem: str, *, script: bool = False) -> None:
        """Show on the empty page why Start cannot run the plan, or the script; empty when it can."""
        self._display.layout.start_page.set_problem(problem, script=script)

    @property
    def start_page(self) -> StartPage:
        """What is shown while there is no run."""
        return self._display.layout.start_page

    # The selection

    def select(self, selection: Selection | None) -> None:
        """Show a selection that was made elsewhere, or none. `selected` is not emitted."""
        self._display.choose(selection, announce=False)

    def choose(self, selection: Selection | None) -> None:
        """Select something, or nothing, as the user does here. `selected` is emitted."""
        self._display.choose(selection)

    @property
    def held(self) -> int:
        """The id of the process whose lane has the keyboard; 0 for none."""
        row = self.state.held_row
        return 0 if row is None else row.process

    def hold(self, process: int) -> None:
        """Give the keyboard to the lane of a process, if it has one. The selection stays."""
        self.state.row = self.state.rows.index_of(process)
        self.redraw()

    @property
    def dragging(self) -> bool:
        """Whether the user is measuring an interval with the mouse now."""
        return self._display.layout.canvas.sweeping

    def reveal(self, selection: Selection) -> None:
        """Scroll and pan as little as brings something into view."""
        self._interaction.revealing.reveal(selection)
        timeline = self.state.timeline
        if timeline is not None and selection.process in self.state.arrangement.hidden:
            self.said.emit(f"The filter hides the lane of {name_of(timeline, selection.process)}.")

    def show_interval(self, selection: Selection, t0_ns: int, t1_ns: int | None) -> None:
        """Show an interval of a thing's lane, large enough to be seen and whole, with as little movement as that takes.
        t1_ns: None = until now."""
        self._interaction.revealing.show_interval(selection, t0_ns, t1_ns)

    def show_place(self, selection: Selection) -> None:
        """Scroll as little as shows the lane of something. The interval in view stays."""
        self._interaction.revealing.show_place(selection)

    # Keys and menus

    def act(self, action: Action) -> None:
        """Do what a key of the timeline does."""
        self._interaction.act(action)

    def search(self) -> None:
        """Open the search bar."""
        self.act(Action.SEARCH)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """Set the source of what can be done to a process, by its id. It is asked each time a menu opens, and by
        `show_verbs`."""
        self._interaction.set_verbs(provider)
        self._display.lay_out()
        self.redraw()

    def show_verbs(self) -> None:
        """Show what can be done to the processes now: that may have changed."""
        self._interaction.show_verbs()

    def lane_actions(self) -> list[QAction]:
        """The actions of the lanes' menu, for the command palette."""
        return self._display.layout.lane_tools.menu_actions

    # The lanes

    @property
    def arrangement(self) -> Arrangement:
        """How the lanes are arranged: folded, filtered, sorted, pinned, and how high they are."""
        return self.state.arrangement

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange the lanes in another way."""
        self._display.arrange(arrangement)

    @property
    def scroll_px(self) -> int:
        """How far the lanes are scrolled."""
        return self._display.layout.scroll.value()

    def scroll_to(self, scroll_px: int) -> None:
        """Scroll the lanes, as far as there are any."""
        self._display.layout.scroll.setValue(scroll_px)

    # The interval in view

    @property
    def follow(self) -> bool:
        """Whether the view keeps showing the whole of a live run."""
        return self._display.follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        self._display.follow = follow

    def fit(self) -> None:
        """Show the whole run. Following stays on or off."""
        self._display.fit()

    def show_time(self, t0_ns: int, t1_ns: int) -> None:
        """Show this interval, as near as the bounds allow; following ends."""
        if self.state.camera.show(t0_ns, t1_ns):
            self._display.moved_by_hand()

    def bring_into_view(self, at_ns: int) -> None:
        """Move within the bounds, and show this moment, in the middle if it was out of view."""
        camera = self.state.camera
        moved = camera.show(camera.t0_ns, camera.t1_ns)
        if not camera.t0_ns <= at_ns <= camera.t1_ns:
            moved = camera.centre(at_ns) or moved
        if moved:
            self._display.moved_by_hand()

    def moved_by_hand(self) -> None:
        """Show where the user moved the camera, and whether that ended following."""
        self._display.moved_by_hand()

    @property
    def scale(self) -> TimeScale:
        """The interval in view over the width of the canvas."""
        return self._display.scale

    # Two views on one axis

    @property
    def headers_px(self) -> int:
        """The width that the headers need."""
        return self._display.headers_px

    def stand_beside(self, headers_px: int) -> None:
        """Leave room for another timeline above or below, on the same axis. headers_px: the least width of the headers."""
        self._display.layout.show_lanes_alone()
        self._display.set_least_headers_px(headers_px)

    def align(self, at_ns: int | None) -> None:
        """Draw a line at the moment at which this run is aligned with another; None: no line."""
        self.state.aligned_ns = at_ns
        self.redraw()

    # Drawing

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._display.set_palette(palette)

    @property
    def unit_px(self) -> float:
        """How many pixels a unit of the chart takes."""
        return self._display.unit_px

    def shown(self) -> PictureExtent:
        """The part of the run in view, for a picture of it."""
        return self._display.extent()

    def show_guesses(self, guesses: Sequence[Guess]) -> None:
        """Draw these predictions beside what happened, until another run is shown."""
        self.state.guesses = tuple(guesses)
        self.redraw()

    def redraw(self) -> None:
        """Paint again, at the next frame."""
        self._display.redraw()

    @property
    def at_rest(self) -> bool:
        """Whether the view has been as it is for a moment, so that one can go back to it."""
        return self._interaction.going_back.at_rest

    def forget_frames(self) -> None:
        """Keep nothing of earlier frames: the next one is computed whole."""
        self._display.forget_frames()

    def changeEvent(self, event: QEvent) -> None:
        """Draw as large as the letters of the application, whenever those change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._display.take_letters()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the headers to the new width."""
        super().resizeEvent(event)
        self._display.lay_out()

    def _on_start_clicked(self) -> None:
        self.start_requested.emit()
