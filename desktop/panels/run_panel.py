"""What every panel beside the timeline is: a view of the run that is shown. The window's thread.

`all_panels.py` lists the panels; the window makes each of them once and calls these methods on all alike.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.facts.selection import Selection
from desktop.look.palette import Palette
from workers.timeline.timeline import Timeline


class RunPanel(QWidget):
    """A view of one run.

    selected: the user selected something in it (a Selection). place_chosen: a line of code (a CodePlace).
    said: one sentence on what was done. counted: how many things it lists, for its tab. titled: another title for its tab.
    failed: a sentence and details, if it cannot show something.
    """

    selected = Signal(object)
    place_chosen = Signal(object)
    said = Signal(str)
    counted = Signal(int)
    titled = Signal(str)
    failed = Signal(str, str)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run from its beginning; None empties the panel."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what changed in the run since the last call. Called at every frame while the panel is visible."""
        raise NotImplementedError

    def show_selection(self, selection: Selection | None) -> None:
        """Show what was selected in another view, without emitting `selected`."""
        raise NotImplementedError

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        raise NotImplementedError

    def end(self) -> None:
        """End what the panel does in the background: the window closes."""
