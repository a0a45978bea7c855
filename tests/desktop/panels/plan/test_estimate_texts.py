"""The words for a plan's memory and time. No QApplication."""

import pytest

from desktop.panels.plan.estimate_texts import plan_text, rough_time, worker_text
from workers.plan.plan import Plan, Workload
from workers.system.machine import Machine


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.01, "< 0.1 s"),
        (0.34, "0.3 s"),
        (8.7, "9 s"),
        (9.6, "10 s"),
        (42.4, "42 s"),
        (99.7, "2 min"),
        (150, "2 min"),
        (9_000, "2.5 h"),
    ],
)
def test_rough_times(seconds: float, text: str) -> None:
    assert rough_time(seconds) == text


def test_a_worker() -> None:
    assert worker_text(Workload.SLEEP, 3_000_000) == "15 MB\n3 s"


def test_a_plan_on_one_core_and_on_several() -> None:
    plan = Plan.make([2_000_000, 2_000_000], Workload.SPIN)
    assert plan_text(plan, Machine(10**9, 1)).splitlines() == [
        "Memory: about 30 MB of 1 GB available",
        "Time: about 4 s on 1 core",
    ]
    assert plan_text(plan, Machine(10**9, 2)).endswith("Time: about 2 s on 2 cores")
