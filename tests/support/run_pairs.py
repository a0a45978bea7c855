"""Runs a script alone and recorded, for tests that compare the two. Runs in the test's process."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from support.recording import recording
from support.scripts import script_path
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program, script_program
from workers.timeline.model import Call, Process, ProcessKind
from workers.timeline.timeline import Timeline

PATIENCE_S = 25.0


@dataclass(slots=True)
class Ran:
    """The result of a script: its output and its exit code, negative for a signal."""

    out: bytes
    err: bytes
    code: int | None


@dataclass(slots=True)
class Recorded(Ran):
    """The result of a recorded script, and the recording."""

    timeline: Timeline = field(default_factory=Timeline)
    origin_ns: int = 0

    def named(self, name: str) -> Process:
        """The one process of this name."""
        (found,) = [process for process in self.timeline.processes if process.name == name]
        return found

    def of_kind(self, kind: ProcessKind) -> list[Process]:
        """Processes of one kind, in order."""
        return [process for process in self.timeline.processes if process.kind is kind]

    def calls(self, on: Process, name: str = "") -> list[Call]:
        """The calls on a process."""
        return [call for call in self.timeline.calls_on(on.id) if name in ("", call.name)]


def alone(script: str, *arguments: str) -> Ran:
    """Run one of the scripts unrecorded."""
    command = [sys.executable, str(script_path(script)), *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S,
                          env=dict(os.environ))  # fmt: skip
    return Ran(done.stdout, done.stderr, done.returncode)


def recorded(
    script: str, *arguments: str, meanwhile: Callable[[LocalEngine, Timeline], None] | None = None
) -> Recorded:
    """Run one of the scripts recorded. meanwhile: called again and again while it runs."""
    return record(script_program(script_path(script), *arguments), meanwhile)


def record(program: Program, meanwhile: Callable[[LocalEngine, Timeline], None] | None = None) -> Recorded:
    """Record any program. meanwhile: called again and again while it runs."""
    with recording(program, whole=True) as live:

        def over() -> bool:
            if meanwhile is not None:
                meanwhile(live.run, live.timeline)
            return live.run.over

        live.until(over, PATIENCE_S)
        timeline = live.finish()
    out, err = (b"".join(live.written[stream]) for stream in (1, 2))
    return Recorded(out, err, timeline.exit_code, timeline, live.fold.origin_ns or 0)


def lines(data: bytes) -> "Counter[bytes]":
    """The lines that were written. Their order is left out: it can differ where several processes write."""
    return Counter(data.splitlines(keepends=True))


def same(bare: Ran, other: Ran) -> None:
    """Fail unless a recorded script wrote the same and ended with the same code as alone."""
    for ours, theirs in ((lines(other.out), lines(bare.out)), (lines(other.err), lines(bare.err))):
        assert ours == theirs, f"only recorded: {list(ours - theirs)}, only alone: {list(theirs - ours)}"
    assert other.code == bare.code, (other.code, bare.code)


def line_of(script: str, text: str) -> int:
    """The number of the one line of a script that holds `text`."""
    (found,) = [at for at, line in enumerate(script_path(script).read_text().splitlines(), 1) if text in line]
    return found


def pids_of(log: Path) -> Iterable[int]:
    """The processes in what ``strace -f -e trace=process`` wrote: every child that was made and is no thread, and the first."""
    first: int | None = None
    begun: dict[int, str] = {}
    for line in log.read_text(errors="replace").splitlines():
        pid_text, _, rest = line.partition(" ")
        pid, rest = int(pid_text), rest.strip()
        if first is None:
            first = pid
            yield pid
        call = rest.partition("(")[0]
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest
            continue
        if rest.startswith("<... "):
            call = rest[5:].partition(" ")[0]
            rest = begun.pop(pid, "") + rest
        result = rest.rpartition(" = ")[2].split()[0] if " = " in rest else ""
        if call in ("clone", "clone3", "fork", "vfork") and "CLONE_THREAD" not in rest and result.isdigit():
            yield int(result)
