"""Saved runs, opened again: the very same as they were live, and as far as they are whole where they are damaged."""

import io
import json
import os
import random
import signal
import struct
import tracemalloc
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from support.recording import recording, script

from workers.engines.programs import Program
from workers.errors import CancelledError, OpenError
from workers.formats import saved_run, saved_run_reader
from workers.formats.blocks import unreadable
from workers.formats.file_format import FileKind, Opened
from workers.formats.opening import open_file
from workers.journal.run_files import KEEPER
from workers.plan.plan import Plan, StartMethod, Workload
from workers.report.report import report
from workers.report.run_text import table, text_timeline
from workers.runs import bookmarks
from workers.system.atomic_files import write_atomically
from workers.timeline.model import Bookmark, Call, Task
from workers.timeline.timeline import Timeline

SAVED_RUN = "run.procession"
DATA = (
    "plan", "argv", "python", "host", "started_at", "processes", "watched", "requests", "signalled", "suspends", "lines",
    "lines_seen", "now_ns", "ended", "exit_code", "torn_records", "dropped_output_bytes", "warnings", "bookmarks",
    "names", "counters", "imported",
)  # fmt: skip


SPANS = ("t0", "t1", "kind")


def by_time(records: Iterable[Call | Task]) -> list[Call | Task]:
    """Their numbers apart, which count in the order of reading."""
    return sorted((replace(record, id=0) for record in records), key=repr)


def assert_alike(one: Timeline, other: Timeline) -> None:
    """Field by field, drawn columns included."""
    for name in DATA:
        assert getattr(one, name) == getattr(other, name), name
    assert by_time(one.tasks) == by_time(other.tasks)
    assert by_time(one.calls) == by_time(other.calls)
    assert {key: list(used) for key, used in one.samples.items()} == {
        key: list(used) for key, used in other.samples.items()
    }
    assert one.tree() == other.tree()
    assert list(one.links()) == list(other.links())
    for process in one.processes:
        here, there = one.lane(process.id), other.lane(process.id)
        for part, columns in (("phases", SPANS), ("inner", SPANS), ("marks", ("t", "kind"))):
            for column in columns:
                values = getattr(getattr(here, part), column), getattr(getattr(there, part), column)
                assert np.array_equal(*values), (process.name, part, column)
    assert report(one) == report(other)
    assert table(one) == table(other)
    assert text_timeline(one) == text_timeline(other)


def save(folder: Path, path: Path) -> Path:
    """Save the run in `folder`."""
    write_atomically(path, lambda file: saved_run.write(folder, file))
    return path


PLAN = Plan.make([20_000, 30_000], Workload.SORT, StartMethod.FORK)


