"""Folding, filtering, sorting, pinning and sizing the lanes by hand. The window's thread."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.chart.geometry.arrangement import LEAST_ROW_PX, MOST_ROW_PX, Arrangement
from desktop.chart.geometry.row import Row
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.lane_tools import LaneTools, next_height
from desktop.chart.widgets.no_lanes import NoLanes
from workers.timeline.model import ProcessKind

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """One entry of a lane's menu that changes how the lanes lie: its text, with its key, and what it does."""

    text: str
    run: Callable[[], None]


class Arranging(QObject):
    """Joins the corner's tools and the headers with how the view arranges its lanes."""

    def __init__(self, view: "TimelineView", tools: LaneTools, headers: Headers, no_lanes: NoLanes) -> None:
        super().__init__(view)
        self._view = view
        self._tools = tools
        tools.filtered.connect(self._on_filtered)
        tools.arranged.connect(view.arrange)
        tools.folded.connect(self.fold_all)
        tools.left.connect(view.setFocus)
        no_lanes.cleared.connect(self._on_cleared)
        headers.fold_clicked.connect(self.toggle)
        headers.row_sized.connect(self._on_row_sized)

    @property
    def _now(self) -> Arrangement:
        return self._view.arrangement

    def toggle(self, index: int) -> None:
        """Fold or unfold a row."""
        state = self._view.state
        if state.timeline is not None and 0 <= index < len(state.rows):
            state.toggle(index)
            self._view.arranged()

    def _toggle_row(self, row: Row) -> None:
        """The same with a row of a moment ago: others may have come above it while its menu was open."""
        index = self._view.state.rows.index_again(row)
        if index is not None:
            self.toggle(index)

    def fold(self, *, opened: bool) -> bool:
        """Fold the lane that has the keyboard, or open it. Whether there was anything to do."""
        held, row = self._view.state.held_row, self._view.state.row
        if held is None or row is None or not held.folds or held.expanded is opened:
            return False
        self.toggle(row)
        selection = self._view.state.selection
        if opened and selection is not None:  # what was folded in there may be what is selected
            self._view.state.stand_on(selection)
            self._view.redraw()
        return True

    def fold_all(self, folded: bool) -> None:
        """Fold every lane below the outermost ones, and all helpers; or open all."""
        timeline = self._view.state.timeline
        if timeline is None:
            return
        if not folded:
            self._view.arrange(replace(self._now, collapsed=frozenset(), expanded=None))
            return
        inner = {process.id for process in timeline.processes if process.parent_id is not None}
        parents = (process.parent_id for process in timeline.processes if process.kind is not ProcessKind.HELPER)
        collapsed = frozenset(parent for parent in parents if parent is not None and parent in inner)
        self._view.arrange(replace(self._now, collapsed=collapsed, expanded=frozenset()))

    def pin(self, process: int) -> None:
        """Keep a lane at the top while the others scroll, or let it go."""
        pinned = self._now.pinned
        others = tuple(one for one in pinned if one != process)
        self._view.arrange(replace(self._now, pinned=others if process in pinned else (*pinned, process)))

    def pin_held(self) -> None:
        """The same with the lane that has the keyboard."""
        held = self._view.state.held_row
        if held is not None and held.process:
            self.pin(held.process)

    def size(self, by: int) -> None:
        """Make all lanes a step higher, or with -1 lower."""
        self._view.arrange(replace(self._now, row_px=next_height(self._now.row_px, by)))

    def filter(self) -> None:
        """Ask for the words of the filter."""
        self._tools.field.setFocus()
        self._tools.field.selectAll()

    def choices(self, index: int) -> list[LaneChoice]:
        """What a lane's menu offers for how it lies."""
        row = self._view.state.rows[index]
        found = []
        if row.folds:
            what = "its helpers" if row.helpers_of else "its children"
            text = f"Fold {what}" if row.expanded else f"Unfold {what}"
            found.append(LaneChoice(f"{text}\tEnter", _ArrangeCall(self._toggle_row, row)))
        if row.process:
            text = "Unpin" if row.process in self._now.pinned else "Pin at the top"
            found.append(LaneChoice(f"{text}\tP", _ArrangeCall(self.pin, row.process)))
        found.append(LaneChoice("Fold all lanes", _ArrangeCall(self.fold_all, True)))
        found.append(LaneChoice("Unfold all lanes", _ArrangeCall(self.fold_all, False)))
        found.append(LaneChoice("Filter lanes…\tCtrl+Shift+F", self.filter))
        return found

    def _on_filtered(self, words: str) -> None:
        self._view.state.filter(words)
        self._view.arranged()

    def _on_cleared(self) -> None:
        self._tools.field.clear()
        self._view.setFocus()

    def _on_row_sized(self, index: int, height_px: int) -> None:
        """A header's lower edge was dragged: every lane gets the height, and the dragged one stays where it is."""
        height = min(max(LEAST_ROW_PX, height_px), MOST_ROW_PX)
        self._view.arrange(replace(self._now, row_px=height), keep=index)


@dataclass(frozen=True, slots=True)
class _ArrangeCall:
    """A slot with its argument, which holds no view alive after its menu."""

    run: Callable[..., None]
    argument: object

    def __call__(self) -> None:
        self.run(self.argument)
