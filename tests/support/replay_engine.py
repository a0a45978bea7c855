"""An engine that starts no process: it plays back the journals of a run that is over. For tests of what drives an engine."""

import time
from collections.abc import Iterator
from pathlib import Path

from workers.commands import Command, StopRun
from workers.engines.engine import Engine, RunResult
from workers.errors import RunError
from workers.journal.follower import Batch, Entries, Follower
from workers.journal.output_reader import Chunk


class ReplayEngine(Engine):
    """Plays the run in `folder`, a few records at each `take`.

    hold_after: so many batches are given, then none before `release` or a `StopRun`. None: all come at once.
    refusal: `start` raises RunError with this sentence.
    broken: `command` raises ValueError with this text.
    commands: what it was asked for, in order. closed_by_user: how it was closed; None while it is not.
    """

    name = "replay"

    def __init__(
        self, folder: Path, *, records: int = 5, hold_after: int | None = None, refusal: str = "", broken: str = ""
    ) -> None:
        self.commands: list[Command] = []
        self.closed_by_user: bool | None = None
        self.given = 0
        self._folder = folder
        self._records = records
        self._hold_after = hold_after
        self._refusal = refusal
        self._broken = broken
        self._batches: list[Batch] = []

    @property
    def folder(self) -> Path:
        """See `Engine`."""
        return self._folder

    def start(self) -> None:
        """See `Engine`."""
        if self._refusal:
            raise RunError(self._refusal)
        follower = Follower(self._folder)
        recorded: list[Batch] = []
        while batch := follower.poll(final=True):
            recorded += _pieces(batch, self._records)
        self._batches[:0] = recorded

    def release(self) -> None:
        """Give everything from now on."""
        self._hold_after = None

    def append(self, *batches: Batch) -> None:
        """Play these after the run's own. Before `start`."""
        self._batches += batches

    def take(self) -> Batch:
        """See `Engine`."""
        if self._hold_after is not None and self.given >= self._hold_after:
            return Batch()
        if self.given == len(self._batches):
            self.over = True
            return Batch()
        self.given += 1
        return self._batches[self.given - 1]

    def command(self, command: Command) -> None:
        """See `Engine`."""
        if self._broken:
            raise ValueError(self._broken)
        self.commands.append(command)
        if isinstance(command, StopRun):
            self.release()

    def wait(self, timeout_s: float) -> bool:
        """See `Engine`."""
        if not self.over:
            time.sleep(timeout_s)
        return self.over

    def result(self) -> RunResult:
        """See `Engine`."""
        return RunResult(True, 0)

    def close(self, *, patience_s: float = 4.5, by_user: bool = False) -> None:
        """See `Engine`."""
        self.closed_by_user = by_user


def _pieces(batch: Batch, records: int) -> Iterator[Batch]:
    for entries in batch.entries:
        for at in range(0, len(entries.records), records):
            piece = Entries(entries.name, entries.records[at : at + records], entries.texts)
            yield Batch([piece], advanced=True)
    if batch.chunks or batch.torn or batch.skipped:
        yield Batch([], batch.chunks, batch.torn, batch.skipped, advanced=True, torn_at=batch.torn_at)


def printed(pid: int, at_ns: int, text: str) -> Batch:
    """A batch that is one printed line."""
    return Batch([], [Chunk(pid, 1, at_ns, text.encode())], advanced=True)
