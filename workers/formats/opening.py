"""Opens a file, whatever it is, as a timeline: a run's folder, a saved run, or a trace of another program. No Qt.

What it is, its content says and not its name. Any process and thread; opening runs nothing that is in it.
"""

import errno
import shutil
import stat
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workers.errors import CancelledError, OpenError
from workers.folding.fold import Fold
from workers.formats import saved_run_reader
from workers.formats.blocks import GZIP, UTF16, Progress, unreadable
from workers.journal.follower import Batch, Entries, read_all
from workers.journal.run_files import KEEPER
from workers.recorded.probe import SLOT
from workers.runs import bookmarks
from workers.runs.leases import Lease
from workers.runs.run_names import name_of, title_of
from workers.system.stale_files import maker_tag, remove_stale
from workers.timeline.timeline import Timeline

_FIRST_BYTES = 4096
_LATEST_NS = 1 << 61
_UNPACKED = 0.5
_BEFORE, _AFTER = "procession-", "[a-z0-9_]{8}"
"""What the name of a folder for what is unpacked begins with, and what tempfile ends it with."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


class FileKind(StrEnum):
    """What a file holds."""

    RUN_FOLDER = "run"
    SAVED_RUN = "saved run"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class Opened:
    """A timeline from a file. folder: its journals, None for a trace; `close` removes it where it was made for this. hold:
    on a run that is kept, which nobody takes away meanwhile. whole: nothing of the file is missing."""

    path: Path
    kind: FileKind
    timeline: Timeline
    folder: Path | None = None
    unpacked: Path | None = None
    hold: Lease | None = None
    whole: bool = True

    @property
    def title(self) -> str:
        """What it is called: the file's name; for a run's folder the run's, as its person or what was run names it."""
        if self.kind is not FileKind.RUN_FOLDER:
            return self.path.name
        return name_of(self.path) or title_of(self.timeline.argv, self.timeline.plan)

    def close(self) -> None:
        """Let go of what was unpacked or held."""
        if self.hold is not None:
            self.hold.release()
        if self.unpacked is not None:
            shutil.rmtree(self.unpacked, ignore_errors=True)


def kind_of(path: Path) -> FileKind:
    """What the file holds, by its content. Raises OpenError when it cannot be read or is nothing of the kind."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if (path / KEEPER).is_file():
                return FileKind.RUN_FOLDER
            raise OpenError(f"{path} is a folder with no run in it.")
        if not stat.S_ISREG(mode):
            raise OpenError(f"{path} could not be opened: it is no file.")
        with path.open("rb") as file:
            first = file.read(_FIRST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise OpenError(f"{str(path)!r} is no name of a file.") from error
    if not first:
        raise OpenError(f"{path} is empty.")
    if first.startswith(saved_run_reader.MAGIC):
        return FileKind.SAVED_RUN
    if first.startswith((GZIP, *UTF16)) or first.removeprefix(BOM_UTF8).strip()[:1] in (b"", b"[", b"{"):
        return FileKind.TRACE
    raise OpenError(f"{path} is neither a saved run nor a trace.")


def open_file(path: Path, progress: Progress | None = None) -> Opened:
    """Read the whole of it. Raises OpenError with one sentence, CancelledError when `progress` says so."""
    kind = kind_of(path)
    if kind is FileKind.RUN_FOLDER:
        hold = Lease(path)
        try:
            return Opened(path, kind, read_run(path, progress), path, hold=hold)
        except BaseException:
            hold.release()
            raise
    if kind is FileKind.SAVED_RUN:
        return _open_saved(path, progress)
    from workers.formats.chrome import chrome_reader  # takes numpy and msgspec along

    return Opened(path, kind, chrome_reader.read(path, progress))


def read_run(folder: Path, progress: Progress | None = None) -> Timeline:
    """The timeline of the run whose journals are in `folder`, complete to its last event. CancelledError as for
    `open_file`."""
    timeline = Timeline()
    fold = Fold(timeline)
    size = max(1, _size(folder))
    done = 0
    damaged = False
    for batch in read_all(folder):
        done += sum(SLOT * len(entries.records) for entries in batch.entries) + sum(len(c.data) for c in batch.chunks)
        if progress is not None and not progress(min(1.0, done / size)):
            raise CancelledError("Opening was cancelled.")
        for part in _sensible(batch):
            try:
                fold.apply(part)
            except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
                # A journal that is damaged can say anything at all; what others say is kept.
                damaged = True
    fold.finish(fold.latest_ns)
    if damaged:
        timeline.warnings.append("Some records make no sense and were passed over: the journals are damaged.")
    if timeline.program is None:
        raise OpenError(f"{folder} holds no run that can be read: the recorder wrote nothing of it.")
    timeline.bookmarks = bookmarks.load(folder)
    return timeline


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    except OSError:
        return 0


def _sensible(batch: Batch) -> Iterator[Batch]:
    """A journal at a time, without records of a time that no clock shows."""
    torn = batch.torn
    for entries in batch.entries:
        records = entries.records.within(_LATEST_NS)
        torn += len(entries.records) - len(records)
        yield Batch([Entries(entries.name, records, entries.texts)])
    chunks = [chunk for chunk in batch.chunks if 0 <= chunk.t < _LATEST_NS]
    yield Batch([], chunks, torn, batch.skipped, batch.advanced)


def _open_saved(path: Path, progress: Progress | None) -> Opened:
    folder = _made_for(path)
    try:
        unpacking = None if progress is None else lambda done: progress(done * _UNPACKED)
        reading = None if progress is None else lambda done: progress(_UNPACKED + done * (1 - _UNPACKED))
        warnings = saved_run_reader.unpack(path, folder, unpacking)
        timeline = read_run(folder, reading)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise _no_room(path, error) if error.errno in _NO_ROOM else unreadable(path, error) from error
        if isinstance(error, OpenError):
            raise OpenError(str(error).replace(str(folder), str(path))) from error
        raise
    timeline.warnings += warnings
    return Opened(path, FileKind.SAVED_RUN, timeline, folder, folder, whole=not warnings)


def take_away_unpacked() -> None:
    """Remove what is still unpacked of saved runs that were open in processes which are gone. Never raises."""
    try:
        folder = Path(tempfile.gettempdir())
    except OSError:
        return  # there is none, and so nothing in it
    remove_stale(folder, _BEFORE, _AFTER, folders=True)


def _made_for(path: Path) -> Path:
    """A folder that nobody else sees."""
    try:
        take_away_unpacked()
        return Path(tempfile.mkdtemp(prefix=f"{_BEFORE}{maker_tag()}"))
    except OSError as error:
        raise _no_room(path, error) from error


def _no_room(path: Path, error: OSError) -> OpenError:
    why = (error.strerror or type(error).__name__).lower()
    return OpenError(f"{path} could not be unpacked into a folder for temporary files: {why}.")
