"""How often and how long what has a name went on."""

import numpy as np
import pytest
from support.builders import MS, joined_run, traced_run

from workers.analysis.name_times import NameTimes, times_by_name
from workers.timeline.timeline import Timeline


def test_tasks_are_counted_and_measured_by_name() -> None:
    timeline = joined_run(2)
    for process, name, lasted in ((2, "load", 10), (3, "load", 30), (2, "load", 20), (2, "store", 5)):
        timeline.finish_task(timeline.begin_task(process, name, 50 * MS), (50 + lasted) * MS, None)
    timeline.begin_task(3, "load", 60 * MS)  # still running
    timeline.begin_task(3, "wait", 60 * MS)
    found = times_by_name(timeline)
    assert found["load"] == NameTimes(4, pytest.approx(0.060), pytest.approx(0.020), pytest.approx(0.029))
    assert found["store"] == NameTimes(1, pytest.approx(0.005), pytest.approx(0.005), pytest.approx(0.005))
    assert found["wait"] == NameTimes(1, 0.0, None, None)
    assert set(found) == {"load", "store", "wait"}


def test_the_quantiles_are_those_of_numpy() -> None:
    timeline, numbers = joined_run(1), np.random.default_rng(5)
    name = np.full(4_001, timeline.tasks.names.number("f"), np.uint32)
    lasted = numbers.integers(1, 10**9, len(name))
    began = np.sort(numbers.integers(0, 10**9, len(name)))
    timeline.add_tasks(2, began, began + lasted, name)
    found = times_by_name(timeline)["f"]
    assert found.median_s == pytest.approx(float(np.quantile(lasted, 0.5)) / 1e9)
    assert found.p95_s == pytest.approx(float(np.quantile(lasted, 0.95)) / 1e9)
    assert found.total_s == pytest.approx(float(lasted.sum()) / 1e9)


def test_of_a_trace_the_spans_are_measured() -> None:
    found = times_by_name(traced_run(2))
    assert found["main"] == NameTimes(2, pytest.approx(18.0), pytest.approx(9.0), pytest.approx(9.0))
    assert found["wait"] == NameTimes(2, 0.0, None, None)
    assert "mark" not in found


def test_without_any_there_is_nothing() -> None:
    assert times_by_name(Timeline()) == {}
    assert times_by_name(joined_run(1)) == {}
