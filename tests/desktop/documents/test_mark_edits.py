"""A person's marks: changed, taken back, kept with the run."""

from pathlib import Path

from pytestqt.qtbot import QtBot
from support.builders import SECOND, joined_run

from desktop.documents.mark_edits import MarkEdits
from workers.runs import bookmarks
from workers.timeline.model import Bookmark

ONE, TWO = Bookmark(SECOND, "one"), Bookmark(2 * SECOND, "two")


def test_marks_are_kept_in_the_runs_folder_at_every_change(tmp_path: Path, qtbot: QtBot) -> None:
    run, marks = joined_run(1), MarkEdits(lambda: tmp_path)
    marks.set_timeline(run)
    before = run.revision
    marks.replace(None, TWO)
    marks.replace(None, ONE)
    assert run.bookmarks == bookmarks.load(tmp_path) == [ONE, TWO]
    assert run.revision > before
    marks.replace(TWO, None)
    assert bookmarks.load(tmp_path) == [ONE]
    assert marks.undo_text == "delete mark"
    marks.undo()
    assert bookmarks.load(tmp_path) == [ONE, TWO]
    assert marks.redo_text == "delete mark"


def test_a_change_after_an_undo_forgets_what_was_undone(qtbot: QtBot) -> None:
    run, marks = joined_run(1), MarkEdits(lambda: None)
    marks.set_timeline(run)
    marks.replace(None, ONE)
    marks.undo()
    marks.replace(None, TWO)
    assert marks.redo_text == ""
    marks.redo()
    assert run.bookmarks == [TWO]
    marks.undo()
    marks.undo()
    assert run.bookmarks == []


def test_a_folder_that_is_gone_is_told_and_the_mark_stays_in_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    run, marks = joined_run(1), MarkEdits(lambda: tmp_path / "gone")
    marks.set_timeline(run)
    with qtbot.waitSignal(marks.failed) as told:
        marks.replace(None, ONE)
    assert "gone" in str(told.args)
    assert run.bookmarks == [ONE]
