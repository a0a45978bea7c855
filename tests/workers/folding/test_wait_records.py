"""What the keeper saw of threads becomes waits, stacks and holders in the timeline, whatever is read first."""

import json
import signal
from pathlib import Path

from workers.formats.run_reader import read_run
from workers.journal.codes import Wait
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.observations import SeenWait, UnreportedChild, WaitChange
from workers.recorded.probe import FRESH, HELLO, Journal
from workers.timeline.stacks import CodeFrame, EndHolder
from workers.timeline.timeline import Timeline

SECOND = 1_000_000_000
STACK = {"threads": [{"thread": 5, "name": "MainThread", "frames": [["get", "own.py", 41]], "may_call": []}]}


def run(folder: Path, *looks: object) -> Timeline:
    """A run of one process, pid 5, whose first thread waits from second 2 on and is looked into."""
    keeper = KeeperJournal(folder)
    keeper.run({"argv": ["own.py"]})
    keeper.launched(5, 50, SECOND, SECOND, 0)
    keeper.waits(5, 50, WaitChange(5, 3 * SECOND, SeenWait(Wait.PIPE_READ, 77, (78,))), 2, 1 << 14)
    keeper.waits(5, 50, WaitChange(6, 3 * SECOND, SeenWait(Wait.TIME)), 2, 1 << 14)
    for look in looks:
        keeper.looked(0 if "ends" in str(look) else 5, 0 if "ends" in str(look) else 50, 5 * SECOND, json.dumps(look))
    keeper.waits(5, 50, WaitChange(5, 6 * SECOND, None), 2, 0)
    keeper.ended(0)
    own = Journal(str(folder / f"5-{SECOND + 1}.journal"))
    own.write(HELLO, FRESH, 1, 0, SECOND + 1, 5, 1, 0, 0, 0, 50)
    return read_run(folder)


def test_a_wait_has_its_time_its_ends_and_its_stack(tmp_path: Path) -> None:
    process = run(tmp_path, STACK).process(1)
    main, second = process.waits
    assert (main.main, main.wait, main.since_ns, main.until_ns) == (True, Wait.PIPE_READ, 2 * SECOND, 5 * SECOND)
    assert (main.object, main.ends, main.frames) == (77, (78,), (CodeFrame("get", "own.py", 41),))
    assert (second.main, second.wait, second.until_ns, second.frames) == (False, Wait.TIME, None, ())
    assert (process.threads, process.stacks_ns, process.stacks_problem) == (2, 4 * SECOND, "")
    assert process.waiting(4 * SECOND) == [main, second]
    assert process.waiting(6 * SECOND) == [second]


def test_why_there_are_no_stacks_is_kept(tmp_path: Path) -> None:
    process = run(tmp_path, {"problem": "It is not allowed."}).process(1)
    assert (process.stacks, process.stacks_problem) == ((), "It is not allowed.")


def test_the_holders_of_an_end_are_processes_of_the_run_or_have_a_name(tmp_path: Path) -> None:
    timeline = run(tmp_path, {"ends": {"78": [[5, True, False], [900, False, True, "tee log"]]}})
    assert timeline.holders == {
        78: (EndHolder(1, 5, "", True, False), EndHolder(None, 900, "tee log", False, True)),
    }


def test_a_look_that_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    strange = ({"threads": [{"frames": 3}, 7]}, [1], {"ends": {"x": 1, "9": [[]]}}, {"problem": 3}, "text", None)
    timeline = run(tmp_path, *strange)
    assert timeline.process(1).stacks == ()
    assert timeline.holders == {}


def test_what_is_looked_at_while_the_run_is_being_ended_does_not_change_what_it_hung_in(tmp_path: Path) -> None:
    keeper = KeeperJournal(tmp_path)
    keeper.run({"argv": ["own.py"]})
    keeper.launched(5, 50, SECOND, SECOND, 0)
    keeper.waits(5, 50, WaitChange(5, 3 * SECOND, SeenWait(Wait.PIPE_READ, 77, (78,))), 2, 1 << 14)
    keeper.looked(5, 50, 5 * SECOND, json.dumps(STACK))
    keeper.looked(0, 0, 5 * SECOND, json.dumps({"ends": {"78": [[5, True, False], [9, False, True]]}}))
    keeper.signalled(5, 50, signal.SIGINT, 8 * SECOND)
    after = {"threads": [{"thread": 5, "name": "MainThread", "frames": [["_shutdown", "own.py", 50]], "may_call": []}]}
    keeper.looked(5, 50, 9 * SECOND, json.dumps(after))
    keeper.looked(0, 0, 9 * SECOND, json.dumps({"ends": {"78": [[5, True, False]]}}))
    # Nothing but the keeper has seen the other one, which is known as a process only once the run is over.
    keeper.unreported_child(UnreportedChild(9, 90, "sleep 90", 5, 0, 2 * SECOND))
    keeper.ended(0)
    own = Journal(str(tmp_path / f"5-{SECOND + 1}.journal"))
    own.write(HELLO, FRESH, 1, 0, SECOND + 1, 5, 1, 0, 0, 0, 50)
    timeline = read_run(tmp_path)
    process = timeline.process(1)
    assert [frame.function for stack in process.stacks for frame in stack.frames] == ["_shutdown"]
    assert [frame.function for stack in process.hang_stacks for frame in stack.frames] == ["get"]
    assert (process.stacks_ns, process.hang_stacks_ns) == (8 * SECOND, 4 * SECOND)
    assert timeline.holders == {78: (EndHolder(1, 5, "", True, False), EndHolder(2, 9, "", False, True))}
