"""What the user does to arrange the lanes: fold, filter, sort, pin, size. The window's thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.geometry.arrangement import LEAST_ROW_PX, MOST_ROW_PX, Arrangement
from desktop.chart.geometry.row import Row
from desktop.chart.widgets.lane_tools import next_height
from workers.timeline.model import ProcessKind


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """One entry of a lane's menu that arranges the lanes. text: with its key. run: what it does."""

    text: str
    run: Callable[[], None]


class Arranging(QObject):
    """Connects the tools in the corner and the headers with the arrangement of the lanes."""

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        layout = display.layout
        tools, headers = layout.lane_tools, layout.headers
        self._display, self._tools = display, tools
        tools.filtered.connect(self._on_filtered)
        tools.arranged.connect(self._on_arranged)
        tools.folded.connect(self.fold_all)
        tools.sized.connect(self.size)
        tools.left.connect(layout.canvas.setFocus)
        layout.no_lanes.cleared.connect(self._on_cleared)
        headers.fold_clicked.connect(self.toggle)
        headers.row_sized.connect(self._on_row_sized)

    @property
    def _now(self) -> Arrangement:
        return self._display.state.arrangement

    def toggle(self, index: int) -> None:
        """Fold or unfold a row."""
        state = self._display.state
        if state.timeline is not None and 0 <= index < len(state.rows):
            state.toggle(index)
            self._display.show_arrangement()

    def _toggle_row(self, row: Row) -> None:
        """Fold or unfold a row whose menu was opened: other rows may have come above it since."""
        index = self._display.state.rows.index_again(row)
        if index is not None:
            self.toggle(index)

    def fold(self, *, opened: bool) -> bool:
        """Fold the lane that has the keyboard, or open it. Returns whether there was anything to do."""
        held, row = self._display.state.held_row, self._display.state.row
        if held is None or row is None or not held.folds or held.expanded is opened:
            return False
        self.toggle(row)
        selection = self._display.state.selection
        if opened and selection is not None:  # its own row may be one of those that were folded
            self._display.state.focus_row_of(selection)
            self._display.redraw()
        return True

    def fold_all(self, folded: bool) -> None:
        """Fold every lane below the outermost ones, all helpers and threads, and the workers of each machine; or open all."""
        timeline = self._display.state.timeline
        if timeline is None:
            return
        with_threads = {thread.process for thread in timeline.threads}
        if not folded:
            opened = replace(self._now, collapsed=frozenset(), expanded=None, folded_hosts=frozenset())
            self._display.arrange(opened.with_threads(with_threads, True))
            return
        inner = {process.id for process in timeline.processes if process.parent_id is not None}
        parents = (process.parent_id for process in timeline.processes if process.kind is not ProcessKind.HELPER)
        collapsed = frozenset(parent for parent in parents if parent is not None and parent in inner)
        hosts = frozenset(process.host for process in timeline.processes if process.host)
        closed = replace(self._now, collapsed=collapsed, expanded=frozenset(), folded_hosts=hosts)
        self._display.arrange(closed.with_threads(with_threads, False))

    def pin(self, process: int) -> None:
        """Pin a lane at the top, or unpin it."""
        pinned = self._now.pinned
        others = tuple(one for one in pinned if one != process)
        self._display.arrange(replace(self._now, pinned=others if process in pinned else (*pinned, process)))

    def pin_held(self) -> None:
        """Pin or unpin the lane that has the keyboard."""
        held = self._display.state.held_row
        if held is not None and held.process:
            self.pin(held.process)

    def size(self, by: int) -> None:
        """Make all lanes a step higher, or with -1 a step lower."""
        height = self._display.state.rows.lane_px if self._now.fills else None
        self._display.arrange(replace(self._now, row_px=next_height(height or self._now.row_px, by), fills=False))

    def filter(self) -> None:
        """Give the keyboard to the field of the filter."""
        self._tools.field.setFocus()
        self._tools.field.selectAll()

    def choices(self, index: int) -> list[LaneChoice]:
        """The entries of a row's menu that arrange the lanes."""
        row = self._display.state.rows[index]
        found = []
        if row.folds:
            what = (
                "its workers"
                if row.host
                else "its helpers"
                if row.helpers_of
                else "its threads"
                if row.threads_of
                else "its children"
            )
            text = f"Fold {what}" if row.expanded else f"Unfold {what}"
            found.append(LaneChoice(f"{text}\tEnter", _ArrangeCall(self._toggle_row, row)))
        if row.process:
            text = "Unpin" if row.process in self._now.pinned else "Pin at the top"
            found.append(LaneChoice(f"{text}\tP", _ArrangeCall(self.pin, row.process)))
        found.append(LaneChoice("Fold all lanes", _ArrangeCall(self.fold_all, True)))
        found.append(LaneChoice("Unfold all lanes", _ArrangeCall(self.fold_all, False)))
        found.append(LaneChoice("Filter lanes…\tCtrl+Shift+F", self.filter))
        return found

    def _on_arranged(self, arrangement: Arrangement) -> None:
        self._display.arrange(arrangement)

    def _on_filtered(self, words: str) -> None:
        self._display.state.filter(words)
        self._display.show_arrangement()

    def _on_cleared(self) -> None:
        self._tools.field.clear()
        self._display.layout.canvas.setFocus()

    def _on_row_sized(self, index: int, height_px: int) -> None:
        """The lower edge of a header was dragged: every lane gets the height, and the dragged one stays where it is."""
        height = min(max(LEAST_ROW_PX, height_px), MOST_ROW_PX)
        self._display.arrange(replace(self._now, row_px=height, fills=False), keep=index)


@dataclass(frozen=True, slots=True)
class _ArrangeCall:
    """A slot with its argument. It keeps no view alive after its menu is gone."""

    run: Callable[..., None]
    argument: object

    def __call__(self) -> None:
        self.run(self.argument)
