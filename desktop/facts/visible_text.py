"""Text of the recorded program, made safe to show: characters that cannot be seen are written out. Pure functions without
Qt, for any thread."""

import re

from workers.harmless_text import JOINER

_CONTROL_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
_CONTROLS = _CONTROL_NAMES.split()  # most fonts lack the pictures that Unicode has for them
_HIDDEN = re.compile(rf"(?P<joiner>{JOINER})|[^\x20-\x7e]")


def visible(text: str) -> str:
    """`text`, in which every character that could not be seen is written out: ``‹ESC›`` for an escape, ``‹U+202E›``."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_written_out, text)


def visible_lines(text: str) -> str:
    """The same for each line of `text`."""
    return visible(text) if "\n" not in text else "\n".join(map(visible, text.split("\n")))


def _written_out(match: re.Match[str]) -> str:
    character = match[0]
    if match["joiner"] is not None:
        return character
    code = ord(character)
    if code < 0x20:
        return "→ " if character == "\t" else f"‹{_CONTROLS[code]}›"
    if code == 0x7F:
        return "‹DEL›"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not text, as Python represents it
        return f"‹{code - 0xDC00:02X}›"
    return character if character.isprintable() or character == "\u00a0" else f"‹U+{code:04X}›"
