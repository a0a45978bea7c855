"""Keys of a cluster as a text that many share and a number, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.cluster.key_names import key_parts
from workers.timeline.columns import Strings
from workers.timeline.tasks.task_details import key_number, key_of

UUID = "8f14e45f-ceea-467f-a9d2-6a9c5b3d0000"
PIECES = st.lists(
    st.sampled_from(["work", "-", "0", "7", "123", "(", ")", "'", ", ", "\0", UUID, "é", "0123456789012"])
)


@given(st.one_of(st.text(), PIECES.map("".join)))
def test_a_key_comes_back_as_it_was(key: str) -> None:
    text, number = key_parts(key)
    names = Strings()
    assert key_of(names, key_number(names.number(text), number)) == key


@pytest.mark.parametrize(
    ("key", "text", "number"),
    [
        (f"work-{UUID}-12", f"work-{UUID}-\0", 13),
        ("job-0", "job-\0", 1),
        ("('sum-abc', 3, 17)", "('sum-abc', 3, \0)", 18),
        ("('sum-abc', 170, 2)", "('sum-abc', \0, 2)", 171),
        ("('sum-abc', 5)", "('sum-abc', \0)", 6),
        ("work-007", "work-007", 0),
        ("work-12345678901", "work-12345678901", 0),
        ("work-8f14e45fceea467fa9d26a9c5b3d0000", "work-8f14e45fceea467fa9d26a9c5b3d0000", 0),
        ("plain", "plain", 0),
        (f"{'x' * 600}-1", f"{'x' * 600}-1", 0),
    ],
)
def test_the_number_of_a_key_is_apart_from_what_many_keys_share(key: str, text: str, number: int) -> None:
    assert key_parts(key) == (text, number)
