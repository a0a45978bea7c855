"""A sweep as data: the promised keys, null for what is not known, and numbers that a script can read."""

import csv
import io
import json
from pathlib import Path

import pytest
from support.sweeps import amdahl_sweep, sweep_of

from workers.sweep.sweep_files import csv_text, data, json_text

PROMISED = {"workers", "runs", "duration_s", "duration_least_s", "speed_up", "efficiency"}


def test_the_promised_keys_are_there(tmp_path: Path) -> None:
    made = json.loads(json_text(sweep_of({1: [4.0, 4.4], 2: [2.0, None]}, folder=tmp_path)))
    sweep = made["sweep"]
    assert made["procession"]["report"] == 1
    one, two = sweep["points"]
    assert set(one) >= PROMISED
    assert (one["workers"], one["runs"], one["duration_s"], one["duration_least_s"]) == (1, 2, 4.2, 4.0)
    assert two["speed_up"] == pytest.approx(2.1)
    assert (two["runs"], two["failed"]) == (1, 1)
    assert two["each"][1] == {
        "duration_s": None, "problem": "exit code 3", "exit_code": 3, "folder": str(tmp_path / "2-1"),
    }  # fmt: skip
    assert sweep["serial_fraction"] is None


def test_the_serial_fraction_has_its_interval() -> None:
    made = data(amdahl_sweep(0.08))
    assert made["serial_fraction_low"] < made["serial_fraction"] < made["serial_fraction_high"]


def test_a_table_has_a_row_for_each_number_and_empty_cells() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(sweep_of({2: [2.0, 2.2], 4: [None]})))))
    assert [row["workers"] for row in rows] == ["2", "4"]
    assert float(rows[0]["duration_most_s"]) == 2.2
    assert (rows[0]["speed_up"], rows[1]["duration_s"], rows[1]["failed"]) == ("", "", "1")
