"""The command palette: everything the window can do, by name, found by a few letters. The window's thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desktop.chart.keys import BINDINGS, Action
from desktop.dialogs.fuzzy import ranked
from desktop.dialogs.key_sheet import keys_of, keys_text
from desktop.look.palette import Palette

_SHARE = 0.5
_LEAST_PX, _MOST_PX = 420, 640
_ROWS = 12
NO_MATCH = "No command has these letters."


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """One entry. why_not: one sentence when it cannot run now."""

    text: str
    keys: str
    run: Callable[[], object]
    enabled: bool = True
    why_not: str = ""


def window_commands(actions: Sequence[QAction], group: str = "") -> list[PaletteCommand]:
    """The actions of a window as commands. group: is written before each."""
    return [
        PaletteCommand(group + action.text().replace("&", ""), keys_of(action), action.trigger,
                action.isEnabled(), "" if action.isEnabled() else action.statusTip())
        for action in actions if action.text()
    ]  # fmt: skip


def timeline_commands(act: Callable[[Action], object], *, enabled: bool, why_not: str) -> list[PaletteCommand]:
    """The keys of the timeline as commands."""
    return [PaletteCommand(f"Timeline: {binding.text}", keys_text(binding.keys), _CommandCall(act, binding.action), enabled,
                    "" if enabled else why_not) for binding in BINDINGS]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _CommandCall:
    act: Callable[[Action], object]
    action: Action

    def __call__(self) -> object:
        return self.act(self.action)


class CommandPalette(QDialog):
    """Opens over the window. Enter or a click runs the chosen command, Esc closes the palette."""

    def __init__(self, window: QWidget, commands: Sequence[PaletteCommand], palette: Palette) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("command_palette")
        self.setAccessibleName("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = list(commands)
        self._quiet = QColor(palette.quiet)
        self._field = QLineEdit(self)
        self._field.setObjectName("command")
        self._field.setAccessibleName("Command")
        self._field.setPlaceholderText("Type a few letters of what you want to do")
        self._field.textChanged.connect(self._fill)
        self._field.installEventFilter(self)
        self._list = QTreeWidget(self)
        self._list.setObjectName("commands")
        self._list.setAccessibleName("Commands")
        self._list.setColumnCount(2)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._list.itemClicked.connect(self._on_clicked)
        self._none = QLabel(NO_MATCH, self)
        self._none.setObjectName("no_command")
        self._none.hide()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self._field)
        column.addWidget(self._list)
        column.addWidget(self._none)
        self.setStyleSheet(
            f"QDialog#command_palette {{ border: 1px solid {palette.quiet}; background: {palette.window}; }}"
            f"QTreeWidget {{ background: {palette.window}; }} QTreeWidget::item {{ padding: 4px 4px; }}"
            f"QTreeWidget::item:selected {{ background: {palette.selection}; color: {palette.text}; }}"
            f"QLineEdit#command {{ padding: 4px; }} QLabel#no_command {{ color: {palette.quiet}; padding: 4px 6px; }}"
        )
        self._place(window)
        self._fill("")

    def _place(self, window: QWidget) -> None:
        width = min(_MOST_PX, max(_LEAST_PX, round(window.width() * _SHARE)), window.width() - 16)
        self.setFixedWidth(width)
        self._list.setColumnWidth(0, width - 20 - self._keys_px())
        self.move(window.mapToGlobal(QPoint((window.width() - width) // 2, 70)))

    def _keys_px(self) -> int:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(command.keys) for command in self._commands), default=0) + 24

    def showEvent(self, event: QEvent) -> None:
        """Give the field the focus."""
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow and page keys move in the list, letters go to the field, Enter runs the chosen command."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                self._step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._carry_out(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _fill(self, letters: str) -> None:
        self._list.clear()
        for at in ranked(letters, [command.text for command in self._commands]):
            command = self._commands[at]
            item = QTreeWidgetItem([command.text, command.keys])
            item.setData(0, Qt.ItemDataRole.UserRole, at)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, self._quiet)
            if not command.enabled:
                item.setForeground(0, self._quiet)
                item.setToolTip(0, command.why_not)
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, command.why_not)
            self._list.addTopLevelItem(item)
        self._choose(0)
        first = self._list.topLevelItem(0)
        self._list.setVisible(first is not None)
        self._none.setVisible(first is None)
        if first is not None:
            rows = min(_ROWS, self._list.topLevelItemCount())
            self._list.setFixedHeight(rows * self._list.visualItemRect(first).height() + 2)
        # The layout notices what was hidden only when it is activated; without this the field would move.
        self._column.activate()
        self.setFixedHeight(self._column.sizeHint().height())

    def _step(self, by: int) -> None:
        count = self._list.topLevelItemCount()
        if count:
            now = self._list.currentIndex().row()
            self._choose((now + by) % count if abs(by) == 1 else min(max(0, now + by), count - 1))

    def _choose(self, at: int) -> None:
        item = self._list.topLevelItem(at)
        if item is not None:
            self._list.setCurrentItem(item)

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        self._carry_out(item)

    def _carry_out(self, item: QTreeWidgetItem | None) -> None:
        """Close, then run the command: it may open a window. If it cannot run, show why and stay open."""
        if item is None:
            return
        command = self._commands[item.data(0, Qt.ItemDataRole.UserRole)]
        if not command.enabled:
            self._field.setPlaceholderText(command.why_not)
            self._field.clear()
            return
        self.close()
        command.run()
