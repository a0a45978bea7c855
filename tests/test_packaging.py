"""The wheel's contents, the command, and the rule that keeps a crashing Qt away from old Pythons."""

import importlib.metadata
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT

PACKAGES = ("desktop", "workers", "resources")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = {**os.environ, "PIP_NO_INDEX": "1"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("procession-*.whl")))


def test_the_wheel_holds_every_file_of_the_packages_but_their_pages(wheel: zipfile.ZipFile) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "README.md"
    }
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == here
    assert any(name.startswith("resources/examples/") and name.endswith(".py") for name in inside)
    lessons = {name.rpartition("/")[0] for name in inside if name.endswith("/lesson.toml")}
    assert len(lessons) == 15
    assert {f"{folder}/listing.py" for folder in lessons} <= inside
    assert any(name.startswith("resources/icons/") and name.endswith(".svg") for name in inside)
    assert {"resources/desktop_entry/procession.desktop", "resources/desktop_entry/procession.xml"} <= inside


def test_the_wheel_has_its_metadata(wheel: zipfile.ZipFile) -> None:
    info = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "procession = desktop.__main__:main" in info["entry_points.txt"]
    assert "Requires-Python: >=3.11" in info["METADATA"]
    assert "MIT" in info["LICENSE"]


def test_the_command_can_be_loaded() -> None:
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="procession")
    assert callable(command.load())


def test_the_version_is_given_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert importlib.metadata.version("procession") == project["version"]


def qt_allowed(python: str) -> Requirement:
    """The one requirement of Qt that counts on this Python."""
    rules = [Requirement(text) for text in importlib.metadata.requires("procession") or []]
    (rule,) = (
        rule
        for rule in rules
        if canonicalize_name(rule.name) == "pyside6-essentials"
        and rule.marker
        and rule.marker.evaluate({"python_version": python})
    )
    return rule


def test_the_qt_that_aborts_on_old_pythons_is_ruled_out_there() -> None:
    """PySide6 6.12.0 on CPython below 3.12 loses a reference at every emit, and aborts after some hundreds."""
    assert "6.12.0" not in qt_allowed("3.11").specifier
    assert "6.11.3" in qt_allowed("3.11").specifier
    for python in ("3.12", "3.13", "3.14"):
        assert "6.12.0" in qt_allowed(python).specifier


def test_the_installed_qt_keeps_the_rule() -> None:
    rule = qt_allowed(f"{sys.version_info.major}.{sys.version_info.minor}")
    assert importlib.metadata.version("PySide6-Essentials") in rule.specifier
