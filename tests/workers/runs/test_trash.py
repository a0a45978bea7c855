"""Deleting runs: moved aside whole, brought back, removed for good later, and never anything beyond the runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.kept_runs import kept_run

from workers.errors import RunError
from workers.runs import trash
from workers.runs.keeper_marks import write_keeper_pid
from workers.runs.leases import Lease
from workers.runs.run_folders import run_folders, runs_folder
from workers.runs.trash import KEPT_S, delete, deletions, discard, empty, restore

TRASH = ".deleted"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_deleted_run_is_restored_as_it_was() -> None:
    runs = [kept_run(number) for number in range(4)]
    before = [content(run) for run in runs]
    first, second = delete(runs[:2]), delete(runs[2:3])
    assert run_folders() == [runs[3]]
    assert [one.runs for one in deletions()] == [tuple(runs[:2]), (runs[2],)]
    assert sorted(restore(first.at_ns)) == runs[:2]
    assert [one.at_ns for one in deletions()] == [second.at_ns]
    assert restore(second.at_ns) == [runs[2]]
    assert [content(run) for run in runs] == before
    assert deletions() == []


def test_a_removed_run_is_not_restored() -> None:
    deleted = delete([kept_run(1)])
    empty(0)
    assert restore(deleted.at_ns) == []
    assert restore(12) == []


def test_a_run_that_is_running_or_shown_stays() -> None:
    going, shown, over = kept_run(1), kept_run(2), kept_run(3)
    write_keeper_pid(going)
    lease = Lease(shown)
    deleted = delete([going, shown, over])
    assert (deleted.runs, deleted.left) == ((over,), (going, shown))
    assert run_folders() == [shown, going]
    lease.release()
    assert delete([shown]).runs == (shown,)


def test_a_run_that_is_not_there_is_one_sentence() -> None:
    gone, there = kept_run(1), kept_run(2)
    delete([gone])
    deleted = delete([gone, there])
    assert deleted.error == f"The run {gone} is not there any more."
    assert deleted.runs == (there,)  # the others are deleted, and can be brought back
    with pytest.raises(RunError, match="not there any more"):
        discard(gone)


def test_only_runs_are_deleted(tmp_path: Path) -> None:
    mine = tmp_path / "20260101-120000-mine"
    mine.mkdir()
    runs_folder().mkdir(parents=True)
    for path in (mine, runs_folder(), runs_folder() / "notes", runs_folder() / TRASH, runs_folder() / ".." / "runs"):
        assert delete([path]).error == f"{path} is not one of the runs that are kept."
    assert mine.is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
@pytest.mark.parametrize("remove", [discard, lambda run: (delete([run]), empty(0))], ids=["forgotten", "deleted"])
def test_no_link_is_followed_out_of_a_run(tmp_path: Path, remove: Callable[[Path], object]) -> None:
    precious = tmp_path / "precious"
    (precious / "deep").mkdir(parents=True)
    (precious / "deep" / "file").write_text("mine")
    run = kept_run(1)
    (run / "folder").symlink_to(precious)
    (run / "file").symlink_to(precious / "deep" / "file")
    (run / "inner").mkdir()
    (run / "inner" / "up").symlink_to(precious / "deep", target_is_directory=True)
    remove(run)
    assert not run.exists()
    assert not list((runs_folder() / TRASH).iterdir())
    assert (precious / "deep" / "file").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_in_the_place_of_a_run_or_of_the_trash_is_refused(tmp_path: Path) -> None:
    run = kept_run(1)
    link = runs_folder() / "20260101-110000-x"
    link.symlink_to(tmp_path)
    assert "not one of the runs" in delete([link]).error
    elsewhere = tmp_path / "elsewhere"
    stranger = elsewhere / f"{1:020d}-20260101-120000-x"
    stranger.mkdir(parents=True)
    (runs_folder() / TRASH).symlink_to(elsewhere)
    assert "is a link to another place" in delete([run]).error
    assert empty(0) == 0
    assert stranger.is_dir()
    assert run.is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links_and_strangers_in_the_trash_stay_where_they_are(tmp_path: Path) -> None:
    delete([kept_run(1)])
    place = runs_folder() / TRASH
    (tmp_path / "file").write_text("mine")
    (place / f"{1:020d}-20260101-120000-x").symlink_to(tmp_path)
    (place / "notes").mkdir()
    empty(0)
    assert sorted(path.name for path in place.iterdir()) == [f"{1:020d}-20260101-120000-x", "notes"]
    assert (tmp_path / "file").read_text() == "mine"


def test_it_is_emptied_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = trash.time.time_ns()
    moments = iter([now_ns - (KEPT_S + 1) * 10**9, now_ns - (KEPT_S - 60) * 10**9, now_ns])
    monkeypatch.setattr(trash.time, "time_ns", lambda: next(moments))
    delete([kept_run(1)])
    recent = delete([kept_run(2)])
    empty()
    assert [one.at_ns for one in deletions()] == [recent.at_ns]


def test_it_is_bounded_by_count_and_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "MOST_KEPT", 3)
    runs = [kept_run(number, size_bytes=100_000) for number in range(5)]
    for run in runs:
        delete([run])
    assert empty() > 300_000
    assert [one.runs for one in deletions()] == [(run,) for run in runs[2:]]
    left = empty(250_000)
    assert [one.runs for one in deletions()] == [(run,) for run in runs[3:]]
    assert 200_000 <= left <= 250_000


def test_half_a_run_that_was_being_forgotten_is_neither_listed_nor_brought_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = kept_run(1)
    with monkeypatch.context() as killed:
        killed.setattr(trash, "_remove", lambda path: None)
        discard(run)
    assert run_folders() == []
    assert deletions() == []
    empty()
    assert not list((runs_folder() / TRASH).iterdir())
