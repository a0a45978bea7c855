"""The cores that may be kept busy: the affinity, or the limit of the control groups where that is narrower."""

import pytest

from workers.system import allowed_cores as module
from workers.system.cpu_quota import CpuQuota
from workers.system.machine import Machine


@pytest.mark.parametrize(("quota", "cores"), [(None, 4.0), (1.5, 1.5), (64.0, 4.0)])
def test_the_narrower_of_both_counts(monkeypatch: pytest.MonkeyPatch, quota: float | None, cores: float) -> None:
    monkeypatch.setattr(module, "look_at_machine", lambda: Machine(10**9, 4))
    monkeypatch.setattr(module, "cpu_quota", lambda: CpuQuota(quota))
    assert module.allowed_cores() == cores
