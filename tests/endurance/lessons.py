"""Walks through every lesson in a window by real events, and takes pictures of it.

Usage: python tests/endurance/lessons.py FOLDER [THEME] [--present] [--gallery] [NUMBER…]

For each lesson a picture of the question and one of its result goes into FOLDER. THEME is light, dark, or either with -high for
high contrast. --present: on a full screen, as for a class. --gallery: small pictures of the results alone, as in
`resources/pictures/lessons`. NUMBER: only these lessons. Exit code 1 when a lesson has no result.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from support.lesson_walk import LessonHands
from support.widgets import find

from desktop.settings import Settings
from desktop.window.main_window import MainWindow

_LIMIT_S = 120.0
_SIZE_PX, _PRESENTED_PX = (1280, 800), (1920, 1080)
_GALLERY_PX = 800
_FLAT = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither


def wait(condition: Callable[[], bool]) -> None:
    """Let the window live until the condition holds."""
    until_s = time.monotonic() + _LIMIT_S
    while not condition():
        if time.monotonic() > until_s:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.005)


def settle(window: MainWindow) -> None:
    """Let the window lay itself out and paint."""
    until_s = time.monotonic() + 0.3
    wait(lambda: time.monotonic() > until_s)
    assert window.isVisible()


def main() -> int:
    """The walk. Returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("theme", nargs="?", default="light")
    parser.add_argument("numbers", nargs="*", type=int)
    parser.add_argument("--present", action="store_true")
    parser.add_argument("--gallery", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as own:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = f"{own}/{name.lower()}"
        settings = Settings()
        settings.theme = options.theme.removesuffix("-high")
        settings.high_contrast = options.theme.endswith("-high")
        window = MainWindow(settings)
        window.contents.views.load_chart()
        window.resize(*_SIZE_PX)
        window.show()
        settle(window)
        if not options.gallery:
            window.grab().save(str(options.folder / f"00-begin-{options.theme}.png"))
        missing = _walk(window, options)
        window.close()
        app.processEvents()
    return 1 if missing else 0


def _walk(window: MainWindow, options: argparse.Namespace) -> int:
    missing = 0
    hands = LessonHands.of(window)
    window.contents.sources.setCurrentWidget(window.contents.sources.learn)
    count = window.contents.learning.count
    for number in options.numbers or range(1, count + 1):
        lesson = hands.open(number)
        if options.present:
            window.contents.actions.present.trigger()
            window.resize(*_PRESENTED_PX)
        settle(window)
        name = f"{lesson.id}-{options.theme}{'-present' if options.present else ''}"
        hands.answer(lesson, number % len(lesson.choices))
        settle(window)
        if not options.gallery:
            window.grab().save(str(options.folder / f"{name}-1.png"))
        hands.run(wait)
        settle(window)
        if options.gallery:
            small = window.grab().toImage().scaledToWidth(_GALLERY_PX, Qt.TransformationMode.SmoothTransformation)
            small.convertToFormat(QImage.Format.Format_Indexed8, _FLAT).save(str(options.folder / f"{lesson.id}.png"))
        else:
            window.grab().save(str(options.folder / f"{name}-2.png"))
        said = find(window, QLabel, "lesson_said").text()
        print(f"{number:2} {said}", flush=True)
        missing += said.startswith("?")
        if options.present:
            window.contents.actions.present.trigger()
            window.resize(*_SIZE_PX)
    return missing


if __name__ == "__main__":
    sys.exit(main())
