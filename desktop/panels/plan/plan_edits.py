"""What undo takes back in the plan panel: one change of the plan. The window's thread."""

import time
from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from workers.plan.plan import Plan

_TOGETHER_S = 1.0
"""Changes of one control that follow each other faster are one: a slider that is dragged, a number that is typed."""

_ID = 1


class PlanEdit(QUndoCommand):
    """A change of the plan that has been made already. put: shows a plan. control: the name of what made it, and
    the fields of the plan that it changed."""

    def __init__(self, before: Plan, after: Plan, put: Callable[[Plan], None], control: tuple[str, ...]) -> None:
        super().__init__("change of the plan")
        self._before, self._after, self._put, self._control = before, after, put, control
        self._last_s = time.monotonic()
        self._made = True

    def id(self) -> int:
        """All of them may be joined."""
        return _ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the next change, if it belongs to this one."""
        if not isinstance(other, PlanEdit) or other._control != self._control:
            return False
        if not self._control[0] or other._last_s - self._last_s > _TOGETHER_S:
            return False
        self._after, self._last_s = other._after, other._last_s
        return True

    def undo(self) -> None:
        """Show the plan as it was before."""
        self._put(self._before)

    def redo(self) -> None:
        """Show the plan as it was after. The first call comes when the change has just been made."""
        if self._made:
            self._made = False
        else:
            self._put(self._after)
