"""Follows the folder of a run: finds its journals as they appear, and reads what is new in each.

Following only reads: it is the same during the run, after its end, and after a crash. Any thread, one at a time.
"""

import os
import time
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from workers.journal.journal_reader import JournalReader
from workers.journal.nurseries import NurseryFile, is_nursery, newborn_in
from workers.journal.output_reader import Chunk, OutputReader
from workers.journal.run_files import CLUSTER, KEEPER, OUTPUT, PROGRAM, key_of, open_part
from workers.journal.short_lives import ShortLives, short_lives_in
from workers.journal.slots import Slots
from workers.recorded.probe import SLOT

_COARSE_NS = 100_000_000
"""A folder's modification time can be as coarse as this: another file may have come within it."""


@dataclass(slots=True)
class Entries:
    """What is new in one journal. texts: the journal's own table by number, which grows as the journal is read."""

    name: str
    records: Slots
    texts: dict[int, str]


@dataclass(slots=True)
class Batch:
    """What is new in a run, the keeper's journal first.

    torn: slots that a process began and never finished. torn_at: of these, the journal and the time of the next record.
    skipped: printed bytes that were skipped before these chunks, because the reader was too far behind.
    damaged: stretches of the printed bytes that are not as they were written, and are passed over.
    lives: short lives, as a reader asked for them. They come after the entries.
    advanced: whether the reading came any further at all; a batch is true when it did.
    read_ns: everything that was recorded before this moment of the machine's monotonic clock is in this batch or in one before
        it. 0 where something was left for the next.
    """

    entries: list[Entries] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    torn: int = 0
    skipped: int = 0
    damaged: int = 0
    advanced: bool = False
    lives: ShortLives = field(default_factory=ShortLives)
    torn_at: list[tuple[str, int]] = field(default_factory=list)
    read_ns: int = 0

    def __bool__(self) -> bool:
        return self.advanced


class Follower:
    """Follows a run's folder. `poll` costs little when nothing is new.

    whole: as for OutputReader. damaged: slots that are passed over, as for JournalReader. short_lives: of a run that has ended,
        give the journals of short lives together, and not as entries.
    """

    def __init__(self, folder: Path, *, whole: bool = True, damaged: "Mapping[str, Set[int]] | None" = None,
                 short_lives: bool = False) -> None:  # fmt: skip
        self._damaged = damaged or {}
        self._folder = folder
        self._readers: dict[str, JournalReader] = {}
        self._nurseries: dict[str, _FollowedNursery] = {}
        self._output = OutputReader(folder / OUTPUT, whole=whole)
        self._folder_changed = 0
        self._finished: set[str] = set()  # names of journals to which nothing is added and that are read to their end
        self._looked = False  # since then no process writes
        self._gives_lives = short_lives
        self._lives: list[ShortLives] = []  # those that were not given yet

    def poll(self, *, final: bool = False) -> Batch:
        """What is new since the last time, a bounded amount; the keeper's journal before the others.

        final: no process writes any more, so that an empty batch is the end. Each journal is read to its end before the
        next: a parent's journal has the jobs that the records of its children refer to.
        """
        batch, finished = Batch(read_ns=time.perf_counter_ns()), list[str]()
        # The keeper's is read before others are looked for: what led to an end that it saw is found then.
        if KEEPER not in self._readers and not (final and self._looked):
            self._find_journals(final)
        behind = KEEPER in self._readers and self._read(KEEPER, batch, finished, final=final)
        if not (final and self._looked):
            self._find_journals(final)
            self._find_newborn(apart=final and self._gives_lives)
            self._looked = final
        for name, reader in self._readers.items():
            if behind:
                break  # its children come after it
            if name != KEEPER and (reader.due or final):
                behind = self._read(name, batch, finished, final=final)
        if self._lives and not behind:
            batch.lives = ShortLives.in_order(self._lives)
            batch.advanced |= bool(batch.lives)
            self._lives = []
        for name in finished:
            del self._readers[name]
        self._finished.update(finished)
        batch.chunks = self._output.read(final=final)
        batch.damaged = self._output.damaged
        batch.skipped = self._output.skipped
        batch.advanced |= bool(batch.chunks or batch.skipped)
        return batch

    def _read(self, name: str, batch: Batch, finished: list[str], *, final: bool) -> bool:
        """Add to the batch what is new in a journal, and its name to those that are read to their end.

        Whether it has to be read further before the next one is begun.
        """
        reader = self._readers[name]
        before = reader.path, reader.position
        records, torn = reader.read(final=final)
        if reader.unread:
            batch.read_ns = 0
        advanced = bool(records or torn or (reader.path, reader.position) != before)
        batch.torn += torn
        if torn:
            batch.torn_at += [(name, at_ns) for at_ns in reader.torn_clock_ns]
            reader.torn_clock_ns = []
        batch.advanced |= advanced
        if records:
            batch.entries.append(Entries(reader.name, records, reader.texts))
        if not final:
            return False
        if not reader.behind and (not advanced or (reader.path == before[0] and not reader.restless)):
            finished.append(name)
        return reader.behind

    def _find_journals(self, final: bool) -> None:
        try:
            changed = os.stat(self._folder).st_mtime_ns
            if changed == self._folder_changed and not final:
                return
            names = sorted(os.listdir(self._folder), key=_reading_order)
        except OSError:
            return
        self._folder_changed = changed if time.time_ns() - changed > _COARSE_NS else 0
        for name in names:
            if name in self._finished:
                continue
            if name not in self._readers and (name in (KEEPER, PROGRAM, CLUSTER) or key_of(name) is not None):
                self._readers[name] = JournalReader(self._folder / name, damaged=self._damaged)
            elif name not in self._nurseries and is_nursery(name):
                self._nurseries[name] = _FollowedNursery(NurseryFile(self._folder / name), self._damaged)
        self._sort()

    def _find_newborn(self, *, apart: bool) -> None:
        """apart: short lives are not given readers."""
        found = False
        for nursery in self._nurseries.values():
            for reader in nursery.look(self._lives if apart else None):
                if reader.name not in self._readers and reader.name not in self._finished:
                    self._readers[reader.name] = reader
                    found = True
        if found:
            self._sort()

    def _sort(self) -> None:
        self._readers = dict(sorted(self._readers.items(), key=lambda item: _reading_order(item[0])))


