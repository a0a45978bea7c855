"""What is in view: bounds, following in steps, and the end of following when a hand moves the view."""

from hypothesis import given
from hypothesis import strategies as st
from support.builders import SECOND

from desktop.chart.geometry.camera import Camera, followed_end


@given(st.integers(0, 10**15))
def test_following_always_leaves_room_right_of_now(now: int) -> None:
    assert max(now * 1.03, 1) <= followed_end(now) <= max(now * 1.31, 1_000_001)


def test_following_stands_still_between_steps() -> None:
    camera = Camera()
    moves = sum(camera.grown(now, True) for now in range(SECOND, 2 * SECOND, SECOND // 60))
    assert 1 <= moves <= 5
    assert camera.t0_ns == 0
    assert camera.t1_ns >= 2 * SECOND


def test_a_hand_ends_following_and_the_run_growing_moves_nothing() -> None:
    camera = Camera()
    camera.grown(10 * SECOND, True)
    assert camera.zoom(0.5, 4 * SECOND)
    assert not camera.follow
    before = camera.t0_ns, camera.t1_ns
    assert not camera.grown(100 * SECOND, True)
    assert (camera.t0_ns, camera.t1_ns) == before


def test_no_time_below_zero_and_none_far_beyond_the_end() -> None:
    camera = Camera()
    camera.grown(10 * SECOND, False)
    camera.zoom(0.5, 5 * SECOND)
    camera.pan(-100 * SECOND)
    assert camera.t0_ns == 0
    camera.pan(100 * SECOND)
    assert camera.t1_ns == 12 * SECOND
    camera.zoom(1000, 0)
    assert (camera.t0_ns, camera.t1_ns) == (0, 12 * SECOND)
    camera.zoom(1e-12, 5 * SECOND)
    assert camera.t1_ns - camera.t0_ns == 1000


def test_revealing_moves_only_as_far_as_it_must() -> None:
    camera = Camera()
    camera.grown(100 * SECOND, False)
    camera.show(20 * SECOND, 40 * SECOND)
    assert not camera.reveal(25 * SECOND, 30 * SECOND)
    assert camera.reveal(60 * SECOND, 61 * SECOND)
    assert camera.t0_ns <= 60 * SECOND <= 61 * SECOND <= camera.t1_ns
    assert camera.reveal(1 * SECOND, 2 * SECOND)
    assert camera.t0_ns <= 1 * SECOND <= 2 * SECOND <= camera.t1_ns


@given(st.integers(0, 90 * SECOND), st.integers(1, 60 * SECOND), st.integers(0, 80 * SECOND))
def test_what_is_revealed_shows_in_full_or_from_its_beginning(t0: int, span: int, left: int) -> None:
    camera = Camera()
    camera.grown(200 * SECOND, False)
    camera.show(left, left + 20 * SECOND)
    before, length = (camera.t0_ns, camera.t1_ns), 20 * SECOND
    covered = t0 < before[0] and t0 + span > before[1]
    camera.reveal(t0, t0 + span)
    if covered:
        assert (camera.t0_ns, camera.t1_ns) == before, "it is all that is seen already"
    elif span < length:
        assert camera.t0_ns <= t0 <= t0 + span <= camera.t1_ns
    elif t0 > before[0]:
        assert camera.t0_ns <= t0 <= camera.t1_ns
