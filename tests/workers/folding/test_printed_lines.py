"""Printed bytes become lines: nothing lost, nothing interpreted, nothing without a bound."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.folding.printed_lines import MOST_CHARACTERS, PrintedLines
from workers.journal.output_reader import MOST_CHUNK, Chunk
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import MOST_LINES, Timeline

SECOND = 1_000_000_000


class Desk:
    """A timeline of two processes, with pids 10 and 20; a third may come to be known as 30."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.known = {10: 1, 20: 2}
        for name in ("one", "two", "three"):
            self.timeline.add_process(name, ProcessKind.WORKER)
        self.printed = PrintedLines(self.timeline, lambda pid, t: self.known.get(pid))
        self.now = 0

    def take(self, *chunks: tuple[int, bytes], stream: int = 1, now: int | None = None) -> None:
        """Chunks of a ns each."""
        made = []
        for pid, data in chunks:
            self.now += 1
            made.append(Chunk(pid, stream, self.now, data))
        self.printed.take(made, 0, self.now if now is None else now)

    @property
    def lines(self) -> list[tuple[int | None, str]]:
        """(process, text) of each line."""
        return [(line.process, line.text) for line in self.timeline.lines]


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=60), st.data())
def test_a_line_is_the_same_however_it_was_cut_into_chunks(text: str, data: st.DataObject) -> None:
    desk = Desk()
    raw = text.encode() + b"\n"
    at = 0
    while at < len(raw):
        size = data.draw(st.integers(1, len(raw)))
        desk.take((10, raw[at : at + size]))
        at += size
    assert desk.lines == [(1, text)]


def test_processes_that_print_at_once_are_not_mixed() -> None:
    desk = Desk()
    desk.take((10, b"a "), (20, b"x "), (10, b"line\nand "), (20, b"line\n"), (10, b"more\n"))
    assert desk.lines == [(1, "a line"), (2, "x line"), (1, "and more")]


def test_streams_of_one_process_are_not_mixed() -> None:
    desk = Desk()
    desk.take((10, b"out"), stream=1)
    desk.take((10, b"err\n"), stream=2)
    desk.take((10, b"put\n"), stream=1)
    assert [(line.stream, line.text) for line in desk.timeline.lines] == [("stderr", "err"), ("stdout", "output")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"nul\0inside", "nul\0inside"),
        (b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        (b"\xff\xfe no text", "\ufffd\ufffd no text"),
        (b"windows\r", "windows"),
        (b"progress 1\rprogress 2", "progress 1\rprogress 2"),
        (b"", ""),
        (b"<img src=x>", "<img src=x>"),
    ],
)
def test_nothing_is_interpreted(raw: bytes, text: str) -> None:
    desk = Desk()
    desk.take((10, raw + b"\n"))
    assert desk.lines == [(1, text)]


def test_a_line_of_fifty_megabytes_is_cut_and_costs_no_memory() -> None:
    desk = Desk()
    piece = b"x" * MOST_CHUNK
    tracemalloc.start()
    for _ in range(50_000_000 // MOST_CHUNK):
        desk.take((10, piece))
    desk.take((10, b"\nnext\n"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(len(line.text), line.cut) for line in desk.timeline.lines] == [(MOST_CHARACTERS, True), (4, False)]
    assert peak < 2_000_000


def test_a_line_as_long_as_is_kept_is_not_cut() -> None:
    desk = Desk()
    desk.take((10, "€".encode() * MOST_CHARACTERS + b"\n"))
    assert [(len(line.text), line.cut) for line in desk.timeline.lines] == [(MOST_CHARACTERS, False)]


def test_lines_are_bounded_and_counted() -> None:
    desk = Desk()
    desk.take((10, b"\n" * (MOST_LINES + 5)))
    assert len(desk.timeline.lines) == MOST_LINES
    assert desk.timeline.lines_seen == MOST_LINES + 5
    assert desk.timeline.process(1).output_lines == MOST_LINES + 5


def test_a_writer_that_is_not_known_yet_is_waited_for_in_order() -> None:
    desk = Desk()
    desk.take((10, b"before\n"), (30, b"early\n"), (10, b"after\n"))
    assert desk.lines == [(1, "before")]
    desk.known[30] = 3
    desk.take()
    assert desk.lines == [(1, "before"), (3, "early"), (1, "after")]


def test_a_writer_that_stays_unknown_is_waited_for_half_a_second() -> None:
    desk = Desk()
    desk.take((30, b"who?\n"), (10, b"after\n"))
    desk.take(now=SECOND // 2 - 1)
    assert desk.lines == []
    desk.take(now=SECOND)
    assert desk.lines == [(None, "who?"), (1, "after")]


def test_without_a_clock_an_unknown_writer_is_waited_for_until_the_end() -> None:
    desk = Desk()
    desk.printed.take([Chunk(30, 1, 5, b"who?\n")], 0, None)
    assert desk.lines == []
    desk.printed.flush(0)
    assert desk.lines == [(None, "who?")]


def test_a_writer_without_a_pid_is_not_waited_for() -> None:
    desk = Desk()
    desk.take((0, b"portable\n"))
    assert desk.lines == [(None, "portable")]


def test_an_incomplete_line_comes_at_the_end() -> None:
    desk = Desk()
    desk.take((10, b"no end"), (20, b"\n"))
    assert desk.lines == [(2, "")]
    desk.printed.flush(0)
    assert desk.lines == [(2, ""), (1, "no end")]


def test_lines_are_not_joined_over_what_was_skipped() -> None:
    desk = Desk()
    desk.take((10, b"the beginning of"), (20, b"whole\n"))
    desk.printed.skip(0)
    desk.take((10, b"the end of another\n"))
    assert desk.lines == [(2, "whole"), (1, "the beginning of"), (1, "the end of another")]
    assert [line.cut for line in desk.timeline.lines] == [False, True, False]
