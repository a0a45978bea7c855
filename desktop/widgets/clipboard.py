"""Records on the clipboard, as tab-separated text, and the sentence that says so. The window's thread."""

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QGuiApplication


def table_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as text: one line a row under the line of heads, the cells separated by tabs."""
    return "".join("\t".join(cells) + "\n" for cells in (heads, *rows))


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def copied(count: int, one: str, several: str) -> str:
    """The sentence after records were copied: ``1 run is on the clipboard.`` one, several: the noun in both numbers."""
    return f"1 {one} is on the clipboard." if count == 1 else f"{count:,} {several} are on the clipboard."
