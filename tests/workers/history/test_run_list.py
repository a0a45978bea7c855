"""The list of runs: all that are kept, the newest first, and quick however many there are."""

from datetime import datetime, timedelta

import pytest
from support.kept_runs import FIRST, PLAN, folder, kept_run, recorded_run

from workers.history import run_list
from workers.history.run_list import entry_of, list_runs
from workers.history.summaries import SUMMARY, RunOutcome
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER
from workers.runs.keeper_marks import write_keeper_pid
from workers.runs.leases import Lease
from workers.runs.run_folders import runs_folder


def test_runs_are_listed_with_their_summaries() -> None:
    old, new = kept_run(1, RunOutcome.FAILED, name="mine"), kept_run(2)
    newest, oldest = list_runs({})
    assert (newest.folder, oldest.folder) == (new, old)
    assert (oldest.name, oldest.title, oldest.started) == ("mine", "plan 1", FIRST + timedelta(minutes=1))
    assert oldest.summary is not None
    assert (oldest.summary.outcome, oldest.summary.duration_s) == (RunOutcome.FAILED, 1.5)
    assert newest.name == ""
    assert not newest.running


def test_a_run_without_a_summary_says_what_its_first_words_say() -> None:
    recorded_run(1, Kind.ENDED)
    recorded_run(2, plan=False, argv=("python", "/home/me/train.py", "-v"))
    script, plan = list_runs({})
    assert (plan.title, plan.started, plan.summary) == (PLAN.title, FIRST + timedelta(minutes=1), None)
    assert (script.title, script.started) == ("train.py -v", FIRST + timedelta(minutes=2))


def test_a_running_run_is_listed_as_running_whatever_its_summary() -> None:
    run = recorded_run(1)
    write_keeper_pid(run)
    (entry,) = list_runs({})
    assert entry.running
    assert entry.title == PLAN.title
    assert entry.summary is not None
    assert (entry.summary.sentence, entry.summary.duration_s) == (run_list.STILL_RUNNING, None)


def test_a_run_that_is_only_beginning_is_running() -> None:
    run = folder(1)
    (entry,) = list_runs({})
    assert entry.summary is None
    lease = Lease(run)
    (entry,) = list_runs({})
    assert entry.running
    assert entry.started == FIRST + timedelta(minutes=1)
    lease.release()


def test_a_run_that_begins_meanwhile_is_not_listed_as_over(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Lease] = []

    def begins() -> None:
        if not begun:
            begun.append(Lease(runs_folder() / "20260101-120100-000000000001"))
            folder(1)

    for look in (run_list.run_folders, run_list.leased_runs):
        monkeypatch.setattr(run_list, look.__name__, lambda look=look: (look(), begins())[0])
    assert all(entry.running for entry in list_runs({}))
    assert [entry.running for entry in list_runs({})] == [True]
    begun[0].release()


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"\xff" * 4096, bytes(range(256)) * 16])
def test_a_run_whose_journal_is_damaged_is_listed(content: bytes) -> None:
    run = folder(1)
    (run / KEEPER).write_bytes(content)
    (entry,) = list_runs({})
    assert (entry.title, entry.started) == ("", FIRST + timedelta(minutes=1))


def test_a_date_that_cannot_be_is_unknown() -> None:
    run = folder(1).parent / "99999999-999999-x"
    run.mkdir()
    assert entry_of(run, None).started is None


def test_times_are_local() -> None:
    run = kept_run(1)
    text = (run / SUMMARY).read_text().replace("2026-01-01T12:01:00", "2026-01-01T12:01:00+00:00")
    (run / SUMMARY).write_text(text)
    (entry,) = list_runs({})
    assert entry.started == datetime.fromtimestamp(datetime.fromisoformat("2026-01-01T12:01:00+00:00").timestamp())


def test_a_known_summary_is_not_read_again() -> None:
    run = kept_run(1)
    (entry,) = list_runs({})
    assert entry.summary is not None
    (run / SUMMARY).unlink()
    assert next(list_runs({run: entry.summary})).summary is entry.summary


def test_no_journal_is_read_of_runs_with_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, the list costs a small file or two each."""
    for number in range(300):
        kept_run(number, size_bytes=10)
    monkeypatch.setattr(run_list, "JournalReader", None)
    monkeypatch.setattr(run_list, "size_of", None)
    assert [entry.summary is not None for entry in list_runs({})] == [True] * 300
