"""What processes printed, as its reader gives it."""

from pathlib import Path

from workers.journal.output_reader import CHUNK, CHUNK_MAGIC, MOST_BEHIND_BYTES, MOST_OUTPUT_LINES, OutputReader
from workers.journal.run_files import OUTPUT


def chunk(data: bytes, pid: int = 5, stream: int = 1, t: int = 1) -> bytes:
    """One chunk as the keeper writes it."""
    return CHUNK.pack(CHUNK_MAGIC, stream, 0, pid, t, len(data)) + data


def test_output_is_given_in_whole_chunks(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    data = chunk(b"one\n") + chunk(b"two\n", pid=6, stream=2)
    path.write_bytes(data[:-1])
    reader = OutputReader(path)
    assert [(c.pid, c.stream, c.data) for c in reader.read()] == [(5, 1, b"one\n")]
    assert reader.read() == []
    path.write_bytes(data)
    assert [(c.pid, c.stream, c.data) for c in reader.read()] == [(6, 2, b"two\n")]


def test_a_flood_comes_in_bounded_parts_and_whole(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    long = b"".join(b"%d\n" % number for number in range(12_000))
    parts = [long[at : at + 65536] for at in range(0, len(long), 65536)]
    path.write_bytes(b"".join(chunk(part) for part in parts) + chunk(b"no end"))
    reader = OutputReader(path, whole=False)
    got = b""
    while chunks := reader.read():
        assert sum(c.data.count(b"\n") for c in chunks) <= MOST_OUTPUT_LINES
        got += b"".join(c.data for c in chunks)
    assert got == long + b"no end"


def test_a_reader_far_behind_skips_to_the_newest_and_counts_what_it_skips(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    piece = CHUNK.pack(CHUNK_MAGIC, 1, 0, 5, 1, 5) + b"x" * 60_000  # what is printed can look like a chunk
    count = MOST_BEHIND_BYTES // len(piece) + 20
    path.write_bytes(chunk(piece) * count)
    reader = OutputReader(path, whole=False)
    first = reader.read()
    skipped, got = reader.skipped, sum(len(c.data) for c in first)
    assert skipped > MOST_BEHIND_BYTES // 2
    while chunks := reader.read():
        assert reader.skipped == 0
        assert all(c.data == piece for c in chunks)
        got += sum(len(c.data) for c in chunks)
    assert skipped + got == len(piece) * count
    everything_read = OutputReader(path)
    assert len(everything_read.read()) > 0
    assert everything_read.skipped == 0
