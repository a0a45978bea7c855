"""The end of ``procession record`` where nothing that was recorded is read: the sentences that the recorder itself had."""

import sys
from argparse import Namespace
from pathlib import Path

import pytest
from support.replay_engine import ReplayEngine

from desktop.cli.recorded import recorded_run
from workers.engines.engine import RunResult
from workers.journal.run_files import KEEPER

FULL, UNWRITTEN = "The disk was full.", "What the program printed could not all be written: the pipe is closed."


@pytest.mark.parametrize(("on_terminal", "said"), [(True, [FULL, UNWRITTEN]), (False, [UNWRITTEN])])
def test_what_is_known_of_a_run_too_large_to_read_is_said(
    on_terminal: bool,
    said: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / KEEPER).write_bytes(bytes(1 + recorded_run._LARGE_BYTES))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: on_terminal)
    result = RunResult(True, 7, (FULL, UNWRITTEN), UNWRITTEN)
    assert recorded_run.finish(ReplayEngine(tmp_path, records=1), result, 7, [], Namespace(json=False)) == 7
    assert capsys.readouterr().err.splitlines() == [f"procession: {sentence}" for sentence in said]
