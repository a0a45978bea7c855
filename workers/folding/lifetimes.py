"""When processes were born, ended and were reaped, out of several witnesses. Runs where the timeline is.

A witness can be late by the time that it took to wake up; it is never early. Witnesses are read in any order: so the
word of each is kept, and a moment is settled again whenever one is added. The last record of a process itself, and the
first record that knows of its end, bracket an end that no witness saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workers.timeline.model import Process


@dataclass(slots=True)
class _Witnesses:
    """What is known of the life of one process. Times are the timeline's."""

    born_ns: int | None = None
    born_exactly: bool = False
    began_itself: bool = False
    began_by_ns: int | None = None
    last_own_ns: int | None = None
    exited_ns: int | None = None
    exited_within_ns: int = 0
    exit_code: int | None = None
    reaped_ns: int | None = None
    reaped_code: int | None = None
    bracketed: bool = False


class Lifetimes:
    """Settles born_ns, exited_ns, exited_within_ns, reaped_ns and exit_code of processes. Times are the timeline's."""

    def __init__(self) -> None:
        self._witnesses: dict[int, _Witnesses] = {}
        self._without_exit: dict[int, Process] = {}

    def born(self, process: Process, at_ns: int, *, exactly: bool = False) -> None:
        """The process was there by then; exactly: it was made at that moment."""
        known = self._witnesses.get(process.id) or self._of(process)
        if exactly or (not known.born_exactly and (known.born_ns is None or at_ns < known.born_ns)):
            process.born_ns = known.born_ns = at_ns
            known.born_exactly = exactly
            if process.exited_ns is not None:
                self._settle(process, known)

    def began(self, process: Process, at_ns: int) -> None:
        """The process itself recorded that its work began."""
        known = self._of(process)
        known.began_itself, known.began_by_ns = True, None
        process.target_began_ns = at_ns

    def began_by(self, process: Process, at_ns: int) -> None:
        """The work of a process had begun by then, and may even have ended: so another process says, or nobody else."""
        known = self._of(process)
        if known.began_itself:
            return
        known.began_by_ns = at_ns if known.began_by_ns is None else min(known.began_by_ns, at_ns)
        process.target_began_ns = known.began_by_ns
        self._settle(process, known)

    def wrote(self, process: Process, at_ns: int) -> None:
        """The process wrote a record itself."""
        known = self._of(process)
        if known.last_own_ns is None or at_ns > known.last_own_ns:
            known.last_own_ns = at_ns
            if (
                process.exited_within_ns
                or known.bracketed
                or (process.exited_ns is not None and process.exited_ns < at_ns)
            ):
                self._settle(process, known)

    def lived(self, process: Process, born_by_ns: int, began_ns: int, last_own_ns: int) -> None:
        """All that a short-lived process recorded of its life: it was there by then, its work began, its last record."""
        known = self._witnesses.get(process.id) or self._of(process)
        if not known.born_exactly and (known.born_ns is None or born_by_ns < known.born_ns):
            process.born_ns = known.born_ns = born_by_ns
        known.began_itself, known.began_by_ns = True, None
        process.target_began_ns = began_ns
        if known.last_own_ns is None or last_own_ns > known.last_own_ns:
            known.last_own_ns = last_own_ns
        if process.exited_ns is not None or known.bracketed:
            self._settle(process, known)

    def wrote_anything(self, process: Process) -> bool:
        """Whether the process left any record of its own."""
        return self._of(process).last_own_ns is not None

    def exited(self, process: Process, at_ns: int, code: int | None, within_ns: int = 0) -> None:
        """The keeper was woken by the end of the process, or found it ended between two looks.

        within_ns: how far apart the looks are; at_ns is the middle. code: None when it could not be read any more.
        """
        known = self._witnesses.get(process.id) or self._of(process)
        known.exited_ns, known.exited_within_ns = at_ns, within_ns
        known.exit_code = code
        self._settle(process, known)

    def seen(
        self,
        process: Process,
        born_ns: int | None,
        exited_ns: int | None,
        within_ns: int,
        code: int | None,
        reaped_ns: int | None,
    ) -> None:
        """All that the keeper saw of a process: its birth, its end and how that was (see `exited`), its release."""
        known = self._witnesses.get(process.id) or self._of(process)
        if born_ns is not None:
            process.born_ns = known.born_ns = born_ns
            known.born_exactly = True
        if exited_ns is not None:
            known.exited_ns, known.exited_within_ns, known.exit_code = exited_ns, within_ns, code
        if reaped_ns is not None and (known.reaped_ns is None or reaped_ns < known.reaped_ns):
            known.reaped_ns = reaped_ns
        self._settle(process, known)

    def reaped(self, process: Process, at_ns: int, code: int | None = None) -> None:
        """The process was reaped by then: its parent recorded it, or the kernel released the process."""
        known = self._witnesses.get(process.id) or self._of(process)
        if known.reaped_ns is not None and known.reaped_ns <= at_ns and code in (None, known.reaped_code):
            return  # nothing new
        known.reaped_ns = at_ns if known.reaped_ns is None else min(known.reaped_ns, at_ns)
        if code is not None:
            known.reaped_code = code
        self._settle(process, known)

    def bracket(self, process: Process) -> bool:
        """No witness saw the end and none will: take the middle of the bracket. False when there is nothing to do."""
        known = self._of(process)
        if known.bracketed or process.exited_ns is not None or known.reaped_ns is None:
            return False
        known.bracketed = True
        self._settle(process, known)
        return True

    @property
    def reaped_without_exit(self) -> list[Process]:
        """Processes that were reaped, and whose end is not known yet."""
        return list(self._without_exit.values())

    def settle(self, processes: Iterable[Process]) -> None:
        """Settle them for good: no witness is left."""
        for process in processes:
            self._settle(process, self._witnesses.get(process.id) or self._of(process))

    def _of(self, process: Process) -> _Witnesses:
        known = self._witnesses.get(process.id)
        if known is None:
            known = self._witnesses[process.id] = _Witnesses()
        return known

    def _settle(self, process: Process, known: _Witnesses) -> None:
        latest = known.reaped_ns
        process.reaped_ns = latest
        process.exit_code = known.reaped_code if known.exit_code is None else known.exit_code
        if known.exited_ns is not None and (latest is None or known.exited_ns <= latest):
            process.exited_ns, process.exited_within_ns = known.exited_ns, known.exited_within_ns
            if known.last_own_ns is not None and known.last_own_ns > known.exited_ns:  # the middle between two looks
                process.exited_ns = known.last_own_ns if latest is None else min(known.last_own_ns, latest)
        elif latest is not None and (known.exited_ns is not None or known.bracketed):
            earliest = known.last_own_ns
            if earliest is None:
                earliest = process.born_ns or process.start_called_ns or 0
            process.exited_within_ns = max(0, latest - earliest)
            # On a busy machine the keeper can wake up after the parent, which waited in join() and is the better witness then.
            process.exited_ns = latest if known.exited_ns is not None else latest - process.exited_within_ns // 2
        exited_ns = process.exited_ns
        if exited_ns is not None:
            # What had happened by some moment had happened before the end: a parent may come to note it only after that.
            if known.born_ns is not None and not known.born_exactly:
                process.born_ns = min(known.born_ns, exited_ns)
            if known.began_by_ns is not None:
                begun_ns = min(known.began_by_ns, exited_ns)
                process.target_began_ns = begun_ns if process.born_ns is None else max(begun_ns, process.born_ns)
        if exited_ns is None and latest is not None:
            self._without_exit[process.id] = process
        else:
            self._without_exit.pop(process.id, None)
