"""Parts of the project's pages that are made from the code, so that no page can say something else.

A part lies between `<!-- NAME -->` and `<!-- end of NAME -->`. A test compares it with what the code gives. With
UPDATE_DOCUMENTS=1 in the environment the test writes it instead: `make pages` does so for all of them.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from support.paths import ROOT


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. Pipes in the cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def check_part(page: str, name: str, text: str) -> None:
    """Fail unless this part of a page, named from the project's root, is this text; or write it there, when asked to."""
    path = ROOT / page
    written = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    found = re.search(f"(?s){re.escape(begin)}(.*?){re.escape(end)}", written)
    assert found, f"{page} has no part named {name!r}"
    wanted = f"{text.strip()}\n"
    if os.environ.get("UPDATE_DOCUMENTS") == "1":
        _write(path, written[: found.start(1)] + wanted + written[found.end(1) :])
    else:
        assert found[1] == wanted, f"{page}: the part {name!r} is out of date. `make pages` writes it."


def _write(path: Path, text: str) -> None:
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
