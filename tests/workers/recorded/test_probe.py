"""The probe: what it records, and that a program cannot tell a recorded run from a bare one."""

import dis
import inspect
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest
from support.recording import recorded, recording, script, together
from support.scripts import script_path

from workers.analysis.findings.all_findings import findings
from workers.engines.programs import Program
from workers.folding import fold
from workers.journal.follower import read_all
from workers.journal.kinds import Kind
from workers.journal.output_reader import OutputReader
from workers.journal.run_files import OUTPUT, key_of
from workers.recorded import probe
from workers.recorded.probe import safe_repr
from workers.timeline.model import CallName, ProcessKind

METHODS = ["fork", "spawn", "forkserver"] if os.name == "posix" else ["spawn"]


def raw_output(program: Program) -> tuple[int | None, bytes, bytes]:
    """Exit code, standard output and standard error of a recorded run, to the byte."""
    with recording(program, whole=True) as following:
        timeline = following.finish()
        reader = OutputReader(following.run.folder / OUTPUT)
        streams = {1: b"", 2: b""}
        while chunks := reader.read():
            for chunk in chunks:
                streams[chunk.stream] += chunk.data
        assert timeline.warnings == []
        return timeline.exit_code, streams[1], streams[2]


def run_bare(program: Program) -> "subprocess.CompletedProcess[bytes]":
    """The same program by itself."""
    return subprocess.run(
        program.argv, cwd=program.cwd, env=dict(os.environ), stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_a_program_sees_no_difference(method: str) -> None:
    program = script("plain_facts.py", method)
    bare = run_bare(program)
    code, out, err = raw_output(program)
    assert (code, out, err) == (bare.returncode, bare.stdout, bare.stderr)
    assert code == 3
    assert b"said at the exit" in err


def test_what_a_program_does_is_recorded() -> None:
    timeline = recorded(script("plain_facts.py", "fork"))
    program = timeline.process(1)
    children = [process for process in timeline.processes if process.kind is ProcessKind.WORKER]
    assert [child.exit_code for child in children[:4]] == [0, 1, 1, 44]
    assert [child.name for child in children[:4]] == ["Odd-1", "Process-2", "Process-3", "Process-4"]
    assert [child.error for child in children[:3]] == [None, "ValueError", "SystemExit"]
    assert program.exit_code == 3
    second = [call for call in timeline.calls if call.name is CallName.START and call.error]
    assert [call.error for call in second] == ["AssertionError"]
    refused = [call for call in timeline.calls if call.name is CallName.JOIN and call.error]
    assert [call.error for call in refused] == ["AttributeError", "AssertionError"]
    lines = script_path("plain_facts.py").read_text().splitlines()
    first = next(call for call in timeline.calls if call.name is CallName.START)
    assert first.file == str(script_path("plain_facts.py"))
    assert lines[first.line - 1].strip() == "worker.start()"


def test_threads_that_start_processes_at_once_are_distinguished() -> None:
    timeline = recorded(script("threads.py"))
    assert timeline.exit_code == 0
    workers = [process for process in timeline.processes if process.kind is ProcessKind.WORKER]
    assert len(workers) == 24
    assert all(p.exit_code == int(p.name.removeprefix("n")) for p in workers)
    assert len({p.pid for p in workers}) == 24
    assert [p for p in workers if None in (p.born_ns, p.target_began_ns, p.joined_ns)] == []
    assert all(call.ended_ns is not None for call in timeline.calls)


def test_no_signal_handler_can_raise_between_the_record_of_a_call_and_the_call() -> None:
    lines, first = inspect.getsourcelines(probe.Hooks.call_began)
    written = first + next(at for at, line in enumerate(lines) if "self.write(CALL_BEGAN" in line)
    calling = [
        instruction.positions.lineno
        for instruction in dis.get_instructions(probe.Hooks.call_began)
        if instruction.opname.startswith("CALL") and instruction.positions is not None
    ]
    assert max(line for line in calling if line is not None) == written


def test_exit_codes_beyond_a_slot_do_no_harm() -> None:
    program = script("huge_exit.py")
    bare = run_bare(program)
    assert raw_output(program) == (bare.returncode, bare.stdout, bare.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="page faults are counted by Linux")
def test_a_recorded_fork_copies_few_pages_more_than_a_bare_one() -> None:
    """Each page costs 3 to 5 us, in parent or child. Some 55 on 3.11, 65 on 3.14, 75 on 3.13."""
    program = script("fork_pages.py")
    bare = run_bare(program)
    raw_output(program)  # once the edited functions are in the cache, nothing is compiled any more
    code, out, _ = raw_output(program)
    assert code == 0
    more = [
        ours - alone for ours, alone in zip(*[map(float, text.split()) for text in (out, bare.stdout)], strict=True)
    ]
    assert sum(more) < 90, more


@pytest.mark.skipif(os.name != "posix", reason="where nothing is forked")
def test_process_objects_that_lack_attributes_or_have_others_do_no_harm() -> None:
    program = script("unmade_processes.py")
    bare = run_bare(program)
    with recording(program, whole=True) as following:
        timeline = following.finish()
        assert (timeline.exit_code, b"".join(following.written[1])) == (bare.returncode, bare.stdout)
    starts = [call for call in timeline.calls if call.name is CallName.START]
    assert len(starts) == 2 + 9
    assert [call.ended_ns for call in timeline.calls if call.ended_ns is None] == []
    assert [process.exit_code for process in timeline.processes[1:]] == [0] * 9


def test_a_program_that_closes_its_descriptors_is_recorded() -> None:
    timeline = recorded(script("closes_everything.py"))
    assert timeline.exit_code == 0
    assert [process.exit_code for process in timeline.processes[1:]] == [0, 0]
    assert timeline.torn_records == 0


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_a_record_that_the_end_of_its_own_process_cut_off_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "LAST_MOMENT_NS", 10**12)  # a busy machine can be slow to end a process
    ways = {f"{who} {how}": script("unfinished.py", who, how) for who in ("program", "worker")
            for how in ("ends", "leaves", "killed")}  # fmt: skip
    runs = together(ways, lambda name, timeline: None)
    found = {way: (timeline.torn_records, timeline.unfinished_records) for way, timeline in runs.items()}
    assert found == {way: (1, 0) if way.endswith("killed") else (0, 1) for way in ways}
    for way, timeline in runs.items():
        assert [one.code for one in findings(timeline) if one.code == "torn"] == ["torn"] * found[way][0], way


