"""Export by suffix: each file is complete, and none is reported as saved when it is not."""

import gzip
import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.builders import joined_run

from desktop.export import exporting
from desktop.export.picture_formats import PICTURE_FORMATS
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system.atomic_files import ExportError
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")
PICTURES = tuple(each.suffix for each in PICTURE_FORMATS)


def saved(timeline: Timeline, path: Path, *, folder: Path | None = None, scale: int = 2) -> Path:
    """Where the export went."""
    exporting.export_timeline(timeline, path, folder=folder, scale=scale)
    return path


def test_the_other_kinds_are_what_they_say(tmp_path: Path) -> None:
    timeline = joined_run(2)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "keeper.journal").write_bytes(b"journal")
    assert saved(timeline, tmp_path / "a.csv").read_text().count("\n") == 4
    trace = json.loads(saved(timeline, tmp_path / "a.json").read_bytes())
    assert json.loads(gzip.decompress(saved(timeline, tmp_path / "a.json.gz").read_bytes())) == trace
    with ZipFile(saved(timeline, tmp_path / "A.PROCESSION", folder=tmp_path / "run")) as archive:
        assert archive.read("keeper.journal") == b"journal"


def test_a_timeline_without_journals_cannot_be_saved_as_a_run(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no journals"):
        saved(joined_run(1), tmp_path / "a.procession")
    assert not list(tmp_path.glob("*.procession"))


@pytest.mark.parametrize("name", ["a", "a.jpg", "a.png.txt", "png", ""])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=r"\.png, \.svg, \.pdf, \.csv, \.json, \.json\.gz or \.procession\."):
        saved(joined_run(1), tmp_path / name)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("suffix", [*PICTURES, ".csv", ".json", ".json.gz", ".procession"])
def test_a_full_disk_is_an_error_for_every_kind(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "keeper.journal").touch()
    full = tmp_path / f"full{suffix}"
    full.symlink_to("/dev/full")
    with pytest.raises(ExportError, match="the disk is full"):
        saved(joined_run(1), full, folder=tmp_path)


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_failure_leaves_the_old_picture_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    old = saved(joined_run(1), tmp_path / f"a{suffix}").read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError):
        saved(joined_run(2), tmp_path / f"a{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1 + len(list(tmp_path.glob("xdg*")))


def test_a_missing_folder_and_a_folder_as_target_are_said_before_anything_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "b.png").mkdir()
    for path, sentence in ((tmp_path / "no" / "a.png", "does not exist"), (tmp_path / "b.png", "is a folder")):
        with pytest.raises(ExportError, match=sentence):
            saved(joined_run(1), path)
        with pytest.raises(ExportError, match=sentence):
            exporting.check_export(path)


@pytest.mark.parametrize(("plan", "name"), [
    (Plan.make([10, 20, 30, 40], Workload.SORT, StartMethod.FORK), "2026-11-23 sort 4 workers fork.png"),
    (Plan.make([10], Workload.SPIN, StartMethod.SPAWN, "start 1"), "2026-11-23 spin 1 worker spawn own steps.png"),
    (Plan.make([10, 20], steps=Order.BY_HAND), "2026-11-23 sort 2 workers fork by hand.png"),
    (Plan.make([10, 20], steps=Order.ASK_BEFORE), "2026-11-23 sort 2 workers fork is_alive() before any join.png"),
])  # fmt: skip
def test_the_default_name_says_the_day_and_the_plan(plan: Plan, name: str) -> None:
    timeline = Timeline(plan)
    timeline.started_at = "2026-11-23T16:06:10.123+00:00"
    assert exporting.default_name(timeline) == name


def test_a_default_name_is_safe_everywhere() -> None:
    assert exporting.default_name(Timeline()) == "procession.png"
    timeline = Timeline()
    timeline.argv = ("python", 'a<b>:"|?*\x00\n' + "x" * 300 + ".py")
    name = exporting.default_name(timeline)
    assert len(name) <= 104
    assert not set(name) & set('<>:"/\\|?*\0\n')
