"""The picture of a run as an image, and Qt, which draws it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from support.builders import joined_run
from support.paths import TESTS

from desktop.environment import version
from desktop.environment.system_libraries import Library
from desktop.export import pictures
from workers.system.atomic_files import ExportError

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_picture_too_large_to_make_is_an_error() -> None:
    most = pictures.MOST_SIDE_PX
    with pytest.raises(ExportError, match="too large"):
        pictures.picture_image(joined_run(1), look=pictures.PictureLook(width_px=most, height_px=most, scale=1))


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
    monkeypatch.setattr(pictures, "missing_libraries", lambda: [Library("libEGL.so.1", "libegl1")])
    with pytest.raises(ExportError, match=r"libEGL\.so\.1"):
        pictures.ensure_application()


def test_a_qt_that_would_crash_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "refusal", lambda: "PySide6 6.12.0 crashes on Python 3.11.")
    with pytest.raises(ExportError, match="crashes"):
        pictures.picture_image(joined_run(1))


def test_the_application_that_is_there_is_used() -> None:
    there = QGuiApplication.instance()
    pictures.ensure_application()
    assert QGuiApplication.instance() is there
