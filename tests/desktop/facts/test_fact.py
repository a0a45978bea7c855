"""Facts as text, and their room, which needs no Qt."""

import pkgutil
import subprocess
import sys

from support.paths import ROOT

from desktop import facts
from desktop.facts.fact import Fact, as_text


def test_the_room_needs_no_qt() -> None:
    names = [f"desktop.facts.{module.name}" for module in pkgutil.iter_modules(facts.__path__)]
    code = f"import sys, {', '.join(names)}; assert not any(name.startswith('PySide6') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_as_text() -> None:
    assert as_text([Fact("Pid", "1"), Fact("Name", "x")]) == "Pid: 1\nName: x"
