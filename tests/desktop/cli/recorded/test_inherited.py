"""What a recorded script inherits, where the system lacks something."""

import signal

import pytest

from desktop.cli.recorded.inherited import Inherited
from workers.engines.forked_keeper import signals_held_back


def test_where_signals_cannot_be_blocked_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with signals_held_back():
        pass
    assert Inherited()._blocked == ()
