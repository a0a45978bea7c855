"""The thin bar above the lanes: where the time of all workers went. The window's thread.

It is asked for at each frame of a run that has news, and made again only now and then: what it shows changes slowly.
"""

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.spoken_widgets import speak_as
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
_EVERY_MS = 500
_SHARE = 40
"""It is made again after so many times as long as it took."""
_MOST_WORKERS_LIVE = 500
_PAD_PX = 3


class BalanceBar(QWidget):
    """One stripe for each part of the workers' time, as long as its share. Hidden for a run without workers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("balance")
        self.setAccessibleName("Where the time of the workers went")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Chart)
        self._palette = LIGHT
        self._balance: Balance | None = None
        self._of: tuple[int, bool] = (-1, False)
        self._allowed = True
        self._age = QElapsedTimer()
        self._wait_ms = 0
        self.hide()

    @property
    def balance(self) -> Balance | None:
        """What is shown."""
        return self._balance

    def set_unit(self, unit_px: float) -> None:
        """Be as high as the units of the chart say."""
        self.setFixedHeight(round(HEIGHT_PX * unit_px))

    def dress(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self._palette = palette
        self.update()

    def never_show(self) -> None:
        """Stay hidden: the view is one of two."""
        self._allowed = False
        self.hide()

    def forget(self) -> None:
        """Another run is shown."""
        self._of, self._balance, self._wait_ms = (-1, False), None, 0
        self.hide()

    def show_balance(self, timeline: Timeline) -> None:
        """Show where the time of this run's workers went, if it may have changed by now."""
        of = timeline.revision, timeline.ended
        if of == self._of or not self._allowed or (not timeline.ended and not self._is_due(timeline)):
            return
        self._of = of
        self._age.restart()
        self._balance = balance_of(timeline)
        self._wait_ms = max(_EVERY_MS, _SHARE * self._age.elapsed())
        found = self._balance
        self.setVisible(found is not None and found.worker_s > 0)
        if found is not None:
            self.setAccessibleDescription(" ".join(balance_sentences(found)))
        self.update()

    def part_at(self, x_px: int) -> Part | None:
        """The part that is drawn at this place."""
        return next((part for part, place in self._places() if place.left() <= x_px <= place.right()), None)

    def _is_due(self, timeline: Timeline) -> bool:
        if len(timeline.processes) > _MOST_WORKERS_LIVE:
            return False
        return not self._age.isValid() or self._age.elapsed() >= self._wait_ms

    def _places(self) -> list[tuple[Part, QRect]]:
        balance = self._balance
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
        palette, balance = self._palette, self._balance
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

    def event(self, event: QEvent) -> bool:
        """The words of the part below the pointer as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos())
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def words_at(self, place: QPoint) -> str:
        """What the tooltip says there, as lines of plain text."""
        balance, part = self._balance, self.part_at(place.x())
        if balance is None:
            return ""
        first = f"Workers: {part_words(balance, part)}" if part is not None else ""
        return "\n".join(filter(None, (first, cores_words(balance), *balance_sentences(balance)[:1])))


def _ink(ground: QColor) -> QColor:
    """Black or white, whichever is easier to read on a ground."""
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return QColor("#0d1b26" if light > 0.5 else "#ffffff")
