"""Colours for Python source: keywords, strings, comments, numbers, names of definitions. The window's thread."""

import keyword
import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from desktop.look.palette import Palette

_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<long>[rbfu]{0,2}(?P<quotes>\"{3}|'{3}))
    |(?P<string>[rbfu]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))
    |(?P<defined>(?<=\bdef\ )\w+|(?<=\bclass\ )\w+)
    |(?P<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)
    |(?P<word>\b[^\W\d]\w*\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_KEYWORDS = frozenset(keyword.kwlist)
_BUILTINS = frozenset({"print", "range", "len", "sorted", "list", "bytearray", "ValueError", "getattr"})
_OUTSIDE, _IN_DOUBLE, _IN_SINGLE = 0, 1, 2


class PythonHighlighter(QSyntaxHighlighter):
    """Highlights a document in a palette's colours."""

    def __init__(self, document: QTextDocument, palette: Palette) -> None:
        super().__init__(document)
        self._styles = _styles(palette)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._styles = _styles(palette)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line. A triple-quoted string may continue from the line before."""
        at = 0
        state = max(_OUTSIDE, self.previousBlockState())
        if state != _OUTSIDE:
            at = self._finish_long(text, 0, 0, '"""' if state == _IN_DOUBLE else "'''")
        while 0 <= at < len(text):
            match = _TOKEN.search(text, at)
            if match is None:
                break
            kind = match.lastgroup or ""
            if match["long"]:
                at = self._finish_long(text, match.start(), match.end(), match["quotes"])
                continue
            if kind == "word":
                kind = "keyword" if match[0] in _KEYWORDS else "builtin" if match[0] in _BUILTINS else ""
            if kind:
                self.setFormat(match.start(), len(match[0]), self._styles[kind])
            at = match.end()
        if at >= 0:
            self.setCurrentBlockState(_OUTSIDE)

    def _finish_long(self, text: str, began: int, inside: int, quotes: str) -> int:
        """Colour from `began` to the closing quotes. Returns where they end, or -1 when they are on a later line."""
        end = text.find(quotes, inside)
        until = len(text) if end < 0 else end + len(quotes)
        self.setFormat(began, until - began, self._styles["string"])
        if end < 0:
            self.setCurrentBlockState(_IN_DOUBLE if quotes == '"""' else _IN_SINGLE)
            return -1
        return until


def _styles(palette: Palette) -> dict[str, QTextCharFormat]:
    blue, brown, purple = palette.accent, palette.process_colours[2], palette.process_colours[4]
    return {
        "keyword": _style(blue, bold=True),
        "string": _style(palette.good),
        "comment": _style(palette.quiet, italic=True),
        "number": _style(brown),
        "defined": _style(purple, bold=True),
        "builtin": _style(blue),
    }


def _style(colour: str, *, bold: bool = False, italic: bool = False) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(QColor(colour))
    style.setFontItalic(italic)
    if bold:
        style.setFontWeight(QFont.Weight.DemiBold)
    return style
