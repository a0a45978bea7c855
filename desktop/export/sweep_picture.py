"""The picture of a sweep: its title, what stays the same, the curves, and what they say. The window's thread.

The curves are the window's own. They are widgets, so that a command makes an application which can have some, and shows
nothing.
"""

import sys

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter
from PySide6.QtWidgets import QApplication

from desktop.look.palette import Palette
from desktop.panels.sweep.sweep_legend import paint_sweep_legend
from workers.harmless_text import plain
from workers.sweep.measured import Sweep
from workers.sweep.sweep_words import headline, serial_words

_WIDTH_PX, _HEIGHT_PX = 1200.0, 460.0
_MARGIN_PX = 20.0
_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 480.0, 260.0


def ensure_widgets() -> None:
    """Make the application that widgets need, unless there is one. It shows nothing, so no display is asked for."""
    if QGuiApplication.instance() is None:
        hidden = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
        QApplication(["procession", *hidden])  # PySide itself keeps it


class SweepPicture:
    """Draws a sweep; see `Drawing`."""

    def __init__(self, sweep: Sweep) -> None:
        ensure_widgets()
        self._sweep = sweep

    @property
    def description(self) -> str:
        """What was swept, and what came of it."""
        return f"{plain(self._sweep.title)}. {headline(self._sweep)}"

    def size(self, width_px: float | None) -> QSizeF:
        """The height does not depend on the width."""
        return QSizeF(_WIDTH_PX if width_px is None else width_px, _HEIGHT_PX)

    def paint(
        self, painter: QPainter, palette: Palette, size: QSizeF, *, vector: bool = False, detail: float = 2.0
    ) -> None:
        """Paint it into (0, 0, size), scaled evenly where that is too small for the texts."""
        from desktop.panels.sweep.sweep_plots import SweepPlots

        sweep = self._sweep
        shrink = min(1.0, size.width() / _LEAST_WIDTH_PX, size.height() / _LEAST_HEIGHT_PX)
        painter.save()
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(palette.base))
        painter.scale(shrink, shrink)
        width, height = size.width() / shrink, size.height() / shrink
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing, True)
        left, wide = _MARGIN_PX, width - 2 * _MARGIN_PX
        title, font = QFont(), QFont()
        title.setPointSizeF(12)
        title.setBold(True)
        font.setPointSizeF(9)
        _write(painter, title, palette.text, QRectF(left, 14, wide, 24), plain(sweep.title))
        _write(painter, font, palette.quiet, QRectF(left, 40, wide, 18), sweep.held)
        _write(painter, font, palette.text, QRectF(left, 60, wide, 18), headline(sweep))
        _write(painter, font, palette.quiet, QRectF(left, 78, wide, 18), serial_words(sweep))
        paint_sweep_legend(painter, palette, sweep, font, QRectF(left, height - 32, wide, 20))
        plots = SweepPlots()
        try:
            plots.set_palette(palette)
            plots.show_sweep(sweep)
            plots.render_into(painter, QRectF(left, 104, wide, height - 104 - 38))
        finally:
            plots.close()
            plots.deleteLater()
        painter.restore()


def _write(painter: QPainter, font: QFont, colour: str, box: QRectF, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
