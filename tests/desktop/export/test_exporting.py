"""Export by suffix: each kind is what it says, complete, and never said to be saved when it is not."""

import gzip
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from zipfile import ZipFile

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from support.builders import joined_run, running_run
from support.paths import TESTS

from desktop.chart.drawing.run_picture import picture_size
from desktop.environment import version
from desktop.environment.system_libraries import Library
from desktop.export import exporting
from desktop.look.palette import LIGHT
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system.atomic_files import ExportError
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = (".png", ".svg", ".pdf")


def saved(timeline: Timeline, path: Path, *, folder: Path | None = None, scale: int = 2) -> Path:
    """Where the export went."""
    exporting.export_timeline(timeline, path, folder=folder, scale=scale)
    return path


def svg_texts(path: Path) -> str:
    """All text of an SVG file, which must be well-formed."""
    return " ".join("".join(element.itertext()) for element in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.mark.parametrize("scale", exporting.SCALES)
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
    assert all(word in texts for word in ("SIGKILL", "parent waits in join()", "is_alive() False"))
    assert not list(ElementTree.parse(path).iter(f"{SVG}image"))
    root = ElementTree.parse(path).getroot()
    assert root.get("viewBox") == "0 0 {:g} {:g}".format(*picture_size(timeline).toTuple())


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


def test_the_other_kinds_are_what_they_say(tmp_path: Path) -> None:
    timeline = joined_run(2)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "keeper.journal").write_bytes(b"journal")
    assert saved(timeline, tmp_path / "a.csv").read_text().count("\n") == 4
    trace = json.loads(saved(timeline, tmp_path / "a.json").read_bytes())
    assert json.loads(gzip.decompress(saved(timeline, tmp_path / "a.json.gz").read_bytes())) == trace
    with ZipFile(saved(timeline, tmp_path / "A.PROCESSION", folder=tmp_path / "run")) as archive:
        assert archive.read("keeper.journal") == b"journal"


def test_a_timeline_without_journals_cannot_be_saved_as_a_run(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no journals"):
        saved(joined_run(1), tmp_path / "a.procession")
    assert not list(tmp_path.glob("*.procession"))


@pytest.mark.parametrize("name", ["a", "a.jpg", "a.png.txt", "png", ""])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"\.png, \.svg, \.pdf, \.csv, \.json, \.json\.gz or \.procession\."):
        saved(joined_run(1), tmp_path / name)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("suffix", [*PICTURES, ".csv", ".json", ".json.gz", ".procession"])
def test_a_full_disk_is_an_error_for_every_kind(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "keeper.journal").touch()
    full = tmp_path / f"full{suffix}"
    full.symlink_to("/dev/full")
    with pytest.raises(ExportError, match="the disk is full"):
        saved(joined_run(1), full, folder=tmp_path)


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_failure_leaves_the_old_picture_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    old = saved(joined_run(1), tmp_path / f"a{suffix}").read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError):
        saved(joined_run(2), tmp_path / f"a{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1 + len(list(tmp_path.glob("xdg*")))


def test_a_missing_folder_and_a_folder_as_target_are_said_before_anything_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "b.png").mkdir()
    for path, sentence in ((tmp_path / "no" / "a.png", "does not exist"), (tmp_path / "b.png", "is a folder")):
        with pytest.raises(ExportError, match=sentence):
            saved(joined_run(1), path)
        with pytest.raises(ExportError, match=sentence):
            exporting.check_export(path)


def test_a_picture_too_large_to_make_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_MOST_PIXELS", 1_000)
    with pytest.raises(ExportError, match="too large"):
        exporting.picture_image(joined_run(1))


@pytest.mark.parametrize(("plan", "name"), [
    (Plan.make([10, 20, 30, 40], Workload.SORT, StartMethod.FORK), "2026-11-23 sort 4 workers fork.png"),
    (Plan.make([10], Workload.SPIN, StartMethod.SPAWN, "start 1"), "2026-11-23 spin 1 worker spawn own steps.png"),
    (Plan.make([10, 20], steps=Order.BY_HAND), "2026-11-23 sort 2 workers fork by hand.png"),
    (Plan.make([10, 20], steps=Order.ASK_BEFORE), "2026-11-23 sort 2 workers fork is_alive() before any join.png"),
])  # fmt: skip
def test_the_default_name_says_the_day_and_the_plan(plan: Plan, name: str) -> None:
    timeline = Timeline(plan)
    timeline.started_at = "2026-11-23T16:06:10.123+00:00"
    assert exporting.default_name(timeline) == name


def test_a_default_name_is_safe_everywhere() -> None:
    assert exporting.default_name(Timeline()) == "procession.png"
    timeline = Timeline()
    timeline.argv = ("python", 'a<b>:"|?*\x00\n' + "x" * 300 + ".py")
    name = exporting.default_name(timeline)
    assert len(name) <= 104
    assert not set(name) & set('<>:"/\\|?*\0\n')


def test_without_an_application_and_without_a_display_a_picture_is_made(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from support.builders import joined_run; from desktop.export.exporting import export_timeline\n"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]\n"
        "export_timeline(joined_run(2), Path(sys.argv[1]), folder=None)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["QT_QPA_PLATFORM"] = "xcb"  # which without a display would end the process
    tests = str(TESTS)
    command = [sys.executable, "-c", code, str(tmp_path / "a.png"), tests]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert QImage(str(tmp_path / "a.png")).width() > 1_000


def test_a_missing_system_library_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtGui", None)
    monkeypatch.setattr(exporting, "missing_libraries", lambda: [Library("libEGL.so.1", "libegl1")])
    with pytest.raises(ExportError, match=r"libEGL\.so\.1"):
        exporting.ensure_application()


def test_a_qt_that_would_crash_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "refusal", lambda: "PySide6 6.12.0 crashes on Python 3.11.")
    with pytest.raises(ExportError, match="crashes"):
        exporting.picture_image(joined_run(1))


def test_the_application_that_is_there_is_used() -> None:
    there = QGuiApplication.instance()
    exporting.ensure_application()
    assert QGuiApplication.instance() is there


def test_a_pdf_page_is_never_longer_than_readers_take(tmp_path: Path) -> None:
    content = saved(joined_run(64), tmp_path / "low.pdf").read_bytes()
    assert page_pt(content) == pytest.approx((900, 2375), abs=2)
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
