"""Titles of runs, and the names that the user gives them."""

import os
from pathlib import Path

import pytest
from support.kept_runs import PLAN, folder

from workers.errors import ProcessionError
from workers.runs.run_names import MOST_LETTERS, NAME, name_of, rename, title_of


@pytest.mark.parametrize(("argv", "title"), [
    (("python", "/home/me/train.py", "--epochs", "3"), "train.py --epochs 3"),
    (("python", "-m", "package.main", "a b"), "-m package.main 'a b'"),
    (("python", "-"), "-"),
    (("python",), ""),
    ((), ""),
])  # fmt: skip
def test_a_script_is_called_by_its_file_and_arguments(argv: tuple[str, ...], title: str) -> None:
    assert title_of(argv, None) == title


def test_a_plan_is_called_by_itself() -> None:
    assert title_of(("python", "-P", "program.py"), PLAN) == PLAN.title


def test_a_name_is_kept_with_the_run_and_taken_away_again() -> None:
    run = folder(1)
    assert name_of(run) == ""
    assert rename(run, "  the one\nthat\thangs ☃ ") == "the one that hangs ☃"
    assert name_of(run) == "the one that hangs ☃"
    assert rename(run, " \n") == ""
    assert name_of(run) == ""
    assert not (run / NAME).exists()


def test_names_are_bounded_and_on_one_line() -> None:
    run = folder(1)
    rename(run, "<b>x</b>\x1b[31m\u202e" + "long " * 200)
    assert len(name_of(run)) <= MOST_LETTERS
    assert name_of(run).isprintable()
    (run / NAME).write_bytes(b"\xff\xfe\x00" * 1000)
    assert len(name_of(run)) <= MOST_LETTERS
    assert name_of(run).isprintable()
    rename(run, "\udc80")  # as a byte that is no text
    assert name_of(run) in ("?", "")


def test_a_run_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProcessionError, match="could not be saved"):
        rename(tmp_path / "gone", "x")


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_in_the_place_of_the_name_is_not_written_through(tmp_path: Path) -> None:
    run = folder(1)
    (tmp_path / "precious").write_text("mine")
    (run / NAME).symlink_to(tmp_path / "precious")
    rename(run, "x")
    assert (tmp_path / "precious").read_text() == "mine"
    assert name_of(run) == "x"
