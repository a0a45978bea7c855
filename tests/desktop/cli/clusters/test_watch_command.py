"""``procession watch``: an address at which no scheduler answers is refused, and what only seems to be one does no harm."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import procession
from support.listeners import free_port, listening
from support.scripts import script_path

from desktop.cli.clusters.watch_command import VERB
from workers.errors import PlanError, RunError


def test_a_wrong_address_is_told_before_anything_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
    with pytest.raises(RunError, match="Nobody listens at tcp://127"):
        VERB.carry_out([f"127.0.0.1:{free_port()}"])
    with (
        listening(lambda one: bool(one.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"))) as place,
        pytest.raises(RunError, match=r"SSH-2\.0"),
    ):
        VERB.carry_out([place])
    with pytest.raises(PlanError, match="tcp://HOST:PORT is meant"):
        VERB.carry_out(["nowhere"])
    assert capsys.readouterr() == ("", "")


def test_a_server_that_only_seems_to_be_a_scheduler_is_told_and_does_no_harm(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
    mark = tmp_path / "mark"
    for answers, why in (
        ("pickle", "It sent a pickle, which is not opened"),
        ("nonsense", "not those of a Dask scheduler"),
    ):
        command = [sys.executable, script_path("false_scheduler.py"), answers, mark]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
            try:
                assert server.stdout is not None
                done = procession("watch", server.stdout.readline().strip(), "--for", "20s")
            finally:
                server.kill()
        assert done.code == 3, done.err
        assert why in done.err
        assert "Traceback" not in done.err
    assert not mark.exists()