@pytest.mark.parametrize("what", [PLAN, script("executors.py"), script("four_ends.py")], ids=["plan", "tasks", "ends"])
def test_a_saved_run_is_the_same_as_it_was_live(what: Plan | Program, tmp_path: Path) -> None:
    with recording(what, whole=True) as live:
        timeline = live.finish()
        timeline.bookmarks = [Bookmark(5_000_000, "here")]
        bookmarks.save(live.run.folder, timeline.bookmarks)
        opened = open_file(save(live.run.folder, tmp_path / SAVED_RUN))
        in_place = open_file(live.run.folder)
        assert (opened.kind, in_place.kind) == (FileKind.SAVED_RUN, FileKind.RUN_FOLDER)
        assert_alike(opened.timeline, timeline)
        assert_alike(in_place.timeline, timeline)
        again = open_file(save(opened.folder or tmp_path, tmp_path / "again.procession"))
        assert_alike(again.timeline, timeline)
    for one in (opened, in_place, again):
        folder = one.unpacked
        one.close()
        assert folder is None or not folder.exists()
    assert in_place.folder is not None
    assert in_place.folder.exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_run_whose_recorder_was_killed_is_the_same_as_it_was_live(tmp_path: Path) -> None:
    with recording(Plan.make([60_000_000_000] * 2, Workload.SLEEP, StartMethod.FORK), whole=True) as live:
        live.until(
            lambda: live.timeline.processes and all(p.target_began_ns is not None for p in live.timeline.processes[1:])
        )
        os.kill(live.run.keeper.pid, signal.SIGKILL)
        timeline = live.finish()
        opened = open_file(save(live.run.folder, tmp_path / SAVED_RUN))
        assert [process.lost for process in timeline.processes] == [True] * 3
        # Its owner saw how the recorder ended; the journals can only say that it did not come to its end.
        assert timeline.warnings == [
            "The recorder was ended by SIGKILL (from outside, or by the kernel because memory or its CPU time had run out). "
            "What came after is not known."
        ]
        assert opened.timeline.warnings == ["The recorder did not come to its end: what came after is not known."]
        timeline.warnings = opened.timeline.warnings
        assert_alike(opened.timeline, timeline)
        opened.close()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A saved run."""
    path = tmp_path_factory.mktemp("saved") / SAVED_RUN
    with recording(PLAN, whole=True) as live:
        live.finish()
        return save(live.run.folder, path).read_bytes()


def opened(content: bytes, path: Path) -> Opened:
    """The run in `content`, with nothing left behind."""
    path.write_bytes(content)
    one = open_file(path)
    one.close()
    return one


def opened_if_possible(path: Path, content: bytes | None = None) -> Opened | None:
    """The run, or None when one sentence says why there is none."""
    try:
        if content is not None:
            return opened(content, path)
        return open_file(path)
    except OpenError as error:
        if "\n" in str(error) or not str(error).endswith("."):
            raise
        return None


def with_member(run: bytes, name: str, content: bytes | None) -> bytes:
    """The same run with another member, or without it."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(run)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return out.getvalue()


def test_a_run_of_a_newer_version_is_refused(run: bytes, tmp_path: Path) -> None:
    newer = with_member(run, saved_run.MANIFEST, json.dumps({"format": saved_run.FORMAT + 1}).encode())
    with pytest.raises(OpenError, match="newer version"):
        opened(newer, tmp_path / SAVED_RUN)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{", b'{"format": "x"}', b"[" * 100_000, None])
def test_a_useless_manifest_gives_a_warning(run: bytes, tmp_path: Path, manifest: bytes | None) -> None:
    one = opened(with_member(run, saved_run.MANIFEST, manifest), tmp_path / SAVED_RUN)
    assert len(one.timeline.processes) == 3
    assert one.timeline.warnings == ["The file does not say which version wrote it."]


def test_a_missing_journal_gives_a_warning(run: bytes, tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(run)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".journal") and "-" in name)
    one = opened(with_member(run, name, None), tmp_path / SAVED_RUN)
    assert len(one.timeline.processes) >= 3
    assert name in one.timeline.warnings[-1]


def test_a_damaged_size_beyond_any_file_ends_what_can_be_read(run: bytes, tmp_path: Path) -> None:
    whole = opened(run[:-30], tmp_path / SAVED_RUN)  # no directory: one member after another
    extra = struct.pack("<HHQQ", 1, 16, 1, 1 << 63)
    stranger = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 45, 0, 0, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 1, len(extra))
    with_it = opened_if_possible(tmp_path / SAVED_RUN, run[:-30] + stranger + b"x" + extra)
    assert with_it is not None
    assert len(with_it.timeline.processes) == len(whole.timeline.processes) == 3
    assert opened_if_possible(tmp_path / SAVED_RUN, stranger + b"x" + extra + run[:-30]) is None


