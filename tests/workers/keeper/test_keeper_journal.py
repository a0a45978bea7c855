"""Records that the keeper writes are read back field by field. That all fields have a writer is tested with the journal."""

from pathlib import Path
from typing import Any

from workers.commands import AskParent
from workers.journal.codes import EndedBy, Wait
from workers.journal.follower import read_all
from workers.journal.keeper_kinds import (
    EndingBegan,
    Exited,
    JournalFound,
    LeftRunning,
    ProgramLaunched,
    RequestPassed,
    RunEnded,
    StandstillNoted,
    SubprocessFound,
    UnreportedFound,
)
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.observations import Death, Exit, Stall, UnreportedChild


def written(folder: Path) -> dict[type, list[Any]]:
    """All records in the keeper's journal, by type."""
    records: dict[type, list[Any]] = {}
    for batch in read_all(folder):
        for entries in batch.entries:
            for record in entries.records:
                records.setdefault(type(record), []).append(record)
    return records


def test_processes_and_their_ends(tmp_path: Path) -> None:
    journal = KeeperJournal(tmp_path)
    journal.launched(5, 50, 1, 2, 3)
    journal.process_with_journal(6, None, 10, 9, Death(20, -9))
    journal.process_of_parent(7, 70, 11, 12, None)
    journal.unreported_child(UnreportedChild(8, -1, "", 5, 55, 13, Death(14, 3)))
    journal.exited(Exit(7, 70, 30, None, -1, 4))
    journal.left_running(8, 80)
    records = written(tmp_path)
    assert records[ProgramLaunched] == [ProgramLaunched(1, 5, 50, 2, 3)]
    assert [record[1:] for record in records[JournalFound]] == [(6, -1, 10, 9, 20, -9)]
    assert [record[1:] for record in records[SubprocessFound]] == [(7, 70, 11, 12, 0, 0)]
    assert [record[2:] for record in records[UnreportedFound]] == [(8, -1, 13, 5, 55, 14, 3)]
    assert records[Exited] == [Exited(0, 30, 7, 70, 0, -1, 4)]
    assert [record[1:] for record in records[LeftRunning]] == [(8, 80)]


def test_stalls_requests_and_the_end(tmp_path: Path) -> None:
    journal = KeeperJournal(tmp_path)
    journal.stalled(5, 50, 100, Stall(Wait.CHILD, 1 << Wait.CHILD))
    journal.stalled(5, 50, 200, None)
    journal.requested(AskParent(4, "alive", 2))
    journal.ending(EndedBy.OWNER_GONE)
    journal.ended(None)
    journal.ended(-15)
    records = written(tmp_path)
    assert records[StandstillNoted] == [
        StandstillNoted(100, 5, 50, Wait.CHILD, 1 << Wait.CHILD),
        StandstillNoted(200, 5, 50, 0, 0),
    ]
    (request,) = records[RequestPassed]
    assert (request.verb, request.request, request.worker) == (2, 4, 2)
    assert [record.ended_by for record in records[EndingBegan]] == [EndedBy.OWNER_GONE]
    assert [(record.status_known, record.exit_code) for record in records[RunEnded]] == [(0, 0), (1, -15)]
