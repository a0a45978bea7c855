"""Runs Procession's commands as a shell does, each in a process of its own with a limit of time."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.paths import ROOT
from support.scripts import script_path

MAIN = str(ROOT / "desktop" / "__main__.py")
PROCESSION = [sys.executable, "-P", MAIN]
_MEASURED = [sys.executable, "-P", str(script_path("measured.py"))]
LIMIT_S = 60.0
EVERY_KIND = (".png", ".svg", ".pdf", ".csv", ".json", ".json.gz", ".procession")


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a command. code: negative for a signal. peak_bytes: its peak of memory, where it was measured."""

    code: int
    out: bytes
    err: str
    peak_bytes: int = 0

    @property
    def sentence(self) -> str:
        """The one sentence on its standard error. Fails when there is more, or no sentence."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("procession: "), self.err
        assert lines[0].endswith("."), self.err
        return lines[0].removeprefix("procession: ")


def procession(*arguments: object, limit_s: float = LIMIT_S, **more: Any) -> Done:
    """Run one command to its end. more: as for `subprocess.run`."""
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(
        [*PROCESSION, *map(str, arguments)], capture_output=True, timeout=limit_s, check=False, **more
    )
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def at_once(commands: Sequence[Sequence[str]], *, limit_s: float = LIMIT_S, **more: Any) -> list[Done]:
    """Run independent commands at the same time, each to its end. more: as for `subprocess.Popen`."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    until_s = time.monotonic() + limit_s
    done = []
    with ExitStack() as started:
        running = []
        for command in commands:
            running.append(started.enter_context(subprocess.Popen(command, **streams, **more)))
            started.callback(running[-1].kill)  # which does nothing to one that has ended
        for one in running:
            out, err = one.communicate(timeout=until_s - time.monotonic())
            done.append(Done(one.returncode, out, err.decode("utf-8", "replace")))
    return done


def measured(folder: Path, *arguments: object, limit_s: float = LIMIT_S, **more: Any) -> Done:
    """Run one command to its end, and measure its peak of memory. folder: for a temporary file."""
    note = folder / "peak"
    command = [*_MEASURED, str(note), *map(str, arguments)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, **more,
    )  # fmt: skip
    peak = int(note.read_text()) if note.exists() else 0
    note.unlink(missing_ok=True)
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), peak)
