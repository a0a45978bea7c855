"""Attempts at the keys of a cluster, against a plain count of them."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.folding.cluster.attempt_numbers import AttemptNumbers
from workers.timeline.tasks.task_details import key_number

KEYS = st.builds(
    key_number, st.integers(0, 3), st.one_of(st.just(0), st.integers(0, 40), st.sampled_from([10**6, 10**9, 10**9 + 1]))
)


@given(
    st.lists(
        st.one_of(KEYS, st.lists(KEYS, min_size=1, max_size=30), st.tuples(st.integers(0, 2), st.integers(0, 500)))
    )
)
def test_each_attempt_has_the_number_that_counting_gives(
    steps: list[int | list[int] | tuple[int, int]],
) -> None:
    numbers, counted = AttemptNumbers(), Counter[int]()
    for step in steps:
        if isinstance(step, int):
            counted[step] += 1
            assert numbers.next(step) == counted[step]
            continue
        keys = step if isinstance(step, list) else [key_number(step[0], step[1] + number) for number in range(60)]
        new = len({*keys}) == len(keys) and not any(counted[key] for key in keys)
        if numbers.are_first(np.array(keys, np.uint64)):
            assert new
            counted.update(keys)
            continue
        for key in keys:
            counted[key] += 1
            assert numbers.next(key) == counted[key]


def test_new_keys_one_after_another_are_counted_together_and_take_little_room() -> None:
    numbers = AttemptNumbers()
    keys = np.arange(10**9, 10**9 + 100_000, dtype=np.uint64) << np.uint64(32)  # the watch came late
    for at in range(0, len(keys), 1000):
        assert numbers.are_first(keys[at : at + 1000])
    assert not numbers.are_first(keys[70_000:70_500])
    assert numbers.next(int(keys[5])) == 2
    assert numbers.are_first(keys[-1000:] - (np.uint64(200_000) << np.uint64(32)))
    assert numbers.nbytes < 60_000
