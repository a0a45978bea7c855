"""The menu of a lane, with what the user can do to its process. The window's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktop.chart.drawing.chart_style import tooltip
from desktop.chart.interaction.arranging import LaneChoice
from desktop.facts.visible_text import visible


@dataclass(frozen=True, slots=True)
class VerbChoice:
    """One entry. verb: start, join, alive, terminate, kill or finish; of a task of a cluster with its number, ``start 2``.

    why_not: a sentence for an entry that is not enabled. group: the name of the menu that it is in; empty for none.
    """

    verb: str
    text: str
    enabled: bool
    why_not: str = ""
    group: str = ""


class LaneMenu(QObject):
    """Opens menus. requested: a process's id, and the verb that the user chose for it."""

    requested = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self._provider: Callable[[int], Sequence[VerbChoice]] | None = None
        self._process = 0

    def set_provider(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """Set the source of the choices, by a process's id. It is asked each time a menu opens."""
        self._provider = provider

    def choices(self, process: int) -> Sequence[VerbChoice]:
        """What can be done to this process now."""
        return () if self._provider is None else self._provider(process)

    def open(self, process: int, name: str, where: QPoint, lane: Sequence[LaneChoice]) -> None:
        """Show the menu of a process at a point of the screen. process: its id, 0 for a row of helpers. lane: what can be done
        to its lane."""
        choices = self.choices(process) if process else ()
        menu = QMenu(self._owner)
        menu.setObjectName("lane_menu")
        menu.setAccessibleName(f"What to do with {visible(name)}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        groups: dict[str, QMenu] = {}
        for choice in choices:
            if choice.group and choice.group not in groups:
                groups[choice.group] = menu.addMenu(choice.group.replace("&", "&&"))
                groups[choice.group].setToolTipsVisible(True)
            action = groups.get(choice.group, menu).addAction(choice.text.replace("&", "&&"))
            action.setData(choice.verb)
            action.setEnabled(choice.enabled)
            action.setToolTip("" if choice.enabled else tooltip(choice.why_not))
        if choices:
            menu.addSeparator()
        for entry in lane:
            menu.addAction(entry.text).triggered.connect(entry.run)
        self._process = process
        menu.triggered.connect(self._on_triggered)
        menu.popup(where)

    def open_for_mark(self, label: str, where: QPoint, rename: Callable[[], None], delete: Callable[[], None]) -> None:
        """Show the menu of a mark."""
        menu = QMenu(self._owner)
        menu.setObjectName("mark_menu")
        menu.setAccessibleName(f"What to do with the mark {visible(label)}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Change label…\tF2").triggered.connect(rename)
        menu.addAction("Delete\tDel").triggered.connect(delete)
        menu.popup(where)

    def _on_triggered(self, action: QAction) -> None:
        if action.data() is not None:
            self.requested.emit(self._process, str(action.data()))
