"""The CSV table: one row a process, and no cell that a spreadsheet takes for a formula."""

import csv
import io

import pytest
from support.builders import joined_run, running_run

from workers.formats.csv_table import COLUMNS, table
from workers.timeline.timeline import Timeline


def rows(timeline: Timeline) -> list[dict[str, str]]:
    """The table as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(table(timeline).decode("utf-8"), newline="")))


def test_each_process_has_a_row_with_its_facts() -> None:
    program, first, killed = rows(joined_run(2, exit_codes={2: -9}))
    assert tuple(program) == COLUMNS
    assert (program["kind"], first["name"], first["pid"]) == ("program", "Process-1", "1001")
    assert (first["start_called_s"], first["exited_s"]) == ("0.040000000", "1.044000000")
    assert (killed["exit_code"], killed["signal"], killed["target_ended_s"]) == ("-9", "SIGKILL", "")


def test_what_did_not_happen_is_empty() -> None:
    assert {row["exited_s"] for row in rows(running_run(3))} == {""}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_name_is_never_a_formula(name: str) -> None:
    timeline = joined_run(1)
    timeline.process(2).name = name
    timeline.process(2).error = name
    (cell, error) = (rows(timeline)[1][column] for column in ("name", "error"))
    assert (cell, error) == (f"'{name}", f"'{name}")


@pytest.mark.parametrize("name", ["a,b", 'a"b', "a\nb", "é😀", "a=b"])
def test_a_name_comes_back_as_it_was(name: str) -> None:
    timeline = joined_run(1)
    timeline.process(2).name = name
    assert rows(timeline)[1]["name"] == name
