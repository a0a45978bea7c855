"""``procession sweep`` before anything runs: each wrong input is one sentence and exit code 2."""

from pathlib import Path

import pytest

from desktop.cli.command_line import main


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work.py").write_text("raise SystemExit(7)")


@pytest.mark.parametrize(("arguments", "part"), [
    ("--workers 0", "0 workers are out of range: a sweep takes numbers from 1 to 64"),
    ("--workers 1,65", "65 workers are out of range"),
    ("--workers 1,x", "'1,x' are no numbers of workers"),
    ("", "which numbers of workers?"),
    ("work.py {workers}", "which numbers of workers?"),
    ("--workers 1,2 --repeat 0", "'0' is no number of repeats: write 1 to 100"),
    ("--workers 1,2 --repeat few", "'few' is no number of repeats"),
    ("--workers 1,2 -o a.gif", "must end in .png, .svg, .pdf, .csv or .json"),
    ("--workers 1,2 -o none/a.csv", "does not exist"),
    ("--workers 1,2 work.py 2", "Write {workers} among the script's arguments"),
    ("--workers 1,2 gone.py {workers}", "There is no file gone.py"),
    ("--workers 1,2 --sizes 1M work.py {workers}", "--sizes belongs to a plan, and work.py is a script"),
    ("--workers 1,4 --sizes 1M,2M", "4 workers cannot share 2 sizes that differ"),
    ("--workers 1,2 --sizes big", "'big' is not a size"),
    ("--workers 1,2 --steps dance*", "'dance*' is not a step"),
    ("--workers 1,2 --sizes 2 --workload spin --steps start*;join*;join3", "names a worker"),
    ("--workers 1,2 --sizes 90G", "This plan needs about"),
    ("--workers 1,2 --start-method teleport", "invalid choice: 'teleport'"),
    ("--workers 1,2 --nonsense", "--nonsense"),
])  # fmt: skip
def test_what_cannot_be_swept_is_one_sentence(arguments: str, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", *arguments.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert part in said.err
    assert len(said.err.splitlines()) == 1
