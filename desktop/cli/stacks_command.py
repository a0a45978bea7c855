"""``procession stacks``: what each thread of a run is doing, or was when it was last looked at. The command line's only thread.

The stacks of a running run, or of a process given by its pid, are read now. Those of a finished run are the ones kept with it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop.cli.usage import NOT_STARTED, Parser
from desktop.cli.verb import CommandLineVerb
from workers.errors import OpenError

if TYPE_CHECKING:
    from workers.timeline.stacks import ThreadStack
    from workers.timeline.timeline import Timeline


class _Seen(NamedTuple):
    """One process. problem: why its stacks are not known; empty where they are. at_s: when they were read, of a run's time."""

    pid: int
    name: str
    stacks: "tuple[ThreadStack, ...]"
    problem: str
    at_s: float | None


def stacks(arguments: list[str]) -> int:
    """Carry out the command. Raises OpenError for a run that cannot be read. Not started: no stack could be read."""
    parser = Parser(
        "procession stacks",
        allow_abbrev=False,
        description="Print the stack of every thread of a run's processes, or of a process and those below it. Equal stacks "
        "are printed once.",
    )
    parser.add_argument("run", metavar="RUN|PID", help="a run's folder, a saved run, or the pid of a process")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    options = parser.parse_args(arguments)
    from desktop.cli.terminal import Terminal

    seen = list(_of_pid(int(options.run)) if options.run.isdigit() else _of_run(Path(options.run)))
    terminal = Terminal(quiet=True)
    terminal.write(json.dumps(_data(seen), indent=2) + "\n" if options.json else _text(seen))
    return 0 if any(one.stacks for one in seen) else NOT_STARTED


def _of_pid(pid: int) -> "Iterator[_Seen]":
    from workers.system import process_tree, processes

    if not processes.is_running(pid):
        raise OpenError(f"There is no process {pid}.")
    for number in (pid, *(child.pid for child in process_tree.descendants(pid))):
        yield _read(number, processes.command_name(number))


def _of_run(path: Path) -> "Iterator[_Seen]":
    from workers.formats.opening import open_file
    from workers.formats.run_reader import is_running, read_running

    if is_running(path):
        for process in read_running(path).processes:
            if process.pid is not None and process.began and not process.ended:
                yield _read(process.pid, process.name)
        return
    opened = open_file(path)
    try:
        yield from _kept(opened.timeline)
    finally:
        opened.close()


def _kept(timeline: "Timeline") -> "Iterator[_Seen]":
    for process in timeline.processes:
        if process.stacks or process.stacks_problem:
            at_s = None if process.stacks_ns is None else process.stacks_ns / 1e9
            yield _Seen(process.pid or 0, process.name, process.stacks, process.stacks_problem, at_s)


def _read(pid: int, name: str) -> _Seen:
    from workers.system.python_stacks import read_stacks
    from workers.timeline.stacks import CodeFrame, ThreadStack

    read = read_stacks(pid)
    found = tuple(
        ThreadStack(one.thread, one.name, tuple(CodeFrame(*frame) for frame in one.frames)) for one in read.threads
    )
    return _Seen(pid, name, found, read.problem, None)


def _data(seen: list[_Seen]) -> dict[str, Any]:
    from workers.report.run_rows import stack_data

    return {
        "processes": [
            {
                "pid": one.pid,
                "name": one.name,
                "stack": [stack_data(stack) for stack in one.stacks] or None,
                "stack_at_s": one.at_s,
                "stack_problem": one.problem or None,
            }
            for one in seen
        ]
    }


def _text(seen: list[_Seen]) -> str:
    from workers.report.stack_text import stacks_text

    if not seen:
        return "No stacks were kept: no process stood still for long enough, and no look was asked for.\n"
    known = [(f"{one.name} (pid {one.pid})", stack) for one in seen for stack in one.stacks]
    problems = [f"{one.name} (pid {one.pid}): {one.problem}" for one in seen if one.problem]
    return stacks_text(known, problems)


VERB = CommandLineVerb("stacks", "print what each thread of a run, or of a process, is doing", stacks)
