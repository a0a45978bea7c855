"""A recorded script that runs ``procession record`` itself: each of both records the program that it was asked to record."""

import json
import sys
from pathlib import Path

import pytest
from support.commands import PROCESSION, procession

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
OUTER = (
    "import subprocess, sys\nwith open(sys.argv[1], 'wb') as file: sys.exit(subprocess.call(sys.argv[2:], stdout=file))"
)
INNER = """
import multiprocessing, sys
def work(): pass
if __name__ == "__main__":
    worker = multiprocessing.get_context(sys.argv[1]).Process(target=work, name="inner worker")
    worker.start()
    worker.join()
    sys.exit(3)
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_both_record_their_own_program(tmp_path: Path, method: str) -> None:
    (tmp_path / "outer.py").write_text(OUTER)
    (tmp_path / "inner.py").write_text(INNER)
    python = ["--python", sys.executable, "--json"]
    inner_command = [*PROCESSION, "record", *python, str(tmp_path / "inner.py"), method]
    done = procession("record", *python, tmp_path / "outer.py", tmp_path / "inner.json", *inner_command)
    assert (done.code, done.err) == (3, "")
    outer, inner = json.loads(done.out), json.loads((tmp_path / "inner.json").read_text())
    worker = next(one for one in inner["processes"] if one["name"] == "inner worker")
    assert (worker["kind"], worker["exit_code"]) == ("worker", 0)
    assert worker["target_began_s"] <= worker["target_ended_s"] <= worker["exited_s"]
    assert [call["call"] for call in inner["calls"]][:2] == ["start", "join"]
    assert inner["lost"]["warnings"] == outer["lost"]["warnings"] == []
    pids = {one["pid"]: one for one in outer["processes"]}
    for one in inner["processes"]:  # the outer one sees them from outside only
        if one["kind"] in ("program", "worker"):
            assert (pids[one["pid"]]["kind"], pids[one["pid"]]["exit_code"]) == ("subprocess", one["exit_code"])
