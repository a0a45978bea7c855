"""What is remembered, and what is done with nonsense in the file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from desktop.settings import Settings
from workers.plan.plan import Order, Plan, StartMethod, Workload


@pytest.fixture
def file(tmp_path: Path) -> Path:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    (tmp_path / "procession").mkdir()
    return tmp_path / "procession" / "procession.ini"


@pytest.mark.parametrize("order", list(Order))
def test_plan_is_there_again(file: Path, order: Order) -> None:
    plan = Plan.make([10_000, 70_000_000], Workload.SORT_PID, StartMethod.FORKSERVER, order)
    Settings().plan = plan
    assert Settings().plan == plan


def test_new_settings_are_empty(file: Path) -> None:
    settings = Settings()
    assert settings.plan is None
    assert settings.theme == "system"
    assert settings.layout("window") is None
    assert settings.folder == Path.home()


def test_layout_theme_and_folder_are_there_again(file: Path) -> None:
    settings = Settings()
    settings.keep_layout("window", QByteArray(b"\x01\x00\x02"))
    settings.theme = "dark"
    (file.parent / "some where ü").mkdir()
    settings.know_folder(file.parent / "some where ü" / "run.json")
    again = Settings()
    assert again.layout("window") == QByteArray(b"\x01\x00\x02")
    assert again.layout("whole") is None
    assert again.theme == "dark"
    assert again.folder == file.parent / "some where ü"
    again.know_folder("/is/gone/run.json")
    assert Settings().folder == Path.home()


@pytest.mark.parametrize("plan", ["{}", "[1, 2]", '"x"', "null", '{\\"sizes\\": []}', "\\x0"])
def test_nonsense_is_as_if_absent(file: Path, plan: str) -> None:
    file.write_text(f'[General]\nplan="{plan}"\ntheme=purple\n[layout]\nwindow=@Invalid()\nwhole=17\n')
    settings = Settings()
    assert settings.plan is None
    assert settings.theme == "system"
    assert settings.layout("window") is None
    assert settings.layout("whole") is None