def test_what_is_behind_the_packed_bytes_of_a_file_takes_no_room(run: bytes, tmp_path: Path) -> None:
    packed = zlib.compress(b"{}")[2:-4] + bytes(4_000_000)
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 2, len(bookmarks.MARKS), 0)
    path = tmp_path / SAVED_RUN
    path.write_bytes(head + bookmarks.MARKS.encode() + packed + run[:-30])  # no directory
    (tmp_path / "to").mkdir()
    tracemalloc.start()
    try:
        saved_run_reader.unpack(path, tmp_path / "to")
        assert tracemalloc.get_traced_memory()[1] < 3_000_000  # and each part was copied once for each that came before
    finally:
        tracemalloc.stop()
    assert {bookmarks.MARKS, KEEPER} < {part.name for part in (tmp_path / "to").iterdir()}


def test_a_run_cut_anywhere_opens_as_far_as_it_is_whole(run: bytes, tmp_path: Path) -> None:
    most = 0
    for cut in range(4, len(run), 97):
        one = opened_if_possible(tmp_path / SAVED_RUN, run[:cut])
        if one is None:
            continue
        assert any("damaged" in warning for warning in one.timeline.warnings)
        most = max(most, len(one.timeline.processes))
    assert most == 3


def test_a_run_with_changed_bytes_opens_or_is_one_sentence(run: bytes, tmp_path: Path) -> None:
    choose = random.Random(5)
    stored = io.BytesIO()
    with ZipFile(io.BytesIO(run)) as old, ZipFile(stored, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    whole = stored.getvalue()
    for _ in range(150):
        content = bytearray(whole if choose.random() < 0.5 else run)
        for _ in range(choose.choice((1, 5, 50))):
            content[choose.randrange(len(content))] = choose.randrange(256)
        one = opened_if_possible(tmp_path / SAVED_RUN, bytes(content))
        if one is not None:
            json.dumps(report(one.timeline))


def test_changed_journals_open_or_are_one_sentence(run: bytes, tmp_path: Path) -> None:
    """Behind a checksum that fits."""
    choose = random.Random(6)
    with ZipFile(io.BytesIO(run)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".journal")]
        contents = {name: archive.read(name) for name in names}
    folder = tmp_path / "run"
    folder.mkdir()
    for _ in range(150):
        for name, content in contents.items():
            changed = bytearray(content)
            for _ in range(choose.choice((0, 1, 20))):
                changed[choose.randrange(len(changed))] = choose.choice((0, 255, choose.randrange(256)))
            (folder / name).write_bytes(changed)
        one = opened_if_possible(folder)
        if one is not None:
            json.dumps(report(one.timeline))
            text_timeline(one.timeline)


