"""Everything that the user can do in the timeline view, joined. The window's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.going_back import GoingBack
from desktop.chart.interaction.key_actions import KeyActions, Parts
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.interaction.marking import Marking
from desktop.chart.interaction.measuring import Measuring
from desktop.chart.interaction.menus import Menus
from desktop.chart.interaction.path_showing import PathShowing
from desktop.chart.interaction.pointer import Pointer
from desktop.chart.interaction.revealing import Revealing
from desktop.chart.interaction.searching import Searching
from desktop.chart.interaction.steering import Steering
from desktop.chart.keys import Action


class Interaction(QObject):
    """Makes the parts of the interaction and passes their requests on; see `TimelineView` for the signals."""

    hovered = Signal(str)
    verb_requested = Signal(int, str)
    mark_change_requested = Signal(object, object)
    copy_requested = Signal()
    keys_requested = Signal()
    said = Signal(str)

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        self._display = display
        self.revealing = Revealing(display)
        self.searching = Searching(display, self.revealing)
        self.going_back = GoingBack(display)
        self.path = PathShowing(display)
        marking, arranging, measuring = Marking(display), Arranging(display), Measuring(display)
        pointer = Pointer(display, arranging, marking)
        self._menus = Menus(display, arranging, marking)
        self._steering = steering = Steering(display, self._menus)
        self._keys = KeyActions(
            display,
            Parts(
                arranging,
                self.going_back,
                marking,
                measuring,
                self._menus,
                self.path,
                pointer,
                self.revealing,
                self.searching,
                steering,
            ),
        )
        steering.verb_requested.connect(self.verb_requested)
        steering.said.connect(self.said)
        self.path.said.connect(self.said)
        pointer.hovered.connect(self.hovered)
        marking.change_requested.connect(self.mark_change_requested)
        self._menus.verb_requested.connect(self.verb_requested)
        self._keys.copy_requested.connect(self.copy_requested)
        self._keys.keys_requested.connect(self.keys_requested)

    def act(self, action: Action) -> None:
        """Do what a key does."""
        self._keys.act(action)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """Set the source of what can be done to a process, by its id. It is asked each time a menu opens."""
        self._menus.set_verbs(provider)
        self._display.layout.headers.may_have_buttons = True

    def show_verbs(self) -> None:
        """Show what can be done to the processes now."""
        self._steering.show_verbs()
