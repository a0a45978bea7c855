"""The colours, fonts and texts that the chart is drawn with, made once for each palette. The window's thread, or an export.

Texts come from recorded programs and may contain anything: `visible` and `tooltip` show them letter for letter.
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
from desktop.look.span_styles import SPAN_ROLES

_MOST_WIDTHS = 4096


def tooltip(text: str) -> str:
    """`text` as the HTML of a tooltip: letter for letter, in a fixed font where it has several lines."""
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family() if "\n" in text else ""
    font = f"; font-family:'{html.escape(family)}'" if family else ""
    return f'<p style="white-space:pre{font}">{html.escape(text)}</p>'


class ChartStyle:
    """Colours and fonts of one palette.

    vector: for SVG and PDF, where everything is plain shapes and text.
    static: for a screen, where the same texts are drawn frame after frame.
    kind_colours: the colour of each kind of span, by the number of the kind; number 0 is no span.
    name_colours, name_seams: the colours of spans that are coloured by their name, and of the first column of wide ones.
    sprites: the images of the marks, by kind and pixels a unit.
    """

    def __init__(self, palette: Palette, *, vector: bool = False, static: bool = False, letter_px: int = 12) -> None:
        self.palette = palette
        self.vector = vector
        self.static = static
        self._texts: dict[tuple[int, str], QStaticText] = {}
        self._colours: dict[str, QColor] = {}
        self.kind_colours = (QColor(), *(self.colour(role) for role in SPAN_ROLES[1:]))
        self.name_colours = tuple(QColor(colour) for colour in palette.name_colours)
        dark = self.colour("task_text")
        self.name_seams = tuple(_between(colour, dark, 0.62) for colour in self.name_colours)
        self.sprites: dict[tuple[int, float], QImage] = {}
        self.name_font = _font(letter_px, bold=True)
        self.font = _font(letter_px - 1)
        self.small_font = _font(letter_px - 2)
        self.tiny_font = _font(letter_px - 4)
        self.title_font = _font(letter_px + 5, bold=True)
        self._widths: dict[tuple[int, str], float] = {}
        fonts = self.name_font, self.font, self.small_font, self.tiny_font, self.title_font
        self._metrics = {id(font): QFontMetricsF(font) for font in fonts}

    def colour(self, role: str) -> QColor:
        """The colour of a role of the palette; ``a/b/0.3`` is three tenths of a over b, and opaque."""
        made = self._colours.get(role)
        if made is None:
            made = self._colours[role] = self._mixed(role) if "/" in role else QColor(getattr(self.palette, role))
        return made

    def seam_colour(self, kind: int) -> QColor:
        """The colour of the first column of a wide span of this kind, which sets it apart from its neighbour."""
        return self.colour(f"{SPAN_ROLES[kind]}/alive/0.45")

    def tag(self, process_id: int) -> QColor:
        """The colour that marks one process everywhere in the window."""
        return QColor(self.palette.of_process(process_id))

    def pen(self, role: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A flat-ended pen."""
        return QPen(QBrush(self.colour(role)), width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)

    def width(self, font: QFont, text: str) -> float:
        """The width of a text as it is shown, in one of this style's fonts."""
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

    def write(self, painter: QPainter, font: QFont, role: str, box: QRectF, text: str, *, middle: bool = False) -> None:
        """Draw one line of text at the left of a box, cut to its width. middle: cut in the middle, for names, which often
        differ in their last letters."""
        painter.setFont(font)
        painter.setPen(self.colour(role))
        metrics = self._metrics[id(font)]
        text = visible(text)
        if self.width(font, text) > box.width() + 0.5:
            text = self.elided(font, text, box.width() + 0.5, middle=middle)
        # The baseline places the text: some vector viewers clip a box, and drawText(box) lays the text out again.
        base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
        if self.static:
            painter.drawStaticText(QPointF(box.left(), base - metrics.ascent()), self._static_text(font, text))
        else:
            painter.drawText(QPointF(box.left(), base), text)

    def _static_text(self, font: QFont, text: str) -> QStaticText:
        """The text, laid out once: laying it out for each frame takes four times as long."""
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
        return _between(self.colour(over), self.colour(under), float(share))


def _between(a: QColor, b: QColor, part: float) -> QColor:
    pairs = (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())
    return QColor(*(round(x * part + y * (1 - part)) for x, y in pairs))


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font