@pytest.mark.parametrize(
    ("method", "flags", "how"),
    [(12, 0, "packed with bzip2"), (14, 0, "packed with LZMA"), (98, 0, "packed with PPMd"), (77, 0, "packed with method 77"),
     (8, 1, "with a password")],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_zip_that_is_packed_otherwise_is_one_sentence_with_what_to_do(
    run: bytes, tmp_path: Path, method: int, flags: int, how: str, whole: bool
) -> None:
    packed = io.BytesIO()
    with (
        ZipFile(io.BytesIO(run)) as source,
        ZipFile(packed, "w", method if method in (12, 14) else ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    content = bytearray(packed.getvalue())
    for head, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(head)
        while start >= 0:
            content[start + at : start + at + 4] = struct.pack("<HH", flags, method)
            start = content.find(head, start + 4)
    path = tmp_path / "run.procession"
    path.write_bytes(content if whole else content[: len(content) - 100])
    with pytest.raises(OpenError) as caught:
        open_file(path)
    assert str(caught.value) == (
        f"{path} is a ZIP {how}, which is not read here: unpack it, and pack its files again without a password and with "
        "deflate, as `zip -r` does."
    )


def test_only_parts_of_a_run_are_unpacked(run: bytes, tmp_path: Path) -> None:
    for name in (
        "../outside",
        "/tmp/outside",
        "keeper.journal/x",
        "..\\outside.journal",
        "a.journal",
        "1-2.journal/../x",
    ):
        content = with_member(run, name, b"x" * 64)
        (tmp_path / SAVED_RUN).write_bytes(content)
        folder = tmp_path / "unpacked"
        folder.mkdir()
        saved_run_reader.unpack(tmp_path / SAVED_RUN, folder)
        assert all(saved_run.is_part(path.name) and path.is_file() for path in folder.rglob("*"))
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0 or os.name != "posix"
            path.unlink()
        folder.rmdir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [SAVED_RUN]


@pytest.mark.parametrize("cut", [0, 30], ids=["whole", "cut"])
def test_a_zip_of_too_many_files_is_one_sentence(
    run: bytes, tmp_path: Path, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZipFile(io.BytesIO(run)) as archive:
        count = len(archive.namelist())
    content = run[: len(run) - cut]
    monkeypatch.setattr(saved_run_reader, "MOST_FILES", count)
    assert len(opened(content, tmp_path / SAVED_RUN).timeline.processes) > 1
    monkeypatch.setattr(saved_run_reader, "MOST_FILES", count - 1)
    with pytest.raises(OpenError, match=f"is a ZIP of more than {count - 1:,} files, and a saved run has no more"):
        opened(content, tmp_path / SAVED_RUN)


def test_a_run_that_expands_without_measure_is_refused(
    run: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.formats.blocks.FREE_BYTES", 1 << 20)
    with pytest.raises(OpenError, match="expands"):
        opened(with_member(run, "output.bin", bytes(1 << 25)), tmp_path / SAVED_RUN)


def test_opening_can_be_stopped_and_leaves_nothing(run: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / SAVED_RUN).write_bytes(run)
    with pytest.raises(CancelledError):
        open_file(tmp_path / SAVED_RUN, lambda done: False)
    with pytest.raises(OpenError):
        opened(with_member(run, KEEPER, None), tmp_path / SAVED_RUN)
    assert [path.name for path in tmp_path.iterdir()] == [SAVED_RUN]


def test_anything_but_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    names = ["gone", "empty", ".", "nul\0"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        names.append("pipe")
    for name in names:
        with pytest.raises(OpenError):
            open_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "what", "to_do"),
    [
        ("cut.json", b'{"other": [1, 2, {"name": "a"', "no whole JSON", "export the trace once more"),
        ("wrong.json", b"{'traceEvents': []}", "no whole JSON", "copy it again"),
        ("other.json", b'{"a": [1, 2]}', "is JSON, but no trace", "choose a file with"),
        ("nothing.procession", b"", "is empty", "copy it again"),
        ("text.txt", b"hello", "neither a saved run nor a trace", "choose a .procession file"),
        ("cut.procession", b"PK\x03\x04", "no saved run", "copy it again"),
    ],
)
def test_a_file_that_cannot_be_opened_says_why_and_what_to_do(
    tmp_path: Path, name: str, content: bytes, what: str, to_do: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(OpenError) as told:
        open_file(path)
    sentence = str(told.value)
    assert what in sentence
    assert to_do in sentence
    assert sentence.startswith(str(path))
    assert "\n" not in sentence


def test_a_newer_version_a_folder_and_what_is_not_there_say_what_to_do(run: bytes, tmp_path: Path) -> None:
    newer = tmp_path / SAVED_RUN
    newer.write_bytes(with_member(run, saved_run.MANIFEST, json.dumps({"format": saved_run.FORMAT + 1}).encode()))
    told = []
    for path in (newer, tmp_path, tmp_path / "gone.procession"):
        with pytest.raises(OpenError) as why:
            open_file(path)
        told.append(str(why.value))
    assert "install that version" in told[0]
    assert "choose a saved run" in told[1]
    assert "choose it again" in told[2]
    denied = unreadable(tmp_path, PermissionError(13, "Permission denied"))
    assert str(denied).endswith("you may not read it; ask its owner for the right to, or for a copy.")
