"""Signals that a command notes while its run is under way."""

import signal

import pytest

from desktop.cli.interrupts import Interrupts


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="as POSIX has it")
def test_a_handler_of_c_code_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python finds one that was there before it, and cannot put it back."""
    found = signal.getsignal
    monkeypatch.setattr(signal, "getsignal", lambda number: None if number == signal.SIGUSR1 else found(number))
    with Interrupts(for_program=[signal.SIGUSR1]).caught() as interrupts:
        assert found(signal.SIGTERM) == interrupts._on_signal
        assert found(signal.SIGUSR1) is signal.SIG_DFL
    assert found(signal.SIGTERM) is not interrupts._on_signal
