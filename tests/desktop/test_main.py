"""What becomes of a command that has too little memory to load itself."""

import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from desktop import __main__ as command

UNMAPPED = "libz.so.1: failed to map segment from shared object"


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command prepares its process: here that is pytest's."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("error", [MemoryError(), ImportError(UNMAPPED)])
def test_too_little_memory_is_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_carry_out", failing(error))
    monkeypatch.setattr(command, "_LIBRARY_BYTES", 1 << 60)
    assert command.main() == 3
    assert capsys.readouterr().err == "procession: There is too little memory here for Procession.\n"
    monkeypatch.setattr(sys, "stderr", None)  # as after `2>&-`
    assert command.main() == 3


@pytest.mark.parametrize("why", ["No module named 'desktop'", UNMAPPED])
def test_other_imports_that_fail_are_told_whole(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library cannot be mapped either where it may not be executed."""
    monkeypatch.setattr(command, "_carry_out", failing(ImportError(why)))
    with pytest.raises(ImportError, match=why):
        command.main()


def failing(error: Exception) -> Callable[[], int]:
    def carry_out() -> int:
        raise error

    return carry_out
