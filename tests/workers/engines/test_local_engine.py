"""The local engine with real runs: launching, commands, following, and closing."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from support.recording import recorded, recording, script

from workers.analysis.status import sentence
from workers.commands import SendSignal, StopRun
from workers.engines import keeper_process
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program, plan_program, script_program
from workers.errors import RunError
from workers.folding.printed_lines import MOST_CHARACTERS
from workers.formats.run_reader import read_run
from workers.journal.run_files import KEEPER
from workers.plan.plan import Plan, StartMethod, Workload
from workers.system import process_tree
from workers.timeline.model import EndedBy, State


def run_code(code: str, cwd: Path | None = None) -> Program:
    """The program that is a piece of code."""
    return Program((sys.executable, "-c", code), str(cwd or Path.cwd()), "code")


def test_a_plans_program_is_the_interpreter_with_its_orders(tmp_path: Path) -> None:
    program = plan_program(Plan.make([5, 6]), tmp_path, straight=False)
    assert program.argv[0] == sys.executable
    assert program.argv[3:6] == ("2", str(tmp_path), "stdin")
    assert program.control
    assert plan_program(Plan.make([5]), tmp_path, straight=True).argv[5] == "-"


def test_a_script_runs_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = script_program(Path("some script.py"), "one", "two words")
    assert program == Program((sys.executable, "some script.py", "one", "two words"), str(tmp_path), "some script.py")
    (tmp_path / "some script.py").write_text("import os, sys; print(os.getcwd(), sys.argv, sys.stdin.read() == '')")
    timeline = recorded(program)
    assert [line.text for line in timeline.lines] == [f"{tmp_path} ['some script.py', 'one', 'two words'] True"]
    assert timeline.process(1).name == "some script.py"


def test_packages_of_our_names_beside_a_script_are_the_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "__init__.py").write_text("print('mine')")
    (tmp_path / "main.py").write_text("import workers")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    timeline = recorded(script_program(Path("main.py")))
    assert [line.text for line in timeline.lines] == ["mine"]
    again = recorded(Plan.make([1000], Workload.SORT, StartMethod.SPAWN))
    assert (again.exit_code, again.process(2).exit_code) == (0, 0)


def test_what_cannot_be_started_is_said() -> None:
    timeline = recorded(Program(("/nowhere/python",), os.getcwd(), "nothing"))
    assert timeline.warnings == ["/nowhere/python could not be started: No such file or directory."]
    assert timeline.ended
    assert timeline.process(1).pid is None


def test_no_recorder_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_process.sys, "executable", "/nowhere/python")
    with pytest.raises(RunError, match=r"The recorder could not be started: No such file or directory\."):
        LocalEngine(Plan.make([1000])).start()


def test_a_plan_is_steered_step_by_step() -> None:
    plan = Plan.make([10_000] * 2, Workload.SLEEP, steps="start*; join*")
    with recording(plan, straight=False) as following:
        timeline = following.timeline
        following.until(lambda: timeline.waiting_for_person)
        assert following.state(2) in (State.ALIVE, State.STARTING, State.ENDING, State.ZOMBIE)
        asked = following.ask("alive", 2)
        following.until(lambda: timeline.requests.get(asked) and timeline.requests[asked].answered_ns)
        following.until(lambda: any(text.startswith("p2 alive:? ") for text in following.lines()))
        following.ask("join_rest")
        following.finish()
    assert timeline.exit_code == 0
    assert [process.state for process in timeline.processes[1:]] == [State.JOINED] * 2
    assert [call.step for call in timeline.calls] == [0, 1, None, 2, 3]


def test_a_question_to_a_waiting_parent_waits_too() -> None:
    with recording(Plan.make([400_000, 1000], Workload.SLEEP), straight=False) as following:
        timeline = following.timeline
        following.ask("join_rest")
        following.until(lambda: timeline.waiting_call(1) is not None)
        asked = following.ask("alive", 2)
        following.until(lambda: asked in timeline.requests)
        assert [request.id for request in timeline.pending] == [asked]
        following.finish()
    join = timeline.calls_on(following.worker(1).id)[-1]
    answered = timeline.requests[asked].answered_ns
    assert answered is not None
    assert join.ended_ns is not None
    assert answered > join.ended_ns


def test_letting_go_ends_the_run() -> None:
    with recording(Plan.make([60_000_000] * 2, Workload.SLEEP)) as following:
        following.until(lambda: following.state(2) is State.ALIVE)
        began = time.monotonic()
        following.run.close()
        assert time.monotonic() - began < 4
        assert following.alive() == []
        timeline = following.finish()
        following.run.close()  # once more does no harm
    assert timeline.process(1).exit_code == -signal.SIGTERM
    assert not following.run.lost


def test_commands_after_the_end_do_no_harm() -> None:
    with recording(run_code("pass")) as following:
        following.finish()
        following.run.command(StopRun())
        following.ask("alive", 1)
        following.run.command(SendSignal(1, 1, 9))


def test_a_keeper_that_hangs_is_killed_and_its_tree_with_it() -> None:
    with recording(Plan.make([60_000_000], Workload.SLEEP)) as following:
        following.until(lambda: following.state(1) is State.ALIVE)
        os.kill(following.run.keeper.pid, signal.SIGSTOP)
        following.run.close(patience_s=0.2)
        assert following.run.lost
        assert process_tree.marked(following.run.folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders of open files cannot be deleted there")
def test_a_run_whose_folder_is_deleted_goes_on_to_its_end(tmp_path: Path) -> None:
    import shutil

    go = tmp_path / "go"
    with recording(script("asks_often.py", "deleted", str(go))) as following:
        # What a worker wrote is known only once it was read.
        following.until(lambda: following.printed("delete it") and following.state(2) is State.ALIVE)
        following.until(lambda: following.state(1) is State.ALIVE)
        shutil.rmtree(following.run.folder)
        go.touch()
        timeline = following.finish()
    assert timeline.ended
    assert timeline.warnings == ["The recorder did not come to its end: what came after is not known."]


FLOOD = "for _ in range({}): print(('y' * 99 + '\\n') * 500, end='')\nprint('last')"


def test_a_flood_of_output_comes_whole_where_that_is_wanted() -> None:
    with recording(run_code(FLOOD.format(300)), whole=True) as following:
        timeline = following.finish()
    assert timeline.lines_seen == 150_001
    assert timeline.lines[-1].text == "last"
    assert timeline.dropped_output_bytes == 0


def test_a_flood_that_cannot_be_followed_is_skipped_and_counted() -> None:
    with recording(run_code(FLOOD.format(400))) as following:
        output = following.run.folder / "output.bin"
        while not output.exists() or output.stat().st_size < 20_000_000:
            time.sleep(0.01)
        timeline = following.finish()
    assert timeline.lines[-1].text == "last"
    assert timeline.dropped_output_bytes > 8_000_000
    kept = sum(len(line.text) + 1 for line in timeline.lines)
    assert timeline.dropped_output_bytes + kept == pytest.approx(400 * 500 * 100 + 5, abs=MOST_CHARACTERS)


def test_the_folder_is_private_and_its_keeper_is_named() -> None:
    with recording(run_code("pass")) as following:
        following.finish()
        folder = following.run.folder
        pid, ticks = (folder / "keeper.pid").read_text().split()
        assert pid == str(following.run.keeper.pid)
        assert int(ticks) > 0
        assert (folder / KEEPER).stat().st_size > 0
        assert (folder / "keeper.log").read_text() == ""
        if os.name == "posix":
            assert all(path.stat().st_mode & 0o077 == 0 for path in folder.glob("*.journal"))


@pytest.mark.parametrize(("asked", "by"), [(True, EndedBy.PERSON), (False, EndedBy.OWNER_GONE)])
def test_a_user_who_closes_differs_from_an_owner_that_died(asked: bool, by: EndedBy) -> None:
    with recording(Plan.make([60_000_000], Workload.SLEEP, StartMethod.FORK)) as following:
        following.until(lambda: following.timeline.processes and following.state(1) is State.ALIVE)
        following.run.close(by_user=asked)
        timeline = following.finish()
    assert timeline.ended_by is by
    assert not timeline.cut_off
    assert timeline.cut_ns is not None
    said = sentence(timeline, stopped=timeline.ended_by is EndedBy.PERSON)
    assert said.startswith("Stopped after" if asked else "Cut short after"), said


def test_a_run_that_ends_by_itself_has_no_ender() -> None:
    with recording(run_code("pass")) as following:
        following.finish()
        following.run.close(by_user=True)
        assert following.timeline.ended_by is None
        assert read_run(following.run.folder).ended_by is None
