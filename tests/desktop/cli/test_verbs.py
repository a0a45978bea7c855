"""The list of verbs: every one has the common form, and the help derives from it."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.cli.command_line import main
from desktop.cli.verbs import find_verb, verb_names, verbs


def test_every_verb_is_found_under_its_own_name() -> None:
    assert [verb.name for verb in verbs()] == verb_names() == [
        "run", "record", "report", "export", "watch", "sweep", "lessons", "stacks", "doctor"
    ]  # fmt: skip
    assert find_verb("dance") is None


def test_help_lists_every_verb_with_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for verb in verbs():
        assert f"  {verb.name:<9} {verb.summary}\n" in said
    assert said.startswith(
        "usage: procession [--require-display] [--lessons FOLDER] [FILE] | procession COMMAND [options]\n"
    )


@pytest.mark.parametrize("name", verb_names())
def test_every_verb_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: procession {name} ")


def test_what_is_neither_a_verb_nor_a_file_is_told_which_verbs_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dance"]) == 2
    assert (
        "(there are run, record, report, export, watch, sweep, lessons, stacks and doctor)" in capsys.readouterr().err
    )


def test_no_verb_imports_qt_or_another_verb() -> None:
    code = (
        "import sys\nfrom desktop.cli.verbs import find_verb\nfind_verb(sys.argv[1])\n"
        "print(*(name for name in sys.modules if name.startswith(('PySide6', 'desktop.cli.'))))"
    )
    for name in verb_names():
        done = subprocess.run(
            [sys.executable, "-c", code, name], capture_output=True, text=True, timeout=60, check=True
        )
        loaded = done.stdout.split()
        assert not [module for module in loaded if module.startswith("PySide6")]
        assert [module for module in loaded if module.endswith("_command")] == [find_verb(name).carry_out.__module__]


def test_a_folder_without_lessons_opens_no_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert main(["--lessons", str(folder)]) == 2
        said = capsys.readouterr().err
        assert str(folder) in said
        assert said.count("\n") == 1
