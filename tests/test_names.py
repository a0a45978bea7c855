"""Names lead to files: modules and classes have names of their own, rooms are small and have a page, pages name real files."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

PACKAGES = ("desktop", "workers", "resources")
ROOMS_OF = ("workers", "desktop", "desktop/chart")
MOST_FILES = 20
NOT_NAMES = ("__init__", "__main__")
LESSONS = ROOT / "resources" / "lessons"  # each lesson is a folder of data with a listing.py in it
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
QUOTED = re.compile(r"`([^`\s]+)`")


def product_files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "__pycache__" not in path.parts and path.parent.parent != LESSONS:
                yield path


def rooms() -> list[Path]:
    """The folders right below one of ROOMS_OF that hold Python files."""
    folders = (folder for parent in ROOMS_OF for folder in (ROOT / parent).iterdir())
    return sorted(folder for folder in folders if folder.is_dir() and any(folder.glob("*.py")))


def pages() -> list[Path]:
    """The pages of the project and of its rooms."""
    inside = (page for folder in (*PACKAGES, "tests") for page in (ROOT / folder).rglob("README.md"))
    return sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *inside])


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def shared(places: dict[str, list[str]]) -> dict[str, list[str]]:
    """The names that more than one place has."""
    return {name: sorted(found) for name, found in sorted(places.items()) if len(found) > 1}


def test_no_two_modules_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in product_files():
        if path.stem not in NOT_NAMES:
            places[path.stem].append(shown(path))
    assert len(places) > 200
    assert shared(places) == {}


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in product_files():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{shown(path)}:{node.lineno}")
    assert len(places) > 200
    assert shared(places) == {}


def test_no_folder_holds_too_many_files() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in product_files():
        counts[shown(path.parent)] += 1
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def test_every_room_has_a_page() -> None:
    assert len(rooms()) > 20
    assert [shown(room) for room in rooms() if not (room / "README.md").is_file()] == []


def missing_files(page: Path) -> Iterator[str]:
    """What a page names as a file or a folder of the project and is none.

    Checked are links, and words in backticks that begin with a folder of the project or end in ``.py``. A name without a folder
    may be that of any file.
    """
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(text):
        if not (page.parent / link).exists():
            yield link
    for word in QUOTED.findall(text):
        first, _, rest = word.partition("/")
        if rest and first in (*PACKAGES, "tests", ".ci"):
            found = any(ROOT.glob(word.rstrip("/")))
        elif page.parent != ROOT and re.fullmatch(r"[\w/]+\.py", word):
            found = (page.parent / word).exists() or any(
                path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob(word)
            )
        else:
            continue
        if not found:
            yield word


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_pages_name_only_files_that_exist(page: Path) -> None:
    assert list(missing_files(page)) == []


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "[one](gone.md), `workers/nowhere.py`, `nowhere.py`; `workers/runs`, `leases.py` and `name.txt` are fine."
    )
    assert list(missing_files(page)) == ["gone.md", "workers/nowhere.py", "nowhere.py"]
