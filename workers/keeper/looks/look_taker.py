"""Takes one look into processes that do not move, and writes what it finds. A process of its own, started by the keeper.

It is not the keeper, since reading a stack takes some 30 ms. Its arguments are the processes to look into, as ``pid:ticks``,
then ``--``, the living processes of the run, then ``--``, and the inodes of ends to find. Each line of its output is a JSON
object with pid, ticks and what was found; see `workers.timeline.stacks` for the content.
"""

import ctypes
import json
import os
import signal
import sys

from workers.system import processes
from workers.system.open_ends import all_pids, who_has
from workers.system.python_stacks import StackOfThread, StacksRead, read_stacks
from workers.system.reachable_calls import ReachableCalls

_PR_SET_PDEATHSIG = 1
_LESS_URGENT = 5
"""A nice value. With the highest, a look would not end on a machine where others compute, and no hang would be told."""


def main() -> int:
    """Look, and write a line for each process and one for the ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(_LESS_URGENT)
    targets, living, inodes = _arguments(sys.argv[1:])
    calls = ReachableCalls()
    for pid, ticks in targets:
        read = read_stacks(pid)
        if processes.is_running(pid, ticks):
            _write(pid, ticks, _stacks(read, calls))
    if inodes:
        _write(0, 0, {"ends": _ends(inodes, living)})
    return 0


def _arguments(words: list[str]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    first = words.index("--")
    second = words.index("--", first + 1)
    targets = [(int(pid), int(ticks)) for pid, _, ticks in (word.partition(":") for word in words[:first])]
    return targets, [int(word) for word in words[first + 1 : second]], [int(word) for word in words[second + 1 :]]


def _stacks(read: StacksRead, calls: ReachableCalls) -> dict[str, object]:
    if read.problem:
        return {"problem": read.problem}
    return {"threads": [_thread(one, calls) for one in read.threads]}


def _thread(one: StackOfThread, calls: ReachableCalls) -> dict[str, object]:
    return {
        "thread": one.thread,
        "name": one.name,
        "frames": one.frames,
        "may_call": sorted(calls.of(one.frames)),
        "withs": calls.with_statements(one.frames),
        "takes": calls.taken_locks(one.frames),
        "unreleased": calls.never_released(one.frames),
        "unguarded": calls.may_keep(one.frames),
        "asks_ends": calls.asks_for_ends(one.frames),
        "asked_empty": calls.asked_if_empty(one.frames),
        "missed": calls.may_have_missed(one.frames),
    }


def _ends(inodes: list[int], living: list[int]) -> dict[str, list[object]]:
    """For each inode who has it: [pid, reads, writes], and for a process that is not of the run its command as well."""
    own = {*living, os.getpid(), os.getppid()}
    found = {inode: list[object](map(list, ends)) for inode, ends in who_has(inodes, living).items()}
    for inode, ends in who_has(inodes, [pid for pid in all_pids() if pid not in own]).items():
        found[inode] += [[*end, processes.command_name(end.pid)] for end in ends]
    return {str(inode): ends for inode, ends in found.items()}


def _write(pid: int, ticks: int, found: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"pid": pid, "ticks": ticks, "found": found}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
