"""Every command where the system gives this user no folders: one sentence, and no traceback."""

from pathlib import Path

import pytest

from desktop.cli.command_line import main
from desktop.cli.usage import NOT_STARTED
from desktop.settings import Settings

pwd = pytest.importorskip("pwd", reason="elsewhere the system knows a user's folders without HOME")


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ((), "STATE"),
        (("doctor",), "STATE"),
        (("doctor", "--install-desktop-entry"), "DATA"),
        (("lessons",), "STATE"),
        (("run",), "STATE"),
        (("sweep", "--workers", "1"), "STATE"),
    ],
)
def test_a_user_without_a_home_reads_one_sentence(
    arguments: tuple[str, ...], missing: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_entry(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", no_entry)
    monkeypatch.setattr("desktop.window.app.run_window", lambda *given: 0)
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert main(arguments) in (NOT_STARTED, 1)
    out, err = capfd.readouterr()
    assert (out, err) == ("", f"procession: This user has no home folder: set HOME or XDG_{missing}_HOME.\n")
    assert Settings().folder == Path("/"), "a dialog for files begins somewhere"
