"""The journals of a program with forked workers that run short tasks, as batches for a Fold or as files."""

import struct
from pathlib import Path
from typing import Any

from workers.folding.fold import Fold
from workers.journal.follower import Batch, Entries
from workers.journal.keeper_kinds import ProgramLaunched, RunBegan
from workers.journal.kinds import Kind
from workers.journal.process_kinds import Hello, JobSubmitted, Serves, WorkerTask
from workers.journal.run_files import KEEPER
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.timeline import Timeline

START_NS = 1_000_000_000_000
PROGRAM_PID, PROGRAM_KEY = 100, START_NS + 20
TEXTS = {0: "", 1: "square"}
_TEXT = struct.Struct("<BBHI56s")


class TaskJournals:
    """A program and its workers, folded as far as that they are known."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.timeline = Timeline()
        self.fold = Fold(self.timeline)
        self._jobs = 0
        self._names = [f"{200 + number}-{START_NS + 1_000 + number}.journal" for number in range(workers)]
        launched = [
            RunBegan(1, START_NS - 5, epoch_ns=0),
            ProgramLaunched(START_NS, PROGRAM_PID, 11, returned_clock_ns=START_NS + 10, born_clock_ns=0),
        ]
        program = Hello(probe.FRESH, 1, 0, PROGRAM_KEY, PROGRAM_PID, 1, 0, parent_key=0, child=0, ticks=11)
        entries = self.first = [
            Entries(KEEPER, Slots.of(launched), {0: "", 1: '{"argv": ["python"]}'}),
            self._entries(self.program, program),
        ]
        for number, name in enumerate(self._names):
            hello = Hello(
                probe.FORK, 1, number + 1, START_NS + 1_000 + number, 200 + number, PROGRAM_PID, 0,
                parent_key=PROGRAM_KEY, child=number + 1, ticks=50 + number,
            )  # fmt: skip
            entries.append(self._entries(name, hello, Serves(probe.POOL, 0, START_NS + 2_000)))
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
        begin_ns += START_NS
        submitted = [JobSubmitted(probe.POOL_JOB, begin_ns + at, job) for at, job in enumerate(numbers)]
        entries = [self._entries(self.program, *submitted)]
        for number, name in enumerate(self._names):
            mine = numbers[number :: self.workers]
            began = [begin_ns + tasks + at * 10_000 for at in range(len(mine))]
            carried_out = (
                WorkerTask(
                    probe.TASK_OVER,
                    1,
                    t,
                    0,
                    0,
                    job,
                    0,
                    -1,
                    0,
                    ended_clock_ns=t + 9_000,
                    error_text=0,
                    cpu_s=0.0,
                    submitted_clock_ns=0,
                )
                for job, t in zip(mine, began, strict=True)
            )
            entries.append(self._entries(name, *carried_out))
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
