"""The filter of tasks: what it means, and what it says where it means nothing."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MS, pooled_run

from workers.analysis.tables.work_filter import FilterError, WorkFilter, limit_text, parse_filter, passing, with_limits
from workers.analysis.tables.work_table import work_source


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", WorkFilter()),
        (">100ms", WorkFilter(least_ns=100 * MS + 1)),
        (">= 100 ms", WorkFilter(least_ns=100 * MS)),
        ("<1.5us", WorkFilter(most_ns=1499)),
        ("<=2s >1s", WorkFilter(least_ns=1000 * MS + 1, most_ns=2000 * MS)),
        (">1s >2s <9s <3s", WorkFilter(least_ns=2000 * MS + 1, most_ns=3000 * MS - 1)),
        (">1min", WorkFilter(least_ns=60_000 * MS + 1)),
        ("error Square", WorkFilter(failed=True, words=("square",))),
        ('"error" "two words', WorkFilter(words=("error", "two words"))),
        ("ForkPoolWorker-2>1ms", WorkFilter(words=("forkpoolworker-2>1ms",))),
        ("a-b.c(1,) ü", WorkFilter(words=("a-b.c(1,)", "ü"))),
    ],
)
def test_what_a_text_means(text: str, meant: WorkFilter) -> None:
    assert parse_filter(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (">abc", "“>abc” is no duration: write it as >100ms or <2s."),
        (">", "“>” is no duration"),
        ("<=>5ms", "is no duration"),
        (">5", "“>5” has no unit: write ns, µs, ms, s, min or h"),
        (">5 parsecs", "the unknown unit “parsecs”"),
        (">1.2.3ms", "is no duration"),
        (">2s <1s", "the lower limit is above the upper one"),
        (">99999999999h", "longer than any run"),
    ],
)
def test_a_bad_filter_is_answered_by_one_sentence(text: str, said: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse_filter(text)
    sentence = str(raised.value)
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_is_explained(text: str) -> None:
    with contextlib.suppress(FilterError):
        assert isinstance(parse_filter(text), WorkFilter)


def test_error_is_a_word_where_nothing_is_known_to_fail() -> None:
    assert parse_filter("error", spans=True) == WorkFilter(words=("error",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forkpoolworker-1", set(range(1, 21, 2))),  # the whole name of a worker: not -10, -11 and so on
        ("poolworker-2", set(range(2, 21, 2))),
        ("square", set(range(1, 21, 2))),
        ("(14,)", {14}),
        ("ValueError", {7, 14}),
        ("error <10ms", {7}),
        ("error load", {14}),
        (">19ms", {20}),
        ("nothing", set()),
    ],
)
def test_all_words_must_hold(text: str, expected: set[int]) -> None:
    timeline = pooled_run(20)
    timeline.process(1).name = "ForkPoolWorker-11"
    table = work_source(timeline).table()
    passed = passing(table, parse_filter(text))
    assert passed is not None
    assert table.index is not None
    assert set(table.index[passed].tolist()) == expected


@given(st.integers(0, 10**15), st.one_of(st.none(), st.integers(1, 10**15)))
def test_limits_replace_those_in_the_text_and_are_read_as_they_were_meant(least: int, more: int | None) -> None:
    below = None if more is None else least + more
    text = with_limits('>5ms load <= 7 s "a word"', least, below)
    assert parse_filter(text) == WorkFilter(least, None if below is None else below - 1, words=("load", "a word"))


def test_a_limit_is_short_to_read() -> None:
    assert [limit_text(ns) for ns in (0, 112, 1_120_000, 10 * MS, 2_240_000_000)] == [
        "0ns", "112ns", "1.12ms", "10ms", "2.24s",
    ]  # fmt: skip
    assert with_limits("load >5ms", None, None) == "load"