@pytest.mark.parametrize("how", ["limit", "deleted"])
def test_a_journal_that_cannot_grow_leaves_the_program_alone_and_is_reported(how: str, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with recording(script("asks_often.py", how, str(go)), whole=True) as following:
        if how == "deleted":
            following.until(lambda: following.printed("delete it"))
            for path in following.run.folder.glob("*-*.journal"):
                path.unlink()
            go.touch()
        timeline = following.finish()
    assert (timeline.exit_code, timeline.lines[-1].text) == (0, "asked 3000 times")
    if how == "limit":
        assert "could not be made longer" in " ".join(timeline.warnings)
    assert timeline.process(1).exited_ns is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_process_whose_journal_cannot_begin_is_reported_to_have_left_none() -> None:
    timeline = recorded(script("no_room.py"))
    assert timeline.exit_code == 0
    assert timeline.process(2).exit_code == 5
    assert timeline.warnings == ["No journal was left by Process-1: what happened inside is not known."]


class Rude:
    """Its own methods must not be called."""

    def __repr__(self) -> str:
        raise AssertionError

    __str__ = __repr__

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise AssertionError

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)

    def __iter__(self) -> Any:
        raise AssertionError

    def __len__(self) -> int:
        raise AssertionError


class RudeList(list):  # type: ignore[type-arg]
    """A subclass is not plain data."""

    __repr__ = Rude.__repr__
    __iter__ = Rude.__iter__


