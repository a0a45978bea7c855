"""The corner above the lane headers: a field that filters the lanes, and a menu that arranges them. The window's thread."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from desktop.chart.geometry.arrangement import HEIGHTS_PX, ROW_PX, Arrangement, LaneOrder
from desktop.look.palette import Palette


def next_height(row_px: int, by: int) -> int:
    """The next greater height, or with -1 the next smaller one, as far as there are any."""
    if by > 0:
        return next((height for height in HEIGHTS_PX if height > row_px), HEIGHTS_PX[-1])
    return next((height for height in reversed(HEIGHTS_PX) if height < row_px), HEIGHTS_PX[0])


class LaneTools(QWidget):
    """The tools in the corner.

    filtered: the words of the filter have changed.
    arranged: the user asks for another Arrangement.
    sized: the user asks for higher lanes (1) or lower ones (-1).
    folded: the user asks to fold all lanes (True), or to unfold all.
    left: the user leaves the field.
    """

    filtered = Signal(str)
    arranged = Signal(object)
    sized = Signal(int)
    folded = Signal(bool)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lane_tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._arrangement = Arrangement()
        self.field = QLineEdit(self)
        self.field.setObjectName("lane_filter")
        self.field.setAccessibleName("Filter the lanes")
        self.field.setPlaceholderText("Filter lanes")
        self.field.setToolTip(
            'Words in a name, pid, state, end or kind; also name: pid: state: kind:, - for not, and "exit 3" as one'
        )
        self.field.setClearButtonEnabled(True)
        self.field.setFrame(False)
        self.field.textChanged.connect(self.filtered)
        self._menu = QMenu(self)
        self._menu.setObjectName("lanes_menu")
        self._menu.setAccessibleName("Arrange the lanes")
        self._menu.setToolTipsVisible(True)
        self._orders = QActionGroup(self)
        self._fill_menu()
        self._button = QToolButton(self)
        self._button.setObjectName("lanes")
        self._button.setText("Lanes")
        self._button.setAccessibleName("Arrange the lanes")
        self._button.setToolTip("Sort, fold and size the lanes")
        self._button.setAutoRaise(True)
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setMenu(self._menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 3, 1)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self._button)

    @property
    def menu_actions(self) -> list[QAction]:
        """The actions of the menu, for the command palette."""
        return [action for action in self._menu.actions() if action.text()]

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Show in the menu how the lanes are arranged."""
        self._arrangement = arrangement
        for action in self._orders.actions():
            action.setChecked(action.data() == arrangement.order.value)
        self._reverse.setChecked(arrangement.reverse)
        self._strips.setChecked(arrangement.strips)
        self._fills.setChecked(arrangement.fills)
        self._unpin.setEnabled(bool(arrangement.pinned))
        self._higher.setEnabled(arrangement.fills or arrangement.row_px < HEIGHTS_PX[-1])
        self._lower.setEnabled(arrangement.fills or arrangement.row_px > HEIGHTS_PX[0])

    def show_count(self, shown: int, count: int) -> None:
        """Show how many processes pass the filter."""
        filtered = bool(self.field.text().strip())
        self.field.setProperty("none_left", filtered and not shown)
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        self.field.setAccessibleDescription(f"{shown:,} of {count:,} processes" if filtered else "")

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self.setStyleSheet(
            f"QWidget#lane_tools {{ background: {palette.window}; border-right: 1px solid {palette.line};"
            f" border-bottom: 1px solid {palette.line}; }}"
            f"QLineEdit {{ background: transparent; color: {palette.text}; placeholder-text-color: {palette.quiet}; }}"
            f'QLineEdit[none_left="true"] {{ color: {palette.bad_text}; }}'
            f"QLineEdit:focus {{ border-bottom: 2px solid {palette.accent}; }}"
            f"QToolButton {{ color: {palette.quiet}; border: 1px solid transparent; padding: 1px 15px 1px 4px; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {palette.accent}; }}"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down go to the lanes; Esc clears the filter and goes there too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.field.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _fill_menu(self) -> None:
        for order in LaneOrder:
            action = self._add(f"Sort {'by ' if order is not LaneOrder.STARTED else ''}{order.value}", self._on_order)
            action.setCheckable(True)
            action.setData(order.value)
            self._orders.addAction(action)
        self._reverse = self._add("Reverse the order", self._on_reverse)
        self._menu.addSeparator()
        self._add("Fold all lanes", self._on_fold_all)
        self._add("Unfold all lanes", self._on_unfold_all)
        self._unpin = self._add("Unpin all lanes", self._on_unpin)
        self._menu.addSeparator()
        self._fills = self._add("Fill the window with lanes", self._on_fills)
        self._higher = self._add("Higher lanes\tH", self._on_higher)
        self._lower = self._add("Lower lanes\tShift+H", self._on_lower)
        self._strips = self._add("CPU and memory below each bar", self._on_strips)
        for action in (self._reverse, self._fills, self._strips):
            action.setCheckable(True)
        self.show_arrangement(self._arrangement)

    def _add(self, text: str, slot: Callable[[], None]) -> QAction:
        action = self._menu.addAction(text)
        action.triggered.connect(slot)
        return action

    def _on_order(self) -> None:
        chosen = self._orders.checkedAction()
        if chosen is not None:
            self.arranged.emit(replace(self._arrangement, order=LaneOrder(chosen.data())))

    def _on_reverse(self) -> None:
        self.arranged.emit(replace(self._arrangement, reverse=self._reverse.isChecked()))

    def _on_strips(self) -> None:
        self.arranged.emit(replace(self._arrangement, strips=self._strips.isChecked()))

    def _on_unpin(self) -> None:
        self.arranged.emit(replace(self._arrangement, pinned=()))

    def _on_fills(self) -> None:
        fills = self._fills.isChecked()
        self.arranged.emit(
            replace(self._arrangement, fills=fills, row_px=ROW_PX if fills else self._arrangement.row_px)
        )

    def _on_higher(self) -> None:
        self.sized.emit(1)

    def _on_lower(self) -> None:
        self.sized.emit(-1)

    def _on_fold_all(self) -> None:
        self.folded.emit(True)

    def _on_unfold_all(self) -> None:
        self.folded.emit(False)
