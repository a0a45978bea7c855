"""When processes were born, ended and were collected, out of several witnesses. Runs where the timeline lives.

Each witness is late by how long it took to be woken, never early, and they are read in any order: so what each said is
kept, and a moment is settled anew whenever something is added. A process's own last record and the first that knew of its
end bracket an end that nobody saw.
"""

from dataclasses import dataclass

from workers.timeline.model import Process


@dataclass(slots=True)
class _Witnessed:
    born_ns: int | None = None
    born_exactly: bool = False
    last_own_ns: int | None = None
    exited_ns: int | None = None
    exited_within_ns: int = 0
    exit_code: int | None = None
    collected_ns: int | None = None
    collected_code: int | None = None
    bracketed: bool = False


class Lifetimes:
    """Settles born_ns, exited_ns, exited_within_ns, reaped_ns and exit_code of processes. Times are the timeline's."""

    def __init__(self) -> None:
        self._seen: dict[int, _Witnessed] = {}
        self._unseen: dict[int, Process] = {}

    def born(self, process: Process, at_ns: int, *, exactly: bool = False) -> None:
        """It was there at the latest by then, or was made exactly then."""
        seen = self._of(process)
        if exactly or (not seen.born_exactly and (seen.born_ns is None or at_ns < seen.born_ns)):
            process.born_ns = seen.born_ns = at_ns
            seen.born_exactly = exactly

    def wrote(self, process: Process, at_ns: int) -> None:
        """It wrote something itself."""
        seen = self._of(process)
        if seen.last_own_ns is None or at_ns > seen.last_own_ns:
            seen.last_own_ns = at_ns
            if process.exited_within_ns or seen.bracketed:
                self._settle(process, seen)

    def wrote_anything(self, process: Process) -> bool:
        """Whether it left any record of its own."""
        return self._of(process).last_own_ns is not None

    def exited(self, process: Process, at_ns: int, code: int | None, within_ns: int = 0) -> None:
        """The keeper was woken by its end, or found it ended in the middle of two looks that are `within_ns` apart. code: None
        when that could not be read any more."""
        seen = self._of(process)
        seen.exited_ns, seen.exited_within_ns = at_ns, within_ns
        seen.exit_code = code
        self._settle(process, seen)

    def collected(self, process: Process, at_ns: int, code: int | None = None) -> None:
        """It had been collected by then: as its parent says, or as the kernel let go of it."""
        seen = self._of(process)
        seen.collected_ns = at_ns if seen.collected_ns is None else min(seen.collected_ns, at_ns)
        if code is not None:
            seen.collected_code = code
        self._settle(process, seen)

    def bracket(self, process: Process) -> bool:
        """Nobody saw its end and nobody will: take the middle of what is known. False when nothing is to be done."""
        seen = self._of(process)
        if seen.bracketed or process.exited_ns is not None or seen.collected_ns is None:
            return False
        seen.bracketed = True
        self._settle(process, seen)
        return True

    @property
    def unseen(self) -> list[Process]:
        """Those that were collected, and of whose end nobody has told yet."""
        return list(self._unseen.values())

    def settle(self, process: Process) -> None:
        """Settle it for good: nothing more will come."""
        self._settle(process, self._of(process))

    def _of(self, process: Process) -> _Witnessed:
        return self._seen.setdefault(process.id, _Witnessed())

    def _settle(self, process: Process, seen: _Witnessed) -> None:
        latest = seen.collected_ns
        process.reaped_ns = latest
        process.exit_code = seen.collected_code if seen.exit_code is None else seen.exit_code
        if seen.exited_ns is not None and (latest is None or seen.exited_ns <= latest):
            process.exited_ns, process.exited_within_ns = seen.exited_ns, seen.exited_within_ns
        elif latest is not None and (seen.exited_ns is not None or seen.bracketed):
            earliest = seen.last_own_ns
            if earliest is None:
                earliest = process.born_ns or process.start_called_ns or 0
            process.exited_within_ns = max(0, latest - earliest)
            # On a busy machine the keeper can be woken after the parent, who waited in join() and is then the better witness.
            process.exited_ns = latest if seen.exited_ns is not None else latest - process.exited_within_ns // 2
        if process.exited_ns is None and latest is not None:
            self._unseen[process.id] = process
        else:
            self._unseen.pop(process.id, None)
