"""The thin bar above the lanes: where the time of all workers went. The window's thread."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.chart.widgets.summary_strip import SummaryStrip
from desktop.look.palette import LIGHT, Palette
from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.balance.worker_time import Part
from workers.report.balance_text import PART_WORDS, balance_sentences, cores_words, part_words
from workers.timeline.timeline import Timeline

HEIGHT_PX = 18
_ROLES = {
    Part.STARTING: "starting",
    Part.COMPUTING: "alive",
    Part.WAITING: "join",
    Part.NO_TASK: "line",
    Part.TRANSFER: "zombie",
    Part.ENDING: "paused",
    Part.NOT_KNOWN: "band",
}
_SHORT = {
    **PART_WORDS,
    Part.WAITING: "off the CPU",
    Part.NO_TASK: "no task",
    Part.TRANSFER: "messages",
    Part.NOT_KNOWN: "not known",
}
_MOST_WORKERS_LIVE = 500
_PAD_PX = 3


class BalanceBar(SummaryStrip[Balance]):
    """One stripe for each part of the workers' time, as long as its share. Hidden for a run without workers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("balance", "Where the time of the workers went", HEIGHT_PX, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._palette = LIGHT

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self._palette = palette
        self.update()

    def summarize(self, timeline: Timeline) -> Balance | None:
        """Where the time of the workers went."""
        return balance_of(timeline)

    def is_worth_showing(self, summary: Balance) -> bool:
        """Whether there were workers."""
        return summary.worker_s > 0

    def description_of(self, summary: Balance) -> str:
        """The shares in words."""
        return " ".join(balance_sentences(summary))

    def part_at(self, x_px: float) -> Part | None:
        """The part that is drawn at this place."""
        return next((part for part, place in self._places() if place.left() <= x_px <= place.right()), None)

    def _is_due(self, timeline: Timeline) -> bool:
        return len(timeline.processes) <= _MOST_WORKERS_LIVE and super()._is_due(timeline)

    def _places(self) -> list[tuple[Part, QRect]]:
        balance = self.summary
        if balance is None or not balance.worker_s:
            return []
        found, at = [], 0.0
        for part in Part:
            width = balance.share(part) * self.width()
            left, right = round(at), round(at + width)
            at += width
            if right > left:
                found.append((part, QRect(left, 0, right - left, self.height() - 1)))
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stripes, with their words where there is room."""
        palette, balance = self._palette, self.summary
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.base))
        font = painter.font()
        font.setPixelSize(max(9, round(self.height() * 0.6)))
        painter.setFont(font)
        for part, place in self._places():
            ground = QColor(getattr(palette, _ROLES[part]))
            painter.fillRect(place, ground)
            if part is Part.WAITING:
                painter.fillRect(place, QBrush(QColor(palette.base), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QColor(palette.base))
            painter.drawLine(place.topRight(), place.bottomRight())
            if balance is None:
                continue
            words = f"{_SHORT[part]} {balance.share(part) * 100:.0f} %"
            if painter.fontMetrics().horizontalAdvance(words) + 2 * _PAD_PX <= place.width():
                text = place.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
                if part is Part.WAITING:  # the words stand on a ground without hatching
                    text.setWidth(painter.fontMetrics().horizontalAdvance(words) + _PAD_PX)
                    painter.fillRect(text.adjusted(-_PAD_PX, 0, _PAD_PX, 0), ground)
                painter.setPen(_ink(ground))
                painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(QColor(palette.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.text), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def words_at(self, x_px: float) -> str:
        """The part at this place, and where the time went as a whole."""
        balance, part = self.summary, self.part_at(x_px)
        if balance is None:
            return ""
        first = f"Workers: {part_words(balance, part)}" if part is not None else ""
        return "\n".join(filter(None, (first, cores_words(balance), *balance_sentences(balance)[:1])))


def _ink(ground: QColor) -> QColor:
    """Black or white, whichever is easier to read on a ground."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor("#0d1b26" if light > 0.5 else "#ffffff")
