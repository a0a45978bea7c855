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
    LookTaken,
    ProgramLaunched,
    RequestPassed,
    RunEnded,
    SubprocessFound,
    ThreadWaitNoted,
    UnreportedFound,
)
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.observations import Death, Exit, SeenWait, UnreportedChild, WaitChange


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


def test_waits_requests_and_the_end(tmp_path: Path) -> None:
    journal = KeeperJournal(tmp_path)
    journal.waits(5, 50, WaitChange(5, 100, SeenWait(Wait.SEVERAL, 0, (7, 8))), 3, 1 << 14)
    journal.waits(5, 50, WaitChange(5, 200, None), 2, 0)
    journal.looked(5, 50, 300, '{"problem": "none"}')
    journal.requested(AskParent(4, "alive", 2))
    journal.ending(EndedBy.OWNER_GONE)
    journal.ended(None)
    journal.ended(-15)
    records = written(tmp_path)
    waits, moves = records[ThreadWaitNoted]
    assert waits == ThreadWaitNoted(Wait.SEVERAL, 3, waits.ends_text, 100, 5, 50, 5, 0, 1 << 14)
    assert waits.ends_text
    assert moves == ThreadWaitNoted(0, 2, 0, 200, 5, 50, 5, 0, 0)
    assert [record[1:] for record in records[LookTaken]] == [(300, 5, 50)]
    (request,) = records[RequestPassed]
    assert (request.verb, request.request, request.worker) == (2, 4, 2)
    assert [record.ended_by for record in records[EndingBegan]] == [EndedBy.OWNER_GONE]
    assert [(record.status_known, record.exit_code) for record in records[RunEnded]] == [(0, 0), (1, -15)]