class _FollowedNursery:
    """A nursery, and the readers of the journals that begin there."""

    def __init__(self, nursery: NurseryFile, damaged: "Mapping[str, Set[int]]") -> None:
        self._nursery = nursery
        self._damaged = damaged
        self._lost = damaged.get(nursery.path.name, frozenset())
        self._readers: list[JournalReader] = []

    def look(self, lives: list[ShortLives] | None) -> list[JournalReader]:
        """Readers of new journals. lives: short lives are added here instead; None: they have readers, too.

        Sets for the other readers whether they are due, with one reading of the file for all.
        """
        path = self._nursery.path
        found = []
        if lives is None or self._lost:
            newborn = self._nursery.newborn()
        else:
            whole = self._nursery.whole()
            short, others = short_lives_in(whole, self._nursery.new_regions(whole))
            lives.append(short)
            newborn = newborn_in(whole, others)
        for child in newborn:
            if child.offset // SLOT in self._lost:
                continue  # pid and time of this journal are not known
            name = f"{child.pid}-{child.key}"
            more = path.parent / f"{name}.more.journal"
            found.append(
                JournalReader(path, name=f"{name}.journal", region=child.offset, more=more, damaged=self._damaged)
            )
        inside = [(reader, reader.position, reader.region_end) for reader in self._readers if reader.region_end]
        self._readers = [reader for reader, _, _ in inside if not reader.over] + found
        first = min((at for _, at, _ in inside), default=0)
        data = _read_between(path, first, max((end for _, _, end in inside), default=0))
        for reader, at, end in inside:
            reader.due = reader.restless or any(data[at - first : end - first])
        return found


def _read_between(path: Path, first: int, end: int) -> bytes:
    if first == end:
        return b""
    try:
        with open_part(path) as file:
            file.seek(first)
            return file.read(end - first)
    except OSError:
        return b""


def _reading_order(name: str) -> tuple[int, int]:
    """The keeper's journal, the plan's steps, then processes by the time at which they began their journals."""
    if name in (KEEPER, PROGRAM, CLUSTER):
        return (0, 0) if name == KEEPER else (1, 0)
    key = key_of(name)
    return (2, key[1] if key else 0)


def read_all(
    folder: Path, damaged: "Mapping[str, Set[int]] | None" = None, *, short_lives: bool = False
) -> Iterator[Batch]:
    """A run that has ended, from beginning to end, in batches. damaged, short_lives: as for a Follower."""
    follower = Follower(folder, damaged=damaged, short_lives=short_lives)
    while batch := follower.poll(final=True):
        yield batch
