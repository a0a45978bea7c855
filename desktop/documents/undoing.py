"""Undo and redo: of the plan where the plan's column has the focus, else of the marks. The window's thread."""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from desktop.control.abilities import Ability
from desktop.documents.mark_edits import MarkEdits
from desktop.panels.plan.plan_panel import PlanPanel


class Undoing(QObject):
    """Where one of the two has nothing to take back, the other is asked."""

    def __init__(
        self,
        undo: QAction,
        redo: QAction,
        enable: Callable[[QAction, Ability], None],
        plan: PlanPanel,
        marks: MarkEdits,
    ) -> None:
        """enable: enables an action, or says why it is disabled."""
        super().__init__(plan)
        self._undo, self._redo, self._enable = undo, redo, enable
        self._plan, self._marks = plan, marks
        undo.triggered.connect(self._on_undo)
        redo.triggered.connect(self._on_redo)
        plan.edits.indexChanged.connect(self.show)
        marks.changed.connect(self.show)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    def show(self) -> None:
        """Say in the menu what can be undone or redone."""
        if not shiboken6.isValid(self._plan.edits):
            return  # it says that it is cleared when it is deleted with the window
        for action, verb, ours in (
            (self._undo, "Undo", self._undoes_plan()),
            (self._redo, "Redo", self._redoes_plan()),
        ):
            edits, marks = self._plan.edits, self._marks
            if verb == "Undo":
                change = edits.undoText() if ours else marks.undo_text
            else:
                change = edits.redoText() if ours else marks.redo_text
            action.setText(f"&{verb} {change}".rstrip())
            self._enable(action, Ability(bool(change), f"There is nothing to {verb.lower()}."))

    def _in_plan(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self._plan.isAncestorOf(focused)

    def _undoes_plan(self) -> bool:
        return self._plan.edits.canUndo() and (self._in_plan() or not self._marks.undo_text)

    def _redoes_plan(self) -> bool:
        return self._plan.edits.canRedo() and (self._in_plan() or not self._marks.redo_text)

    def _on_undo(self) -> None:
        if self._undoes_plan():
            self._plan.edits.undo()
        else:
            self._marks.undo()

    def _on_redo(self) -> None:
        if self._redoes_plan():
            self._plan.edits.redo()
        else:
            self._marks.redo()

    def _on_focus(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self.show()
