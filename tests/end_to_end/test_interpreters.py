"""Four children that end in four ways, under every start method of the oldest, the newest and the present Python.

With PYTHONS in the environment (paths of interpreters, separated as PATH is) every Python that is found is tried.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.interpreters import some_interpreters
from support.run_pairs import Recorded, record
from support.scripts import script_path

from workers.engines.programs import script_program
from workers.timeline.model import ProcessKind

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exits are seen to the moment on Linux alone")

METHODS = ("fork", "spawn", "forkserver")
CODES = {"well": 0, "exits": 3, "kills_itself": -9, "is_killed": -9}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[tuple[int, int], str], tuple[Recorded, int]]:
    """{(version, method): (the recorded run, when the parent killed its child)}, four at a time."""
    folder = tmp_path_factory.mktemp("moments")

    def run(version: tuple[int, int], python: str, method: str) -> tuple[Recorded, int]:
        moment = folder / f"{version[1]}-{method}"
        found = record(script_program(script_path("four_ends.py"), method, str(moment), python=python))
        assert found.code == 0, (version, method, found.err)
        return found, int(moment.read_text())

    wanted = [(version, python, method) for version, python in some_interpreters().items() for method in METHODS]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda one: run(*one), wanted)
        return {(version, method): one for (version, _, method), one in zip(wanted, found, strict=True)}


def test_each_child_is_one_lane_with_its_code_and_its_moments(
    runs: dict[tuple[tuple[int, int], str], tuple[Recorded, int]],
) -> None:
    for key, (found, killed_at_ns) in runs.items():
        timeline = found.timeline
        told = key, [(process.name, process.kind.value, process.exit_code) for process in timeline.processes]
        assert not timeline.warnings, (key, timeline.warnings)
        workers = found.of_kind(ProcessKind.WORKER)
        assert {worker.name: worker.exit_code for worker in workers} == CODES, told
        assert len(workers) == len(CODES), told
        helpers = [] if key[1] == "fork" else ["resource tracker"] + ["fork server"] * (key[1] == "forkserver")
        others = [process.name for process in timeline.processes[1:] if process not in workers]
        assert sorted(others) in (sorted(helpers), ["resource tracker"]), told
        for worker in workers:
            called, began, exited = worker.start_called_ns, worker.target_began_ns, worker.exited_ns
            reaped, joined = worker.reaped_ns, worker.joined_ns
            assert None not in (called, exited, reaped, joined), told
            assert called < exited <= reaped <= joined, told
            assert began is None or called < began < exited, told
            assert (worker.target_ended_ns is not None) == (worker.name == "well"), told
        killed = found.named("is_killed")
        assert killed.exited_ns is not None
        assert killed.exited_ns >= killed_at_ns - found.origin_ns, key
