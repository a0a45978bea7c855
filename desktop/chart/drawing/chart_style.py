"""The colours, fonts and texts that the chart is drawn with, made once a palette. The window's thread, or an export.

Texts come from programs that nobody vetted: `visible` and `tooltip` make them literal.
"""

import html

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPainter,
    QPen,
    QStaticText,
)

from desktop.facts.visible_text import visible
from desktop.look.palette import Palette
from workers.timeline.model import SpanKind

_MOST_WIDTHS = 4096
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

_ROLES = {
    SpanKind.STARTING: "starting", SpanKind.ALIVE: "alive", SpanKind.ENDING: "alive", SpanKind.ZOMBIE: "zombie",
    SpanKind.JOIN: "join", SpanKind.PAUSED: "paused", SpanKind.TASK: "starting", SpanKind.FAILED: "bad",
}  # fmt: skip


def role_of(kind: int) -> str:
    """The palette's name for a kind of span."""
    return _ROLES.get(SpanKind(kind), "alive")


def tooltip(text: str) -> str:
    """`text` as a tooltip that shows it letter for letter, line by line, in columns where it has any."""
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family() if "\n" in text else ""
    font = f"; font-family:'{html.escape(family)}'" if family else ""
    return f'<p style="white-space:pre{font}">{html.escape(text)}</p>'


class ChartStyle:
    """Colours and fonts for one palette. vector: for SVG and PDF, where everything is plain shapes and text.
    static: for a screen, where the same texts are drawn frame after frame."""

    def __init__(self, palette: Palette, *, vector: bool = False, static: bool = False, letter_px: int = 12) -> None:
        self.palette = palette
        self.vector = vector
        self.static = static
        self._texts: dict[tuple[int, str], QStaticText] = {}
        self._colours: dict[str, QColor] = {}
        self._kinds: dict[int, QColor] = {}
        self.sprites: dict[tuple[int, float], QImage] = {}  # the marks, by kind and pixels a unit
        self.name_font = _font(letter_px, bold=True)
        self.font = _font(letter_px - 1)
        self.small_font = _font(letter_px - 2)
        self.tiny_font = _font(letter_px - 4)
        self.title_font = _font(letter_px + 5, bold=True)
        self._widths: dict[tuple[int, str], float] = {}
        self._metrics = {id(font): QFontMetricsF(font) for font in
                         (self.name_font, self.font, self.small_font, self.tiny_font, self.title_font)}  # fmt: skip

    def colour(self, role: str) -> QColor:
        """The colour of a role of the palette; ``a/b/0.3`` is three tenths of a over b, and opaque."""
        made = self._colours.get(role)
        if made is None:
            made = self._colours[role] = self._mixed(role) if "/" in role else QColor(getattr(self.palette, role))
        return made

    def of_kind(self, kind: int) -> QColor:
        """The colour of a kind of span."""
        made = self._kinds.get(kind)
        if made is None:
            made = self._kinds[kind] = self.colour(role_of(kind))
        return made

    def tag(self, process_id: int) -> QColor:
        """A process's own colour."""
        return QColor(self.palette.of_process(process_id))

    def pen(self, role: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A flat-ended pen."""
        return QPen(QBrush(self.colour(role)), width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)

    def width(self, font: QFont, text: str) -> float:
        """How wide a text is, as it is written, in one of this style's fonts."""
        known = self._widths.get((id(font), text))
        if known is None:
            if len(self._widths) >= _MOST_WIDTHS:
                self._widths.clear()
            known = self._widths[id(font), text] = self._metrics[id(font)].horizontalAdvance(visible(text))
        return known

    def elided(self, font: QFont, text: str, width_px: float, *, middle: bool = False) -> str:
        """`text`, cut with an ellipsis where it does not fit: at its end, or in its middle."""
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        return self._metrics[id(font)].elidedText(text, mode, width_px)

    def write(self, painter: QPainter, font: QFont, role: str, box: QRectF, text: str,
              align: Qt.AlignmentFlag = _LEFT, *, middle: bool = False) -> None:  # fmt: skip
        """Draw one line of text in a box, cut to it. middle: for names, which often differ in their last letters."""
        painter.setFont(font)
        painter.setPen(self.colour(role))
        metrics = self._metrics[id(font)]
        text = visible(text)
        width = self.width(font, text)
        if width > box.width() + 0.5:
            text = self.elided(font, text, box.width() + 0.5, middle=middle)
            width = self.width(font, text)
        x = box.left()
        if align & Qt.AlignmentFlag.AlignRight:
            x = box.right() - width
        elif align & Qt.AlignmentFlag.AlignHCenter:
            x = box.center().x() - width / 2
        # Placed by its baseline: a box would be clipped by some vector viewers, and drawText(box) lays out anew.
        base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
        if self.static:
            painter.drawStaticText(QPointF(x, base - metrics.ascent()), self._static_text(font, text))
        else:
            painter.drawText(QPointF(x, base), text)

    def _static_text(self, font: QFont, text: str) -> QStaticText:
        """The text laid out once: drawing it anew takes four times as long."""
        made = self._texts.get((id(font), text))
        if made is None:
            if len(self._texts) >= _MOST_WIDTHS:
                self._texts.clear()
            made = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.prepare(font=font)
            self._texts[id(font), text] = made
        return made

    def _mixed(self, role: str) -> QColor:
        over, under, share = role.split("/")
        a, b, part = self.colour(over), self.colour(under), float(share)
        return QColor(*(round(x * part + y * (1 - part)) for x, y in
                        ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))))  # fmt: skip


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font