class RudeMeta(type):
    """A metaclass that answers for the name."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise AssertionError


class Nameless(metaclass=RudeMeta):
    """Its name can only be had from type itself."""


@pytest.mark.parametrize(
    "value",
    [
        None, True, 7, -1.5, 1j, float("inf"), "text", "it's \x00 ü \ud800", b"bytes", [], [None, True], (), (1,), (1, 2),
        set(), {3}, frozenset(), frozenset({1}), {}, {"a": [1, (2,)]}, [[[[]]]],
    ],
)  # fmt: skip
def test_plain_data_is_shown_as_repr_shows_it(value: object) -> None:
    shown = safe_repr(value)
    assert shown == (repr(value) if value != [[[[]]]] else "[[[[]]]]")


def test_code_of_the_program_is_never_called() -> None:
    rude = Rude()
    assert safe_repr(rude) == "<Rude object>"
    assert safe_repr([rude, {rude: rude}]) == "[<Rude object>, {<Rude object>: <Rude object>}]"
    assert safe_repr(RudeList([1])) == "<RudeList object>"
    assert safe_repr(Nameless()) == "<Nameless object>"
    assert safe_repr(Nameless) == "<RudeMeta object>"


def test_shown_values_are_bounded() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert safe_repr(deep) == "[[[[…]]]]"
    assert safe_repr(list(range(100_000))).endswith("63, … 100000 in all]")
    wide = [[[[0] * 100] * 100] * 100] * 100
    began = time.thread_time()
    assert len(safe_repr(wide)) < 20_000
    assert time.thread_time() - began < 0.2
    assert safe_repr("x" * 10_000).startswith("'" + "x" * 200 + "'…")
    assert safe_repr(1 << 100_000) == "<int of 100001 bits>"


def test_values_that_change_in_the_meantime_do_no_harm() -> None:
    endless = {number: number for number in range(100)}

    class Changing(dict):  # type: ignore[type-arg]
        """Not plain either."""

    assert safe_repr(Changing(endless)) == "<Changing object>"
    assert safe_repr(endless).startswith("{0: 0, 1: 1")


def oldest_python() -> str | None:
    """The interpreter itself; a name on the PATH can be a stand-in that leads nowhere."""
    found = shutil.which("python3.9")
    ask = [found or "", "-c", "import sys; print(sys.executable)"]
    asked = subprocess.run(ask, capture_output=True, text=True, timeout=30, check=False) if found else None
    if asked is not None and asked.returncode == 0:
        return asked.stdout.strip()
    known = sorted(Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").glob("versions/3.9.*/bin/python"))
    return str(known[0]) if known else None


@pytest.mark.parametrize("line", ["pass", "import subprocess", "import atexit; atexit.register(print, 'registered')"])
def test_a_program_of_the_oldest_python_ends(line: str, tmp_path: Path) -> None:
    python = oldest_python()
    if python is None:
        pytest.skip("needs the oldest Python that can be recorded")
    (tmp_path / "main.py").write_text(line + "\n")
    program = Program((python, str(tmp_path / "main.py")), str(tmp_path), "main.py")
    bare = run_bare(program)
    assert raw_output(program) == (bare.returncode, bare.stdout, bare.stderr)


def test_a_missing_folder_leaves_the_program_unrecorded_and_alone(tmp_path: Path) -> None:
    inject = Path(probe.__file__).parent / "inject"
    environment = {**os.environ, "PYTHONPATH": str(inject), "PROCESSION_RUN": str(tmp_path / "gone")}
    done = subprocess.run(
        [sys.executable, str(script_path("plain_facts.py")), METHODS[0]],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert list(tmp_path.iterdir()) == []


def test_the_users_own_sitecustomize_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('the own one')\n")
    (tmp_path / "main.py").write_text("import sitecustomize, sys\nprint(sitecustomize.__file__)\nprint(sys.path)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    program = Program((sys.executable, str(tmp_path / "main.py")), str(tmp_path), "main.py")
    bare = run_bare(program)
    assert raw_output(program) == (0, bare.stdout, bare.stderr)
    assert b"the own one" in bare.stdout


@pytest.mark.skipif(os.name != "posix", reason="the user's folder of packages is elsewhere")
def test_objects_in_the_path_are_left_where_a_pth_file_put_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = Path(sysconfig.get_path("purelib", "posix_user", vars={"userbase": str(tmp_path)}))
    packages.mkdir(parents=True)
    (packages / "odd.pth").write_text("import pathlib, sys; sys.path += [pathlib.Path('/odd'), 3, b'bytes', None]\n")
    (packages / "sitecustomize.py").write_text("print('the own one')\n")
    (tmp_path / "main.py").write_text("import sys; print(sys.path)\n")
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path))
    python = getattr(sys, "_base_executable", sys.executable)  # an environment has no such folder
    program = Program((python, str(tmp_path / "main.py")), str(tmp_path), "main.py")
    bare = run_bare(program)
    assert raw_output(program) == (0, bare.stdout, bare.stderr)
    assert b"the own one" in bare.stdout
    assert b"PosixPath('/odd'), 3, b'bytes', None" in bare.stdout


def test_edits_are_compiled_beside_the_programs_own_ast_and_other_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program has imported modules of its own under Python's names, and changes sys.path and sys.modules meanwhile."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # nothing is compiled yet
    (tmp_path / "ast.py").write_text("class Own(Exception): pass\ndef parse(*source): raise Own\n")
    (tmp_path / "main.py").write_text(
        "import ast, sys, threading, time\n"
        "def imports():\n"
        "    import multiprocessing.popen_fork, multiprocessing.queues, multiprocessing.shared_memory\n"
        "thread, number, own = threading.Thread(target=imports), 0, sys.path\n"
        "thread.start()\n"
        "while thread.is_alive():\n"
        "    sys.path.append(f'/added/{number}')\n"
        "    sys.modules[f'added.{number}'] = sys\n"
        "    number += 1\n"
        "    time.sleep(0.001)\n"
        "lost = [at for at in range(number) if f'/added/{at}' not in own or f'added.{at}' not in sys.modules]\n"
        "print(number > 0, lost, sys.path is own, ast.__file__, '_ast' in sys.modules)\n"
    )
    program = Program((sys.executable, str(tmp_path / "main.py")), str(tmp_path), "main.py")
    bare = run_bare(program)
    assert raw_output(program) == (0, bare.stdout, bare.stderr)
    assert bare.stdout == f"True [] True {tmp_path / 'ast.py'} False\n".encode()
    assert len(list((tmp_path / "cache").rglob("multiprocessing.*.edits"))) >= 3


def test_a_forks_journal_is_its_own(tmp_path: Path) -> None:
    """A child of os.fork() unwinds its parent's frames, but does not write into its parent's journal."""
    with recording(script("raw_fork.py")) as following:
        timeline = following.finish()
        records: dict[str, list[int]] = {}
        for batch in read_all(following.run.folder):
            for entries in batch.entries:
                if key_of(entries.name):
                    records.setdefault(entries.name, []).extend(entries.records.kinds)
    assert timeline.exit_code == 0
    assert [kinds.count(Kind.HELLO) for kinds in records.values()] == [1, 1, 1]
    starts = [call for call in timeline.calls if call.name is CallName.START]
    assert len(starts) == 1


def test_the_command_line_is_known_where_python_does_not_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As before Python 3.10. Helpers are recognised by it."""
    known = sys.orig_argv
    assert probe.command_line() == known
    monkeypatch.delattr(sys, "orig_argv")
    expected = known if Path("/proc/self/cmdline").exists() else sys.argv
    assert probe.command_line() == expected
