"""Interpreters that start, and processes that end, in unusual ways: recorded alike by every Python that is found.

Without PYTHONS in the environment these are the oldest, the newest and the present one.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.interpreters import some_interpreters
from support.recording import recording
from support.run_pairs import PATIENCE_S, Ran, Recorded, line_of, record, same
from support.scripts import script_path

from workers.engines.programs import Program, script_program
from workers.timeline.model import ProcessKind

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="with every start method")
METHODS = ("fork", "spawn", "forkserver")
LAZY_IMPORTS = (3, 15)
"""The first version with ``-X lazy_imports`` and with ``.start`` files."""
Version = tuple[int, int]


def at_once(run: Callable[[Version, str], None]) -> None:
    """Call this with each Python, three at a time."""
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(run, version, python) for version, python in some_interpreters().items()]:
            done.result()


def program(python: str, script: str, *arguments: str, options: tuple[str, ...] = (), **variables: str) -> Program:
    """A script with options of its interpreter, and with more environment variables."""
    made = script_program(script_path(script), *arguments, python=python)
    given = [f"{name}={value}" for name, value in variables.items()]
    return made._replace(argv=(*(["env", *given] if given else []), python, *options, *made.argv[1:]))


def alone(made: Program) -> Ran:
    done = subprocess.run(made.argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
    return Ran(done.stdout, done.stderr, done.returncode)


def summary(found: Recorded) -> object:
    """What a run consists of, without its moments."""
    names = {process.id: process.name for process in found.timeline.processes}
    return (
        Counter(
            (p.kind, p.name, p.start_method, p.exit_code, names.get(p.parent_id or 0)) for p in found.timeline.processes
        ),
        [(call.name, names.get(call.process or 0), Path(call.file).name, call.line) for call in found.timeline.calls],
        Counter(task.name for task in found.timeline.tasks),
        found.timeline.warnings,
    )


def test_a_process_has_one_journal_however_many_interpreters_it_has() -> None:
    def run(_: Version, python: str) -> None:
        made = program(python, "sub_interpreters.py")
        with recording(made, whole=True) as live:
            live.until(lambda: live.run.over)
            timeline = live.finish()
            out, err = (b"".join(live.written[stream]) for stream in (1, 2))
            journals = Counter(path.name.partition("-")[0] for path in Path(live.run.folder).glob("*-*.journal"))
        same(alone(made), Ran(out, err, timeline.exit_code))
        parent, worker = timeline.process(1), next(p for p in timeline.processes if p.name == "beside")
        assert journals[str(parent.pid)] == journals[str(worker.pid)] == 1, journals
        start, join = timeline.calls_on(worker.id)
        assert [start.name, join.name] == ["start", "join"]
        # The end of a sub-interpreter is not the end of the work.
        assert parent.target_ended_ns is not None
        assert join.ended_ns is not None
        assert parent.target_ended_ns > join.ended_ns
        assert worker.target_ended_ns is not None

    at_once(run)


def test_each_line_is_on_the_lane_of_the_process_that_printed_it() -> None:
    def run(version: Version, python: str) -> None:
        timeline = record(program(python, "preloads_main.py")).timeline
        told = [(line.text, timeline.process(line.process or 1).pid, line.process) for line in timeline.lines]
        assert all(text.startswith(f"{pid} ") for text, pid, _ in told), (version, told)
        kinds = Counter((timeline.process(at or 1).kind, text.partition(" ")[2]) for text, _, at in told)
        assert kinds[ProcessKind.PROGRAM, "module"] == kinds[ProcessKind.PROGRAM, "over"] == 1, (version, kinds)
        assert kinds[ProcessKind.WORKER, "work"] == 2, (version, kinds)
        # Many versions pass over __main__ when they preload, so that each worker runs the module.
        by_server, by_workers = kinds[ProcessKind.HELPER, "module"], kinds[ProcessKind.WORKER, "module"]
        assert (by_server, by_workers) in ((1, 0), (0, 2)), (version, kinds)

    at_once(run)


def test_what_is_imported_early_or_late_is_recorded_as_ever(tmp_path: Path) -> None:
    def run(version: Version, python: str) -> None:
        base = os.path.realpath(python)  # a virtual environment has no packages of the user
        early = {"PYTHONUSERBASE": home(version)}
        ways = {"plain": program(base, "each_method.py"), "early": program(base, "each_method.py", **early)}
        if version >= LAZY_IMPORTS:
            lazy = ("-X", "lazy_imports=all")
            ways["lazy"] = program(base, "each_method.py", options=lazy)
            ways["both"] = program(base, "each_method.py", options=lazy, **early)
        found = {way: record(made) for way, made in ways.items()}
        for way, made in ways.items():
            same(alone(made), found[way])
            begun = 1 + (version >= LAZY_IMPORTS) if way in ("early", "both") else 0
            assert found[way].out.startswith(b"begun early: %d\n" % begun), (version, way, found[way].out)
            assert summary(found[way]) == summary(found["plain"]), (version, way)
        starts = [call for call in found["plain"].timeline.calls if call.name == "start"]
        assert [Path(call.file).name for call in starts] == ["each_method.py"] * 3 + ["process.py"], version
        assert {call.line for call in starts[:3]} == {line_of("each_method.py", "worker.start()")}, version
        assert len(found["plain"].timeline.tasks) == 2, version
        assert {p.name for p in found["plain"].of_kind(ProcessKind.WORKER)} == set(METHODS), version

    def home(version: Version) -> str:
        """A folder of packages that are loaded when an interpreter starts, before the probe is."""
        packages = tmp_path / "lib" / f"python{version[0]}.{version[1]}" / "site-packages"
        if not packages.exists():
            packages.mkdir(parents=True)
            (packages / "begins_early.py").write_text(
                "import sys\n\ndef begin():\n    import multiprocessing.pool, concurrent.futures.process\n"
                "    multiprocessing.Process, concurrent.futures.process.ProcessPoolExecutor\n"
                "    sys.begun_early = getattr(sys, 'begun_early', 0) + 1\n"
            )
            (packages / "first.pth").write_text("import begins_early; begins_early.begin()\n")
            (packages / "second.start").write_text("begins_early:begin\n")
        return str(tmp_path)

    at_once(run)


def test_what_a_worker_does_after_its_function_is_its_own() -> None:
    def run(version: Version, python: str) -> None:
        for method in METHODS:
            found = record(program(python, "late_work.py", method))
            worker, later, told = found.named("worker"), found.named("later"), (version, method)
            assert [line.text for line in found.timeline.lines_of(worker.id)] == ["at the end"], told
            assert [line.text for line in found.timeline.lines_of(later.id)] == ["later"], told
            assert (later.parent_id, later.exit_code, worker.exit_code) == (worker.id, 0, 0), told
            assert [(call.by, call.name) for call in found.calls(later)] == [
                (worker.id, "start"),
                (worker.id, "join"),
            ], told
            assert None not in (worker.target_ended_ns, worker.exited_ns, worker.reaped_ns, worker.joined_ns), told
            printed = found.timeline.lines_of(worker.id)[0].at_ns
            assert printed - (worker.target_ended_ns or 0) > 150_000_000, told
            ends = [later.joined_ns, worker.exited_ns, worker.reaped_ns, worker.joined_ns]
            assert ends == sorted(ends, key=lambda at: at or 0), (told, ends)

    at_once(run)
