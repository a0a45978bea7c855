"""``procession report`` and ``procession export`` on every kind of file, without Qt but for a picture."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from support.scripts import script_path

from desktop.cli.command_line import main

TRACE = [
    {"ph": "M", "pid": 5, "name": "process_name", "args": {"name": "server"}},
    {"ph": "X", "pid": 5, "tid": 5, "ts": 10, "dur": 5.001, "name": "serve"},
    {"ph": "i", "pid": 5, "tid": 5, "ts": 12, "name": "hit"},
    {"ph": "X", "pid": 5, "tid": 5, "ts": True, "dur": 5, "name": "bad"},
]


def said(*arguments: str, code: int = 0, **environment: str) -> tuple[str, str]:
    """What the command wrote to its output and its errors, in a process that cannot import Qt."""
    program = (
        "import sys\nfor name in ('PySide6', 'pyqtgraph'): sys.modules[name] = None\n"
        "from desktop.cli.command_line import main\nsys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=90, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A small trace."""
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(TRACE))
    return path


def reported(path: Path) -> dict[str, Any]:
    """What ``report --json`` says of it."""
    return json.loads(said("report", str(path), "--json")[0])  # type: ignore[no-any-return]


def test_a_run_says_the_same_of_itself_live_saved_and_exported(tmp_path: Path) -> None:
    saved, again, table, trace = (tmp_path / name for name in ("a.procession", "b.procession", "a.csv", "a.json.gz"))
    live, _ = said("run", "--sizes", "20k", "--workers", "2", "--json", "-o", str(saved))
    assert reported(saved) == json.loads(live)
    _, errors = said("export", str(saved), str(again), str(table), str(trace))
    assert errors.splitlines() == [f"Saved {path}" for path in (again, table, trace)]
    assert reported(again) == json.loads(live)
    assert table.read_text().count("Process-") == 2
    text, _ = said("report", str(saved))
    assert "exit code  peak memory" in text
    assert "░ starting   █ alive" in text
    imported = reported(trace)["imported"]
    assert (imported["processes"], imported["skipped"]) == (3, {})


def test_a_trace_is_told_with_what_was_left_out(trace: Path) -> None:
    data = reported(trace)
    assert data["imported"] == {
        "format": "chrome", "events": 4, "processes": 1, "spans": 1, "marks": 1, "flows": 0, "counters": 0,
        "skipped": {"no time that can be used": 1},
    }  # fmt: skip
    assert [(process["name"], process["pid"]) for process in data["processes"]] == [("server", 5)]
    text, _ = said("report", str(trace))
    assert "4 events: 1 process, 1 span, 1 mark." in text
    assert "1 of them are not shown: no time that can be used (1)." in text


def test_two_files_are_compared_in_words_and_figures(tmp_path: Path, trace: Path) -> None:
    saved = tmp_path / "a.procession"
    said("run", "--sizes", "10 ms", "--workload", "sleep", "--workers", "2", "--json", "-o", str(saved))
    text, _ = said("report", str(saved), "--against", str(saved))
    lines = text.splitlines()
    assert lines[:3] == [f"A: {saved}", f"B: {saved}", ""]
    assert lines[3].startswith("Both took about the same time: run A ")
    assert any(line.split()[:2] == ["worker", "2"] and line.split()[-1] == "same" for line in lines)
    compared = json.loads(said("report", str(saved), "--against", str(trace), "--json")[0])
    assert {key: value for key, value in compared.items() if key != "comparison"} == reported(saved)
    comparison = compared["comparison"]
    assert (comparison["against"], comparison["b"]["trace"]) == (str(trace), True)
    assert comparison["sentences"][0].startswith("Trace B lasts ")
    assert {pair["a"] for pair in comparison["pairs"]} == {1, 2, 3, None}


@pytest.mark.parametrize("arguments", [
    ["report", "trace.json", "--against", "gone"],
    ["report", "gone"], ["export", "gone", "a.csv"], ["report", "text"], ["export", "text", "a.csv"], ["report", "."],
    ["export", "trace.json", "a.nothing"], ["export", "trace.json"], ["report"], ["report", "newer"], ["gone"], ["text"],
])  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(
    arguments: list[str], trace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(trace.parent)
    (trace.parent / "text").write_text("hello")
    with ZipFile("newer", "w") as archive:
        archive.writestr("manifest.json", '{"format": 99}')
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("procession")
    assert error.count("\n") == 1
    assert error.rstrip().endswith((".", "--help."))


def test_a_trace_has_no_journals_to_save(trace: Path) -> None:
    _, error = said("export", str(trace), str(trace.with_suffix(".procession")), code=1)
    assert "no journals" in error


OUTS = (".json", ".json.gz", ".csv")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One run in every kind of file that there is of it."""
    folder = tmp_path_factory.mktemp("kinds")
    written = {suffix: folder / f"run{suffix}" for suffix in (".procession", ".json", ".json.gz")}
    outs = [word for path in written.values() for word in ("-o", str(path))]
    said("record", *outs, str(script_path("pools.py")), "spawn", XDG_STATE_HOME=str(folder / "state"))
    (run,) = (folder / "state" / "procession" / "runs").iterdir()
    return {**written, "folder": run}


@pytest.mark.parametrize("kind", [".procession", ".json", ".json.gz", "folder"])
def test_every_verb_works_on_every_kind_of_file(kinds: dict[str, Path], kind: str, tmp_path: Path) -> None:
    data = reported(kinds[kind])
    names = [process["name"] for process in data["processes"]]
    text, _ = said("report", str(kinds[kind]), COLUMNS="80")
    assert all(name in text for name in names)
    assert max(map(len, text.splitlines())) <= 80
    outs = [tmp_path / f"out{suffix}" for suffix in OUTS]
    _, errors = said("export", str(kinds[kind]), *map(str, outs))
    assert errors.splitlines() == [f"Saved {out}" for out in outs]
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert sorted(row["name"] for row in rows) == sorted(names)
    again = reported(tmp_path / "out.json")
    assert sorted(process["name"] for process in again["processes"]) == sorted(names)
    assert reported(tmp_path / "out.json.gz") == again
    if kind in (".procession", "folder"):
        _, errors = said("export", str(kinds[kind]), str(tmp_path / "out.procession"))
        assert reported(tmp_path / "out.procession") == data
    else:
        # How many events say so is another matter: names and places of tracks are events too.
        assert {**again["imported"], "events": 0} == {**data["imported"], "events": 0}


def test_a_report_is_the_same_piped_and_without_colour_and_ascii_where_there_is_nothing_else(
    kinds: dict[str, Path],
) -> None:
    run = str(kinds[".procession"])
    plain, _ = said("report", run, COLUMNS="90")
    assert said("report", run, COLUMNS="90", NO_COLOR="1", TERM="dumb")[0] == plain
    assert "\x1b" not in plain
    ascii_only, _ = said("report", run, COLUMNS="90", PYTHONIOENCODING="ascii")
    assert ascii_only.isascii()
    assert "?" not in ascii_only
    assert [len(line) for line in ascii_only.splitlines()] == [len(line) for line in plain.splitlines()]
    assert ". starting   # alive   = ending   ~ exited, not reaped" in ascii_only


def test_an_export_of_a_file_that_is_cut_says_so(trace: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text(trace.read_text()[:-30])
    _, errors = said("export", str(cut), str(tmp_path / "a.csv"))
    assert errors.splitlines() == [
        "procession: The file is cut off: it ends in the middle of what was written.",
        f"Saved {tmp_path / 'a.csv'}",
    ]
