"""How many frames a second a run gets."""

from desktop.control.pace import FAST_MS, SLOW_MS, Pace


def after(pace: Pace, frames: int, *, news: bool = True, own_ms: float = 2.0, late: float = 1.0) -> int:
    """The interval after so many frames alike. late: how many times later than due each came."""
    for _ in range(frames):
        pace.frame(news=news, own_ms=own_ms, elapsed_ms=late * pace.interval_ms)
    return pace.interval_ms


def test_sixty_a_second_while_there_is_news() -> None:
    assert Pace().interval_ms == FAST_MS
    assert after(Pace(), 500) == FAST_MS


def test_thirty_where_nothing_is_new_and_sixty_at_the_next_news() -> None:
    pace = Pace()
    assert after(pace, 10, news=False) == FAST_MS
    assert after(pace, 30, news=False) == SLOW_MS
    assert after(pace, 1) == FAST_MS


def test_thirty_where_a_frame_takes_much_of_a_core() -> None:
    pace = Pace()
    assert after(pace, 60, own_ms=25.0) == SLOW_MS
    assert after(pace, 60, own_ms=19.0) == SLOW_MS
    assert after(pace, 60, own_ms=15.0) == FAST_MS


def test_thirty_where_the_workers_want_all_cores() -> None:
    pace = Pace()
    assert after(pace, 30, late=2.0) == SLOW_MS
    assert after(pace, 60) == FAST_MS


def test_one_late_frame_changes_nothing() -> None:
    pace = Pace()
    after(pace, 30)
    assert after(pace, 1, late=8.0, own_ms=25.0) == FAST_MS
    assert after(Pace(), 1, late=8.0, own_ms=400.0) == FAST_MS
