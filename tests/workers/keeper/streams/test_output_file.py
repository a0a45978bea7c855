"""What processes print is kept as it comes, up to a limit, and a full disk stops no process."""

import os
import sys
from pathlib import Path

import pytest

from workers.journal.output_reader import MOST_CHUNK, Chunk, OutputReader
from workers.keeper.streams import output_file
from workers.keeper.streams.output_file import OutputFile


def everything(path: Path) -> list[Chunk]:
    """All chunks of a file."""
    reader = OutputReader(path)
    chunks: list[Chunk] = []
    while more := reader.read():
        chunks += more
    return chunks


def test_chunks_are_kept_with_writer_stream_and_time(tmp_path: Path) -> None:
    kept = OutputFile(tmp_path / "output.bin")
    kept.keep(b"out", 5, 1)
    kept.keep(b"err", -1, 2)
    kept.keep(b"", 5, 1)
    kept.close()
    chunks = everything(tmp_path / "output.bin")
    assert [(c.pid, c.stream, c.data) for c in chunks] == [(5, 1, b"out"), (0, 2, b"err")]
    assert 0 < chunks[0].t <= chunks[1].t


def test_long_output_is_kept_in_parts(tmp_path: Path) -> None:
    kept = OutputFile(tmp_path / "output.bin")
    data = os.urandom(3 * MOST_CHUNK + 17)
    kept.keep(data, 5, 1)
    kept.close()
    chunks = everything(tmp_path / "output.bin")
    assert len(chunks) == 4
    assert b"".join(c.data for c in chunks) == data


def test_beyond_the_limit_bytes_are_counted_and_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_file, "MOST_BYTES", 10)
    kept = OutputFile(tmp_path / "output.bin")
    kept.keep(b"12345678", 5, 1)
    kept.keep(b"too much", 5, 1)
    kept.keep(b"ok", 5, 1)
    assert kept.dropped == 8
    kept.close()
    assert [c.data for c in everything(tmp_path / "output.bin")] == [b"12345678", b"ok"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_full_disk_drops_whole_chunks(tmp_path: Path) -> None:
    import resource

    kept = OutputFile(tmp_path / "output.bin")
    kept.keep(b"first", 5, 1)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        kept.keep(b"x" * 200, 5, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    kept.keep(b"last", 5, 1)
    kept.close()
    assert kept.dropped == 200
    assert [c.data for c in everything(tmp_path / "output.bin")] == [b"first", b"last"]


def test_an_existing_file_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "output.bin").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        OutputFile(tmp_path / "output.bin")
    assert (tmp_path / "output.bin").read_bytes() == b"old"
