"""Copies many rows as text, a few at a time, so that the window never waits. The window's thread."""

import time
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.widgets.clipboard import copy_text, table_text

MOST_ROWS = 100_000
"""So many rows are copied at most."""
_SLICE_S = 0.01


class RowCopy(QObject):
    """One copy at a time. copied: the text is on the clipboard (the number of rows)."""

    copied = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_time)
        self._cells: Iterator[list[str]] = iter(())
        self._text: list[str] = []
        self._count = 0

    def start(self, heads: Sequence[str], rows: Sequence[int], cells: Callable[[int], list[str]]) -> None:
        """Copy these rows under these heads. A copy that is under way is dropped."""
        self._text, self._count = [table_text(heads, ())], 0
        self._cells = map(cells, rows[:MOST_ROWS])
        self._on_time()

    def cancel(self) -> None:
        """Drop the copy that is under way: the rows are others now."""
        self._timer.stop()
        self._cells, self._text = iter(()), []

    def _on_time(self) -> None:
        until_s = time.monotonic() + _SLICE_S
        lines: list[str] = []
        for cells in self._cells:
            lines.append("\t".join(cells) + "\n")
            if time.monotonic() >= until_s:
                break
        self._text.append("".join(lines))
        self._count += len(lines)
        if lines and time.monotonic() >= until_s:
            self._timer.start()
            return
        self._timer.stop()
        text, self._text = self._text, []
        copy_text("".join(text))
        self.copied.emit(self._count)
