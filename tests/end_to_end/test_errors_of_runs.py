"""Exceptions are recorded with message, line and frames, wherever they end something, on every Python."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.interpreters import some_interpreters
from support.run_pairs import Recorded, record
from support.scripts import script_path

from workers.analysis.findings.all_findings import findings
from workers.analysis.status import sentence
from workers.engines.programs import script_program
from workers.timeline.model import RaisedBy

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fork, and names under /dev")

Version = tuple[int, int]
SCRIPT = "raises_everywhere.py"


@pytest.fixture(scope="module")
def runs() -> dict[Version, Recorded]:
    pythons = some_interpreters()
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(lambda path: record(script_program(script_path(SCRIPT), python=path)), pythons.values())
        return dict(zip(pythons, found, strict=True))


def line_of(text: str) -> int:
    lines = Path(script_path(SCRIPT)).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_each_exception_has_its_message_and_its_line(runs: dict[Version, Recorded]) -> None:
    fails, opens, own = line_of("raise ValueError"), line_of('open("/nonexistent'), line_of("raise OwnError")
    no_file = "[Errno 2] No such file or directory: '/nonexistent/file'"
    for version, run in runs.items():
        timeline = run.timeline
        told = {(one.by, one.type, one.message, one.line) for one in timeline.errors if one.by is not RaisedBy.THREAD}
        tasks = {(kind, message, line) for by, kind, message, line in told if by is RaisedBy.TASK}
        assert ("ValueError", "bad value 3", fails) in tasks, version
        assert ("FileNotFoundError", no_file, opens) in tasks, version
        assert ("OwnError", "{'number': 3}", own) in tasks, version
        assert ("ValueError", "bad value 4", fails) in tasks, version
        (unsent,) = (message for kind, message, _ in tasks if kind == "MaybeEncodingError")
        assert "cannot pickle" in unsent, version
        assert (RaisedBy.TARGET, "ValueError", "bad value 1", fails) in told, version
        assert (RaisedBy.MAIN, "ValueError", "bad value 5", fails) in told, version
        (of_call,) = ((kind, line) for by, kind, _, line in told if by is RaisedBy.CALL)
        assert of_call == ("ValueError", line_of("return function(*arguments)")), version
        main = timeline.ending_error(timeline.process(1))
        assert main is not None
        assert [frame.rpartition(" ")[2] for frame in main.frames] == ["<module>", "fails"], version


def test_exceptions_of_threads_and_of_a_queues_feeder_are_found(runs: dict[Version, Recorded]) -> None:
    for version, run in runs.items():
        texts = [found.text for found in findings(run.timeline) if found.code == "thread_raised"]
        assert len(texts) == 2, (version, texts)
        assert texts[0].startswith(
            "Thread a thread of the program was ended by an exception: ValueError: bad value 2 ("
        ), version
        assert "could not send an object that was put into a queue: " in texts[1], version
        assert "ickle" in texts[1], version


def test_the_program_failed_and_says_by_what(runs: dict[Version, Recorded]) -> None:
    place = f"({SCRIPT}:{line_of('raise ValueError')})"
    for version, run in runs.items():
        (finding,) = [one for one in findings(run.timeline) if one.code == "exit_code" and one.processes == (1,)]
        assert finding.text.endswith(f": ValueError: bad value 5 {place}."), version
        assert finding.line == line_of("raise ValueError"), version
        text = sentence(run.timeline)
        assert text.startswith("Failed after ")
        assert f": ValueError: bad value 5 {place}" in text, version
        tasks = [one.text for one in findings(run.timeline) if one.code == "task_raised" and "fails" in one.text]
        assert all("ValueError" in text and place in text for text in tasks), version
        assert tasks, version


def test_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    script = str(tmp_path / "wrong.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write("import os\n\ndef f(:\n    pass\n")
    timeline = record(script_program(script)).timeline
    assert "SyntaxError: invalid syntax (wrong.py:3)" in sentence(timeline)
    (finding,) = findings(timeline)
    assert (finding.code, finding.file, finding.line) == ("exit_code", script, 3)
