"""``procession watch``: an address at which no scheduler answers is refused before anything is started."""

import pytest
from support.listeners import free_port, listening

from desktop.cli.clusters.watch_command import VERB
from workers.errors import PlanError, RunError


def test_a_wrong_address_is_told_before_anything_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
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
