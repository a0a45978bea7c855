"""Each format of pictures: what its files are."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from support.builders import joined_run, running_run

from desktop.chart.pictures.run_picture import picture_size
from desktop.export import exporting
from desktop.export.picture_formats import PICTURE_FORMATS
from desktop.export.pictures import SCALES
from desktop.look.palette import LIGHT
from workers.plan.plan import Plan
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = tuple(each.suffix for each in PICTURE_FORMATS)


def saved(timeline: Timeline, path: Path, *, folder: Path | None = None, scale: int = 2) -> Path:
    """Where the export went."""
    exporting.export_timeline(timeline, path, folder=folder, scale=scale)
    return path


def svg_texts(path: Path) -> str:
    """All text of an SVG file, which must be well-formed."""
    return " ".join("".join(element.itertext()) for element in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.mark.parametrize("scale", SCALES)
def test_a_png_has_the_size_of_the_whole_picture(tmp_path: Path, scale: int) -> None:
    timeline = joined_run(12)
    image = QImage(str(saved(timeline, tmp_path / "a.png", scale=scale)))
    size = picture_size(timeline)
    assert (image.width(), image.height()) == (round(size.width() * scale), round(size.height() * scale))
    bars = {y // scale for y in range(0, image.height(), scale)
            if image.pixelColor(image.width() // 3, y).name() == LIGHT.alive}  # fmt: skip
    assert max(bars) > 0.9 * size.height(), "the last lane is missing"


def test_an_svg_is_vectors_and_text_for_every_lane(tmp_path: Path) -> None:
    timeline = joined_run(9, exit_codes={3: -9})
    path = saved(timeline, tmp_path / "a.svg")
    texts = svg_texts(path)
    assert all(process.name in texts for process in timeline.processes)
    assert all(word in texts for word in ("SIGKILL", "parent waits in join()", "failed or killed"))
    assert not list(ElementTree.parse(path).iter(f"{SVG}image"))
    root = ElementTree.parse(path).getroot()
    assert root.get("viewBox") == "0 0 {:g} {:g}".format(*picture_size(timeline).toTuple())


def test_what_an_svg_says_of_itself_has_no_character_that_a_display_acts_on(tmp_path: Path) -> None:
    timeline = joined_run(2)
    timeline.plan = None
    timeline.argv, timeline.host = ("python", "a.py", "b\x9b31m\u202ec\nd"), "e\u2066"
    said = ElementTree.parse(saved(timeline, tmp_path / "a.svg")).findtext(f"{SVG}desc")
    assert said is not None
    assert "a.py b�31m�c�d" in said
    assert not set("\x9b\u202e\u2066\n") & set(said)


def test_an_svg_with_control_characters_in_names_is_well_formed(tmp_path: Path) -> None:
    timeline = joined_run(2)
    timeline.process(2).name = "a\x00\x1b<b>&amp;"
    timeline.process(3).name = "\x01\x0b\ufffe"
    timeline.touch(2)
    timeline.touch(3)
    said = svg_texts(saved(timeline, tmp_path / "a.svg"))
    assert "a‹NUL›‹ESC›<b>&amp;" in said
    assert "‹SOH›‹VT›‹U+FFFE›" in said


def test_a_pdf_is_one_page_with_text(tmp_path: Path) -> None:
    content = saved(joined_run(4), tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert content.count(b"/Type /Page\n") == 1
    assert b"/Font" in content
    assert b"/Subtype /Image" not in content


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_run_that_is_going_on_or_is_empty_makes_a_picture_too(tmp_path: Path, suffix: str) -> None:
    for number, timeline in enumerate((running_run(2), Timeline(), Timeline.planned(Plan.make([10])))):
        assert saved(timeline, tmp_path / f"{number}{suffix}").stat().st_size > 500


def test_a_pdf_page_is_never_longer_than_readers_take(tmp_path: Path) -> None:
    content = saved(joined_run(64), tmp_path / "low.pdf").read_bytes()
    assert page_pt(content) == pytest.approx((900, 2360), abs=2)
    timeline = joined_run(64)
    for number in range(500):
        timeline.add_process(f"more {number}", ProcessKind.WORKER, parent_id=1)
    width, height = page_pt(saved(timeline, tmp_path / "long.pdf").read_bytes())
    assert height == pytest.approx(14_400, abs=1)
    assert width < 900


def page_pt(content: bytes) -> tuple[float, float]:
    """Width and height of the page in points."""
    box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    assert box is not None
    return float(box[1]), float(box[2])
