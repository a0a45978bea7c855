"""The journals of a program with forked workers that run short tasks, as batches for a Fold or as files."""

import struct
from pathlib import Path
from typing import Any

from workers.folding.fold import Fold
from workers.journal.journal import KEEPER, Batch, Entries, Kind
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.timeline import Timeline

START_NS = 1_000_000_000_000
PROGRAM_PID, PROGRAM_KEY = 100, START_NS + 20
TEXTS = {0: "", 1: "square"}
_TEXT = struct.Struct("<BBHI56s")


def record(kind: Kind, t_ns: int, *numbers: int, flags: int = 0, word: int = 0) -> Record:
    """A record as a reader gives it; its kind is a plain number there."""
    a, b, c, d, e, f = (*numbers, *[0] * (6 - len(numbers)))
    return Record(int(kind), flags, 0, word, START_NS + t_ns, a, b, c, d, e, f)


class TaskJournals:
    """A program and its workers, folded as far as that they are known."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.timeline = Timeline()
        self.fold = Fold(self.timeline)
        self._jobs = 0
        self._names = [f"{200 + number}-{START_NS + 1_000 + number}.journal" for number in range(workers)]
        launched = [record(Kind.RUN, -5, word=1), record(Kind.LAUNCHED, 0, PROGRAM_PID, 11, START_NS + 10)]
        entries = self.first = [
            Entries(KEEPER, Slots.of(launched), {0: "", 1: '{"argv": ["python"]}'}),
            self._entries(self.program, record(Kind.HELLO, 20, PROGRAM_PID, 1, 0, 0, 0, 11, flags=probe.FRESH)),
        ]
        for number, name in enumerate(self._names):
            hello = record(Kind.HELLO, 1_000 + number, 200 + number, PROGRAM_PID, 0, PROGRAM_KEY, number + 1, 50 + number,
                           flags=probe.FORK, word=number + 1)  # fmt: skip
            entries.append(self._entries(name, hello, record(Kind.SERVES, 2_000, flags=probe.POOL)))
        self.fold.apply(Batch(entries), START_NS + 3_000)
        assert len(self.timeline.processes) == workers + 1

    program = f"{PROGRAM_PID}-{PROGRAM_KEY}.journal"

    @staticmethod
    def _entries(name: str, *records: Record) -> Entries:
        return Entries(name, Slots.of(records), TEXTS)

    def batch(self, tasks: int, begin_ns: int) -> Any:
        """Tasks that were submitted, begun and ended from a moment on, spread over all workers: what one look may find."""
        numbers = range(self._jobs, self._jobs + tasks)
        self._jobs += tasks
        submitted = [record(Kind.SUBMITTED, begin_ns + at, job) for at, job in enumerate(numbers)]
        entries = [self._entries(self.program, *submitted)]
        for number, name in enumerate(self._names):
            mine = numbers[number :: self.workers]
            began = [begin_ns + tasks + at * 10_000 for at in range(len(mine))]
            entries.append(self._entries(name, *(
                record(Kind.TASK, t, 0, job, -1, START_NS + t + 9_000, flags=probe.TASK_OVER, word=1)
                for job, t in zip(mine, began, strict=True)
            )))  # fmt: skip
        return Batch(entries)

    def write(self, folder: Path, batch: Any) -> None:
        """The folder of a run that ended when this had been said."""
        for entries in self.first:
            texts = b"".join(_TEXT.pack(Kind.TEXT, 1, len(text), number, text.encode())
                             for number, text in entries.texts.items())  # fmt: skip
            (folder / entries.name).write_bytes(texts + entries.records.data)
        for entries in batch.entries:
            with (folder / entries.name).open("ab") as file:
                file.write(entries.records.data)

    def apply(self, batch: Any, now_ns: int) -> None:
        """Fold it, as a frame of a live run does."""
        self.fold.apply(batch, START_NS + now_ns)
