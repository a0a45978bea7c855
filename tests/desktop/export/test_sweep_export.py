"""A sweep as a file: every suffix, whole or not at all, and no Qt where no picture is made."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from support.paths import ROOT
from support.sweeps import amdahl_sweep, sweep_of

from desktop.export.sweep_export import check_sweep_export, export_sweep
from workers.system.atomic_files import ExportError

SWEEP = amdahl_sweep()


@pytest.mark.parametrize("scale", [1, 2])
def test_a_png_has_the_size_of_the_picture_in_the_chosen_colours(tmp_path: Path, scale: int, qapp: object) -> None:
    for dark, ground in ((False, "#ffffff"), (True, "#22262c")):
        export_sweep(SWEEP, tmp_path / "a.png", scale=scale, dark=dark)
        image = QImage(str(tmp_path / "a.png"))
        assert (image.width(), image.height()) == (1200 * scale, 460 * scale)
        assert image.pixelColor(5, 5).name() == ground
        line = "#7cc7f2" if dark else "#0072b2"
        across = [
            image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
        ]
        assert across.count(line) > 50


def test_an_svg_is_shapes_and_text(tmp_path: Path, qapp: object) -> None:
    export_sweep(SWEEP, tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert "<image" not in text
    words = " ".join(re.findall(r">([^<>]+)</text>", text))
    for word in ("Time (s)", "Speed-up", "Efficiency (%)", "8 cores", "ideal", "Amdahl", "The work stays the same."):
        assert word in words, word


def test_a_pdf_and_a_sweep_of_failures_are_written(tmp_path: Path, qapp: object) -> None:
    export_sweep(sweep_of({1: [None], 2: [None]}), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_data_needs_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = ['tests']\n"
        "from pathlib import Path\nfrom support.sweeps import amdahl_sweep\n"
        "from desktop.export.sweep_export import export_sweep\n"
        f"for name in ('a.csv', 'a.json'): export_sweep(amdahl_sweep(), Path({str(tmp_path)!r}) / name)\n"
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph'))]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads((tmp_path / "a.json").read_text())["sweep"]["points"]) == 4
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 5


@pytest.mark.parametrize("name", ["a", "a.jpeg", "a.procession", "a.json.gz"])
def test_another_suffix_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"must end in \.png, \.svg, \.pdf, \.csv or \.json\.$"):
        check_sweep_export(tmp_path / name)


def test_a_file_that_cannot_be_written_is_told_before(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="does not exist"):
        check_sweep_export(tmp_path / "none" / "a.csv")
