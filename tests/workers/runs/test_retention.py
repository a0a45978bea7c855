"""How many runs are kept: by count and by size, named ones longest, and never what is in use."""

import json

import pytest
from support.kept_runs import kept_run
from support.new_runs import new_run_folder

from workers.runs import retention
from workers.runs.keeper_marks import write_keeper_pid
from workers.runs.leases import Lease
from workers.runs.limits import Limits, limits_file, load_limits, save_limits
from workers.runs.retention import make_room
from workers.runs.run_folders import make_run_folder, next_run_folder, run_folders
from workers.runs.trash import delete, deletions

MB = 10**6


def test_limits_are_kept() -> None:
    assert load_limits() == Limits()
    save_limits(Limits(7, 50 * MB))
    assert load_limits() == Limits(7, 50 * MB)


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"7", b"{}", b'{"runs": "many", "size_bytes": null}', b'{"runs": 0, "size_bytes": 1}',
    b'{"runs": true, "size_bytes": 1e12}', b'{"runs": -5}', b"[" * 100_000, b"\xff\x00",
])  # fmt: skip
def test_limits_that_cannot_be_used_are_as_if_absent(content: bytes) -> None:
    limits_file().parent.mkdir(parents=True)
    limits_file().write_bytes(content)
    assert load_limits() == Limits()


def test_one_limit_that_can_be_used_is() -> None:
    limits_file().parent.mkdir(parents=True)
    limits_file().write_text(json.dumps({"runs": 3, "size_bytes": "much"}))
    assert load_limits() == Limits(3, Limits().size_bytes)


def test_the_oldest_give_way_to_a_count() -> None:
    runs = [kept_run(number) for number in range(6)]
    save_limits(Limits(4, 100 * MB))
    assert make_room() == 2
    assert run_folders() == runs[:1:-1]
    assert deletions() == []  # gone for good
    assert make_room() == 0


def test_the_oldest_give_way_to_a_size() -> None:
    runs = [kept_run(number, size_bytes=4 * MB) for number in range(6)]
    save_limits(Limits(100, 13 * MB))
    assert make_room() == 3
    assert run_folders() == runs[:2:-1]


def test_the_newest_run_stays_however_large_it_is() -> None:
    kept_run(1)
    newest = kept_run(2, size_bytes=12 * MB)
    save_limits(Limits(1, 10 * MB))
    make_room()
    assert run_folders() == [newest]


def test_runs_with_a_name_go_last_and_the_oldest_of_them_first() -> None:
    runs = [kept_run(number, name="keep me" if number < 3 else "") for number in range(6)]
    save_limits(Limits(4, 100 * MB))
    make_room()
    assert run_folders() == [runs[5], runs[2], runs[1], runs[0]]
    save_limits(Limits(2, 100 * MB))
    make_room()
    assert run_folders() == [runs[5], runs[2]]


def test_runs_that_are_running_or_shown_stay() -> None:
    runs = [kept_run(number) for number in range(5)]
    write_keeper_pid(runs[0])
    lease = Lease(runs[1])
    save_limits(Limits(1, 10 * MB))
    assert make_room() == 2
    assert run_folders() == [runs[4], runs[1], runs[0]]
    lease.release()
    assert make_room() == 1


def test_runs_that_begin_meanwhile_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run has its lease before its folder."""
    kept_run(1)
    save_limits(Limits(1))
    begun: list[Lease] = []

    def begins() -> None:
        for _ in range(2 if not begun else 0):
            path = next_run_folder()
            begun.append(Lease(path))
            make_run_folder(path)

    for look in (retention.run_folders, retention.leased_runs):
        monkeypatch.setattr(retention, look.__name__, lambda look=look: (look(), begins())[0])
    make_room()
    assert len(run_folders()) == 3
    for lease in begun:
        lease.release()


def test_the_trash_is_removed_before_any_run() -> None:
    runs = [kept_run(number, size_bytes=4 * MB) for number in range(3)]
    delete([runs[2]])
    save_limits(Limits(100, 10 * MB))
    assert make_room() == 0
    assert deletions() == []
    assert run_folders() == [runs[1], runs[0]]


def test_it_can_be_stopped() -> None:
    for number in range(5):
        kept_run(number)
    save_limits(Limits(1, 10 * MB))
    answers = iter([True, True, False])
    assert make_room(lambda: next(answers)) == 2
    assert len(run_folders()) == 3


def test_nothing_is_forgotten_at_the_start_of_a_run() -> None:
    """A recorded script begins as soon as it would alone."""
    runs = [kept_run(number) for number in range(3)]
    save_limits(Limits(1, 10 * MB))
    new_run_folder()
    assert all(run.exists() for run in runs)
