"""Dask clusters on loopback, as a user starts them: a scheduler, and workers with nannies. Ended with all that they started."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from support.scripts import script_path
from support.waiting import wait_until


@dataclass
class DaskCluster:
    """A cluster. folder: for what belongs to it. python: its interpreter."""

    address: str
    folder: Path
    python: str
    scheduler: subprocess.Popen[bytes]

    def start(self, name: str, *arguments: object) -> "subprocess.Popen[str]":
        """Start a script of `tests/scripts` as a user of the cluster does."""
        command = [self.python, str(script_path(name)), self.address, *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment())

    def run(self, name: str, *arguments: object, limit_s: float = 60.0) -> str:
        """The same, to its end. What it prints."""
        process = self.start(name, *arguments)
        try:
            out, errors = process.communicate(timeout=limit_s)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 0, errors
        return out


@dataclass(frozen=True)
class Noted:
    """What the tasks of cluster_work.py noted: attempts by (key, pid); begins and ends in ns by the same."""

    attempts: Counter[tuple[str, int]]
    began: dict[tuple[str, int], int]
    ended: dict[tuple[str, int], int]


def noted(path: Path) -> Noted:
    """Read what was noted."""
    began, ended, attempts = {}, {}, Counter[tuple[str, int]]()
    for line in path.read_text().splitlines():
        what, key, pid, at = line.split()
        if what == "began":
            attempts[key, int(pid)] += 1
            began[key, int(pid)] = int(at)
        else:
            ended[key, int(pid)] = int(at)
    return Noted(attempts, began, ended)


@contextmanager
def dask_cluster(
    folder: Path,
    workers: int = 2,
    threads: int = 1,
    *,
    python: str = sys.executable,
    nanny: bool = True,
    options: tuple[str, ...] = (),
) -> Iterator[DaskCluster]:
    """A cluster whose scheduler listens; workers come a moment later."""
    folder.mkdir(exist_ok=True)
    file = folder / "scheduler.json"
    started: list[subprocess.Popen[bytes]] = []

    def launch(module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with open(folder / f"{module}.log", "wb") as log:
            command = [python, "-m", f"distributed.cli.{module}", "--no-dashboard", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=_environment())
        started.append(process)
        return process

    try:
        scheduler = launch("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        wait_until(lambda: _address(file), limit_s=60.0, state=lambda: (folder / "dask_scheduler.log").read_text())
        address = _address(file)
        if workers:
            launch(
                "dask_worker", address, "--nworkers", str(workers), "--nthreads", str(threads), "--local-directory",
                str(folder / "space"), *([] if nanny else ["--no-nanny"]), *options,
            )  # fmt: skip
        yield DaskCluster(address, folder, python, scheduler)
    finally:
        _end(started)


def _address(file: Path) -> str:
    try:
        return str(json.loads(file.read_text())["address"])
    except (OSError, ValueError, KeyError):
        return ""


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    """End the processes and all that they started."""
    family = []
    for process in started:
        try:
            family += psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            pass
    for process in started:
        process.kill()
    for one in family:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            pass
    for process in started:
        process.wait()
    psutil.wait_procs(family, 10)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PROCESSION_")}
