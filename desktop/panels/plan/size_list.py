"""The sizes of all workers: a row for all over one row each, in a list that scrolls. The window's thread."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.plan.size_row import SizeRow, in_proportion, least_size, position_of
from desktop.widgets.note import Tone
from desktop.widgets.still_wheel import StillWheel
from workers.errors import PlanError
from workers.plan.plan import MOST_WORKERS
from workers.plan.presets import UNEVEN
from workers.plan.sizes import SizeUnit

_FIRST_SIZE = 10_000_000


class SizeList(QWidget):
    """One size a worker. changed: the user changed one or several of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._unit = SizeUnit.NUMBERS
        self._palette = LIGHT
        self._count = 0
        self._rows: list[SizeRow] = []
        # While the slider of all is moved: its size and those of the workers before. Nothing adds up rounded sizes.
        self._begun: tuple[int, tuple[int, ...]] | None = None
        self._wheel = StillWheel(self)
        self._uneven = QPushButton("&Uneven")
        self._uneven.setObjectName("uneven")
        self._uneven.setAutoDefault(False)
        self._uneven.setToolTip("Give the workers 10M, 70M, 40M and 20M in turn")
        self._all = SizeRow("size_all_text", "Size of all workers", "&All", _FIRST_SIZE, self._uneven)
        self._all.slider.setObjectName("size_all")
        self._all.slider.setAccessibleName("Size of all workers, slider")
        head = QGridLayout()
        self._head = head
        self._wheel.guard(self._all.slider)
        inside = QWidget()
        self._grid = QGridLayout()
        for grid in (head, self._grid):
            grid.setHorizontalSpacing(6)
            grid.setVerticalSpacing(5)
            grid.setColumnStretch(1, 1)
        self._all.place(head, 0)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.fit_letters()
        self._inside = column
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)
        self._on_range_changed(0, 0)
        self._all.changed.connect(self._on_all_changed)
        self._uneven.clicked.connect(self._on_uneven)

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as the letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.fit_letters()

    def fit_letters(self) -> None:
        """Make fields, columns and estimates as large as the letters."""
        self._uneven.setFixedWidth(self.fontMetrics().horizontalAdvance("Uneven") + 16)
        for grid in (self._head, self._grid):
            grid.setColumnMinimumWidth(0, self.fontMetrics().horizontalAdvance("All ") + 2)
            grid.setColumnMinimumWidth(3, self._uneven.width())
        for row in (self._all, *self._rows):
            row.fit_letters(self.font())

    @property
    def least_width(self) -> int:
        """The smallest width at which no row is cut."""
        return self._head.minimumSize().width()

    @property
    def sizes(self) -> list[int]:
        """One amount a worker. Raises PlanError with a sentence if the text of a row, or of the row for all, is no amount."""
        if self._all.error:
            raise PlanError(f"All: {self._all.error}")
        for number, row in enumerate(self._rows[: self._count], 1):
            if row.error:
                raise PlanError(f"Worker {number}: {row.error}")
        return [row.size for row in self._rows[: self._count]]

    def set_sizes(self, sizes: list[int]) -> None:
        """Show these, one row each."""
        self.set_count(len(sizes))
        for row, size in zip(self._rows, sizes, strict=False):
            row.set_size(size)
        self._show_common()

    def set_count(self, count: int) -> None:
        """Show this many rows. A new row takes the size of the last one; a row that was hidden comes back as it was."""
        count = min(max(count, 1), MOST_WORKERS)
        while len(self._rows) < count:
            self._add_row()
        for number, row in enumerate(self._rows, 1):
            row.set_visible(number <= count)
        self._count = count
        self._show_common()

    def set_unit(self, unit: SizeUnit) -> None:
        """Count in this unit. A size below the left end of the slider becomes the least size."""
        if unit is self._unit:
            return
        self._unit = unit
        for row in [self._all, *self._rows]:
            row.set_unit(unit)
            if not row.error and position_of(row.size, unit) == 0:
                row.set_size(least_size(unit))
        self._show_common()

    def show_estimates(self, estimates: list[tuple[str, bool]]) -> None:
        """Show these texts beside the sizes. Each comes with whether it fits; if not, it is red."""
        for row, (text, fits) in zip(self._rows, estimates, strict=False):
            row.show_estimate(text, Tone.QUIET if fits else Tone.BAD)

    def size_or_none(self, number: int) -> int | None:
        """The amount of a worker, counted from 1; None while its text is no amount."""
        row = self._rows[number - 1]
        return None if row.error else row.size

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        for row in [self._all, *self._rows]:
            row.set_palette(palette)

    def _add_row(self) -> None:
        number = len(self._rows) + 1
        last = self._rows[-1] if self._rows else self._all
        row = SizeRow(
            f"size_{number}",
            f"Size of worker {number}",
            f"&{number}" if number < 10 else str(number),
            _FIRST_SIZE if last.error else last.size,
        )
        row.setParent(self)
        row.set_unit(self._unit)
        row.set_palette(self._palette)
        row.place(self._grid, number - 1)
        row.changed.connect(self._on_one_changed)
        self._wheel.guard(row.slider)
        QWidget.setTabOrder(self._rows[-1].field if self._rows else self._uneven, row.slider)
        QWidget.setTabOrder(row.slider, row.field)
        self._rows.append(row)

    def _on_range_changed(self, least: int, most: int) -> None:
        # Without a scroll bar its room stays free, so that nothing moves when it appears.
        bar_px = self._scroll.verticalScrollBar().sizeHint().width()
        self._inside.setContentsMargins(0, 0, 0 if most > least else bar_px, 0)
        self._head.setContentsMargins(0, 0, bar_px, 6)

    def _on_all_changed(self) -> None:
        """A common size for all; of sizes that differ the slider changes all in proportion."""
        if self._all.error:
            self.changed.emit()
            return
        if not self._all.slid or (self._begun is None and self._common is not None):
            for row in self._rows:
                row.set_size(self._all.size)
            self._begun = None
        else:
            if self._begun is None:
                self._begun = self._all.slid_from, tuple(row.size for row in self._rows)
            whole, sizes = self._begun
            for row, size in zip(self._rows, sizes, strict=False):
                row.set_size(in_proportion(size, self._all.size / whole, self._unit))
            self._all.set_mixed()
        self.changed.emit()

    def _on_one_changed(self) -> None:
        self._begun = None
        self._show_common()
        self.changed.emit()

    def _show_common(self) -> None:
        """Show the common size in the row for all, or that the sizes differ."""
        self._begun = None
        if self._common is None:
            self._all.set_mixed()
        else:
            self._all.set_size(self._common)

    @property
    def _common(self) -> int | None:
        """The size that all workers have; None where they differ, or one is no amount."""
        sizes = {None if row.error else row.size for row in self._rows[: self._count]}
        return sizes.pop() if len(sizes) == 1 else None

    def _on_uneven(self) -> None:
        for at, row in enumerate(self._rows):
            row.set_size(UNEVEN[at % len(UNEVEN)])
        self._show_common()
        self.changed.emit()
